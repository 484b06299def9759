"""Walk through the tags of an HTML mail and write lines: paragraphs, lists, rows, links, and marks of quotes.

Inline elements that mean nothing for plain text are passed over; the others are opened and closed on the stack of
``html_elements``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from liju_contact.mail.reading.html_elements import BLOCKS, CELLS, LIST, LISTS, SPACED, Element, OpenElements
from liju_contact.mail.reading.html_lines import Lines
from liju_contact.mail.reading.html_links import address_unless_shown, alternative_text
from liju_contact.mail.reading.html_meaning import NOTHING, Meaning, meaning_of
from liju_contact.mail.reading.html_quotes import Mark, Stretch, is_like_a_rule, suspicion
from liju_contact.mail.reading.html_tokens import attributes, tokens

MOST_ELEMENTS = 100_000  # read in less than a second; a table of a thousand rows and ten columns has 11 000
_DEEPEST_INDENT = 16
_MOST_RULES = 3

_IGNORED = frozenset(["html", "body", "head", "meta", "link", "base"])
_VOID = frozenset(["br", "hr", "img", "area", "col", "embed", "input", "param", "source", "track", "wbr", "keygen"])
_NEVER_SHOWN = frozenset(
    [
        "script",
        "style",
        "title",
        "iframe",
        "noembed",
        "noframes",
        "template",
        "audio",
        "video",
        "svg",
        "xml",
        "datalist",
    ]
)
_TO_PARENTS_END = {Mark.REST, Mark.LABELLED, Mark.LAST_RESORT}
_FROM_WORDS = {Mark.HEADER, Mark.SEPARATOR}


@dataclass(slots=True)
class HtmlReader:
    """Reads one mail; afterwards ``lines`` and ``stretches`` hold what was found."""

    lines: Lines = field(default_factory=Lines)
    stretches: list[Stretch] = field(default_factory=list)
    _open: OpenElements = field(default_factory=OpenElements)
    _hidden: bool = False
    _tiny: bool = False
    _typed: bool = False
    _at_start_of_pre: bool = False
    _meanings: dict[tuple[str, bool], Meaning] = field(default_factory=dict)

    def read(self, page: str) -> bool:
        """Read the HTML; say whether all of it was read."""
        elements, complete = 0, True
        for name, written in tokens(page):
            if not name:
                self._read_text(written)
            elif name[0] == "/":
                self._end(name[1:])
            elif elements == MOST_ELEMENTS:
                complete = False
                break
            elif name not in _IGNORED:
                elements += 1
                self._start(name, written)
        self._close_page()
        return complete

    def _start(self, name: str, written: str) -> None:
        meaning = self._meaning(written) if written else NOTHING
        if name in _VOID:
            self._write_void(name, written, meaning)
            return
        is_block = name in BLOCKS
        self._close_down_to(self._open.closed_before(name))
        if is_block:
            self._close_down_to(self._open.paragraph())
            self._end_line()
        elif meaning is NOTHING and name not in _NEVER_SHOWN and name != "a" and not self._open.last(name):
            return
        element = self._push(name, meaning, is_block=is_block)
        if self._hidden:
            return
        if is_block:
            self._begin_block(element, written)
        elif name == "a":
            element.href = attributes(written).get("href", "")
            element.place = self.lines.place()
        mark = Mark.CITE if name == "blockquote" else meaning.mark
        self._mark(Mark.LAST_RESORT if name == "includetail" else mark, element)

    def _meaning(self, written: str) -> Meaning:
        found = self._meanings.get((written, self._tiny))
        if found is None:
            found = self._meanings[written, self._tiny] = meaning_of(written, in_tiny_text=self._tiny)
        return found

    def _push(self, name: str, meaning: Meaning, *, is_block: bool) -> Element:
        element = Element(
            name=name,
            first_line=len(self.lines.done),
            is_block=is_block,
            tight=meaning.tight,
            hides=meaning.hidden or bool(meaning.tiny),
            outside=(self._hidden, self._tiny, self._typed, self.lines.indent),
        )
        self._open.push(element)
        self._hidden = self._hidden or meaning.hidden or name in _NEVER_SHOWN
        self._tiny = self._tiny if meaning.tiny is None else meaning.tiny
        self._typed = name == "pre" or (self._typed if meaning.typed is None else meaning.typed)
        return element

    def _begin_block(self, element: Element, written: str) -> None:
        name = element.name
        if name in SPACED and not element.tight and not self._is_at_start_of_cell() and not self._is_inner_list(name):
            self.lines.ask_blank_line()
        if name in LISTS:
            self.lines.indent = (self.lines.indent + "  ")[:_DEEPEST_INDENT]
            element.number = _first_number(written) if name == "ol" else None
        elif name == "li":
            self.lines.marker = self.lines.indent[:-2] + self._list_marker()
        elif name == "pre":
            self._at_start_of_pre = True

    def _is_at_start_of_cell(self) -> bool:
        cell = self._open.cell()
        return cell is not None and cell.first_line == len(self.lines.done)

    def _list_marker(self) -> str:
        around = self._open.list_around()
        if around is None or around.number is None:
            return "- "
        around.number += 1
        return f"{around.number - 1}. "

    def _write_void(self, name: str, written: str, meaning: Meaning) -> None:
        if self._hidden or meaning.hidden:
            return
        if name == "br":
            self._leave_line()
        elif name == "hr":
            self._close_down_to(self._open.paragraph())
            self._end_line()
            self.lines.add_rule()
            self._mark(meaning.mark, None)
        elif name == "img":
            self.lines.write(alternative_text(attributes(written)), typed=False)

    def _read_text(self, text: str) -> None:
        if self._hidden or self._tiny:
            return
        if not self._typed:
            self.lines.write(text, typed=False)
            return
        text = text.replace("\r\n", "\n")
        if self._at_start_of_pre:
            text = text.removeprefix("\n")
            self._at_start_of_pre = False
        first, *others = text.split("\n")
        self.lines.write(first, typed=True)
        for part in others:
            self._leave_line()
            self.lines.write(part, typed=True)

    def _end(self, name: str) -> None:
        if name == "p" and not self._open.last("p") and not self._hidden:
            self._end_line()
            self.lines.ask_blank_line()
        self._close_down_to(self._open.ended_by(name))

    def _close_down_to(self, place: int) -> None:
        """Close the element at this place and all inside it; place 0 is the page, which ``_close_page`` closes."""
        while place and len(self._open.stack) > place:
            self._close_innermost()

    def _close_page(self) -> None:
        self._close_down_to(1)
        self._end_line()
        self._end_stretches(self._open.stack[0])

    def _end_stretches(self, element: Element) -> None:
        for stretch in element.stretches or ():
            stretch.end = len(self.lines.done)

    def _close_innermost(self) -> None:
        element = self._open.stack[-1]
        if element.is_block:
            self._end_line()
        elif element.href:
            self._end_link(element)
        if element.is_block and not self._hidden:
            self._end_block(element)
        self._hidden, self._tiny, self._typed, self.lines.indent = element.outside
        self._end_stretches(element)
        self._open.pop()

    def _end_block(self, element: Element) -> None:
        name = element.name
        if name in SPACED and not element.tight and not self._is_inner_list(name):
            self.lines.ask_blank_line()
        elif name in CELLS:
            self._end_cell(element)
        elif name == "tr":
            self._end_row(element)
        elif name == "li":
            self.lines.marker = ""

    def _is_inner_list(self, name: str) -> bool:
        """Tell whether the list stands in another one; such a list has no blank lines around it."""
        return name in LISTS and self._open.count(LIST) > 1

    def _end_cell(self, cell: Element) -> None:
        row = self._open.row()
        if row:
            row.cells = row.cells or []
            row.cells.append((cell.first_line, len(self.lines.done)))
        if len(self.lines.done) > cell.first_line:
            self.lines.forget_blank_line()

    def _end_row(self, row: Element) -> None:
        if not row.cells or not self.lines.is_row(row.first_line, row.cells):
            return
        inside = [stretch for stretch in self.stretches[-len(row.cells) :] if stretch.start >= row.first_line]
        if any(stretch.mark not in _FROM_WORDS for stretch in inside):
            return
        del self.stretches[len(self.stretches) - len(inside) :]
        self.lines.join_row(row.first_line, row.cells)
        self._suspect_last_line()

    def _end_link(self, link: Element) -> None:
        address = address_unless_shown(link.href, self.lines.written_since(link.place))
        if address and not self._hidden:
            self.lines.add_to_last(f" <{address}>")

    def _end_line(self) -> None:
        if self.lines.end_line(typed=self._typed):
            self._suspect_last_line()

    def _leave_line(self) -> None:
        if self.lines.leave_line(typed=self._typed):
            self._suspect_last_line()

    def _suspect_last_line(self) -> None:
        mark = suspicion(self.lines.done[-1].text)
        if mark:
            self._mark_to_parents_end(mark, len(self.lines.done) - 1)

    def _mark(self, mark: Mark | None, element: Element | None) -> None:
        """Note a mark found in a tag; ``element`` is None for a tag without content, such as a rule."""
        if mark is None:
            return
        if element is None or (mark in _TO_PARENTS_END and element.name != "includetail"):
            self._mark_to_parents_end(mark, len(self.lines.done))
        else:
            self._add_stretch(mark, len(self.lines.done), element)

    def _mark_to_parents_end(self, mark: Mark, start: int) -> None:
        """Note a mark that covers all up to the end of the innermost element that has something before ``start``.

        Mail programs wrap a header block in one or two elements of its own, which hold nothing else.
        """
        for _ in range(_MOST_RULES):
            if start and is_like_a_rule(self.lines.done[start - 1]):
                start -= 1
        self._add_stretch(mark, start, self._open.parent_of_rest(start))

    def _add_stretch(self, mark: Mark, start: int, element: Element) -> None:
        stretch = Stretch(mark, start)
        self.stretches.append(stretch)
        if element.stretches is None:
            element.stretches = []
        element.stretches.append(stretch)


def _first_number(written: str) -> int:
    number = attributes(written).get("start", "1")[:6]
    return int(number) if number.isascii() and number.isdigit() else 1
