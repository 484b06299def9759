"""How a text reads: like spam or like somebody who asks, by what was marked before.

Two learners speak. The *prior* comes with the program: a weight per word, found by logistic regression over public
sets, because counting words alone finds little more than half of their spam where this finds nine tenths, at the same
false alarms. The house's own marks are counted by naive Bayes, which learns from one text at a time and unlearns it
exactly. The prior's say gives way as own marks come in.

A mail is read by weights of its own. What its head tells and what its text says make up for each other there, and its
words weigh otherwise than those of a text without a head; so that a head is missing speaks neither for nor against.

Own marks are few and one-sided at first: twenty letters of one kind of spam and not one honest inquiry. So a word that
honest people use anyway counts for as often as the prior has seen them use it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, sqrt
from types import MappingProxyType
from zlib import crc32

from liju_contact.domain.spam_signs import LINE

Example = tuple[Collection[str], Collection[str], bool]
"""The words of a text, those of its head if it is a mail, and whether it is spam."""

Views = tuple[Collection[str], Collection[str]]
"""Words of a text and of a head. Each of the two weighs as a whole, however many words it has."""

# Training: found by trying on a part of half of the public sets and judging the rest.
EPOCHS, _AVERAGED = 9, 6
_RATE = 0.5
_SLOW_BIAS = 0.1
_LEAST_ERROR = 0.001
_SEEN_OFTEN_ENOUGH = 3
_NO_INFINITY = 35.0
_UNKNOWN = 0.02

_TIMES = 3
"""So many descents in different orders are averaged: the order of the texts shall not decide."""

# How points follow from what the prior says. A long text says more, for spam and against it, so the logit above which
# two in a thousand honest texts are rises with the number of words; between the two lengths it rises evenly.
# Below it points fall faster, so that what reads like an inquiry stays one with a sign or two against it.
_POINTS_PER_LOGIT, _POINTS_PER_LOGIT_BELOW = 1.6, 3.0
_SHORT, _LONG = 100, 240
_LINES_OF_TEXT, _LINES_OF_MAIL = (-1.15, 2.0), (0.0, 1.3)
MOST_POINTS = 9.0
LEAST_POINTS = -4.0

# Own marks.
GIVES_WAY_AT = 300
"""After so many own marks the prior has half its say."""
_RARELY = 0.003  # how often honest people use a word that the prior has never seen
_USUAL_SPAM = 1.0  # so many marks' worth of spam that uses words as honest people do
_USUAL_HONEST = 25.0
_LEAST_OWN, _MOST_OWN = -6.0, 13.0
_OWN_SCALE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """``words`` speak for spam above nought; ``bias`` is where a text without known words stands."""

    bias: float = 0.0
    words: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """``text`` weighs words alone, ``mail`` those of a mail and its head; ``usual`` is the share of honest texts."""

    text: Weights = Weights()
    mail: Weights = Weights()
    usual: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


NO_PRIOR = Prior()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What staff have marked: how many texts, and in how many of each a word was; ``counts`` may leave words out."""

    spam_count: int = 0
    honest_count: int = 0
    counts: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))


NO_MARKS = Marks()


def learnt_points(words: Collection[str], prior: Prior, marks: Marks, *, head: Collection[str] = ()) -> float:
    """Return how many points a text's words come to, with those of its ``head`` if it is a mail."""
    share = GIVES_WAY_AT / (GIVES_WAY_AT + marks.spam_count + marks.honest_count)
    points = share * _prior_points(words, head, prior) + _own_points(words, prior, marks)
    return max(LEAST_POINTS, min(MOST_POINTS, points))


def train(examples: Sequence[Example]) -> Weights:
    """Learn weights from marked texts; the same texts in the same order give the same weights."""
    numbers = _numbered(examples)
    texts = [(*_numbered_text((words, head), numbers), float(is_spam)) for words, head, is_spam in examples]
    descents = [_descend(texts, len(numbers), time) for time in range(_TIMES)]
    means = [sum(each) / _TIMES for each in zip(*(weights for weights, _ in descents), strict=True)]
    bias = sum(bias for _, bias in descents) / _TIMES
    return Weights(bias=bias, words={word: means[number] for word, number in numbers.items()})


def usual_words(examples: Sequence[Example], *, at_least: int = 3) -> dict[str, float]:
    """Return the share of the honest texts that each word is in, of the words that are in some of them."""
    honest = [words for words, _, is_spam in examples if not is_spam]
    counts: dict[str, int] = {}
    for words in honest:
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return {word: count / len(honest) for word, count in counts.items() if count >= at_least}


