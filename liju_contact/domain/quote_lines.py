"""Tells for each line of a mail whether it is blank, quoted with ">", code or text.

A ">" is not always a quote: it may close a link that was wrapped, or stand in code between fences. And a line without
">" may be the end of a quoted line that was wrapped.
"""

import re
from enum import Enum


class Kind(Enum):
    """What a line of a mail is."""

    BLANK = "blank"
    TEXT = "text"
    CODE = "code"  # Between fences.
    QUOTE = "quote"
    ATTRIBUTION = "attribution"  # "On 5 May, Ann <...> wrote:"
    LABEL = "label"  # "Ann wrote:" above a quote, which the writer may have typed.
    HEADER = "header"  # "From: ... Sent: ... Subject: ..." or "-----Original Message-----".


_FENCE = re.compile(r"(?:```|~~~)[\w+#.-]{0,30}")
_ELISION = re.compile(r"[\[(<{*]*\s?(?:\.{2,}|\u2026+|snip\w*|deleted|cut)[\s.]{0,3}[\])>}*]*", re.IGNORECASE)
_OTHER_MARK = re.compile(r"[|:)}#]|[A-Z]{1,4}>")  # "AS> " are the writer's initials, as The Bat! quotes.
_LOOK_BACK = 3
_WRAP_WIDTH = 74
_MAX_SPILL = 30
_SENTENCE_ENDS = ".?!:;\u3002\uff1f\uff01\uff1a"


def line_kinds(stripped: list[str]) -> list[Kind]:
    """Return one kind per line: blank, text, code or quote."""
    kinds = [_kind_by_first_character(line) for line in stripped]
    _mark_code(stripped, kinds)
    _mark_links_as_text(stripped, kinds)
    _mark_spilled_as_quote(stripped, kinds)
    _mark_elisions_as_quote(stripped, kinds)
    return kinds


def mark_other_quotes(stripped: list[str], kinds: list[Kind]) -> None:
    """Mark the quotes of a mail whose attributions stand right above lines that begin with another mark than ">"."""
    mark = ""
    for index, line in enumerate(stripped):
        if kinds[index] is Kind.ATTRIBUTION:
            mark = _other_mark(stripped, kinds, index)
        elif mark and kinds[index] is Kind.TEXT and line.startswith(mark):
            kinds[index] = Kind.QUOTE


def _other_mark(stripped: list[str], kinds: list[Kind], attribution: int) -> str:
    below = _next_written(kinds, attribution)
    if below == len(kinds) or kinds[below] is not Kind.TEXT:
        return ""
    found = _OTHER_MARK.match(stripped[below])
    return found[0] if found else ""


def stands_above_quote(kinds: list[Kind], index: int) -> bool:
    """Tell whether the next line that is not blank is quoted."""
    below = _next_written(kinds, index)
    return below < len(kinds) and kinds[below] is Kind.QUOTE


def _next_written(kinds: list[Kind], index: int) -> int:
    below = index + 1
    while below < len(kinds) and kinds[below] is Kind.BLANK:
        below += 1
    return below


def _kind_by_first_character(line: str) -> Kind:
    if not line:
        return Kind.BLANK
    return Kind.QUOTE if line[0] == ">" else Kind.TEXT


def _mark_code(stripped: list[str], kinds: list[Kind]) -> None:
    """Mark what stands between a fence and the next one; a fence without a partner is text."""
    opened: int | None = None
    for index, line in enumerate(stripped):
        if line[:1] not in ("`", "~") or not _FENCE.fullmatch(line):
            continue
        if opened is None:
            opened = index
        elif line == stripped[opened][:3]:
            kinds[opened : index + 1] = [Kind.CODE] * (index + 1 - opened)
            opened = None


def _mark_links_as_text(stripped: list[str], kinds: list[Kind]) -> None:
    """Take back the quotes that only close a link or address opened on a line above: "<https://..." and ">"."""
    for index in range(1, len(kinds)):
        if kinds[index] is not Kind.QUOTE or kinds[index - 1] is not Kind.TEXT:
            continue
        above = ""
        for line in reversed(stripped[max(index - _LOOK_BACK, 0) : index]):
            if not line:
                break
            above = f"{line[-500:]} {above}"
        if above.count("<") > above.count(">") and ("@" in above or "://" in above):
            kinds[index] = Kind.TEXT


def _mark_spilled_as_quote(stripped: list[str], kinds: list[Kind]) -> None:
    for index in range(1, len(kinds)):
        if kinds[index] is Kind.TEXT and kinds[index - 1] is Kind.QUOTE:
            quote_below = index + 1 < len(kinds) and kinds[index + 1] is Kind.QUOTE
            if _is_spilled(stripped[index], stripped[index - 1], quote_below=quote_below):
                kinds[index] = Kind.QUOTE


def _is_spilled(line: str, above: str, *, quote_below: bool) -> bool:
    """Tell whether ``line`` is the end of the quoted line above it, which a program wrapped without a ">"."""
    link = max(above.rfind("(http"), above.rfind("<http"))
    if link >= 0 and not any(closer in above[link:] for closer in ")>"):
        return any(closer in line for closer in ")>")
    joined = len(above) + 1 + len(line)
    return quote_below and len(line) <= _MAX_SPILL and joined >= _WRAP_WIDTH and above[-1] not in _SENTENCE_ENDS


def _mark_elisions_as_quote(stripped: list[str], kinds: list[Kind]) -> None:
    """Mark "[...]" above a quote: it stands for quoted lines."""
    for index in range(len(kinds) - 1, -1, -1):
        if kinds[index] is Kind.TEXT and _ELISION.fullmatch(stripped[index]) and stands_above_quote(kinds, index):
            kinds[index] = Kind.QUOTE
