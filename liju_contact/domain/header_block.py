"""Finds the block of mail headers that Outlook, Foxmail, QQ, 163 and others put above a letter they quote.

One line with "From:" is no block: a block has several different labels on neighbouring lines and at least the marks
of a real letter, such as an address or a subject. "From: Shanghai", "To: Hamburg", "Date: 12 May" is freight.
"""

import re
from dataclasses import dataclass, field

from liju_contact.domain.reply_words import FORWARD_OPENINGS, LABELS, TITLES, without_blanks

_MAX_BLOCK = 40
_MAX_CONTINUATION = 3
_MAX_ADDRESS_LINES = 20
_LABEL_LENGTH = 32
_TITLE_LENGTH = 90
_ORNAMENT = " \t*_>|#\u3000\xa0"
_COLON = re.compile(r"[:\uff1a|]")
_RAW_HEADER = re.compile(r"(?:Received|[A-Z][A-Za-z]{0,20}-[A-Za-z-]{1,30}):\s")
_TITLE_END = " \t-_=*:\uff1a\u2014"
_TITLE = re.compile(r"[\s>*]*[-_=\u2014]{2,}(?P<words>[^-_=\u2014].*)")


def is_title(line: str) -> bool:
    """Tell whether a stripped line announces a quoted or forwarded letter: "-----Original Message-----"."""
    if len(line) > _TITLE_LENGTH:
        return False
    if line[-1] in ":\uff1a":
        return without_blanks(line.strip(" >*:\uff1a\xa0")) in FORWARD_OPENINGS
    title = _TITLE.fullmatch(line)
    return title is not None and without_blanks(title["words"].replace("&nbsp;", " ").rstrip(_TITLE_END)) in TITLES


def label_kind(line: str) -> str | None:
    """Return what the label of a header line means, such as ``from`` for "*From:* Ann", or None."""
    line = line.lstrip(_ORNAMENT)
    colon = _COLON.search(line, 0, _LABEL_LENGTH)
    return LABELS.get(without_blanks(line[: colon.start()].strip(_ORNAMENT))) if colon else None


def is_raw_header(line: str) -> bool:
    """Tell whether a line is a header that only a mail's source shows: below it stands a log, not a quoted letter."""
    return _RAW_HEADER.match(line) is not None and not label_kind(line)


@dataclass(slots=True)
class _Evidence:
    kinds: set[str] = field(default_factory=set)
    addresses: int = 0

    def is_enough(self) -> bool:
        if {"from", "subject"} <= self.kinds:
            return bool(self.kinds & {"sent", "to"}) or self.addresses > 0
        return "sent" in self.kinds and bool(self.kinds & {"from", "to"}) and self.addresses > 0


def block_end(lines: list[str], first: int) -> tuple[int, bool]:
    """Return the line after the headers that begin on line ``first``, and whether they are the block of a letter.

    ``lines`` are stripped. A value may run on over some lines, and a blank line may part two headers.
    """
    evidence = _Evidence()
    end = first
    for index in range(first, min(first + _MAX_BLOCK, len(lines))):
        kind = label_kind(lines[index])
        if kind:
            end = index + 1
            _weigh(evidence, kind, lines[index])
        elif not _may_run_on(lines[end : index + 1]):
            break
        else:
            evidence.addresses += "@" in lines[index]
    return end, evidence.is_enough()


def _may_run_on(below: list[str]) -> bool:
    """Tell whether the lines below a header can stand between it and the next one."""
    if len(below) == 1:
        return True
    if not all(below) or len(below) > _MAX_ADDRESS_LINES:
        return False
    return len(below) <= _MAX_CONTINUATION or "@" in below[-1] or ";" in below[-1]


def _weigh(evidence: _Evidence, kind: str, line: str) -> None:
    if kind == "sent" and not any(character.isdigit() for character in line):
        return
    evidence.kinds.add(kind)
    evidence.addresses += "@" in line and kind in {"from", "to", "copy", "reply"}