def _prior_points(words: Collection[str], head: Collection[str], prior: Prior) -> float:
    weights, lines = (prior.mail, _LINES_OF_MAIL) if head else (prior.text, _LINES_OF_TEXT)
    if not (words or head) or not weights.words:
        return 0.0
    logit = weights.bias + _sum_of(words, weights.words) + _sum_of(head, weights.words)
    length = max(0.0, min(1.0, (len(words) - _SHORT) / (_LONG - _SHORT)))
    above = logit - lines[0] - length * (lines[1] - lines[0])
    points = LINE + above * (_POINTS_PER_LOGIT if above > 0 else _POINTS_PER_LOGIT_BELOW)
    return max(LEAST_POINTS, min(MOST_POINTS, points))


def _sum_of(words: Collection[str], weights: Mapping[str, float]) -> float:
    known = [weight for word in words if (weight := weights.get(word))]
    return sum(known) / _length(len(known), len(words))


def _own_points(words: Collection[str], prior: Prior, marks: Marks) -> float:
    """Return what naive Bayes says of the words that were in marked texts.

    The words of a text are not independent of each other: by its root their number counts, not by itself. All words
    count for that, also those that no mark knows: an honest text that shares its greeting with spam is no spam.
    """
    spam_room, honest_room = marks.spam_count + _USUAL_SPAM, marks.honest_count + _USUAL_HONEST
    said = []
    for word in marks.counts.keys() & words:
        spam, honest = marks.counts[word]
        if spam or honest:
            usual = max(_RARELY, prior.usual.get(word, 0.0))
            in_spam = (spam + _USUAL_SPAM * usual) / spam_room
            in_honest = (honest + _USUAL_HONEST * usual) / honest_room
            said.append(log(in_spam / in_honest))
    if not said:
        return 0.0
    return max(_LEAST_OWN, min(_MOST_OWN, _OWN_SCALE * sum(said) / sqrt(len(words))))


def _numbered(examples: Sequence[Example]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for words, head, _ in examples:
        for word in (*words, *head):
            counts[word] = counts.get(word, 0) + 1
    known = sorted(word for word, count in counts.items() if count >= _SEEN_OFTEN_ENOUGH)
    return {word: number for number, word in enumerate(known)}


def _numbered_text(views: Views, numbers: Mapping[str, int]) -> tuple[list[int], list[int], float, float]:
    """Return the numbers of the known words of both views, and what each view's sum is divided by."""
    words, head = (sorted(numbers[word] for word in view if word in numbers) for view in views)
    return words, head, _length(len(words), len(views[0])), _length(len(head), len(views[1]))


def _length(known: int, every: int) -> float:
    """Return what a text's weights are divided by, so that a long text says no more than a short one.

    What is not known counts a little: one known word among very many unknown ones says next to nothing.
    """
    return sqrt(known + _UNKNOWN * (every - known) + 1)


def _descend(
    texts: Sequence[tuple[list[int], list[int], float, float, float]], size: int, time: int
) -> tuple[list[float], float]:
    """Follow the error down, each word at a pace of its own (Adagrad): a rare word learns as much from one text.

    What the later epochs end with is averaged.
    """
    weights, paces, sums = [0.0] * size, [1e-8] * size, [0.0] * size
    bias, bias_pace, bias_sum = 0.0, 1e-8, 0.0
    for epoch in range(EPOCHS):
        for at in sorted(range(len(texts)), key=lambda place: crc32(f"{time} {epoch} {place}".encode())):
            words, head, length, head_length, wanted = texts[at]
            logit = bias + sum([weights[number] for number in words]) / length
            logit += sum([weights[number] for number in head]) / head_length
            error = 1 / (1 + exp(-max(-_NO_INFINITY, min(_NO_INFINITY, logit)))) - wanted
            if abs(error) < _LEAST_ERROR:
                continue
            _step(weights, paces, words, error / length)
            _step(weights, paces, head, error / head_length)
            bias_pace += error * error
            bias -= _SLOW_BIAS * error / sqrt(bias_pace)
        if epoch >= EPOCHS - _AVERAGED:
            sums = [total + weight for total, weight in zip(sums, weights, strict=True)]
            bias_sum += bias
    return [total / _AVERAGED for total in sums], bias_sum / _AVERAGED


def _step(weights: list[float], paces: list[float], numbers: list[int], step: float) -> None:
    square = step * step
    for number in numbers:
        paces[number] += square
        weights[number] -= _RATE * step / sqrt(paces[number])
