"""What a staff member's mail tells the program to do: the lines at its top that begin with ``#``.

``#note`` makes the rest a note, ``#close``, ``#assign me`` and ``#spam`` do what they say, ``#send`` and ``#drop``
decide about a mail that is held. Each has its Chinese word. A line that only looks like a command is not guessed at:
sending the customer a mistyped ``#ntoe`` would show them a note.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


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
# A word after the sign, as people write commands; "#12 of your list" and "# heading" are text.
# The full-width forms of "#" and ":" are what a Chinese keyboard types.
_COMMAND_LINE = re.compile("[#\uff03]([^\\W\\d_][\\w ]{0,30}?)[ \t]*[:\uff1a.\u3002]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMail:
    """``unknown`` is the first line that looks like a command and is none; ``text`` is what follows the commands."""

    commands: frozenset[Command]
    text: str
    unknown: str


def read_staff_mail(text: str) -> StaffMail:
    """Take the commands off the top of ``text``; only whole lines before the first line of text count."""
    lines = text.strip().splitlines()
    commands: set[Command] = set()
    while lines:
        line = lines[0].strip()
        if not line:
            lines.pop(0)
            continue
        found = _COMMAND_LINE.fullmatch(line)
        if found is None:
            break
        command = _WORDS.get(" ".join(found[1].lower().split()))
        if command is None:
            return StaffMail(commands=frozenset(commands), text="\n".join(lines).strip(), unknown=line)
        commands.add(command)
        lines.pop(0)
    return StaffMail(commands=frozenset(commands), text="\n".join(lines).strip(), unknown="")
