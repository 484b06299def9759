"""How a mail was made, as words: what the program that wrote it and the ways it travelled left in its head.

Each word is short, of printable ASCII, and names a habit, never a person: shapes of ids in place of ids, families of
programs in place of versions. What servers of the receiving side and mailing lists add is left out, as far as it can be
told: it says where a mail was gathered. Keeps out: what the habits mean (``domain.spam_learner``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from liju_contact.mail.reading.hosts import registered
from liju_contact.mail.reading.message_signs import parts_shown
from liju_contact.mail.reading.part import Part
from liju_contact.mail.reading.travel import travel_words

_LONGEST_VALUE = 1000
_LONGEST_SHAPE = 16
_LONGEST_WORD = 48
_PARTS_LOOKED_AT = 30
_LONGEST_KIND = 60
_ID_STEP, _BOUNDARY_STEP = 4, 5
_LONGEST_ID, _LONGEST_BOUNDARY = 40, 60
_OUTLOOKS_DOLLARS = 2

_VERSION = re.compile(r"[\d(\[/,<]| v| version| build")
_NOT_PRINTABLE = re.compile(r"[^ -~]")
_RUNS = ((re.compile("[A-Z]+"), "A"), (re.compile("[a-z]+"), "a"), (re.compile("[0-9]+"), "0"))
_SIGNS = ((re.compile("[a-z]"), "a"), (re.compile("[A-Z]"), "A"), (re.compile("[0-9]"), "0"))
_ZONE = re.compile(r"([+-]\d{4})\s*(\(?)")
_IP = re.compile(r"\[?\d{1,3}(?:\.\d{1,3}){3}\]?")
_LONGEST_DATE = 31
_WIDEST_ZONE, _QUARTER = 1400, 15


def making_of(mail: Part, message_id: str, sender: str) -> tuple[str, ...]:
    """Return the words in their order, each once; ``sender`` is the address that the mail says it is from."""
    domain = sender.rpartition("@")[2].lower()
    words = {
        *_program_words(mail, message_id),
        *_id_words(message_id, domain),
        *_part_words(mail),
        *_date_words(_short(mail, "Date")),
        *travel_words([value[:_LONGEST_VALUE] for value in mail.values("Received")], _short(mail, "Date"), domain),
    }
    return tuple(sorted(_NOT_PRINTABLE.sub("?", word)[:_LONGEST_WORD] for word in words))


def _short(mail: Part, name: str) -> str:
    return mail.value(name)[:_LONGEST_VALUE]


def _shape(text: str, most: int = _LONGEST_SHAPE) -> str:
    """Return text with each run of letters or digits as one sign."""
    text = text[:_LONGEST_VALUE]
    for runs, sign in _RUNS:
        text = runs.sub(sign, text)
    return text[:most]


def _program_words(mail: Part, message_id: str) -> Iterator[str]:
    """Yield the program's family, and whether what claims to be Outlook writes as Outlook does."""
    named = (_short(mail, "X-Mailer") or _short(mail, "User-Agent")).lower().strip()
    family = _VERSION.split(named, maxsplit=1)[0].strip()[:24]
    family = "" if _NOT_PRINTABLE.search(family) else family
    has_priority = bool(mail.values("X-Priority") or mail.values("X-MSMail-Priority"))
    dollars = message_id.partition("@")[0].count("$")
    yield f"m:{family}"
    if "outlook" in family:
        yield "o:ole" if mail.values("X-MimeOLE") else "o:no ole"
        yield "o:dollar" if dollars == _OUTLOOKS_DOLLARS else "o:no dollar"
        yield "o:pri" if has_priority else "o:no pri"
    elif mail.values("X-MimeOLE"):
        yield "o:ole alone"
    if not family:
        yield "m:none pri" if has_priority else "m:none"
        if dollars:
            yield "m:none dollar"
    levels = (_short(mail, "X-Priority")[:1], _short(mail, "X-MSMail-Priority")[:3], _short(mail, "Importance")[:3])
    yield f"p:{''.join(levels).lower()}"


def _id_words(message_id: str, domain: str) -> Iterator[str]:
    local, _, host = message_id.partition("@")
    yield f"ms:{_shape(local)}"
    yield f"ml:{min(len(local), _LONGEST_ID) // _ID_STEP}"
    if not host:
        return
    if _IP.fullmatch(host):
        yield "md:ip"
    elif "." not in host:
        yield "md:bare"
    elif host.lower() == domain:
        yield "md:same"
    else:
        yield "md:near" if registered(host) == registered(domain) else "md:other"
    if host.startswith("localhost"):
        yield "md:local"


def _part_words(mail: Part) -> Iterator[str]:
    for part in islice(parts_shown(mail), _PARTS_LOOKED_AT):
        charset = part.params.get("charset", "").lower()[:20]
        yield f"t:{part.media_type}"
        yield f"e:{part.encoding}"
        if part.media_type.startswith("text/"):
            yield f"c:{charset}"
            yield f"te:{part.media_type} {part.encoding}"
            yield f"tc:{part.media_type} {charset[:14]}"
            if part.params.get("format"):
                yield "flowed"
    yield f"st:{_kind(mail)}"
    if boundary := mail.params.get("boundary", ""):
        yield f"b:{_shape(boundary, 14)}"
        yield f"bl:{min(len(boundary), _LONGEST_BOUNDARY) // _BOUNDARY_STEP}"
    written = _short(mail, "Content-Type")
    yield "ct:is" if written else "ct:none"
    if "charset=" in written:
        yield 'q:"' if 'charset="' in written else "q:no"
    if written and not mail.values("MIME-Version"):
        yield "no mime version"


def _kind(part: Part) -> str:
    """Return what a part is made of; the depth of parts is limited where they are cut."""
    kinds = sorted({_kind(child) for child in part.children[:_PARTS_LOOKED_AT]})
    return (part.media_type.partition("/")[2] + (f"({','.join(kinds)})" if kinds else ""))[:_LONGEST_KIND]


def _date_words(date: str) -> Iterator[str]:
    shape = date[:_LONGEST_DATE]
    for signs, sign in _SIGNS:
        shape = signs.sub(sign, shape)
    yield f"ds:{shape}"
    zone = _ZONE.search(date)
    if zone is None:
        yield "dz:none"
        return
    yield f"dz:{zone[1]}"
    if zone[2]:
        yield "dz:comment"
    if abs(int(zone[1])) > _WIDEST_ZONE or int(zone[1][-2:]) % _QUARTER:
        yield "dz:impossible"
