"""Keys and tokens: what proves that a link, a form or an address came from us (D7, D8).

Each purpose has a key of its own, derived from the one secret of the settings, so that a token made for one door opens
no other. Nothing secret is stored: a status key is computed from the reference and a version, and raising the version
revokes it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.provider_attempt import ProviderAttempt, read_attempt_claim
from liju_contact.domain.reply_key import MAC_DIGITS, BounceKey, Purpose, ReplyKey
from liju_contact.domain.sign_in_step import SignInStep, read_claim

NONCE_BYTES = 12
_TIME_BYTES = 5
_MAC_BYTES = 16
_KEY_DIGITS = 34  # 136 bit; D7 asks for at least 128
_LABEL_DIGITS = 6
_TOKEN_BYTES = NONCE_BYTES + _TIME_BYTES + _MAC_BYTES


@dataclass(frozen=True, slots=True)
class FormToken:
    """A form token whose signature is ours.

    The nonce that makes sending twice the same, and when the form was opened.
    """

    nonce: str
    issued_at: datetime

    def is_fresh(self, now: datetime, lifetime: timedelta) -> bool:
        return self.issued_at <= now <= self.issued_at + lifetime


class Keyring:
    """Makes and checks everything signed with the settings' secret."""

    def __init__(self, secret: str) -> None:
        self._form = _derive(secret, "form token")
        self._status = _derive(secret, "status key")
        self._letter = _derive(secret, "message id")
        self._reply = _derive(secret, "reply address")
        self._bounce = _derive(secret, "bounce address")
        self._file = _derive(secret, "staged file")
        self._rate = _derive(secret, "rate subject")
        self._csrf = _derive(secret, "staff form")
        self._step = _derive(secret, "sign-in step")
        self._device = _derive(secret, "known device")
        self._totp = _derive(secret, "second factor")
        self._recovery = _derive(secret, "recovery code")
        self._attempt = _derive(secret, "provider attempt")
        self._challenge = _derive(secret, "passkey challenge")
        self._network = _derive(secret, "network of a visit")
        self.proof = _derive(secret, "proof of work")
        """What the challenges of a proof of work are signed with."""
        self._erasure = _derive(secret, "erased address")

    def make_form_token(self, nonce: bytes, now: datetime) -> str:
        """Return a form token of 44 URL-safe characters; ``nonce`` is ``NONCE_BYTES`` random bytes."""
        body = nonce + int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
        return _base64(body + _mac(self._form, body))

    def read_form_token(self, token: str) -> FormToken | None:
        """Return what a token of ours says, however old; None when it is not ours."""
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            return None
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if len(raw) != _TOKEN_BYTES or not hmac.compare_digest(mac, _mac(self._form, body)):
            return None
        issued_at = datetime.fromtimestamp(int.from_bytes(body[NONCE_BYTES:], "big"), UTC)
        return FormToken(_base64(body[:NONCE_BYTES]), issued_at)

    def status_key(self, reference: str, version: int) -> str:
        """Return the secret part of a status link: 34 hexadecimal digits, 136 bit."""
        return _hex(self._status, f"{reference}/{version}", _KEY_DIGITS)

    def opens(self, key: str, reference: str, version: int) -> bool:
        """Tell whether ``key`` is the status key, in a time that does not depend on where it differs."""
        return hmac.compare_digest(key.lower().encode("utf-8", "replace"), self.status_key(reference, version).encode())

    def message_id(self, *, reference: str, letter_key: str, recipient: str, domain: str) -> str:
        """Return the Message-ID of one delivery: the same letter to the same recipient always has the same one."""
        digits = _hex(self._letter, f"{reference}\n{letter_key}\n{recipient}", _KEY_DIGITS)
        return f"<{reference.lower()}.{digits}@{domain}>"

    def reply_key(self, reference: str, purpose: Purpose, number: int, *, recipient: str) -> ReplyKey:
        """Return the key that proves an answer to a letter made for ``recipient`` (D8)."""
        bare = ReplyKey(reference=reference, purpose=purpose, number=number, mac="")
        return replace(bare, mac=self._reply_mac(bare, recipient))

    def is_made_for(self, key: ReplyKey, recipient: str) -> bool:
        return hmac.compare_digest(key.mac.encode(), self._reply_mac(key, recipient).encode())

    def bounce_key(self, delivery_id: int) -> BounceKey:
        """Return what the envelope sender of a delivery carries, so that its bounce is known."""
        return BounceKey(delivery_id=delivery_id, mac=_hex(self._bounce, str(delivery_id), MAC_DIGITS))

    def is_ours(self, key: BounceKey) -> bool:
        return hmac.compare_digest(key.mac, self.bounce_key(key.delivery_id).mac)

    def _reply_mac(self, key: ReplyKey, recipient: str) -> str:
        return _hex(self._reply, f"{key.claim}\n{fold_address(recipient)}", MAC_DIGITS)

    def seal_file(self, description: str) -> str:
        """Return a MAC over the description of a staged file, so that a form can carry it back."""
        return _base64(hmac.digest(self._file, description.encode(), "sha256")[:_MAC_BYTES])

    def file_is_sealed(self, description: str, seal: str) -> bool:
        return hmac.compare_digest(seal.encode("utf-8", "replace"), self.seal_file(description).encode())

    def rate_subject(self, door: str, who: str) -> str:
        """Return a digest that stands for an address or a network in the rate table, without naming it."""
        return hmac.digest(self._rate, f"{door}\n{who}".encode(), "sha256").hex()

    def network_label(self, reference: str, network: str) -> str:
        """Return a short sign for a network, which differs from one inquiry to the next and cannot be turned back."""
        return _hex(self._network, f"{reference}\n{network}", _LABEL_DIGITS).upper()

    def erasure_digest(self, address: str) -> str:
        """Return what the register of erasures knows an address by; it cannot be turned back into it."""
        return _hex(self._erasure, fold_address(address), 64)

    def csrf_token(self, session_token: str) -> str:
        """Return what every form of a session carries: it follows from the cookie and cannot be turned back into it."""
        return _hex(self._csrf, session_token, _KEY_DIGITS)

    def sign_step(self, step: SignInStep) -> str:
        """Return what carries a sign-in from one step to the next."""
        return f"{step.claim}.{_hex(self._step, step.claim, _KEY_DIGITS)}"

    def read_step(self, token: str) -> SignInStep | None:
        """Return the step a token of ours says, however old; None when it is not ours."""
        claim, _, mac = token.rpartition(".")
        expected = _hex(self._step, claim, _KEY_DIGITS)
        is_ours = hmac.compare_digest(mac.encode("utf-8", "replace"), expected.encode())
        return read_claim(claim) if is_ours else None

    def sign_attempt(self, attempt: ProviderAttempt) -> str:
        """Return what a browser keeps while it is at another service to sign in."""
        return f"{attempt.claim}.{_hex(self._attempt, attempt.claim, _KEY_DIGITS)}"

    def read_attempt(self, kept: str) -> ProviderAttempt | None:
        """Return the attempt a browser of ours kept, however old; None when it is not ours."""
        claim, _, mac = kept.rpartition(".")
        expected = _hex(self._attempt, claim, _KEY_DIGITS)
        is_ours = hmac.compare_digest(mac.encode("utf-8", "replace"), expected.encode())
        return read_attempt_claim(claim) if is_ours else None

    def make_challenge(self, purpose: str, nonce: bytes, now: datetime) -> bytes:
        """Return what a passkey has to sign; ``nonce`` is ``NONCE_BYTES`` random bytes."""
        body = nonce + int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
        return body + _mac(self._challenge, purpose.encode() + body)

    def read_challenge(self, challenge: bytes, purpose: str) -> datetime | None:
        """Return when a challenge of ours for this purpose was made, however old; None when it is none."""
        body, mac = challenge[:-_MAC_BYTES], challenge[-_MAC_BYTES:]
        is_ours = hmac.compare_digest(mac, _mac(self._challenge, purpose.encode() + body))
        if len(challenge) != _TOKEN_BYTES or not is_ours:
            return None
        return datetime.fromtimestamp(int.from_bytes(body[NONCE_BYTES:], "big"), UTC)

    def device_mac(self, nonce: str, address: str) -> str:
        """Return what a browser keeps of having been signed in to an account; it opens nothing."""
        return _hex(self._device, f"{nonce}\n{fold_address(address)}", _KEY_DIGITS)

    def totp_secret(self, staff_id: int, version: int) -> bytes:
        """Return the secret of a second factor: 20 bytes, as RFC 4226 section 4 recommends. It is stored nowhere."""
        return hmac.digest(self._totp, f"{staff_id}/{version}".encode(), "sha1")

    def recovery_digest(self, staff_id: int, code: str) -> str:
        return _hex(self._recovery, f"{staff_id}\n{code}", 64)


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


def _hex(key: bytes, message: str, digits: int) -> str:
    return hmac.digest(key, message.encode(), "sha256").hex()[:digits]


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:_MAC_BYTES]


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
