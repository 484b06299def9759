"""Hashes passwords with Argon2id (RFC 9106), which makes guessing at a stolen database slow and costly in memory.

The parameters are those OWASP recommends for a server: 19 MiB, two passes, one lane. They stand in every digest, so
that one made with others is known and made anew when its password is next at hand.
"""

from __future__ import annotations

import base64

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

_HASH_BYTES = 32
_SALT_BYTES = 16


class Argon2Hasher:
    """The ``Hasher`` of the program; tests give it parameters that cost nothing."""

    def __init__(self, *, memory_kib: int = 19 * 1024, passes: int = 2) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=1,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        nothing, salt = (_base64(b"\0" * count) for count in (_HASH_BYTES, _SALT_BYTES))
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${nothing}"

    @property
    def digest_of_nobody(self) -> str:
        """A digest that no password has, and that takes as long to find out as any other."""
        return self._nobody

    def digest(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, digest: str, password: str) -> bool:
        try:
            return self._hasher.verify(digest, password)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, digest: str) -> bool:
        """Tell whether a digest was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(digest)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
