"""What other people wrote, cut to the size and shape in which a letter shows it.

Keys are taken out of it: what one person quotes must not open a door to the next (D8). Nothing here knows a template,
a language or who gets the letter.
"""

from __future__ import annotations

import re

from liju_contact.domain.letter import KEY_PLACE
from liju_contact.domain.reply_key import without_keys
from liju_contact.domain.text import clean_line

WHO_LENGTH = 48  # characters of a name in a subject; with ours it stays at about 120
SUBJECT_LENGTH = 200
_PREVIEW_LENGTH = 160  # what a phone shows of a letter before it is opened
_ELLIPSIS = "…"
# A name stands before our own words in a subject; without these it cannot turn their order round.
_DIRECTION_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What mail programs of many languages put before the subject of a reply, some of them each time: "Re: AW: Re[2]:".
_REPLY_MARKS = re.compile(
    r"(?:(?:re|aw|antw|sv|vs|res|rés|rif|ynt|odp|回复|回覆|答复|答覆|返信)\s*(?:[\[(]\d{1,4}[\])]\s*)?[:\uff1a]\s*)+",
    re.IGNORECASE,
)


def typed_lines(body: str) -> list[str]:
    return without_keys(body).splitlines()


def excerpt(body: str, *, lines: int = 10, characters: int = 600) -> list[str]:
    """Return the first lines of ``body``, the last of them with an ellipsis when something is left out."""
    whole = without_keys(body.strip())
    kept = "\n".join(whole[:characters].splitlines()[:lines])
    is_whole = kept.splitlines() == whole.splitlines()
    return (kept if is_whole else f"{kept.rstrip()}{_ELLIPSIS}").splitlines()


def one_line(value: str) -> str:
    return clean_line(without_keys(value))


def preview(body: str) -> str:
    return cut(one_line(body[: 4 * _PREVIEW_LENGTH]), _PREVIEW_LENGTH)


def name_in_subject(name: str) -> str:
    """Return the name of a person or a company as it may stand in the middle of a subject or before our own name."""
    return cut(_DIRECTION_CONTROLS.sub("", one_line(name)), WHO_LENGTH)


def domain_in_subject(address: str) -> str:
    """Return what stands for a country where an inquiry came by mail and names none."""
    return name_in_subject(address.rpartition("@")[2])


def without_reply_marks(subject: str) -> str:
    """Return a subject without "Re:" and the like, so that ours does not pile up on theirs."""
    line = one_line(subject[: 4 * SUBJECT_LENGTH])
    marks = _REPLY_MARKS.match(line)
    return cut(line[marks.end() :] if marks else line, SUBJECT_LENGTH)


def cut(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}{_ELLIPSIS}"


def with_key_places(rendered: str, count: int) -> str:
    """Return a letter's text with the last ``count`` key places in it alone: above them they are somebody's words."""
    above, *below = rendered.rsplit(KEY_PLACE, count)
    return KEY_PLACE.join([above.replace(KEY_PLACE, _ELLIPSIS), *below])
