"""How a picture goes from the process that makes it to the one that stores it.

    1 byte   1: a picture follows; 0: words that say why there is none
    4 bytes  length of what follows, big-endian
    bytes    width and height, 2 bytes each, and WebP; or the words in UTF-8

Whoever reads hostile files may have been taken over by one: what comes is taken only within the bounds that a picture
of ours has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from liju_contact.domain.picture import LONGEST_SIDE, NoPicture, Picture

MOST_BYTES = 1_000_000
"""Nothing of 480 pixels a side comes near: a picture of noise has 160 kB."""

_SIDE_BYTES = 2
_LENGTH_BYTES = 4
_LONGEST_WORDS = 300


def write_answer(stream: BinaryIO, answer: Picture | NoPicture) -> None:
    if isinstance(answer, Picture):
        sides = b"".join(side.to_bytes(_SIDE_BYTES, "big") for side in (answer.width, answer.height))
        kind, octets = b"\1", sides + answer.content
    else:
        kind, octets = b"\0", answer.words[:_LONGEST_WORDS].encode("utf-8", "replace")
    stream.write(kind + len(octets).to_bytes(_LENGTH_BYTES, "big") + octets)
    stream.flush()


def read_answer_from(read: Callable[[int], bytes]) -> Picture | NoPicture:
    """Return what ``write_answer`` wrote; ``read(n)`` returns exactly n bytes.

    Raises ``ValueError`` when what comes is anything else.
    """
    kind, length = read(1), int.from_bytes(read(_LENGTH_BYTES), "big")
    if kind not in {b"\0", b"\1"} or length > MOST_BYTES:
        raise ValueError("This is no answer about a picture.")
    octets = read(length)
    if kind == b"\0":
        return NoPicture(words=octets[: 4 * _LONGEST_WORDS].decode("utf-8"), is_final=True)
    width, height = (int.from_bytes(octets[at : at + _SIDE_BYTES], "big") for at in (0, _SIDE_BYTES))
    content = octets[2 * _SIDE_BYTES :]
    is_small = 0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE
    if not is_small or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise ValueError("This is no picture of ours.")
    return Picture(content=content, width=width, height=height)
