"""What one language brings to invented inquiries, and sentences made of it.

A sentence names its slots in braces. Of a slot's words the first ones are drawn far more often than the last, so that
a seeded archive has common and rare words as a grown one has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Dice = Callable[[], float]
Sentence = tuple[str | tuple[str, ...], ...]
ByTopic = Mapping[str, tuple[str, ...]]

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Sentences by topic id; ``other`` stands in for a topic of the settings that has none of its own.

    ``boilers`` are nouns by a product line's drawing, ``words`` those of the other slots.
    """

    id: str
    space: str
    greetings: tuple[str, ...]
    openings: ByTopic
    middles: ByTopic
    closings: tuple[str, ...]
    answers: ByTopic
    replies: tuple[str, ...]
    thanks: tuple[str, ...]
    boilers: ByTopic
    words: Mapping[str, tuple[str, ...]]
    files: tuple[str, ...]


def listed(text: str, *, between: str | None = None) -> tuple[str, ...]:
    """Return the words of a text, common ones first as they stand; ``between`` is what parts them, else blanks."""
    return tuple(text.split(between))


def drawn(words: Sequence[str], dice: Dice) -> str:
    """Return one of ``words``, one at the beginning far more often than one at the end."""
    return words[int(len(words) * dice() * dice())]


def one_of(words: Sequence[Sentence], dice: Dice) -> Sentence:
    return words[int(len(words) * dice())]


def sentence(text: str, words: Mapping[str, tuple[str, ...]]) -> Sentence:
    """Return ``text`` with its slots replaced by the words that may fill them."""
    parts = _SLOT.split(text)
    return tuple(words[part] if place % 2 else part for place, part in enumerate(parts) if part)


def said(pieces: Sentence, dice: Dice) -> str:
    return "".join([piece if piece.__class__ is str else drawn(piece, dice) for piece in pieces])
