"""Whose traces are meant: the spellings of one mail address, and where one stands in a text.

Also the words of the register: what was asked for, agreed to and done about an address, without the address itself.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote

ERASED = "[erased]"
_BEFORE = r"(?<![A-Za-z0-9._%+\-])"
_AFTER = r"(?![A-Za-z0-9\-]|\.[A-Za-z0-9])"
_VERSION_DIGITS = 8
_ONE_ADDRESS = re.compile(r'(?:".+"|[^\s<>,;]+)@[^\s@<>,;]+')


class RequestKind(StrEnum):
    EXPORT = "export"
    ERASURE = "erasure"


class RequestState(StrEnum):
    """``asked`` waits for a second person, ``agreed`` for the worker, ``ready`` for being fetched."""

    ASKED = "asked"
    AGREED = "agreed"
    READY = "ready"


class Step(StrEnum):
    """A line of the register."""

    EXPORT_ASKED = "export_asked"
    ERASURE_ASKED = "erasure_asked"
    AGREED = "agreed"
    DECLINED = "declined"
    EXPIRED = "expired"
    EXPORTED = "exported"
    ERASED = "erased"
    ERASED_AGAIN = "erased_again"  # a backup from before had brought it back
    CLEANED = "cleaned"  # the bytes that deleting leaves behind are gone too


def is_one_address(typed: str) -> bool:
    """Tell whether this can be somebody's mail address and nothing else: a mere word stands in everybody's texts.

    It is less strict than a form, since received mail names addresses that no form would take.
    """
    address = typed.strip()
    return address.isprintable() and _ONE_ADDRESS.fullmatch(address) is not None


def spellings_of(address: str) -> tuple[str, ...]:
    """Return how an address may stand in a text, a JSON value, a page or a link; small letters where ASCII has them."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    domains = dict.fromkeys((domain, domain.casefold(), *_idna(domain)))
    plain = [f"{local}{at}{each}" for each in domains] + [address.strip(), address.strip().casefold()]
    shapes = (
        shape
        for one in plain
        for shape in (one, json.dumps(one)[1:-1], html.escape(one), quote(one, safe=""), quote(one))
    )
    return tuple(dict.fromkeys(_small(shape) for shape in shapes if shape))


def mention_of(address: str) -> re.Pattern[str]:
    """Return what finds an address, and not the end of a longer one: ``ana@b.cn`` is not in ``joana@b.cn``."""
    any_of = "|".join(re.escape(spelling) for spelling in sorted(spellings_of(address), key=len, reverse=True))
    return re.compile(f"{_BEFORE}(?:{any_of}){_AFTER}", re.IGNORECASE)


def notice_version(texts: Mapping[str, str], changed_on: str) -> str:
    """Return what a privacy notice is known by: its date, if it has one, and a digest of what it says."""
    said = json.dumps(dict(sorted(texts.items())), ensure_ascii=False)
    digest = hashlib.sha256(said.encode()).hexdigest()[:_VERSION_DIGITS]
    return f"{changed_on}-{digest}" if changed_on else digest


def _idna(domain: str) -> list[str]:
    """Return a domain as the DNS spells it, and as people do."""
    try:
        coded = domain.encode("idna").decode("ascii")
        return [coded, coded.encode("ascii").decode("idna")]
    except (UnicodeError, ValueError):
        return []


def _small(text: str) -> str:
    """Make small what ASCII has in two cases: all that ``lower()`` of SQLite does."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
