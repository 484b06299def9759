"""Finds nearly the same text among very many: a few numbers per text, of which similar texts share some.

Each number is the least of all pairs of neighbouring words under a hash of its own (min-hash), so the chance that two
texts share one is the share of pairs they have in common. Two of three shared ones make a repeated text: a name or a
link that was changed does not hide it, and two inquiries that merely begin alike are not taken for one.
"""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

from liju_contact.domain.search_words import is_dense, normal_form

NUMBERS = 3
SHARED = 2
"""How many numbers two texts share that are nearly the same."""
_FEWEST_PAIRS = 8  # a greeting and a product line alone are written by many
_MOST_CHARACTERS = 4000
_MASK = 0xFFFFFFFF
# Any odd multipliers make the hashes differ.
_MULTIPLIERS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35)


def sketch_of(text: str) -> tuple[int, ...]:
    """Return the numbers of a text; none for one that is too short to tell."""
    words: list[str] = []
    for word in normal_form(text[:_MOST_CHARACTERS]).split():
        words += word if is_dense(word) else [word]
    hashes = {crc32(f"{one} {other}".encode("utf-8", "replace")) for one, other in pairwise(words)}
    if len(hashes) < _FEWEST_PAIRS:
        return ()
    # The place of the multiplier keeps equal numbers of two hashes apart.
    return tuple(
        place << 32 | min((number * multiplier & _MASK) ^ (number * multiplier >> 32) & _MASK for number in hashes)
        for place, multiplier in enumerate(_MULTIPLIERS)
    )
