"""What a staff member's mail tells the program to do: the lines at its top that begin with ``#``.

``#note`` makes the rest a note, ``#close``, ``#assign me`` and ``#spam`` do what they say, ``#send`` and ``#drop``
decide about a mail that is held. Each has its Chinese word. A line that only looks like a command is not guessed at:
sending the customer a mistyped ``#ntoe`` would show them a note. So every first line that begins with the sign and a
letter is a command or unknown, however it goes on; "# heading" and "#12 of your list" are text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from liju_contact.domain.reply_key import find_reply_keys
from liju_contact.domain.text import clean_text, is_blank
from liju_contact.domain.visible_text import fold


class Command(StrEnum):
    NOTE = "note"
    CLOSE = "close"
    ASSIGN_ME = "assign me"
    SPAM = "spam"
    SEND = "send"
    DROP = "drop"


_WORDS = {
    "note": Command.NOTE,
    "备注": Command.NOTE,
    "close": Command.CLOSE,
    "关闭": Command.CLOSE,
    "assign me": Command.ASSIGN_ME,
    "分配给我": Command.ASSIGN_ME,
    "spam": Command.SPAM,
    "垃圾": Command.SPAM,
    "send": Command.SEND,
    "发送": Command.SEND,
    "drop": Command.DROP,
    "丢弃": Command.DROP,
}
# What a Chinese keyboard types: the full-width forms of ASCII, its space and its full stop; and the small "#".
_AS_ASCII = {0xFF01 + number: 0x21 + number for number in range(94)} | {0x3000: " ", 0xFE5F: "#", 0x3002: "."}
_SIGN = re.compile(r"#+(\s*)(?=[^\W\d_])")
_STOPS = ":. \t"
# Bold and quotation marks, as a mail program leaves them around a line whose writer set it in bold.
_DECORATION = "*_`\"'\u201c\u201d "
_PROBE = "own words"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMail:
    """``unknown`` is the first line that looks like a command and is none; ``text`` is what follows the commands."""

    commands: frozenset[Command]
    text: str
    unknown: str


def own_words(visible: str) -> str:
    """Return the visible text of a staff member's mail; nothing where all of it is a letter of ours, quoted.

    A mail that says nothing of its own shows its quote. To the customer that would be a letter among staff.
    """
    if not any(True for _ in find_reply_keys(visible)):
        return visible
    return "" if fold(f"{_PROBE}\n\n{visible}").visible == _PROBE else visible


def read_staff_mail(text: str) -> StaffMail:
    """Take the commands off the top of ``text``; only whole lines before the first line of text count."""
    lines = clean_text(text).strip().splitlines()
    commands: set[Command] = set()
    while lines:
        if is_blank(lines[0]):
            lines.pop(0)
            continue
        found = _read_line(lines[0])
        if found is None:
            break
        command, rest = found
        if command is None:
            return StaffMail(commands=frozenset(commands), text="\n".join(lines).strip(), unknown=lines[0].strip())
        commands.add(command)
        lines[:1] = [rest] if rest else []
        if rest:
            break
    return StaffMail(commands=frozenset(commands), text="\n".join(lines).strip(), unknown="")


def _read_line(line: str) -> tuple[Command | None, str] | None:
    """Return a line's command and the text behind it, None as the command of an unknown one; None for text.

    Text may stand behind ``#note`` alone: it stays among staff whatever was meant.
    """
    bare = _bare(line)
    plain = bare.translate(_AS_ASCII).lower()
    sign = _SIGN.match(plain)
    if sign is None:
        return None
    if command := _WORDS.get(" ".join(plain[sign.end() :].rstrip(_STOPS).split())):
        return (command, "") if not sign[1] else (None, "")
    begun = _begun_with(plain[sign.end() :])
    if begun == "":
        return None if sign[1] else (None, "")
    is_note = not sign[1] and _WORDS[begun] is Command.NOTE
    return (
        (Command.NOTE, bare[sign.end() + len(begun) :].lstrip(f"{_STOPS}\uff1a\u3002\u3000")) if is_note else (None, "")
    )


def _begun_with(words: str) -> str:
    """Return the command word ``words`` begin with, where it ends there as a word does; else nothing."""
    return next((word for word in _WORDS if words.startswith(word) and words[len(word)] in _STOPS), "")


def _bare(line: str) -> str:
    """Return a line without what nobody sees at its ends, and without marks around the whole of it."""
    start, stop = 0, len(line)
    while start < stop and (is_blank(line[start]) or line[start] in _DECORATION):
        start += 1
    while stop > start and (is_blank(line[stop - 1]) or line[stop - 1] in _DECORATION):
        stop -= 1
    return line[start:stop]
