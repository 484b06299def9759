"""What a sign-in that takes several steps carries from one to the next, signed by ``Keyring``.

Nothing of it is stored. It is bound to the account, to its password's version (a new password ends it) and to a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

STEP_LIFETIME = timedelta(minutes=10)


class Step(StrEnum):
    """What is still wanted of somebody who has shown the right password (or the like)."""

    CODE = "code"
    NEW_PASSWORD = "new-password"  # noqa: S105  # the name of a step


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStep:
    step: Step
    staff_id: int
    password_version: int
    issued_at: datetime

    @property
    def claim(self) -> str:
        """The text that is signed."""
        return f"{self.step.value}.{self.staff_id}.{self.password_version}.{int(self.issued_at.timestamp())}"

    def is_fresh(self, now: datetime) -> bool:
        return self.issued_at <= now < self.issued_at + STEP_LIFETIME


def read_claim(claim: str) -> SignInStep | None:
    """Return what a claim says, however old; None when it is no claim."""
    try:
        step, staff_id, password_version, issued_at = claim.split(".")
        return SignInStep(
            step=Step(step),
            staff_id=int(staff_id),
            password_version=int(password_version),
            issued_at=datetime.fromtimestamp(int(issued_at), UTC),
        )
    except (ValueError, OverflowError, OSError):
        return None
