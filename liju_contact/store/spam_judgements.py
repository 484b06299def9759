"""Why inquiries were held as spam, whether they were released, and what was learnt from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from liju_contact.domain.spam_signs import Reason, SpamJudgement
from liju_contact.store.spam_tables import SpamJudgementRow
from liju_contact.store.statements import insert_or_change, insert_unless_taken

_ADD = insert_unless_taken(SpamJudgementRow)
_OF_INQUIRY = select(
    SpamJudgementRow.score,
    SpamJudgementRow.reasons,
    SpamJudgementRow.held_at,
    SpamJudgementRow.released_at,
    SpamJudgementRow.learnt,
).where(SpamJudgementRow.inquiry_id == bindparam("inquiry_id"))
_SET_RELEASED = (
    update(SpamJudgementRow)
    .where(SpamJudgementRow.inquiry_id == bindparam("of_inquiry"))
    .values(released_at=bindparam("at"))
)
_SET_LEARNT = insert_or_change(SpamJudgementRow, ["inquiry_id"], lambda new: {"learnt": new.learnt})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredJudgement:
    """``learnt`` is True where its text counts as spam, False as honest, None as neither."""

    score: float
    reasons: tuple[Reason, ...]
    held_at: datetime | None
    released_at: datetime | None
    learnt: bool | None

    @property
    def is_holding(self) -> bool:
        """Whether letters still wait for somebody to release the inquiry."""
        return self.held_at is not None and self.released_at is None


def add_judgement(tx: Connection, inquiry_id: int, judgement: SpamJudgement, now: datetime) -> None:
    values = {
        "inquiry_id": inquiry_id,
        "score": judgement.score,
        "reasons": [reason.to_json() for reason in judgement.reasons],
        "held_at": now,
        "released_at": None,
        "learnt": None,
    }
    tx.execute(_ADD[tx.dialect.name], values)


def find_judgement(tx: Connection, inquiry_id: int) -> StoredJudgement | None:
    row = tx.execute(_OF_INQUIRY, {"inquiry_id": inquiry_id}).one_or_none()
    if row is None:
        return None
    return StoredJudgement(
        score=row.score,
        reasons=reasons_in(row.reasons),
        held_at=row.held_at,
        released_at=row.released_at,
        learnt=None if row.learnt is None else row.learnt == _SPAM,
    )


def set_released(tx: Connection, inquiry_id: int, at: datetime | None) -> None:
    """Say since when what was due has gone out; None when it is due again."""
    tx.execute(_SET_RELEASED, {"of_inquiry": inquiry_id, "at": at})


def set_learnt(tx: Connection, inquiry_id: int, *, is_spam: bool | None) -> None:
    """Say as what the inquiry's text counts from now on."""
    learnt = None if is_spam is None else _SPAM if is_spam else _HONEST
    values = {"inquiry_id": inquiry_id, "score": 0.0, "reasons": [], "held_at": None, "released_at": None}
    tx.execute(_SET_LEARNT[tx.dialect.name], values | {"learnt": learnt})


_SPAM, _HONEST = "spam", "honest"


def reasons_in(stored: list[Any]) -> tuple[Reason, ...]:
    """Read reasons as ``add_judgement`` stores them."""
    return tuple(Reason.from_json(reason) for reason in stored)
