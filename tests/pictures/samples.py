"""Pictures and PDFs to make small ones of: honest, broken, and hostile."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R%s>>"
RED_SQUARE = b"1 0 0 rg 0 0 50 50 re f"


def photo(width: int = 900, height: int = 600, colour: Any = "red", mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


def decoded(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def png_bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few kB whose header promises ``width`` x ``height`` pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(10_000_000), 9)), (b"IEND", b"")]
    written = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, the first of which is its catalogue."""
    written, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def one_page(
    *more: bytes, content: bytes = RED_SQUARE, catalogue: bytes = b"", page: bytes = PAGE, entries: bytes = b""
) -> bytes:
    """Return a PDF of one page; ``entries`` are added to the page, ``more`` are objects from number 5 on."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page.replace(b"%s", entries),
        stream(content),
        *more,
    )


def nested_forms(depth: int) -> bytes:
    """Return a PDF that draws a form twenty times, which draws a form twenty times, and so on: 20 ** depth lines."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A %d 0 R>>>>"
    forms = [stream(b"/A Do " * 20, form % (6 + number)) for number in range(depth)]
    last = stream(b"0 0 m 9 9 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return one_page(*forms, last, content=b"/A Do", entries=b"/Resources<</XObject<</A 5 0 R>>>>")
