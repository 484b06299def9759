"""Turns the bytes of a file into a small picture: by Pillow for pictures, by PDFium for the first page of a PDF.

Runs in the guarded process alone. What a header says about size is looked at before anything is decoded. A picture is
turned as its EXIF says, laid on white, and nothing of it is kept but its pixels.
"""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image

from liju_contact.domain.picture import LONGEST_SIDE, NoPicture, Picture

MOST_DECODED_BYTES = 300_000_000
"""An A0 sheet at 300 dpi in grey or black and white, 75 megapixels in colour: more is for another program."""

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
_PDF_WITHIN = 1024
# Bytes that Pillow takes for a pixel, with those of the copies that a mode needs; of others four and no copy.
_PIXEL_BYTES = {"1": 2, "L": 1, "LA": 8, "P": 9, "PA": 12, "RGBA": 8, "I;16": 3, "I;16B": 3, "I": 5, "F": 5}
_JPEG_BONUS = 4  # an eighth of its sides is all that is decoded, but a progressive one is held in memory first
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITY = 80


def draw(content: bytes) -> Picture | NoPicture:
    """Return the picture of a file, or why there is none; it may take as much as its process has."""
    try:
        small = _first_page(content) if b"%PDF-" in content[:_PDF_WITHIN] else _photo(content)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # decoders raise whatever they like about what is broken
        return NoPicture(words=f"{type(error).__name__}: {error}", is_final=True)
    written = io.BytesIO()
    # No EXIF, no colour profile, no comment: of what Pillow read it would keep some by itself.
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    bare.save(written, "WEBP", quality=_QUALITY, method=4)
    return Picture(content=written.getvalue(), width=bare.width, height=bare.height)


def _first_page(content: bytes) -> Image.Image:
    """Draw the first page. Scripts never run: this PDFium has no engine for them, and forms are not begun."""
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    scale = LONGEST_SIDE / max(*page.get_size(), 1.0)
    bitmap = page.render(scale=scale, may_draw_forms=False)
    drawn: Image.Image = bitmap.to_pil().convert("RGB")
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # a side may be rounded up by one
    return drawn


def _photo(content: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None  # the bound below takes the size of a pixel into account
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        _refuse_bomb(image)
        turn = _turn(image)
        small = _reduced(image)
    flat = _on_white(small)
    return flat.transpose(turn) if turn is not None else flat


def _refuse_bomb(image: Image.Image) -> None:
    needed = image.width * image.height * _PIXEL_BYTES.get(image.mode, 4)
    if needed > MOST_DECODED_BYTES * (_JPEG_BONUS if image.format in {"JPEG", "MPO"} else 1):
        raise ValueError(f"{image.width} x {image.height} pixels are more than are decoded.")


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return how the camera was held; EXIF that cannot be read says nothing, and the picture is still one."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # as for the picture itself
        return None


def _reduced(image: Image.Image) -> Image.Image:
    small: Image.Image = image
    if image.mode in _DEEP:
        small = image.point(lambda value: value / 256).convert("L")
    elif image.mode in {"1", "P", "PA"}:
        small = image.convert("L" if image.mode == "1" else "RGBA")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    is_transparent = "A" in small.getbands() or "transparency" in small.info
    return small.convert("RGBA" if is_transparent else "RGB")


def _on_white(small: Image.Image) -> Image.Image:
    if small.mode == "RGB":
        return small
    white = Image.new("RGB", small.size, "white")
    white.paste(small, mask=small.getchannel("A"))
    return white
