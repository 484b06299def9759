"""Names of uploaded files are made harmless and stay recognisable."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.file_name import extension_of, safe_name
from tests.corpora import hostile_values, rows

RESERVED = {"CON", "PRN", "AUX", "NUL", "CLOCK$", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789")}


def assert_harmless(name: str) -> None:
    assert 0 < len(name) <= 120
    assert not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f-\x9f]', name)
    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]", name)
    assert name == name.strip(". ")
    assert name.partition(".")[0].rstrip().upper() not in RESERVED
    assert unicodedata.is_normalized("NFC", name)
    name.encode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Boiler room.dwg", "Boiler room.dwg"),
        ("锅炉房 平面图（终版）.DWG", "锅炉房 平面图（终版）.DWG"),  # full-width brackets as typed
        ("Prüfung №5 – O₂ 3,5 %.pdf", "Prüfung №5 – O₂ 3,5 %.pdf"),  # noqa: RUF001  # a dash as typed
        ("👩‍🔧 foto.heic", "👩‍🔧 foto.heic"),
        ("e\u0301cran.png", "\u00e9cran.png"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\fakepath\\plan.pdf", "plan.pdf"),
        ("plans/", "plans"),
        ("..%2f..%2fplan.pdf", "_2f.._2fplan.pdf"),
        ("100% load.pdf", "100% load.pdf"),
        ("drawing\u202efdp.exe", "drawingfdp.exe"),
        ("a\0b\r\nc.pdf", "ab c.pdf"),
        ("a   b.pdf", "a b.pdf"),
        (".htaccess", "htaccess"),
        ("plan.pdf. . .", "plan.pdf"),
        ('say "hi" <now>?.pdf', "say _hi_ _now__.pdf"),
        ("shell.asp::$DATA", "shell.asp__$DATA"),
        ("plan.pdf" + "\u3164" * 90 + ".exe", "plan.pdf .exe"),
        ("plan.pdf" + "\u200b\u2800\U000e0041" * 40 + ".exe", "plan.pdf .exe"),
        ("plan.pdf\u00ad.exe", "plan.pdf.exe"),
        ("con.pdf", "_con.pdf"),
        ("NUL", "_NUL"),
        ("lpt1 .tar.zip", "_lpt1 .tar.zip"),
        ("COM¹.txt", "_COM¹.txt"),
        ("console.txt", "console.txt"),
        ("", "file"),
        ("..", "file"),
        (" / ", "file"),
        ("\ud800.pdf", "\ufffd.pdf"),
    ],
)
def test_safe_name_neutralises_and_keeps_the_rest(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a" * 200 + ".dwg", "a" * 116 + ".dwg"),
        ("锅" * 200 + ".pdf", "锅" * 116 + ".pdf"),
        ("a" * 200, "a" * 120),
        ("b." + "a" * 200, "b." + "a" * 118),
        ("a" * 115 + " . b.pdf", "a" * 115 + ".pdf"),
    ],
)
def test_safe_name_of_a_long_name_keeps_the_extension(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text(st.characters(exclude_categories=[])) | st.text("./\\CON:%2e \u202e\u0301a", max_size=150))
def test_safe_name_is_harmless_and_settled(name: str) -> None:
    safe = safe_name(name)

    assert_harmless(safe)
    assert safe_name(safe) == safe


@pytest.mark.parametrize("category", ["filename", "traversal", "nul", "unicode"])
def test_safe_name_of_hostile_names_is_harmless(category: str) -> None:
    names = rows("payload_fuzzdb", category)

    assert len(names) >= 50
    for name in names:
        assert_harmless(safe_name(name))


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.PDF", "pdf"),
        ("a.tar.gz", "gz"),
        ("a", ""),
        ("a.pdf.", "pdf"),
        ("a.pdf ", "pdf"),
        ("x.php\0.jpg", "jpg"),
        ("a.b/c", ""),
        ("a\u202egpj.exe", "exe"),
    ],
)
def test_extension_of_is_the_one_shown(name: str, extension: str) -> None:
    assert extension_of(name) == extension


def test_safe_name_is_quick_with_hostile_length() -> None:
    started = time.process_time()

    for part in ["a", "/", "\\", ".", " ", "%2e", "a\u0301", "\u202e", "CON.", "\ufdfa", "\0", "\u1100\u1161"]:
        assert_harmless(safe_name(part * (100_000 // len(part))))

    assert time.process_time() - started < 12 * 0.1


def test_safe_name_survives_every_hostile_value() -> None:
    for value in hostile_values():
        assert_harmless(safe_name(value))
