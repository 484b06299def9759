"""Finds nearly the same text among very many: a few numbers per text, of which similar texts share some.

Each number is the least of all pairs of neighbouring words under a hash of its own (min-hash), so the chance that two
texts share one is the share of pairs they have in common. Two of three shared ones make a repeated text: a name or a
link that was changed does not hide it, and two inquiries that merely begin alike are not taken for one.
"""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

from liju_contact.domain.search_words import is_dense

NUMBERS = 3
SHARED = 2
"""How many numbers two texts share that are nearly the same."""
_FEWEST_PAIRS = 8  # a greeting and a product line alone are written by many
_MOST_CHARACTERS = 4000
# Turning other bits round makes another text's pair the least.
_MASKS = (0, 0x9E3779B1, 0x65EBCA6B)


def sketch_of(normal: str) -> tuple[int, ...]:
    """Return the numbers of a text in its normal form; none for one that is too short to tell."""
    words: list[str] = []
    for word in normal[:_MOST_CHARACTERS].split():
        words += word if is_dense(word) else [word]
    hashes = {crc32(f"{one} {other}".encode("utf-8", "replace")) for one, other in pairwise(words)}
    if len(hashes) < _FEWEST_PAIRS:
        return ()
    # The place of the mask keeps equal numbers of two hashes apart.
    return tuple(place << 32 | min([number ^ mask for number in hashes]) for place, mask in enumerate(_MASKS))
