"""The process that makes pictures: right for what people send, within its limits for everything else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from liju_contact.domain.picture import NoPicture, Picture
from liju_contact.pictures.maker import GuardedPictureMaker
from tests.pictures.samples import decoded, encoded, nested_forms, one_page, pdf, photo, png_bomb

FAULTY = """
from liju_contact.pictures import drawing

def faulty(content, draw=drawing.draw):
    if content != b"hostile":
        return draw(content)
    {fault}

drawing.draw = faulty
import liju_contact.pictures.__main__
"""
TOO_LONG = NoPicture(words="A picture of it takes longer to make than one may.", is_final=True)
TOO_LARGE = NoPicture(words="A picture of it takes more memory than one may.", is_final=True)
BROKEN = NoPicture(words="It breaks the program that would make a picture of it.", is_final=True)
ENDED = NoPicture(words="The process that makes pictures ended unexpectedly.", is_final=False)
SQUARE_PDF = one_page()


@pytest.fixture(scope="module")
def maker() -> Iterator[GuardedPictureMaker]:
    """One maker for all tests that do not end it: starting takes longer than most pictures."""
    maker = GuardedPictureMaker()
    yield maker
    maker.close()


def made(maker: GuardedPictureMaker, content: bytes) -> Picture:
    picture = maker.make(content)
    assert isinstance(picture, Picture), picture
    assert decoded(picture.content).size == (picture.width, picture.height)
    return picture


def colour_at(picture: Picture, x: int, y: int) -> str:
    """Return the strongest colour of a place, by its first letter; w for white."""
    pixel: Any = decoded(picture.content).convert("RGB").getpixel((x, y))
    return "w" if min(pixel) > 230 else "rgb"[pixel.index(max(pixel))]


@pytest.mark.parametrize(
    "content",
    [
        *(encoded(photo(), form) for form in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")),
        encoded(photo(mode="CMYK", colour=(0, 255, 255, 0)), "JPEG"),
        encoded(photo().convert("P"), "PNG"),
    ],
    ids=["jpeg", "png", "gif", "webp", "bmp", "tiff", "cmyk", "palette"],
)
def test_picture_of_any_form_becomes_a_small_one(maker: GuardedPictureMaker, content: bytes) -> None:
    picture = made(maker, content)

    assert (picture.width, picture.height, colour_at(picture, 240, 160)) == (480, 320, "r")


@pytest.mark.parametrize(
    ("image", "shade"),
    [
        (Image.frombytes("I;16", (60, 40), b"\0\x80" * 2400), 128),
        (photo(60, 40, 1, "1"), 255),
        (photo(60, 40, 90, "L"), 90),
    ],
    ids=["16 bit", "black and white", "grey"],
)
def test_scan_keeps_its_shade_and_what_is_small_its_size(
    maker: GuardedPictureMaker, image: Image.Image, shade: int
) -> None:
    picture = made(maker, encoded(image, "PNG"))

    pixel: Any = decoded(picture.content).getpixel((30, 20))
    assert (picture.width, picture.height) == (60, 40)
    assert abs(pixel[0] - shade) <= 2


def test_photo_is_turned_as_it_was_held_and_keeps_no_word_about_itself(maker: GuardedPictureMaker) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "the plant at 23.1, 113.3"
    held = photo()
    held.paste("blue", (0, 0, 450, 600))

    picture = made(maker, encoded(held, exif=exif, comment=b"a secret", icc_profile=b"profile" * 40))

    assert (picture.width, picture.height) == (320, 480)
    assert (colour_at(picture, 160, 40), colour_at(picture, 160, 440)) == ("b", "r")
    assert not {b"EXIF", b"ICCP", b"XMP "} & {picture.content[at : at + 4] for at in range(len(picture.content))}
    assert b"23.1" not in picture.content


def test_transparent_drawing_lies_on_white(maker: GuardedPictureMaker) -> None:
    picture = made(maker, encoded(photo(600, 300, (0, 0, 0, 0), "RGBA"), "PNG"))

    assert colour_at(picture, 10, 10) == "w"


@pytest.mark.parametrize(
    "content",
    [
        SQUARE_PDF,
        b"\r\n%%junk before it\r\n" + SQUARE_PDF,
        one_page(
            catalogue=b"/OpenAction<</S/JavaScript/JS(while\\(true\\){})>>",
            entries=b"/AA<</O<</S/JavaScript/JS(while\\(true\\){})>>>>",
        ),
    ],
    ids=["plain", "junk before", "with scripts"],
)
def test_first_page_of_a_pdf_is_drawn_and_its_scripts_do_not_run(maker: GuardedPictureMaker, content: bytes) -> None:
    picture = made(maker, content)

    assert (picture.width, picture.height) == (480, 240)
    assert (colour_at(picture, 50, 200), colour_at(picture, 300, 50)) == ("r", "w")


HOPELESS = {
    "nothing": b"",
    "text": b"Dear colleagues",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "heic": b"\0\0\0\x18ftypheic" + bytes(200),
    "cut jpeg": encoded(photo())[:2000],
    "cut png": encoded(Image.effect_noise((300, 300), 50), "PNG")[:2000],
    "cut pdf": SQUARE_PDF[:150],
    "head of a pdf": b"%PDF-1.7",
    "endless page tree": pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 999999999/Parent 2 0 R>>"
    ),
    "pixel bomb": png_bomb(100_000, 100_000),
    "largest pixel bomb": png_bomb(2**31 - 1, 2**31 - 1),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}


@pytest.mark.parametrize("content", HOPELESS.values(), ids=HOPELESS)
def test_what_is_no_picture_is_refused_at_once_and_for_good(maker: GuardedPictureMaker, content: bytes) -> None:
    process = maker._process

    answer = maker.make(content)

    assert isinstance(answer, NoPicture)
    assert answer.is_final
    assert maker._process is process or process is None, "the process has ended over it"


def test_page_as_long_as_a_road_is_a_picture_all_the_same(maker: GuardedPictureMaker) -> None:
    picture = made(maker, one_page(page=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100000000 3]/Contents 4 0 R>>"))

    assert (picture.width, picture.height) == (480, 1)


@pytest.mark.parametrize("content", [nested_forms(8), nested_forms(60)], ids=["for ever", "deep"])
def test_pdf_that_draws_for_ever_is_given_up_for_good_and_the_next_is_drawn(
    maker: GuardedPictureMaker, content: bytes
) -> None:
    began = time.monotonic()

    answer = maker.make(content)

    assert answer in {TOO_LONG, TOO_LARGE, BROKEN}
    assert time.monotonic() - began < 15
    assert made(maker, SQUARE_PDF).width == 480


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("while True: pass", TOO_LONG),
        ("bytearray(600_000_000)", TOO_LARGE),
        ("import os; os.kill(os.getpid(), 9)", ENDED),
        ("import os; os.abort()", BROKEN),
        ("import sys; sys.stdout.buffer.write(b'nonsense' * 9); sys.stdout.flush(); sys.exit()", ENDED),
    ],
    ids=["computing", "memory", "killed", "crash", "nonsense"],
)
def test_file_that_ends_the_process_is_given_up_and_the_next_is_drawn(fault: str, answer: NoPicture) -> None:
    maker = GuardedPictureMaker((sys.executable, "-c", FAULTY.format(fault=fault)))

    assert maker.make(b"hostile") == answer

    assert made(maker, SQUARE_PDF).width == 480
    maker.close()


def test_process_that_says_nothing_is_waited_for_in_vain() -> None:
    maker = GuardedPictureMaker(("sleep", "60"), wall_seconds=0.2)

    assert maker.make(SQUARE_PDF) == ENDED

    assert maker._process is None


def test_process_has_no_secret_of_ours(maker: GuardedPictureMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    maker.close()
    monkeypatch.setenv("LIJU_SECRET", "a secret")
    made(maker, SQUARE_PDF)
    assert maker._process is not None

    environment = Path(f"/proc/{maker._process.pid}/environ").read_bytes()

    assert (b"PATH=" in environment, b"LIJU_" in environment) == (True, False)
