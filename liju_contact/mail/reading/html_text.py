"""Turn the HTML of a received mail into the plain text a person would read, with ``> `` before what is quoted.

This file holds the door and the last step; the rest is ``html_tokens`` (cuts the HTML), ``html_reader`` (tags into
lines, lists, rows, links), ``html_meaning`` (reads attributes), ``html_lines`` (lays out) and ``html_quotes`` (says
what is quoted, with ``quote_words``). Nothing is dropped but what a browser would not show, nothing raises, and the
time is linear in the length.
"""

from __future__ import annotations

from collections.abc import Iterator

from liju_contact.mail.reading.html_lines import Line
from liju_contact.mail.reading.html_quotes import is_attribution, quote_depths
from liju_contact.mail.reading.html_reader import HtmlReader

LONGEST_READ = 2_000_000  # characters
CUT = "[…]"


def html_to_text(html: str) -> str:
    """Return the text, with ``[…]`` as the last line when not everything was read.

    Quoted lines begin with ``> ``, once for each level, and the line "On … wrote:" stands directly above them.
    """
    reader = HtmlReader()
    complete = reader.read(html[:LONGEST_READ]) and len(html) <= LONGEST_READ
    lines = reader.lines.done
    written = [*_written(lines, quote_depths(lines, reader.stretches)), *([] if complete else [CUT])]
    return "\n".join(written)


def _written(lines: list[Line], depths: list[int]) -> Iterator[str]:
    above, depth_above = "", 0
    for line, depth in zip(lines, depths, strict=True):
        if not (depth > depth_above and is_attribution(above)):
            yield from [
                (">" + " >" * (min(depth, depth_above) - 1)) if min(depth, depth_above) else ""
            ] * line.blank_lines
        yield "> " * depth + line.text
        above, depth_above = line.text, depth
