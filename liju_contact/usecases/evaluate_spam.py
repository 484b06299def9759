"""Measures how well spam is told from honest texts, and renews what the program brings along for that.

A text is never judged by a learner that was taught by it: the texts are parted by a digest of their id, and each part
is judged by what all the others teach. Only the text counts, and who sent it; nothing a form would tell is there.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from liju_contact.domain.spam_learner import Prior, Weights, train, usual_words
from liju_contact.domain.spam_score import ALONE, Weighable, weigh
from liju_contact.spam_lists import disposable_domains

PARTS = 10
"""Usual for such sets: nine tenths teach about as much as the whole, which the shipped prior is made from."""
_KEPT_WORDS = 30_000  # of either weights, those that say most
_KEPT_SHARE = 0.004  # of what honest people use, what so many of them do


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A text somebody has marked, as it is weighed; ``corpus`` is the set that it is from.

    ``today`` are the words of the head that a mail program of today would make of the same mail; a text that is no mail
    has none.
    """

    id: str
    corpus: str
    inquiry: Weighable
    is_spam: bool
    today: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What became of the texts of one set; ``mistakes`` are the ids of honest ones that would be held."""

    corpus: str
    honest_count: int
    spam_count: int
    spam_held: int
    mistakes: tuple[str, ...]

    @property
    def honest_percent(self) -> float:
        return 100 * len(self.mistakes) / (self.honest_count or 1)

    @property
    def spam_percent(self) -> float:
        return 100 * self.spam_held / (self.spam_count or 1)


def evaluate_spam(
    texts: Sequence[MarkedText],
    *,
    prior: Prior | None = None,
    usual: Sequence[Weighable] = (),
    each: Callable[[Callable[[int], list[int]], Iterable[int]], Iterable[list[int]]] = map,
) -> list[Held]:
    """Judge every text and return one line per set and one for all of them.

    With ``prior`` that judges; without, what the other parts teach, together with ``usual`` honest texts. ``each`` is
    ``map``, or one that has several processes at work.
    """
    judge = partial(_held_in_part, texts, prior, usual)
    return _lines(texts, {place for places in each(judge, range(PARTS)) for place in places})


def _held_in_part(texts: Sequence[MarkedText], prior: Prior | None, usual: Sequence[Weighable], part: int) -> list[int]:
    parts = [part_of(text.id) for text in texts]
    judging = prior or prior_from([text for text, its in zip(texts, parts, strict=True) if its != part], usual=usual)
    return [place for place, its in enumerate(parts) if its == part and is_held(texts[place].inquiry, judging)]


def prior_from(marked: Iterable[MarkedText], *, usual: Sequence[Weighable]) -> Prior:
    """Return what marked texts teach, together with honest ones as customers write them.

    It keeps the words alone that say most, and how often honest people use those that are common. Spam is learnt with a
    head of today beside its own: what today's programs do would speak for honest people otherwise, as theirs alone.
    """
    known = [(text.inquiry, text.today, text.is_spam) for text in marked]
    examples = [(inquiry.words, inquiry.head, is_spam) for inquiry, _, is_spam in known]
    examples += [(inquiry.words, inquiry.head, False) for inquiry in usual]
    today = [(inquiry.words, head, is_spam) for inquiry, head, is_spam in known if head and is_spam]
    shares = usual_words(examples)
    return Prior(
        text=_loudest(train([(words, (), is_spam) for words, _, is_spam in examples])),
        mail=_loudest(train([*(example for example in examples if example[1]), *today])),
        usual={word: share for word, share in shares.items() if share >= _KEPT_SHARE},
    )


def _loudest(weights: Weights) -> Weights:
    words = sorted(weights.words, key=lambda word: (-abs(weights.words[word]), word))[:_KEPT_WORDS]
    return Weights(bias=weights.bias, words={word: weights.words[word] for word in words})


def is_held(inquiry: Weighable, prior: Prior, disposable: Collection[str] | None = None) -> bool:
    known = disposable_domains() if disposable is None else disposable
    return weigh(inquiry, ALONE, prior=prior, disposable=known).is_held


def part_of(id_: str) -> int:
    """Return which part a text belongs to: the same in every run and on every machine."""
    return int(hashlib.sha256(id_.encode()).hexdigest()[:8], 16) % PARTS


def _lines(texts: Sequence[MarkedText], held: Collection[int]) -> list[Held]:
    places = defaultdict[str, list[int]](list)
    for place, text in enumerate(texts):
        places[text.corpus].append(place)
    lines = [_line(corpus, theirs, texts, held) for corpus, theirs in places.items()]
    return lines if len(lines) == 1 else [*lines, _line("all", range(len(texts)), texts, held)]


def _line(corpus: str, places: Iterable[int], texts: Sequence[MarkedText], held: Collection[int]) -> Held:
    honest = [place for place in places if not texts[place].is_spam]
    spam = [place for place in places if texts[place].is_spam]
    return Held(
        corpus=corpus,
        honest_count=len(honest),
        spam_count=len(spam),
        spam_held=sum(place in held for place in spam),
        mistakes=tuple(texts[place].id for place in honest if place in held),
    )
