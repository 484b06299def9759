from __future__ import annotations

import base64
import binascii

import pytest

from liju_contact.mail.reading.transfer import find_uu_files, name_of, undo

CONTENT = bytes(range(256)) * 3


def _uuencoded(content: bytes, line_end: bytes = b"\n") -> bytes:
    lines = [binascii.b2a_uu(content[start : start + 45]) for start in range(0, len(content), 45)]
    return b"".join([b"begin 644 my plan.dwg\n", *lines, b"`\n", b"end\n"]).replace(b"\n", line_end)


@pytest.mark.parametrize(
    ("written", "name"),
    [("Base64", "base64"), ("quoted-printable;", "quoted-printable"), (" 8bit (x)", "8bit"), ("", ""), (";", "")],
)
def test_name_of(written: str, name: str) -> None:
    assert name_of(written) == name


@pytest.mark.parametrize(
    ("encoded", "content"),
    [
        (b"aGVsbG8gdw==\r\n", b"hello w"),
        (b"aGVs\r\nbG8\x00g!dw", b"hello w"),
        (b"aGVsbG8gd", b"hello "),
        (b"aGVsbG8gdw==\naGVsbG8=\n", b"hello whello"),
        (b"aGVsbG8gdw==\n____\nTo unsubscribe write to us\n", b"hello w"),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_undo_base64(encoded: bytes, content: bytes) -> None:
    assert undo(memoryview(encoded), "base64") == content


def test_undo_base64_of_every_byte() -> None:
    assert undo(memoryview(base64.encodebytes(CONTENT)), "base64") == CONTENT


@pytest.mark.parametrize(
    ("encoded", "content"),
    [
        (b"a=20b=\r\nc", b"a bc"),
        (b"a= \t\r\nb", b"ab"),
        (b"50=25 =e4=ZZ =", b"50% \xe4=ZZ "),
        (b"a_b", b"a_b"),
    ],
)
def test_undo_quoted_printable(encoded: bytes, content: bytes) -> None:
    assert undo(memoryview(encoded), "quoted-printable") == content


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_undo_uuencode(line_end: bytes) -> None:
    assert undo(memoryview(_uuencoded(CONTENT, line_end)), "x-uuencode") == CONTENT


def test_undo_unknown_encoding_changes_nothing() -> None:
    assert undo(memoryview(b"a=20b"), "x-unknown") == b"a=20b"


def test_find_uu_files_between_lines_of_text() -> None:
    text = b"Hello\n" + _uuencoded(CONTENT) + b"Bye\n"

    (file,) = find_uu_files(text)

    assert (file.name, file.content) == (b"my plan.dwg", CONTENT)
    assert text[: file.start] + text[file.end :] == b"Hello\nBye\n"


@pytest.mark.parametrize(
    "text", [b"begin 644 reasons\nwhy not\n", b"begin 644 x\n", b"begin 644 A\nTHIS IS NO FILE.\n"]
)
def test_find_uu_files_in_words(text: bytes) -> None:
    assert list(find_uu_files(text)) == []
