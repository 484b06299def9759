"""A seeded mutator: the same mail written in other ways that mean the same, and mails that end too early.

It takes mails apart by a cutter of its own, which knows nothing of the reader's and takes only what is well formed: of
anything else nobody can say that it still means the same. Inside, lines end with LF; a mail goes out as it came in.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.parser import BytesHeaderParser
from functools import cache
from random import Random

from tests.corpora import cases, content

MAIL_SETS = ("bounce_flufl", "mail_cpython", "mail_helpdesk", "mail_mimekit", "mail_roundup", "mail_rubymail")
"""The small ones; ``spamassassin`` has 2 999 mails."""

REPLY_SETS = ("reply_discourse", "reply_github", "reply_talon", "reply_zapier")

# Label and codec: mail names the smaller set and means the larger one.
_CHARSETS = {
    "us-ascii": "ascii",
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
    "koi8-r": "koi8-r",
    "gb2312": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "shift_jis": "cp932",
    "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022_jp",
    "ks_c_5601-1987": "cp949",
}
_FIELD = re.compile(rb"[!-9;-~]+:.*")
_FOLDED = re.compile(rb"[ \t]+[^\s]")
_NAMED = re.compile(rb"\bname\b|\bfilename\b|\battachment\b", re.IGNORECASE)
_CHARSET = re.compile(rb"""\s*;\s*charset\s*=\s*("[^"]*"|'[^']*'|[^;\s]*)""", re.IGNORECASE)
_CONTROLS = re.compile(r"[^\P{C}\n\t]" if False else "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_MOVABLE = (b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references", b"mime-version")
_FOLDABLE = {b"to", b"cc", b"subject", b"references", b"in-reply-to", b"content-type", b"from"}
_LONGEST_LINE = 998


@cache
def mails(corpus: str) -> dict[str, bytes]:
    """Return the mails of a set by their ids; the bodies of a reply set become mails."""
    return {case["id"]: _mail(corpus, case) for case in cases(corpus)}


def _mail(corpus: str, case: dict[str, dict[str, str]]) -> bytes:
    if "message" in case["files"]:
        return content(corpus, case)
    role = "html" if "html" in case["files"] else "body"
    kind = b"html" if role == "html" else b"plain"
    head = b"From: Ana <ana@there.example>\nSubject: Re: boilers\nMIME-Version: 1.0\n"
    label = b"Content-Type: text/%b; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" % kind
    return head + label + content(corpus, case, role).replace(b"\r\n", b"\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part: its fields with their folds, and either a body or, with a boundary, the parts inside."""

    fields: tuple[bytes, ...]
    body: bytes = b""
    boundary: bytes = b""
    preamble: tuple[bytes, ...] = ()
    inner: tuple[Piece, ...] = ()
    epilogue: tuple[bytes, ...] = ()

    def field(self, name: bytes) -> bytes:
        """Return the value of the first field of a name in lower case, on one line."""
        found = (field.partition(b":")[2] for field in self.fields if name_of(field) == name)
        return next(found, b"").replace(b"\n", b"").strip()

    def with_field(self, name: bytes, value: bytes) -> Piece:
        kept = [field for field in self.fields if name_of(field) != name.lower()]
        return replace(self, fields=(*kept, name + b": " + value))


def name_of(field: bytes) -> bytes:
    return field.partition(b":")[0].lower()
