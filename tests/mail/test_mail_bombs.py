"""Mail bombs: each is read or given up within two seconds of computing, and the mail behind it is read as ever.

Computing time is taken of the reading process itself, which is the real one; so other work on the machine counts not.
"""

from __future__ import annotations

import base64
import io
import time
import zipfile
from collections.abc import Callable, Iterator

import psutil
import pytest

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.mail.guarded_reader import GuardedReader
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from tests.conftest import ONE_DATABASE
from tests.pictures.samples import nested_forms, png_bomb
from tests.usecases.mails import entry, mail, messages, receive, with_staff

HEAD = b"From: ana@there.example\r\nTo: inquiry@liju.example\r\nSubject: bomb\r\nMessage-ID: <b@there.example>\r\n"
MAIL = b"From: ana@there.example\r\nSubject: boilers\r\n\r\nTwo of them, please.\r\n"
MEGABYTE = 1_000_000
SECONDS = 2.0
_MULTIPART = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
_HTML = HEAD + b"Content-Type: text/html\r\n\r\n"


def zip_bomb(layers: int = 5, size: int = 20 * MEGABYTE) -> bytes:
    """Return an archive in archives, each with a file that is a thousand times larger than it is packed."""
    content = bytes(size)
    for layer in range(layers):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{layer}-{copy}.zip", content)
        content = packed.getvalue()
    return content


