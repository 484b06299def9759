"""Keep the open elements of an HTML page on a stack, as a browser does.

An end tag closes the nearest element of its name that it may reach, a new ``<li>`` closes the one before. Where the
innermost element of each name lies is kept beside the stack, so a tag costs the same however deep the nesting is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from liju_contact.mail.reading.html_quotes import Stretch

LISTS = frozenset(["ul", "ol", "menu", "dir"])
CELLS = frozenset(["td", "th", "caption"])
SPACED = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "menu", "dir", "dl", "blockquote", "pre", "figure"]
)
_TABLE_PARTS = CELLS | frozenset(["tr", "tbody", "thead", "tfoot"])
BLOCKS = (
    frozenset(
        [
            "address",
            "article",
            "aside",
            "center",
            "dd",
            "details",
            "dialog",
            "div",
            "dt",
            "fieldset",
            "figcaption",
            "footer",
            "form",
            "header",
            "hgroup",
            "legend",
            "li",
            "main",
            "nav",
            "section",
            "summary",
            "table",
            "includetail",
        ]
    )
    | _TABLE_PARTS
    | SPACED
)
# Names under which places are kept besides those of tags; no tag can be called so.
BLOCK, CELL, LIST = "<block>", "<cell>", "<list>"

_ROW_GROUPS = ("tr", "tbody", "thead", "tfoot")
_CLOSES = {
    "li": ("li",),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "td": tuple(CELLS),
    "th": tuple(CELLS),
    "tr": ("tr", *CELLS),
    "tbody": _ROW_GROUPS,
    "thead": _ROW_GROUPS,
    "tfoot": _ROW_GROUPS,
    "a": ("a",),
}
_ENDS_WITHIN = dict.fromkeys(BLOCKS, CELL) | dict.fromkeys(_TABLE_PARTS, "table") | {"a": CELL}
_CLOSES_WITHIN = {"li": LIST, "dt": "dl", "dd": "dl", "a": CELL}
_NAMES = (
    {name: (name, BLOCK) for name in BLOCKS}
    | {name: (name, BLOCK, CELL) for name in CELLS}
    | {name: (name, BLOCK, LIST) for name in LISTS}
)


@dataclass(slots=True, kw_only=True)
class Element:
    """An open element; ``outside`` is what holds again once it closes: hidden, tiny, typed, indent."""

    name: str
    first_line: int
    is_block: bool
    tight: bool = False
    hides: bool = False
    outside: tuple[bool, bool, bool, str] = (False, False, False, "")
    stretches: list[Stretch] | None = None
    href: str = ""
    place: tuple[int, int] = (0, 0)
    number: int | None = None
    cells: list[tuple[int, int]] | None = None


@dataclass(slots=True)
class OpenElements:
    """The stack; place 0 holds the page itself, which stays open."""

    stack: list[Element] = field(default_factory=lambda: [Element(name="", first_line=-1, is_block=True)])
    _places: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def push(self, element: Element) -> None:
        place = len(self.stack)
        for name in _NAMES.get(element.name) or (element.name,):
            self._places[name].append(place)
        self.stack.append(element)

    def pop(self) -> Element:
        element = self.stack.pop()
        for name in _NAMES.get(element.name) or (element.name,):
            self._places[name].pop()
        return element

    def last(self, name: str) -> int:
        """Return the place of the innermost open element of this name, 0 when there is none."""
        places = self._places.get(name)
        return places[-1] if places else 0

    def count(self, name: str) -> int:
        return len(self._places.get(name, ()))

    def ended_by(self, name: str) -> int:
        """Return the place down to which an end tag of this name closes, 0 when it closes nothing."""
        place = self.last(name)
        if name == "table":
            return place
        # Badly nested tags must not leave the rest of a mail hidden.
        wall = CELL if self.stack[place].hides else _ENDS_WITHIN.get(name, BLOCK)
        return place if place > self.last(wall) else 0

    def closed_before(self, name: str) -> int:
        """Return the place down to which a new element of this name closes others without an end tag, or 0."""
        if name not in _CLOSES:
            return 0
        wall = self.last(_CLOSES_WITHIN.get(name, "table"))
        return min((place for place in map(self.last, _CLOSES[name]) if place > wall), default=0)

    def paragraph(self) -> int:
        """Return the place of the paragraph that any new block closes, 0 when there is none."""
        place = self.last("p")
        return place if place > self.last(CELL) else 0

    def cell(self) -> Element | None:
        place = self.last(CELL)
        return self.stack[place] if place else None

    def row(self) -> Element | None:
        place = self.last("tr")
        return self.stack[place] if place > self.last("table") else None

    def list_around(self) -> Element | None:
        place = self.last(LIST)
        return self.stack[place] if place else None

    def parent_of_rest(self, line: int) -> Element:
        """Return the innermost block that has something before this line."""
        return next(element for element in reversed(self.stack) if element.is_block and element.first_line < line)
