"""A sign-in that has gone to another service and is to come back from it (OpenID Connect Core 1.0, section 3.1).

Nothing of it is stored: it is kept by the browser that began it, signed by ``Keyring``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ATTEMPT_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAttempt:
    """``state`` comes back with the browser, ``nonce`` in the ID token, ``verifier`` is shown for the code (RFC 7636).

    ``back`` is where somebody wanted to go.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    back: str
    issued_at: datetime

    @property
    def claim(self) -> str:
        """The text that is signed."""
        seconds = int(self.issued_at.timestamp())
        written = json.dumps([self.provider, self.state, self.nonce, self.verifier, self.back, seconds])
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    @property
    def code_challenge(self) -> str:
        """The verifier as the service gets to know it at first (RFC 7636 section 4.2, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def is_fresh(self, now: datetime) -> bool:
        return self.issued_at <= now < self.issued_at + ATTEMPT_LIFETIME


def read_attempt_claim(claim: str) -> ProviderAttempt | None:
    """Return what a claim of ours says, however old; None when it is no claim."""
    try:
        written = base64.urlsafe_b64decode(claim + "=" * (-len(claim) % 4))
        provider, state, nonce, verifier, back, seconds = json.loads(written)
        issued_at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return ProviderAttempt(
        provider=provider, state=state, nonce=nonce, verifier=verifier, back=back, issued_at=issued_at
    )