def overlapping_zip(entries: int = 20_000) -> bytes:
    """Return an archive whose directory names one packed piece again and again, as D. Fifield's bombs do."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(MEGABYTE))
    whole = packed.getvalue()
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    return whole[:start] + whole[start:end] * entries + whole[end:]


def with_file(content: bytes, name: str) -> bytes:
    fields = f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return _MULTIPART + b"--b\r\n" + fields.encode() + base64.encodebytes(content) + b"--b--\r\n"


def layers(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))


BOMBS: dict[str, Callable[[], bytes]] = {
    "semicolons": lambda: HEAD + b"Content-Type: text/plain" + b";" * 14_000 + b"\r\n\r\nhello",
    "semicolons and quotes": lambda: HEAD + b"Content-Type: text/plain" + b';a="\\' * 14_000 + b"\r\n\r\nhello",
    "tags without end": lambda: _HTML + b"<a " * 20_000,
    "comments without end": lambda: _HTML + b"<!--" * 20_000,
    "elements in elements": lambda: _HTML + b"<div>" * 10_000,
    "parts in parts": lambda: HEAD + layers(10_000),
    "mails in mails": lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "encoded mails in mails": lambda: (
        HEAD + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" * 10_000
    ),
    "addresses": lambda: HEAD + b"Cc: " + b", ".join(b"a%d@b.example" % n for n in range(100_000)) + b"\r\n\r\nhello",
    "brackets in addresses": lambda: HEAD + b"Cc: " + b"<(" * 100_000 + b"\r\n\r\nhello",
    "groups of addresses": lambda: HEAD + b"Cc: " + b"a:b@c.example;," * 100_000 + b"\r\n\r\nhello",
    "header of 10 MB": lambda: HEAD + b"X-Long: " + b"x" * 10 * MEGABYTE + b"\r\n\r\nhello",
    "header of 10 MB, folded": lambda: HEAD + b"References:" + b" <a@b>\r\n" * 1_250_000 + b"\r\n\r\nhello",
    "a million fields": lambda: HEAD + b"X: y\r\n" * 1_000_000 + b"\r\nhello",
    "50 000 parts": lambda: _MULTIPART + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 50_000,
    "50 000 files": lambda: _MULTIPART + b"--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n" * 50_000,
    "base64 of nothing": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=\r\n" * 3_000_000,
    "base64 of blanks": lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b" \r\n" * 3_000_000,
    "soft breaks": lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 3_000_000,
    "quoted-printable signs": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=3D" * 3_000_000
    ),
    "quoted-printable of itself": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=3D" * 500_000 + b"25" * 500_000
    ),
    "encoded words": lambda: HEAD + b"Subject: " + b"=?utf-8?b?5Lit?= " * 200_000 + b"\r\n\r\nhello",
    "one huge encoded word": lambda: HEAD + b"Subject: =?utf-8?b?" + b"5Lit" * 500_000 + b"?=\r\n\r\nhello",
    "encoded words without end": lambda: HEAD + b"Subject: " + b"=?utf-8?q?" * 200_000 + b"\r\n\r\nhello",
    "quotes in quotes": lambda: HEAD + b"\r\n" + b"".join(b">" * n + b" x\r\n" for n in range(2_000)),
    "quote levels": lambda: HEAD + b"\r\n" + b"> " * 500_000,
    "escape sequences": lambda: HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B" * 500_000,
    "utf-7": lambda: HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+AGE-" * 500_000,
    "uuencoded files": lambda: HEAD + b"\r\n" + b"begin 644 a\r\n!!!\r\nend\r\n" * 100_000,
    "winmail.dat of nothing": lambda: with_file(b"\x78\x9f\x3e\x22" + bytes(2 * MEGABYTE), "winmail.dat"),
    "zip bomb": lambda: with_file(zip_bomb(), "drawings.zip"),
    "zip of one piece again and again": lambda: with_file(overlapping_zip(), "offer.docx"),
    "pixel bomb": lambda: with_file(png_bomb(100_000, 100_000), "photo.png"),
    "pdf bomb": lambda: with_file(nested_forms(60), "plan.pdf"),
    "a bounce of bounces": lambda: (
        HEAD
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" * 50_000
    ),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[GuardedReader]:
    reader = GuardedReader()
    yield reader
    reader.close()


def computing(reader: GuardedReader) -> float:
    assert reader._process is not None
    used = psutil.Process(reader._process.pid).cpu_times()
    return float(used.user + used.system)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_mail_bomb_takes_two_seconds_at_most_and_the_next_mail_is_read(
    reader: GuardedReader, bomb: Callable[[], bytes]
) -> None:
    assert isinstance(reader.read(MAIL), InboundMail)  # the process is there, and has imported what it needs
    raw, before, process = bomb(), computing(reader), reader._process

    read = reader.read(raw)

    is_given_up = not isinstance(read, InboundMail)
    assert is_given_up is (reader._process is not process), "nothing but a limit ends the process"
    if isinstance(read, InboundMail):
        assert computing(reader) - before < SECONDS
    else:
        assert read.is_final, read
    next_mail = reader.read(MAIL)
    assert isinstance(next_mail, InboundMail)
    assert next_mail.text == "Two of them, please."


@ONE_DATABASE
def test_honest_mail_flows_between_bombs(deps: Deps, reader: GuardedReader) -> None:
    deps = with_staff(deps)
    names = ("tags without end", "encoded mails in mails", "semicolons", "header of 10 MB, folded", "pixel bomb")
    bombs = [receive(deps, HEAD.replace(b"<b@", f"<{n}@".encode()) + BOMBS[n]()[len(HEAD) :]) for n in names[:2]]
    honest = [receive(deps, mail("ana@there.example", "inquiry@liju.example", "Two boilers, please."))]
    bombs += [receive(deps, BOMBS[name]()) for name in names[2:]]
    honest.append(receive(deps, mail("bo@there.example", "inquiry@liju.example", "Three boilers, please.")))
    began = time.monotonic()

    for _ in range(5):
        judge_waiting(deps, reader)

    assert [entry(deps, id_)["state"] for id_ in honest] == ["applied", "applied"]
    assert "waiting" not in {entry(deps, id_)["state"] for id_ in bombs}
    assert {"Two boilers, please.", "Three boilers, please."} <= {
        body.splitlines()[-1] for _, _, body in messages(deps) if body
    }
    assert time.monotonic() - began < 60.0
