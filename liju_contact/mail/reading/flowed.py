"""Undo format=flowed (RFC 3676): paragraphs that the sender's program broke into lines become one line again."""

from __future__ import annotations

import re
from collections.abc import Iterator

SIGNATURE = "-- "

_QUOTE_MARKS = re.compile(r">*")


def unflow(text: str, *, delsp: bool) -> str:
    """Join soft line breaks, take away space-stuffing, and keep the quote depth as ``>`` marks with a space after.

    ``delsp`` is the parameter of that name: the space before a soft line break was added and goes away with it. Line
    ends become line feeds. Never joined are a signature's ``-- ``, empty lines, and lines of unlike quote depth.
    """
    ended = text.endswith("\n")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return "\n".join(_paragraphs(lines, delsp=delsp)) + "\n" * ended


def _paragraphs(lines: list[str], *, delsp: bool) -> Iterator[str]:
    paragraph: list[str] = []
    depth_before = 0
    for line in lines:
        depth, content = _taken_apart(line)
        if paragraph and (depth != depth_before or content in {SIGNATURE, ""}):
            yield _quoted(depth_before, paragraph)
            paragraph = []
        is_soft = content.endswith(" ") and content != SIGNATURE
        paragraph.append(content[:-1] if is_soft and delsp else content)
        depth_before = depth
        if not is_soft:
            yield _quoted(depth, paragraph)
            paragraph = []
    if paragraph:
        yield _quoted(depth_before, paragraph)


def _taken_apart(line: str) -> tuple[int, str]:
    marks = _QUOTE_MARKS.match(line)
    depth = marks.end() if marks else 0
    return depth, line[depth:].removeprefix(" ")


def _quoted(depth: int, paragraph: list[str]) -> str:
    """Put the quote marks before a joined paragraph; a soft break with nothing to join leaves no space behind."""
    content = "".join(paragraph)
    if content != SIGNATURE:
        content = content.rstrip(" ")
    marks = ">" * depth
    return f"{marks} {content}" if marks and content else marks + content
