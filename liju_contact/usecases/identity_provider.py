"""What the stories ask of another service that people sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liju_contact.domain.provider_attempt import ProviderAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the service has recognised; it says that the address is theirs."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """The service's answer proves nobody; ``reason`` is for the log and holds nothing secret."""

    reason: str


class IdentityProvider(Protocol):
    """Goes out to the network: never within a transaction. Both ways raise ``ProviderDown``."""

    def sign_in_address(self, attempt: ProviderAttempt, *, return_to: str, now: datetime) -> str:
        """Return where the browser is to go."""

    def identify(
        self, attempt: ProviderAttempt, code: str, *, return_to: str, now: datetime
    ) -> Identity | Unproven: ...
