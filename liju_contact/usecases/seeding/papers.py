"""The files of invented inquiries: a few tiny ones that every name shares, each really what its kind says."""

from __future__ import annotations

import struct
import zlib

_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n"
    b"4 0 obj<</Length 59>>stream\n2 w 100 100 395 500 re S 140 140 m 455 560 l S 140 560 m S\nendstream endobj\n"
    b"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n"
)
_DXF = (
    b"  0\nSECTION\n  2\nENTITIES\n"
    b"  0\nLINE\n  8\n0\n 10\n0.0\n 20\n0.0\n 11\n100.0\n 21\n50.0\n  0\nENDSEC\n  0\nEOF\n"
)
_TXT = "Flue gas measurement\r\nO2 3.1 %\r\nCO 12 ppm\r\nNOx 28 mg/m³\r\n".encode()
_COLOURS = ((10, 92, 173), (190, 120, 40), (70, 78, 86))
_EDGE = 48


def papers() -> list[tuple[str, bytes]]:
    """Return kind and bytes of each; the kind is the name's ending too."""
    pictures = [("png", _png(*colour)) for colour in _COLOURS]
    return [("pdf", _PDF), *pictures, ("dxf", _DXF), ("txt", _TXT)]


def _png(red: int, green: int, blue: int) -> bytes:
    """Return a square with a lighter band, in RGB (PNG, third edition, section 11)."""
    rows = []
    for y in range(_EDGE):
        is_band = _EDGE // 3 < y < _EDGE // 2
        colour = bytes(min(255, part + 90 * is_band) for part in (red, green, blue))
        rows.append(b"\0" + colour * _EDGE)
    header = struct.pack(">IIBBBBB", _EDGE, _EDGE, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
