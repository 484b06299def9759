"""The line in which a search found what it looked for, cut to its surroundings.

It is taken from the text as it was written, not from the folded document, so it reads as its author wrote it. Where
folding moves characters, each place in the folded text is traced back to the character it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from liju_contact.domain.search_query import SearchQuery
from liju_contact.domain.search_words import DENSE, MARKS, Piece, PieceKind, fold, is_dense

LENGTH = 160  # characters
_BEFORE = 50  # of them in front of the first hit
_SHOWN_FOLDED = 4 * LENGTH  # characters of folded text from the first hit on in which others can be shown
_READ = 50_000  # characters of one piece that are looked through
TELLING = (
    PieceKind.MESSAGE,
    PieceKind.NOTE,
    PieceKind.FILE,
    PieceKind.SUBJECT,
    PieceKind.TAG,
    PieceKind.INQUIRY,
    PieceKind.PERSON,
    PieceKind.COMPANY,
)
"""The kinds of pieces in which something is looked for, one after another; what the list shows already comes last."""
_OVER = "\u0300-\u036f\u3099\u309a\uff9e\uff9f"  # what is written over, under or behind a letter
# Characters each of which folds to one; or a letter and what belongs to it, which are folded together because they may
# become one character.
_CLUSTER = re.compile(f"(?P<plain>[\x00-\x7f\u4e00-\u9fff]+(?![{_OVER}]))|[^{_OVER}][{_OVER}]*|.", re.DOTALL)
_MARKS = "".join(MARKS.values())


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """``parts`` follow each other; the marked ones are what was looked for."""

    kind: PieceKind
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def excerpts_of(pieces: Mapping[int, Iterable[Piece]], query: SearchQuery) -> dict[int, Excerpt]:
    """Return the excerpts of several inquiries by their ids; one in which nothing is to be seen is left out.

    The pieces of each come in the order of ``TELLING``; they are read only as far as is needed.
    """
    patterns = _patterns(query)
    found = {id_: _excerpt(of_inquiry, patterns) for id_, of_inquiry in pieces.items()}
    return {id_: excerpt for id_, excerpt in found.items() if excerpt}


def _excerpt(pieces: Iterable[Piece], patterns: Sequence[re.Pattern[str]]) -> Excerpt | None:
    """Return the piece in which most of ``patterns`` stand, cut around the first hit; None where none is to be seen.

    No more are read when all that was looked for stands in one.
    """
    best: tuple[PieceKind, str, str] | None = None
    best_count = 0
    for piece in pieces:
        line = " ".join(piece.text[:_READ].split())
        folded = fold(line)
        count = sum(pattern.search(folded) is not None for pattern in patterns)
        if count > best_count:
            best_count, best = count, (piece.kind, line, folded)
        if count == len(patterns):
            break
    return _cut(*best, patterns) if best else None


def _cut(kind: PieceKind, line: str, folded: str, patterns: Sequence[re.Pattern[str]]) -> Excerpt:
    hits = _hits(line, folded, patterns)
    first = hits[0][0] if hits else 0
    start = max(0, min(first - _BEFORE, len(line) - LENGTH))
    start = _word_start(line, start, first)
    end = min(len(line), start + LENGTH)
    parts = [Part("…", is_hit=False)] if start else []
    at = start
    for begins, ends in hits:
        if begins >= end:
            break
        parts += [Part(line[at:begins], is_hit=False), Part(line[begins : min(ends, end)], is_hit=True)]
        at = min(ends, end)
    parts += [Part(line[at:end], is_hit=False), Part("…" if end < len(line) else "", is_hit=False)]
    return Excerpt(kind=kind, parts=tuple(part for part in parts if part.text))


def _word_start(line: str, start: int, first: int) -> int:
    """Begin with a whole word where one begins soon."""
    blank = line.find(" ", start, min(first, start + 20)) if start else -1
    return blank + 1 if blank >= 0 else start


def _hits(line: str, folded: str, patterns: Sequence[re.Pattern[str]]) -> list[tuple[int, int]]:
    """Return where in ``line`` the first hits stand, in order, those that touch or overlap as one."""
    first = min((match.start() for pattern in patterns if (match := pattern.search(folded))), default=0)
    upto = min(len(folded), first + _SHOWN_FOLDED)
    came_from = _origins(line, upto)
    found = sorted(match.span() for pattern in patterns for match in pattern.finditer(folded, first, upto) if match[0])
    hits: list[tuple[int, int]] = []
    for begins, ends in found:
        span = (came_from[begins], came_from[ends - 1] + 1) if came_from else (begins, ends)
        if hits and span[0] <= hits[-1][1]:
            hits[-1] = (hits[-1][0], max(hits[-1][1], span[1]))
        else:
            hits.append(span)
    return hits


def _origins(line: str, upto: int) -> list[int]:
    """Return for each of the first ``upto`` characters of the folded line which one of ``line`` it came from.

    Nothing where they are the same. Should the parts fold to something else than the whole, the places are only near to
    the right ones.
    """
    if line.isascii():
        return []
    origins = list[int]()
    for match in _CLUSTER.finditer(line):
        if match["plain"]:
            origins += range(*match.span())
        else:
            origins += [match.start()] * _folded_length(match[0])
        if len(origins) >= upto:
            return origins
    return origins + [len(line) - 1] * (upto - len(origins))


@lru_cache(maxsize=8192)
def _folded_length(cluster: str) -> int:
    return len(fold(cluster))


def _patterns(query: SearchQuery) -> list[re.Pattern[str]]:
    """Return what to look for in folded text: each phrase, word, beginning and number."""
    sources = [_phrase(phrase) for phrase in query.phrases]
    said = "".join(query.phrases)
    sources += [_word(word) for word in query.words if _bare(word) not in said]
    sources += [rf"(?<!\w){re.escape(_bare(prefix))}\w*" for prefix in query.prefixes]
    sources += [_number(number.digits) for number in query.numbers]
    return [re.compile(source) for source in dict.fromkeys(sources)]


def _bare(word: str) -> str:
    return word.lstrip(_MARKS)


def _phrase(phrase: str) -> str:
    """Between its words stands whatever separates words; nothing has to where the script changes."""
    words = [_bare(word) for word in phrase.split()]
    source = _run(words[0])
    for before, word in pairwise(words):
        source += (r"[\W_]+" if is_dense(before) == is_dense(word) else r"[\W_]*") + _run(word)
    return source


def _run(word: str) -> str:
    """Return a word as it may stand in a text: a run of characters may be broken over two lines."""
    return r"\s?".join(word) if is_dense(word) else re.escape(word)


def _word(word: str) -> str:
    bare = _bare(word)
    if is_dense(bare):
        return _run(bare)
    plain = rf"(?<![^\W_{DENSE}]){re.escape(bare)}(?![^\W_{DENSE}])"
    # What was typed in one may be written with separators.
    return f"{plain}|{_number(bare)}" if any(character.isdigit() for character in bare) else plain


def _number(digits: str) -> str:
    """Look for digits, or a reference in one, with whatever separates them; not within a longer number."""
    return r"(?<![0-9])" + r"[ ().\-\u2010\u2013/_]{0,3}".join(map(re.escape, digits)) + r"(?![0-9])"
