"""Finds where a signature begins at the end of a writer's text: "-- ", a telephone's own line, a rule above contacts.

Greetings ("Best regards, Ann") stay: they are the writer's words. A rule of dashes counts only when what stands below
it looks like a signature, because people draw rules inside a text too.
"""

import re

from liju_contact.domain.phone_lines import is_bare_link, is_phone_line

_STANDARD = frozenset({"--", "__", "\u2014", "\u2013\u2013", "\u2014\u2014"})  # What became of "-- " by autocorrection.
_RULE = re.compile(r"[-_=*~#\u2014\u2500]{3,}")
_RULE_CHARACTERS = frozenset("-_=*~#\u2014\u2013\u2500")
_CONTACT = re.compile(r"\S@\S|https?://|\bwww\.|\d{3}[-.\s]\d{3,4}[-.\s]\d{4}|\+\d{1,3}[\s(-]*\d")
_NAME = re.compile(r"(?:[^\W\d_a-z][\w.'\u2019-]{0,30}[,\s]{0,3}){1,4}")
_UNSUBSCRIBE = re.compile(r"(?:Unsubscribe|\u9000\u8ba2)\s?[:\uff1a]\s?.{0,200}(?:@|://).*", re.IGNORECASE)
_TRACKERS = frozenset("\u1427\u1426")  # Signs that tracking programs leave below a letter.

_PGP_OPENING = "-----BEGIN PGP SIGNED MESSAGE-----"
_PGP_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"

_MAX_STANDARD_LINES = 25
_MAX_CONTACT_LINES = 12
_MAX_NAME_LINES = 5
_MAX_SHORT = 60
_MIN_CONTACTS = 2


def is_rule(line: str) -> bool:
    """Tell whether a stripped line is nothing but a drawn rule of three or more characters."""
    return line[:1] in _RULE_CHARACTERS and _RULE.fullmatch(line) is not None


def pgp_opening_stop(lines: list[str]) -> int:
    """Return where the text begins below the opening lines of a clear-signed PGP message; 0 for any other text."""
    first = next((index for index, line in enumerate(lines) if line), 0)
    if lines[first] != _PGP_OPENING:
        return 0
    return next((index for index in range(first, len(lines)) if not lines[index]), len(lines))


def signature_start(lines: list[str], first: int, stop: int) -> int:
    """Return where the signature of the text in ``lines[first:stop]`` begins; ``stop`` when there is none.

    ``lines`` are stripped; blank lines above the signature count as part of it.
    """
    end = _without_added_lines(lines, first, stop)
    for index in range(first, end):
        line = lines[index]
        if line[:1] in _RULE_CHARACTERS and _opens_signature(line, lines, index, end):
            return _without_added_lines(lines, first, index)
    return end if any(lines[end:stop]) else stop


def _without_added_lines(lines: list[str], first: int, stop: int) -> int:
    """Return the end of the text once blank lines and lines added by programs below it are left out.

    A rule is left out only below such a line: "Get Outlook for iOS" and "________".
    """
    end = stop
    for index in range(stop - 1, first - 1, -1):
        if _is_added(lines, index) or (not lines[index] and index == end - 1):
            end = index
        elif lines[index] and not is_rule(lines[index]):
            break
    return end


def _is_added(lines: list[str], index: int) -> bool:
    line = lines[index]
    if not line:
        return False
    if is_bare_link(line):
        return index > 0 and bool(lines[index - 1]) and is_phone_line(lines[index - 1])
    return is_phone_line(line) or line in _TRACKERS or _UNSUBSCRIBE.fullmatch(line) is not None


def _opens_signature(line: str, lines: list[str], index: int, end: int) -> bool:
    if line == _PGP_SIGNATURE:
        return True
    if line in _STANDARD:
        return _count_at_most(lines, index + 1, end, _MAX_STANDARD_LINES) is not None
    if not is_rule(line):
        return False
    above = lines[index - 1] if index else ""
    below = _count_at_most(lines, index + 1, end, _MAX_CONTACT_LINES)
    return bool(below) and not above.endswith((":", "\uff1a")) and _looks_signed(below or [])


def _count_at_most(lines: list[str], first: int, end: int, limit: int) -> list[str] | None:
    """Return the written lines from ``first`` on, or None when they are more than ``limit``."""
    written: list[str] = []
    for index in range(first, end):
        if lines[index]:
            written.append(lines[index])
        if len(written) > limit:
            return None
    return written


def _looks_signed(below: list[str]) -> bool:
    """Tell whether lines below a rule are a signature: short lines with contacts, or a name on top of a few."""
    if any(is_rule(line) for line in below):
        return False
    contacts = sum(_CONTACT.search(line) is not None for line in below)
    short = all(len(line) <= _MAX_SHORT for line in below)
    if contacts >= _MIN_CONTACTS:
        return contacts * 4 >= len(below)
    return short and len(below) <= _MAX_NAME_LINES and _NAME.fullmatch(below[0]) is not None
