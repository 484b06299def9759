"""Divides a mail into parts: what is text, what is quoted and what introduces a quote.

What is shown of the parts is decided in ``visible_text``.
"""

from dataclasses import dataclass

from liju_contact.domain.attribution import MAX_LENGTH, Attribution, Strength, find_ending_at, is_attribution, may_end
from liju_contact.domain.header_block import block_end, is_raw_header, is_title, label_kind
from liju_contact.domain.quote_lines import Kind, line_kinds, mark_other_quotes, stands_above_quote

INTRODUCTIONS = frozenset({Kind.ATTRIBUTION, Kind.HEADER, Kind.LABEL})
_CODE_INDENT = ("    ", "\t")
_COLONS = frozenset(":\uff1a")
_TITLE_SIGNS = frozenset("-_=*>\u2014")
_ATTRIBUTION_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Neighbouring lines of one kind, with the blank lines below them; code is text here."""

    kind: Kind
    first: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The lines as they are and stripped, a kind for each, and the parts in order.

    Blank lines at the very top belong to no part.
    """

    lines: list[str]
    stripped: list[str]
    kinds: list[Kind]
    parts: list[Part]


def outline(lines: list[str]) -> Outline:
    """Return the outline of ``lines``; a line that holds both text and an attribution becomes two."""
    stripped = [line.strip() for line in lines]
    kinds = line_kinds(stripped)
    columns = _mark_introductions(lines, stripped, kinds)
    if columns:
        lines = _split(lines, kinds, columns)
        stripped = [line.strip() for line in lines]
    mark_other_quotes(stripped, kinds)
    return Outline(lines=lines, stripped=stripped, kinds=kinds, parts=_parts(kinds))


def names_its_writer(view: Outline, quote: Part) -> bool:
    """Tell whether a quote begins with an attribution under its own marks: "> On 5 May, Ann <...> wrote:"."""
    joined = ""
    for index in range(quote.first, min(quote.first + _ATTRIBUTION_LINES, quote.stop)):
        joined = f"{joined} {view.stripped[index].lstrip('> ')}".strip()
        if len(joined) > MAX_LENGTH:
            return False
        if joined and may_end(joined) and is_attribution(joined):
            return True
    return False


def _mark_introductions(lines: list[str], stripped: list[str], kinds: list[Kind]) -> dict[int, int]:
    """Mark header blocks and attributions among the text; return the columns where one shares a line with text."""
    columns: dict[int, int] = {}
    floor = index = 0
    while index < len(lines):
        end = index
        if kinds[index] is Kind.QUOTE:
            floor = index + 1
        elif kinds[index] is Kind.TEXT and not lines[index].startswith(_CODE_INDENT):
            end = _header_end(stripped, kinds, index)
            if end == index and may_end(stripped[index]):
                above_quote = stands_above_quote(kinds, index)
                found = find_ending_at(stripped, index, floor, above_quote=above_quote)
                end = _mark_attribution(kinds, found, index) if found else index
                if found and found.column:
                    columns[found.first] = found.column + len(lines[found.first]) - len(lines[found.first].lstrip())
        floor = end if end > index else floor
        index = max(end, index + 1)
    return columns


def _header_end(stripped: list[str], kinds: list[Kind], first: int) -> int:
    """Mark the headers that begin on line ``first`` if they introduce a letter; return the line after them.

    Headers that do not are passed over as a whole, so that no line is read twice; without any, ``first`` comes back.
    """
    line = stripped[first]
    if (line[0] in _TITLE_SIGNS or line[-1] in _COLONS) and is_title(line):
        kinds[first] = Kind.HEADER
        return first + 1
    if not label_kind(line):
        return first
    end, is_block = block_end(stripped, first)
    if is_block and not (first and is_raw_header(stripped[first - 1])):
        kinds[first:end] = [Kind.HEADER] * (end - first)
    return end


def _mark_attribution(kinds: list[Kind], found: Attribution, last: int) -> int:
    kind = Kind.ATTRIBUTION if found.strength is Strength.SURE else Kind.LABEL
    kinds[found.first : last + 1] = [kind] * (last + 1 - found.first)
    return last + 1


def _split(lines: list[str], kinds: list[Kind], columns: dict[int, int]) -> list[str]:
    """Part the lines that hold text and an attribution; ``kinds`` gets an entry for each new line of text."""
    parted: list[str] = []
    for index, line in enumerate(lines):
        column = columns.get(index, 0)
        if column:
            kinds.insert(len(parted), Kind.TEXT)
            parted.append(line[:column])
        parted.append(line[column:])
    return parted


def _parts(kinds: list[Kind]) -> list[Part]:
    """Group neighbouring lines of one kind; blank lines go with what stands above them."""
    parts: list[Part] = []
    first, current = 0, Kind.BLANK
    for index, kind in enumerate(kinds):
        kind_here = Kind.TEXT if kind is Kind.CODE else kind
        if kind_here in (Kind.BLANK, current):
            continue
        if current is not Kind.BLANK:
            parts.append(Part(kind=current, first=first, stop=index))
        first, current = index, kind_here
    if current is not Kind.BLANK:
        parts.append(Part(kind=current, first=first, stop=len(kinds)))
    return parts
