"""What a public door turned away, and by what it is known again when the same person comes back with it (D10)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.public_door import PublicDoor

CALM = timedelta(hours=1)
"""How long somebody has to put right what they left out, before staff see it."""

TEXT_LIMIT = 32_000
"""Characters of one entry; more than every field of the form takes, each as long as it may be."""

_NAME_LIMIT = 60
_FIELD_LIMIT = 100


class RefusalReason(StrEnum):
    BAD_TOKEN = "bad_token"  # noqa: S105  # a form without a token, or with one that is not ours
    STALE_TOKEN = "stale_token"  # noqa: S105  # one of ours that is too old
    TOO_LARGE = "too_large"  # a text or files beyond the limits
    FILE_KIND = "file_kind"  # a file of a kind that is not taken, or that is not what its name says
    FILES_GONE = "files_gone"  # files that were kept are no longer there
    TOO_OFTEN = "too_often"
    INCOMPLETE = "incomplete"  # a field is missing or cannot be read
    ASKED = "asked"  # a value was asked about, and nobody answered

    @property
    def is_mendable(self) -> bool:
        """Whether a person sees at once what to do; such an entry is shown once they had the time to do it."""
        return self in {RefusalReason.INCOMPLETE, RefusalReason.ASKED}


class RefusalOutcome(StrEnum):
    """How an entry was settled."""

    ACCEPTED = "accepted"  # the same came again and went through
    TAKEN = "taken"  # staff said it was a real person
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By what the same thing is known when it is sent again; what is not known is empty.

    ``inquiry_id`` is the inquiry it was written to, None at the form.
    """

    nonce: str
    email: str
    name: str
    text_digest: str
    inquiry_id: int | None = None


def marks_of(typed: Mapping[str, str], *, nonce: str, inquiry_id: int | None = None) -> Marks:
    text = " ".join((typed.get("message") or typed.get("body") or "").split())
    return Marks(
        nonce=nonce,
        email=fold_address(typed.get("email", "")),
        name=typed.get("name", "").strip().casefold(),
        text_digest=hashlib.sha256(text.encode()).hexdigest()[:40] if text else "",
        inquiry_id=inquiry_id,
    )


def is_worth_keeping(door: PublicDoor, typed: Mapping[str, str], files_count: int) -> bool:
    """Tell whether somebody could be answered, or said something; an empty form that was sent is nothing lost."""
    told = {"message", "email", "phone"} if door is PublicDoor.INQUIRY else {"body", "words", "email"}
    return files_count > 0 or any(typed.get(field, "").strip() for field in told)


def cut_to_size(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what is kept of the typed fields: so many characters in all, short fields before long ones."""
    kept: dict[str, str] = {}
    left = TEXT_LIMIT
    for name, value in sorted(typed.items(), key=lambda field: len(field[1]))[:_FIELD_LIMIT]:
        if value and len(name) <= _NAME_LIMIT and left > 0:
            kept[name] = value[:left]
            left -= len(kept[name]) + len(name)
    return {name: kept[name] for name in typed if name in kept}
