"""Where a page of a list ends, as a link to the next page carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

_LARGEST_ID = 2**63 - 1
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The next page begins below it. ``at`` is what its list is sorted by, ``id`` decides among equal moments."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}~{self.id}"


TOP = Mark(at=datetime(9999, 1, 1, tzinfo=UTC), id=_LARGEST_ID)
"""Above everything."""


def read_mark(written: str) -> Mark | None:
    """Return the mark a link carries; None for what is none."""
    at, _, id_ = written[:_LONGEST].partition("~")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not (id_.isascii() and id_.isdecimal()) or int(id_) > _LARGEST_ID:
            return None
        return Mark(at=moment.astimezone(UTC), id=int(id_)) if moment <= TOP.at else TOP
    except (ValueError, OverflowError):  # no moment, or one that is before the year 1 in UTC
        return None
