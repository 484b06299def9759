"""What the stories ask of whoever knows WebAuthn. Nothing of it goes out to the network.

An ``answer`` is the JSON that a browser gives for a passkey; it comes from anybody and may be anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """Which passkey an answer says it is of, and whose; nothing of it is proven yet."""

    credential_id: str
    user_handle: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    credential_id: str
    public_key: bytes
    sign_count: int


class PasskeyCheck(Protocol):
    """Writes what a browser is asked, as JSON, and checks what it answers. User verification is always asked for."""

    def creation_options(
        self, *, challenge: bytes, user_handle: bytes, address: str, name: str, known: Sequence[str]
    ) -> str: ...

    def request_options(self, *, challenge: bytes) -> str: ...

    def challenge_of(self, answer: str) -> bytes | None:
        """Return the challenge an answer was made for, as it says itself."""

    def presented(self, answer: str) -> Presented | None: ...

    def verify_new(self, answer: str, *, challenge: bytes) -> NewPasskey | None: ...

    def verify(self, answer: str, *, challenge: bytes, public_key: bytes, sign_count: int) -> int | None:
        """Return how often the passkey was used by its own count; None when the answer is not right.

        A count that has not grown since ``sign_count`` is a sign of a copy, unless the device counts nothing at all.
        """
