r"""A file name that came from outside, made harmless to show, to store and to hand back in a download header.

No path, no controls, no bidi overrides (which show ``fdp.exe`` as ``exe.pdf``), no invisible padding, nothing that
Windows refuses or reserves. It is a name to display: files are never stored under it.
"""

import re
import unicodedata

from liju_contact.domain.text import clean_line

_LONGEST_NAME = 120
_LONGEST_EXTENSION = 10
_NAMELESS = "file"
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# What nobody sees, or sees as a blank: a hundred of these push the true extension out of sight. The joiners and the
# selectors of emoji stay.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_BLANK_LETTERS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
_SEPARATOR = re.compile(r"[/\\]")
# What Windows refuses, and the beginning of a percent escape: some programs decode those in a download header.
_UNWANTED = re.compile('[<>:"|?*]|%(?=[0-9A-Fa-f]{2})')
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?= *(?:\.|\Z))", re.IGNORECASE
)


def safe_name(name: str) -> str:
    """Return a display name of at most 120 characters that keeps its extension, in NFC, never empty."""
    name = _UNSEEN.sub("", _BIDI_CONTROLS.sub("", clean_line(name)))
    name = _BLANK_LETTERS.sub(" ", name).rstrip("/\\ ")
    name = _UNWANTED.sub("_", _SEPARATOR.split(name)[-1])
    name = _trim(unicodedata.normalize("NFC", " ".join(name.split())))
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shorten(name) or _NAMELESS


def extension_of(name: str) -> str:
    """Return the extension that the safe name shows, in lower case and without its point, or ""."""
    _, point, extension = safe_name(name).rpartition(".")
    return extension.lower() if point else ""


def _trim(name: str) -> str:
    """Windows ignores points and spaces at the end, Unix hides what begins with a point."""
    return name.lstrip(". ").rstrip(". ")


def _shorten(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name
    stem, point, extension = name.rpartition(".")
    if not stem or len(extension) > _LONGEST_EXTENSION:
        return _trim(name[:_LONGEST_NAME])
    return _trim(stem[: _LONGEST_NAME - len(extension) - 1]) + point + extension
