"""What the writer of a mail wrote now, apart from what the mail quotes and how it is signed.

Nothing is deleted: what is not shown is folded, one click away, and when nothing would be left to show, everything is
shown. Rules, in short: an introduced letter below the text is folded to the end; a quote below the last text is folded;
a quote that is answered point by point stays, and so does one that the writer set in by hand; signatures are folded.
Finding the quotes is the work of ``reply_outline``, finding signatures of ``signature_lines``.
"""

from dataclasses import dataclass
from itertools import accumulate, compress

from liju_contact.domain.quote_lines import Kind
from liju_contact.domain.reply_outline import INTRODUCTIONS, Outline, Part, names_its_writer, outline
from liju_contact.domain.signature_lines import is_rule, pgp_opening_stop, signature_start

_MAX_LINES = 10_000  # Nobody writes more; what comes after goes where the last line went.
_MIN_ANSWER_LINES = 7  # Fewer lines below a quote may be a signature without a mark.
_COLONS = (":", "\uff1a")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleText:
    """A mail's text in two: every line that is not blank stands in exactly one of them, in its order.

    A line on which text and an attribution meet is parted between them.
    """

    visible: str
    folded: str


def fold(text: str) -> VisibleText:
    """Part ``text`` into what the writer wrote now and the rest; line ends come back as line feeds.

    Linear in the length of ``text``.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    view = outline(lines[:_MAX_LINES])
    hidden = _hidden_lines(view)
    beyond = lines[_MAX_LINES:]
    hidden += [hidden[-1]] * len(beyond)
    every = view.lines + beyond
    visible = _joined([line for line, is_hidden in zip(every, hidden, strict=True) if not is_hidden])
    if not visible:
        return VisibleText(visible="\n".join(lines), folded="")
    return VisibleText(visible=visible, folded=_joined(list(compress(every, hidden))))


def _joined(lines: list[str]) -> str:
    """Return ``lines`` as one text without blank lines at its ends; the first line keeps its indent."""
    first, stop = 0, len(lines)
    while first < stop and not lines[first].strip():
        first += 1
    while stop > first and not lines[stop - 1].strip():
        stop -= 1
    return "\n".join(lines[first:stop])


@dataclass(slots=True)
class _Folding:
    """The parts of one mail, up to the letter quoted to its end, and which lines are hidden so far."""

    view: Outline
    parts: list[Part]
    hidden: list[bool]
    written: list[int]  # Lines of the writer's own, summed over the parts up to each.

    def hide(self, first: int, stop: int) -> None:
        self.hidden[first:stop] = [True] * (stop - first)

    def written_before(self, index: int) -> int:
        return self.written[index - 1] if index else 0

    def written_after(self, index: int) -> int:
        return self.written[-1] - self.written[index]


def _hidden_lines(view: Outline) -> list[bool]:
    hidden = [False] * len(view.lines)
    cut = _letter_quoted_to_the_end(view.parts)
    folding = _Folding(view, view.parts[:cut], hidden, [])
    if cut < len(view.parts):
        folding.hide(view.parts[cut].first, len(hidden))
    _hide_signatures(folding)
    for index, part in enumerate(folding.parts):
        if part.kind is Kind.QUOTE:
            _hide_quote(folding, index)
        elif part.kind in (Kind.ATTRIBUTION, Kind.HEADER):
            folding.hide(part.first, _without_blanks(view, part))
    _hide_rules_above(folding)
    folding.hide(0, pgp_opening_stop(view.stripped))
    return hidden


def _letter_quoted_to_the_end(parts: list[Part]) -> int:
    """Return the part with which a letter begins that is quoted without ">" to the end of the mail.

    An attribution at the very top with no quote below it begins none: what follows may be the answer.
    """
    cut, below = len(parts), None
    top = next((index for index, part in enumerate(parts) if part.kind is Kind.TEXT), len(parts))
    for index in range(len(parts) - 1, -1, -1):
        kind = parts[index].kind
        if kind not in INTRODUCTIONS:
            below = kind
        elif below is not Kind.QUOTE and (kind is Kind.HEADER or (kind is Kind.ATTRIBUTION and index > top)):
            cut = index
    return cut


def _hide_signatures(folding: _Folding) -> None:
    """Hide the end of each text that is a signature, and count what is left of the writer's own."""
    view = folding.view
    counts = []
    for part in folding.parts:
        count = 0
        if part.kind is Kind.TEXT:
            start = signature_start(view.stripped, _after_code(view, part), part.stop)
            folding.hide(start, part.stop)
            count = sum(1 for line in view.stripped[part.first : start] if line)
        counts.append(count)
    folding.written = list(accumulate(counts))


def _after_code(view: Outline, part: Part) -> int:
    """Return where the part's last code between fences ends: no signature begins in or above code."""
    for index in range(part.stop - 1, part.first - 1, -1):
        if view.kinds[index] is Kind.CODE:
            return index + 1
    return part.first


def _hide_quote(folding: _Folding, index: int) -> None:
    """Hide a quote with its introduction and the blank lines below it, unless the text needs it."""
    introduction = index
    while introduction and folding.parts[introduction - 1].kind in INTRODUCTIONS:
        introduction -= 1
    if not _is_needed(folding, introduction, index):
        folding.hide(folding.parts[introduction].first, folding.parts[index].stop)


def _is_needed(folding: _Folding, introduction: int, index: int) -> bool:
    """Tell whether the writer's own text would lose its sense without this quote."""
    before, after = folding.written_before(introduction), folding.written_after(index)
    quote = folding.parts[index]
    kinds = {part.kind for part in folding.parts[introduction:index]}
    is_letter = bool(kinds - {Kind.LABEL}) or names_its_writer(folding.view, quote) or bool(kinds and not before)
    if not after:
        return not is_letter and not kinds and _is_announced(folding.view, quote)
    if not is_letter:
        return True
    return _is_taken_up_again(folding, index) or (after >= _MIN_ANSWER_LINES and after > before > 0)


def _is_announced(view: Outline, quote: Part) -> bool:
    """Tell whether the text above a quote ends with a colon: "Please run:" and a prompt."""
    above = quote.first - 1
    while above >= 0 and not view.stripped[above]:
        above -= 1
    return above >= 0 and view.stripped[above].endswith(_COLONS)


def _is_taken_up_again(folding: _Folding, index: int) -> bool:
    """Tell whether the quoted letter goes on below the text that follows: an answer point by point."""
    for other in range(index + 1, len(folding.parts)):
        if folding.parts[other].kind is Kind.QUOTE:
            introduced = folding.parts[other - 1].kind in INTRODUCTIONS
            answered = folding.written[other] > folding.written[index]
            return answered and not introduced and not names_its_writer(folding.view, folding.parts[other])
    return False


def _without_blanks(view: Outline, part: Part) -> int:
    stop = part.stop
    while stop > part.first and not view.stripped[stop - 1]:
        stop -= 1
    return stop


def _hide_rules_above(folding: _Folding) -> None:
    """Hide the rules drawn right above something hidden: "_____" above "From:"."""
    hidden, stripped, kinds = folding.hidden, folding.view.stripped, folding.view.kinds
    below_is_hidden = False
    for index in range(len(hidden) - 1, -1, -1):
        if below_is_hidden and kinds[index] is Kind.TEXT and is_rule(stripped[index]):
            hidden[index] = True
        if stripped[index]:
            below_is_hidden = hidden[index]
