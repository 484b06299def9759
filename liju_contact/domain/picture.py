"""The small picture of a file that a list of files shows."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_SIDE = 480
"""Pixels of the longer side at most; nothing is made larger than it is."""

MEDIA_TYPE = "image/webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``content`` is WebP that this program wrote, with nothing in it but pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPicture:
    """``words`` say why. ``is_final``: trying again would end the same."""

    words: str
    is_final: bool
