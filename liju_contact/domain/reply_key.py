"""What proves that a mail answers one of our letters (D8): a short string that stands in three places of each letter.

In the Reply-To address, as the local part of an id in References, and in the text. Mail programs and providers lose any
one of them; each alone is enough. A key names the inquiry, what an answer to this letter would be, and how far the
conversation had come when the letter was written; a MAC binds all of that to the one recipient it was made for.

    lj7k3f9q2x.a1z.0123456789abcdef0123456789
    reference  | | MAC over all of it and the recipient: 104 bit
               | number in base 36: the newest message then (``h``: the mail that is held)
               purpose
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAC_DIGITS = 26
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NUMBER = r"([0-9a-z]{1,12})"  # fits a BIGINT, whatever somebody makes up
_MAC = rf"([0-9a-f]{{{MAC_DIGITS}}})(?![0-9a-z])"
_KEY = re.compile(rf"(?<![0-9a-z])([0-9a-z]{{8,12}})\.([anh]){_NUMBER}\.{_MAC}")
_BOUNCE_KEY = re.compile(rf"(?<![0-9a-z])b{_NUMBER}\.{_MAC}")
_REDACTED = "…"


class Purpose(StrEnum):
    """What a mail with this key is."""

    CONVERSATION = "a"
    NOTE = "n"  # an answer to a letter about a note, which must never reach the customer
    HELD = "h"  # staff's decision about a mail that is held


class Place(StrEnum):
    """Where in a mail a key was found."""

    ADDRESS = "address"
    ID = "id"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyKey:
    """``reference`` is written as people see it; ``number`` is that of the newest message, or of a held mail."""

    reference: str
    purpose: Purpose
    number: int
    mac: str

    @property
    def claim(self) -> str:
        """What the MAC is over, beside the recipient."""
        return f"{self.reference}\n{self.purpose.value}{self.number}"

    def __str__(self) -> str:
        compact = self.reference.replace("-", "").lower()
        return f"{compact}.{self.purpose.value}{base36(self.number)}.{self.mac}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceKey:
    """Names the delivery whose letter came back (signed envelope sender)."""

    delivery_id: int
    mac: str

    def __str__(self) -> str:
        return f"b{base36(self.delivery_id)}.{self.mac}"


def find_reply_keys(text: str) -> Iterator[ReplyKey]:
    """Yield everything in ``text`` that looks like a key, in any case; nothing is proven by that."""
    for compact, purpose, number, mac in _KEY.findall(text.lower()):
        body = compact.upper()
        reference = f"{body[:-8]}-{body[-8:-4]}-{body[-4:]}"
        yield ReplyKey(reference=reference, purpose=Purpose(purpose), number=int(number, 36), mac=mac)


def find_bounce_keys(text: str) -> Iterator[BounceKey]:
    for number, mac in _BOUNCE_KEY.findall(text.lower()):
        yield BounceKey(delivery_id=int(number, 36), mac=mac)


def without_keys(text: str) -> str:
    """Return ``text`` with every key taken out: what one person quotes must not open a door to the next."""
    return re.sub(_KEY.pattern, _REDACTED, text, flags=re.IGNORECASE)


def base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
        if not number:
            return digits
