"""Collect text into lines the way a browser lays it out: white space collapsed, blank lines between paragraphs.

It knows nothing of tags. What is quoted and how deep is added afterwards, line by line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST_ROW = 2_000  # Longer table rows stay one line per cell; it also keeps nested rows from copying for ever.
RULE = "-" * 20
BETWEEN_CELLS = " | "
SIGNATURE = "-- "  # the one line whose last space means something

_WHITE_SPACE = re.compile("[ \t\n\r\f\v\xa0]+")  # Not U+3000: Chinese paragraphs and labels are set with it.
# Fillers of previews and invisible marks. The joiners U+200C and U+200D belong to Persian words and to emoji, so they
# go only beside white space; the look-behind lets the search try each run of them once.
_INVISIBLE = re.compile("[\xad\u034f\u200b\u2060\ufeff]")
_LOOSE_JOINERS = re.compile("(?<!\\S)[\u200c\u200d]++|(?<![\u200c\u200d])[\u200c\u200d]++(?!\\S)")


@dataclass(slots=True, kw_only=True)
class Line:
    """``blank_lines`` stand before it."""

    text: str
    blank_lines: int = 0
    is_rule: bool = False


@dataclass(slots=True)
class Lines:
    """The lines written so far, and the one being written."""

    done: list[Line] = field(default_factory=list)
    indent: str = ""
    marker: str = ""
    _pieces: list[str] = field(default_factory=list)
    _blank_lines: int = 0

    def write(self, text: str, *, typed: bool) -> None:
        """Add text to the line; ``typed`` keeps its white space."""
        if typed and text:
            self._pieces.append(text.replace("\xa0", " "))
        if typed:
            return
        # A no-break space alone makes an empty line visible in a browser, an ordinary space does not.
        written = _WHITE_SPACE.sub(" ", text)
        starts = not self._pieces and "\xa0" not in text
        if written == " " and (starts or self._pieces[-1:] == [" "]):
            return
        if written:
            self._pieces.append(written)

    def end_line(self, *, typed: bool = False) -> bool:
        """Finish the line if anything stands in it; say whether it did."""
        if not self._pieces:
            return False
        text = _visible("".join(self._pieces), typed=typed)
        self._pieces.clear()
        if not text:
            self.ask_blank_line()
            return False
        self._add(Line(text=(self.marker or self.indent) + text))
        self.marker = ""
        return True

    def leave_line(self, *, typed: bool) -> bool:
        """Finish the line, or leave an empty one; text kept as typed may have several in a row."""
        if self.end_line(typed=typed):
            return True
        self._blank_lines = self._blank_lines + 1 if typed else 1
        return False

    def ask_blank_line(self) -> None:
        self._blank_lines = max(self._blank_lines, 1)

    def forget_blank_line(self) -> None:
        self._blank_lines = 0

    def add_rule(self) -> None:
        self._add(Line(text=RULE, is_rule=True))

    def place(self) -> tuple[int, int]:
        """Return where writing stands, for ``written_since``."""
        return len(self.done), len(self._pieces)

    def written_since(self, place: tuple[int, int]) -> str:
        """Return what was written since that place, no more than three finished lines of it."""
        line, piece = place
        if line == len(self.done):
            return "".join(self._pieces[piece:])
        return " ".join([*(done.text for done in self.done[line : line + 3]), *self._pieces])

    def add_to_last(self, text: str) -> None:
        """Add text to the line being written, or else to the end of the last one."""
        if self._pieces[-1:] == [" "]:
            self._pieces.pop()
        if self._pieces or not self.done:
            self._pieces.append(text)
        else:
            self.done[-1].text += text

    def is_row(self, start: int, cells: list[tuple[int, int]]) -> bool:
        """Tell whether the lines since ``start`` can be one: no cell, given as (start, end), has more than one line."""
        if len(self.done) - start <= 1 or cells[0][0] != start or cells[-1][1] != len(self.done):
            return False
        return (
            all(end - begin <= 1 for begin, end in cells)
            and sum(len(line.text) for line in self.done[start:]) <= LONGEST_ROW
        )

    def join_row(self, start: int, cells: list[tuple[int, int]]) -> None:
        """Make one line of a row's cells."""
        texts = [self.done[begin].text.strip() if end > begin else "" for begin, end in cells]
        blank_lines = self.done[start].blank_lines
        del self.done[start:]
        self.done.append(Line(text=self.indent + BETWEEN_CELLS.join(texts).rstrip(" |"), blank_lines=blank_lines))

    def _add(self, line: Line) -> None:
        line.blank_lines = self._blank_lines if self.done else 0
        self._blank_lines = 0
        self.done.append(line)


def _visible(text: str, *, typed: bool) -> str:
    if not text.isascii():
        text = _LOOSE_JOINERS.sub("", _INVISIBLE.sub("", text))
    if typed:
        return text if text == SIGNATURE else text.rstrip()
    text = _WHITE_SPACE.sub(" ", text).lstrip(" ")
    return text if text == SIGNATURE else text.rstrip(" ")
