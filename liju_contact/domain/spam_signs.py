"""What speaks for and against spam, each with a name: what a submission brings along, and what a judgement is made of.

Nothing here is proof. A sign gives points, a judgement adds them up, and only what is above a line is held; held means
stored whole and shown to staff with these reasons, never thrown away (D10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LINE = 5.0
"""What has so many points or more is held."""


class SpamSign(StrEnum):
    """Stored by value; what staff read of each stands in ``web.staff.spam_words``."""

    LEARNT = "learnt"  # how the text reads, by what was marked before
    PHRASES = "phrases"
    LINKS = "links"
    SHORT_LINK = "short_link"
    BARE_ADDRESS = "bare_address"
    DISPOSABLE = "disposable"
    SCRIPT = "script"
    QUICK = "quick"
    HIDDEN_FIELD = "hidden_field"
    USED_AGAIN = "used_again"
    REPEATED = "repeated"
    REPEATED_SPAM = "repeated_spam"
    OFTEN = "often"
    PROOF = "proof"
    KNOWN_CUSTOMER = "known_customer"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionSigns:
    """What the sending of a form tells beside its text. An inquiry by mail brings none of it.

    ``form_age_seconds`` is how long the form was open when it was sent, ``form`` what makes it this one (its nonce).
    ``has_hidden_text`` says that the field nobody sees was filled in. ``has_proof`` says that the sender's browser did
    some work for it; its absence means nothing. ``network`` is the sender's, as for counting.
    """

    form_age_seconds: float | None = None
    form: str = ""
    has_hidden_text: bool = False
    has_proof: bool = False
    network: str = ""


NO_SIGNS = SubmissionSigns()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One sign found; points below zero speak for an honest inquiry. ``about`` is what it was found in, if anything."""

    sign: SpamSign
    points: float
    about: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"sign": self.sign.value, "points": round(self.points, 2), "about": self.about}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Reason:
        return cls(sign=SpamSign(stored["sign"]), points=float(stored["points"]), about=str(stored["about"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamJudgement:
    """The reasons come in the order of their weight."""

    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        return sum(reason.points for reason in self.reasons)

    @property
    def is_held(self) -> bool:
        return self.score >= LINE


NOTHING_AGAINST = SpamJudgement(reasons=())


def judgement_of(reasons: Sequence[Reason]) -> SpamJudgement:
    """Return the judgement these reasons make; one without weight is left out."""
    telling = [reason for reason in reasons if abs(reason.points) >= 0.05]  # noqa: PLR2004  # less is not worth a line
    return SpamJudgement(reasons=tuple(sorted(telling, key=lambda reason: -abs(reason.points))))
