"""Placeholders of an answer that is given often, and how they are filled. Whatever else stands in braces stays."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "reference", "product", "me", "status_link")
TITLE_LIMIT = 100  # characters

_IN_BRACES = re.compile(r"\{(\w{1,40})\}")


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Return the text with each placeholder that ``values`` knows; what is filled in is not filled once more."""
    return _IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """Return what stands in braces like a placeholder and is none, each once, in its order."""
    found = (match[1] for match in _IN_BRACES.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name not in PLACEHOLDERS))


def text_for(texts: Mapping[str, str], language: str) -> str:
    """Return the text in ``language``, else the first there is."""
    return texts.get(language) or next((text for text in texts.values() if text), "")
