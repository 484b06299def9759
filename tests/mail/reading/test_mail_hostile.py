"""Mails made to be slow or large in memory, each of 1 MB or more, are read in less than a second."""

from __future__ import annotations

import base64
import random
import tracemalloc
from time import process_time

import pytest

from liju_contact.mail.reading.mail import read_mail

SIZE = 150_000
SECONDS = 5.0

SIGNS = (
    ";",
    "=?",
    "<",
    "(",
    '"',
    ",",
    "a@b,",
    "=?a?q?",
    "\\",
    'a="',
    'a=\\"',
    "a*0=b;",
    "[",
    ":",
    " ",
    "\t",
    "<a@b",
    "\x00",
    "=",
)
FIELDS = (
    "From",
    "To",
    "Subject",
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "References",
    "Date",
)
LINES = (
    "--b\n",
    "--b--\n",
    "--b\n\n",
    "\n",
    "\r",
    "a: b\n",
    " \n",
    "begin 644 a\n!AAAA\n",
    "From: x\ny\n",
    "> a\n",
    "=\n",
    "=a \n",
)


def _seconds(received: bytes) -> float:
    """Return the time that the processor needs: other tests run beside this one."""
    began = process_time()
    read_mail(received)
    return process_time() - began


@pytest.mark.parametrize("sign", SIGNS)
def test_field_of_one_sign_repeated(sign: str) -> None:
    value = (sign * (SIZE // len(sign))).encode()

    slow = {name: _seconds(f"X: y\n{name}: x; ".encode() + value + b"\n\nhello") for name in FIELDS}

    assert max(slow.values()) < SECONDS, slow


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("text/plain", "8bit"),
        ("text/plain", "base64"),
        ("text/plain", "quoted-printable"),
        ("application/pdf", "x-uuencode"),
        ("multipart/mixed; boundary=b", "8bit"),
        ("message/rfc822", "8bit"),
    ],
)
def test_body_of_one_line_repeated(line: str, content_type: str, encoding: str) -> None:
    head = f"From: a@b\nContent-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"

    assert _seconds((head + line * (SIZE // len(line))).encode()) < SECONDS


@pytest.mark.parametrize(
    "received",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000)),
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 20_000,
        b"".join(b"Content-Type: multipart/x; boundary=%s\n\n--%s\n" % (b"b" * n, b"b" * n) for n in range(1, 1_000)),
        b"Content-Type: message/rfc822\n\n" * 30_000,
        b"".join(b"X-%d: a\n" % n for n in range(100_000)) + b"\nhello",
        b"From: a@b\nSubject:" + b" x \n" * 250_000 + b"\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: x/y; charset=q\n\n\xe4\xe4\xe4\n" * 25_000,
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        + b"--b\nContent-Type: text/html\n\n\xd6\xd6\xd6\n" * 25_000,
    ],
    ids=["nested", "nested alike", "nested prefixes", "enclosed", "fields", "folded", "files", "alternatives"],
)
def test_structure_repeated(received: bytes) -> None:
    assert _seconds(received) < SECONDS


def test_large_attachment_in_time_and_memory() -> None:
    content = random.Random(7).randbytes(25_000_000)
    head = b"From: a@b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
    fields = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    received = head + fields + base64.encodebytes(content) + b"\r\n--b--\r\n"

    seconds = _seconds(received)
    tracemalloc.start()
    mail = read_mail(received)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (mail.text, mail.files[0].content == content) == ("hello", True)
    assert seconds < SECONDS
    assert peak_bytes < 150_000_000
