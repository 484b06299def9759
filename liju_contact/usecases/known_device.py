"""What a browser keeps of having been signed in before, so that it has an allowance of its own (``limit_guesses``)."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from liju_contact.domain.keys import Keyring
from liju_contact.usecases.deps import Deps

_PEOPLE = 4  # who may share a browser, as in a workshop; the last to sign in come first
_NONCE_BYTES = 16
_COOKIE = re.compile(r"([0-9a-f]{32})((?:\.[0-9a-f]{34}){1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """``nonce`` names the browser, ``macs`` the accounts; both are empty for a browser nobody knows."""

    nonce: str = ""
    macs: tuple[str, ...] = ()

    def knows(self, keys: Keyring, address: str) -> bool:
        """Tell whether somebody was signed in to this account here before."""
        expected = keys.device_mac(self.nonce, address)
        return any([hmac.compare_digest(mac, expected) for mac in self.macs])  # noqa: C419  # all, in equal time

    @property
    def cookie(self) -> str:
        return ".".join((self.nonce, *self.macs))


def read_device(cookie: str) -> KnownDevice:
    found = _COOKIE.fullmatch(cookie)
    return KnownDevice(nonce=found[1], macs=tuple(found[2][1:].split("."))) if found else KnownDevice()


def remember(deps: Deps, device: KnownDevice, address: str) -> KnownDevice:
    """Return the device as it is to be kept now that somebody has signed in on it."""
    nonce = device.nonce or deps.random_bytes(_NONCE_BYTES).hex()
    mine = deps.keys.device_mac(nonce, address)
    return KnownDevice(nonce=nonce, macs=(mine, *(mac for mac in device.macs if mac != mine))[:_PEOPLE])
