"""Technical facts from the JSON that they are stored as: each distinct one is read once and remembered.

An inquiry has a dozen of some hundred usual facts, and to read their JSON takes longer than to write the rest of its
row. So the text is cut before each fact and looked up piece by piece. No text that somebody typed can hold such a cut:
in JSON every quotation mark inside a text stands behind a backslash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")
_BEGIN = '{"field":'
_FIRST = f"[{_BEGIN}"
_KEPT = 16_384


class Facts(Generic[Made]):
    """``make`` is given a fact as it is stored, and what it makes is handed out again and again."""

    def __init__(self, make: Callable[[Mapping[str, Any]], Made]) -> None:
        self._make = make
        self._piece = lru_cache(maxsize=_KEPT)(self._made_of_piece)

    def read(self, details: str) -> list[Made]:
        """Return what is made of each fact, in their order."""
        if details.startswith(_FIRST):
            try:
                return list(map(self._piece, details.split(_BEGIN)[1:]))
            except ValueError:  # something else of the house wrote it; it is JSON all the same
                pass
        return [self._make(fact) for fact in json.loads(details)]

    def _made_of_piece(self, piece: str) -> Made:
        return self._make(json.loads(_BEGIN + piece.rstrip(", ]")))
