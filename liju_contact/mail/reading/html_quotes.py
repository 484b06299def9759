"""Decide which lines of an HTML mail are quoted, from the marks of mail programs and from what the lines say.

A mark covers a stretch of lines. Blockquotes are simple. Mail programs that wrap the line "On … wrote:" together with
the quote, that only put a header block in front of it, or that leave nothing but "From: …, Sent: …" need a second look
when all lines are known; that look happens here. Lines are only judged, never changed or dropped.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import accumulate

from liju_contact.mail.reading.html_lines import Line
from liju_contact.mail.reading.quote_words import LABELS, SEPARATORS, Label

DEEPEST = 8
LONGEST_HEADER = 8  # lines; an attribution is at most four
_HEADER_LABELS = 3


class Mark(Enum):
    """What a mark says of the lines it covers."""

    CITE = auto()  # a blockquote
    WHOLE = auto()  # an element that holds nothing but the quote
    ENVELOPE = auto()  # an element around "On … wrote:" and the quote, and sometimes around answers below it
    REST = auto()  # from here to the end of the parent
    LABELLED = auto()  # the same, if a header block follows
    HEADER = auto()  # the same, suspected from a line like "From: …"
    SEPARATOR = auto()  # the same, from a line like "----- Original Message -----"
    IF_UNQUOTED = auto()  # a quote unless it already stands in one, or nothing stands before it
    LAST_RESORT = auto()  # the same, and only when nothing in it is a quote by any other mark


_SECOND_LOOK = {Mark.IF_UNQUOTED, Mark.LAST_RESORT}
_MOST_LAST_RESORTS = 3  # each looks at every line after it


@dataclass(slots=True)
class Stretch:
    """The lines from ``start`` up to ``end`` under one mark."""

    mark: Mark
    start: int
    end: int = sys.maxsize


_COLONS = ":\N{FULLWIDTH COLON}"
_LABEL_LINE = re.compile(rf"[\s*]*+([^\W\d_][^{_COLONS}|\n]{{0,24}}+)[{_COLONS}|]")
_ANY_LABEL_LINE = re.compile(rf"[\s*]*+[^\W\d_][^{_COLONS}|\n]{{0,30}}+[{_COLONS}|]")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015_="
_DASHED = re.compile(rf"[{_DASHES}]{{2,}}+(.{{0,60}}?)[{_DASHES}]{{2,}}+\s*+$")


def suspicion(text: str) -> Mark | None:
    """Return the mark that a line's own words suggest."""
    text = text.lstrip()
    if text[:1] in _DASHES:
        return Mark.SEPARATOR if is_separator(text) else None
    return Mark.HEADER if _label(text) not in {None, Label.RECIPIENT} else None


def is_separator(text: str) -> bool:
    """Tell whether the line says "Original Message", in any language, between dashes."""
    dashed = _DASHED.match(text.strip())
    return dashed is not None and "".join(dashed[1].split()).casefold() in SEPARATORS


def is_attribution(text: str) -> bool:
    """Tell whether the line may be the "On … wrote:" above a quote."""
    return text.endswith(tuple(_COLONS)) or bool(_DASHED.match(text))


def is_like_a_rule(line: Line) -> bool:
    """Tell whether the line only sets apart what follows."""
    return line.is_rule or (
        line.text[:1] in _DASHES and (not line.text.strip(_DASHES + " ") or is_separator(line.text))
    )


def quote_depths(lines: list[Line], stretches: Iterable[Stretch]) -> list[int]:
    """Return for each line how often it is quoted."""
    ordered = sorted(stretches, key=lambda stretch: stretch.start)
    steps = [0] * (len(lines) + 1)
    for start, end in _Judge(lines=lines, ordered=ordered).quotes():
        steps[start] += 1
        steps[end] -= 1
    depths = list(accumulate(steps[:-1]))
    for start, end in _second_look([stretch for stretch in ordered if stretch.mark in _SECOND_LOOK], depths):
        depths[start:end] = [depth + 1 for depth in depths[start:end]]
    return [min(depth, DEEPEST) for depth in depths]


