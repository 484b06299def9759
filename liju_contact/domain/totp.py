"""The second factor: a code of six digits that a secret and the time give, good for one step of 30 seconds (RFC 6238).

SHA-1 and six digits are what every authenticator program does, whatever else its settings offer.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from unicodedata import normalize
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
_WINDOW = 1  # steps that a telephone's clock may go wrong by, each way


def time_step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """Return the code of one step. Source: RFC 4226 section 5.3."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, typed: str, *, used: int, now: datetime) -> int | None:
    """Return the step whose code was typed, if it is near enough and later than the last one ``used``."""
    code = "".join(character for character in normalize("NFKC", typed[:50]) if character.isdecimal()).encode()
    current = time_step(now)
    matching = None
    for step in range(current - _WINDOW, current + _WINDOW + 1):
        if hmac.compare_digest(code, code_at(secret, step).encode()) and step > used:
            matching = step
    return matching


def secret_text(secret: bytes) -> str:
    """Return a secret as it is typed into an authenticator program: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def enrolment_address(secret: bytes, *, account: str, issuer: str) -> str:
    """Return what the picture to scan says: the ``otpauth`` address that all authenticator programs read."""
    label = quote(f"{issuer}:{account}", safe="@")
    query = urlencode({"secret": base64.b32encode(secret).decode(), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"
