"""Files that are small and promise or hold enormous things: refused at once or given up, and the next one is drawn."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from liju_contact.domain.picture import NoPicture, Picture
from liju_contact.pictures.maker import GuardedPictureMaker
from tests.mail.test_mail_bombs import overlapping_zip, zip_bomb
from tests.pictures.samples import encoded, nested_forms, one_page, pdf, photo, png_bomb, stream

SECONDS = 20.0  # the process is given 15 for an answer, four of computing


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(*chunks: bytes) -> bytes:
    """Return a small honest PNG with more chunks behind its header."""
    whole = encoded(photo(20, 20), "PNG")
    return whole[:33] + b"".join(chunks) + whole[33:]


def deflated(size: int) -> bytes:
    packer = zlib.compressobj(1)
    piece = bytes(1_000_000)
    return b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()


def tiff_of_tags(count: int) -> bytes:
    tags = b"".join(struct.pack("<HHII", 60_000, 4, 1, 8) for _ in range(count))
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", min(count, 65_535)) + tags + struct.pack("<I", 8)


def flate_stream(size: int, entries: bytes = b"") -> bytes:
    return stream(deflated(size), b"/Filter/FlateDecode" + entries)


def image_pdf(width: int, height: int, size: int) -> bytes:
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (
        width,
        height,
    )
    picture = flate_stream(size, entries)
    return one_page(picture, content=b"200 0 0 100 0 0 cm /I Do", entries=b"/Resources<</XObject<</I 5 0 R>>>>")


def page_of_deflated_lines(size: int) -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>",
        stream(zlib.compress(b"0 0 m 9 9 l S\n" * (size // 14), 9), b"/Filter/FlateDecode"),
    )


BOMBS: dict[str, Callable[[], bytes]] = {
    "png of more pixels than there are atoms": lambda: png_bomb(2**31 - 1, 2**31 - 1),
    "png just below what is refused": lambda: png_bomb(8_000, 9_000),
    "png with packed words": lambda: png_with(*[png_chunk(b"zTXt", b"k\0\0" + deflated(60_000_000))] * 8),
    "png with a packed profile": lambda: png_with(png_chunk(b"iCCP", b"k\0\0" + deflated(400_000_000))),
    "png of a million chunks": lambda: png_with(*[png_chunk(b"tEXt", b"k\0v")] * 300_000),
    "gif of giant frames": lambda: b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0xF7, 0, 0) + bytes(768) + b";",
    "bmp of nothing": lambda: (
        b"BM"
        + struct.pack("<IHHI", 54, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 60_000, 60_000, 1, 8, 1, 0, 0, 0, 0, 0)
    ),
    "tiff of tags": lambda: tiff_of_tags(65_535),
    "webp of the largest size": lambda: encoded(photo(4000, 4000), "WEBP")[:-10],
    "pdf of forms in forms": lambda: nested_forms(60),
    "pdf of packed lines": lambda: page_of_deflated_lines(300_000_000),
    "pdf of a packed picture": lambda: image_pdf(30_000, 30_000, 900_000_000),
    "pdf of a picture packed twice": lambda: one_page(
        stream(zlib.compress(deflated(900_000_000), 9), b"/Filter[/FlateDecode/FlateDecode]"),
        content=b"/I Do",
        entries=b"/Resources<</XObject<</I 5 0 R>>>>",
    ),
    "pdf of a million pages": lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[" + b"2 0 R " * 200_000 + b"]/Count 200000>>"
    ),
    "pdf of arrays in arrays": lambda: pdf(b"[" * 500_000),
    "zip in zip": zip_bomb,
    "docx of one piece again and again": overlapping_zip,
}


@pytest.fixture(scope="module")
def maker() -> Iterator[GuardedPictureMaker]:
    maker = GuardedPictureMaker()
    yield maker
    maker.close()


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_bomb_is_refused_or_given_up_and_the_next_file_is_drawn(
    maker: GuardedPictureMaker, bomb: Callable[[], bytes]
) -> None:
    content = bomb()
    began = time.monotonic()

    answer = maker.make(content)

    took = time.monotonic() - began
    assert took < SECONDS
    assert isinstance(answer, Picture) or answer.is_final, answer
    if isinstance(answer, Picture):
        assert max(answer.width, answer.height) <= 480
    assert not isinstance(maker.make(one_page()), NoPicture)