@dataclass(slots=True, kw_only=True)
class _Judge:
    lines: list[Line]
    ordered: list[Stretch]
    _blockquotes: list[int] = field(default_factory=list)
    _last: tuple[int, int] = (0, 0)
    _last_mark: Mark | None = None
    _header_end: int = 0

    def quotes(self) -> Iterator[tuple[int, int]]:
        """Yield the stretches that really are quotes, as (start, end)."""
        self._blockquotes = [stretch.start for stretch in self.ordered if stretch.mark is Mark.CITE]
        for stretch in self.ordered:
            end = min(stretch.end, len(self.lines))
            start = self._start_of_quote(stretch, end)
            if start is not None and start < end:
                self._last, self._last_mark = (start, end), stretch.mark
                yield start, end

    def _start_of_quote(self, stretch: Stretch, end: int) -> int | None:
        start = stretch.start
        match stretch.mark:
            case Mark.CITE:
                is_quote = True
            case Mark.HEADER:
                is_quote = self._begins_header(start)
            case Mark.LABELLED:
                is_quote = self._labels_follow(start)
            case Mark.SEPARATOR:
                is_quote = not self._is_attributed(start, end)
            case Mark.ENVELOPE:
                return self._start_in_envelope(start, end)
            case _:
                is_quote = stretch.mark not in _SECOND_LOOK
        return start if is_quote and not self._is_begun(stretch.mark, start) else None

    def _is_begun(self, mark: Mark, start: int) -> bool:
        """Tell whether the last quote found begins here too: several marks of one mail program are one quote.

        A blockquote right inside a blockquote is a quote in a quote.
        """
        begun, end = self._last
        if mark is Mark.CITE and self._last_mark is Mark.CITE:
            return False
        between = self.lines[begun:start] if start - begun <= _HEADER_LABELS else None
        return end > start and between is not None and all(map(is_like_a_rule, between))

    def _start_in_envelope(self, start: int, end: int) -> int | None:
        if start >= end or self._is_attributed(start, end) or self._is_begun(Mark.ENVELOPE, start):
            return None
        first = self.lines[start].text
        return start + 1 if is_attribution(first) and start + 1 < end and not is_separator(first) else start

    def _is_attributed(self, start: int, end: int) -> bool:
        """Tell whether a blockquote stands first, or right below a short "On … wrote:"."""
        place = bisect_left(self._blockquotes, start)
        if place == len(self._blockquotes) or self._blockquotes[place] >= end:
            return False
        quote = self._blockquotes[place]
        return quote == start or (quote - start <= LONGEST_HEADER // 2 and is_attribution(self.lines[quote - 1].text))

    def _labels_follow(self, start: int) -> bool:
        following = [line for line in self.lines[start : start + LONGEST_HEADER] if not is_like_a_rule(line)]
        return len(following) > 1 and all(_ANY_LABEL_LINE.match(line.text) for line in following[:2])

    def _begins_header(self, start: int) -> bool:
        """Tell whether sender and subject, or sender with an address, stand here among a run of such labels."""
        if start < self._header_end:
            return False
        labels, words, place = [], "", start
        for place, line in enumerate(self.lines[start : start + LONGEST_HEADER + _HEADER_LABELS], start):
            if is_like_a_rule(line):
                continue
            label = _label(line.text)
            if not _ANY_LABEL_LINE.match(line.text) or (label in labels and label is Label.SENDER):
                self._header_end = place  # No line before this one begins a header either, if this run is none.
                break
            labels.append(label)
            words += line.text
        known = set(labels) - {None}
        is_complete = Label.SUBJECT in known or "@" in words
        if not (is_complete and Label.SENDER in known and len(known) >= _HEADER_LABELS):
            return False
        self._header_end = max(self._header_end, place)
        return True


def _second_look(stretches: list[Stretch], depths: list[int]) -> Iterator[tuple[int, int]]:
    last_resorts = 0
    for stretch in stretches:
        start, end = stretch.start, min(stretch.end, len(depths))
        if stretch.mark is Mark.LAST_RESORT:
            last_resorts += 1
            if last_resorts > _MOST_LAST_RESORTS or any(depths[start:end]):
                continue
        if 0 < start < end and depths[start] == 0:
            yield start, end


def _label(text: str) -> Label | None:
    found = _LABEL_LINE.match(text)
    return LABELS.get("".join(found[1].split()).casefold()) if found else None
