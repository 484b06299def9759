from __future__ import annotations

import base64
import binascii
from email.message import EmailMessage

import pytest

from liju_contact.domain.inbound_mail import InboundMail, MailFile
from liju_contact.mail.reading.mail import read_mail
from tests.mail.reading.winmail import winmail

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def _mail(*parts: bytes, kind: bytes = b"mixed") -> InboundMail:
    body = b"".join(b"\n--b\n" + part for part in parts)
    return read_mail(b"From: a@b\nContent-Type: multipart/" + kind + b"; boundary=b\n" + body + b"\n--b--\n")


def _names(mail: InboundMail) -> list[str]:
    return [file.name for file in mail.files]


def _file(content: bytes, content_type: bytes, *fields: bytes) -> bytes:
    head = b"\n".join([b"Content-Type: " + content_type, b"Content-Transfer-Encoding: base64", *fields])
    return head + b"\n\n" + base64.encodebytes(content)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (b'Content-Type: x/y; name="plan.dwg"', "plan.dwg"),
        (b'Content-Type: x/y; name="a.dwg"\nContent-Disposition: attachment; filename="b.dwg"', "b.dwg"),
        (b'Content-Type: x/y\nContent-Disposition: attachment; filename="=?gb2312?B?zbzWvS5kd2c=?="', "图纸.dwg"),
        (b'Content-Type: x/y\nContent-Disposition: attachment; filename="\xcd\xbc\xd6\xbd.dwg"', "图纸.dwg"),
        (b'Content-Type: x/y\nContent-Disposition: attachment; filename="%E5%9B%BE%E7%BA%B8.dwg"', "图纸.dwg"),
        (b"Content-Type: x/y\nContent-Disposition: attachment; filename*=gbk''%CD%BC%D6%BD.dwg", "图纸.dwg"),
        (b"Content-Type: x/y\nContent-Disposition: filename=plan.dwg", "plan.dwg"),
        (b'Content-Type: x/y; name="..\\\\..\\\\boot.ini"', "boot.ini"),
        (b'Content-Type: x/y; name="/etc/passwd"', "passwd"),
        (b'Content-Type: x/y; name="a\x00b\x1b.pdf"', "ab .pdf"),
        (b'Content-Type: x/y; name="///"', "file-1.bin"),
        (b"Content-Type: application/pdf", "file-1.pdf"),
        (b"Content-Type: text/calendar; method=REQUEST", "invite.ics"),
        (b"Content-Type: text/calendar; name=meeting.ics", "meeting.ics"),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "smime.p7m"),
        (b"Content-Type: message/delivery-status", "delivery-status.txt"),
        (b"Content-Type: text/csv", "file-1.csv"),
        (b"Content-Type: text/plain; name=log.txt", "log.txt"),
        (b"Content-Type: text/plain\nContent-Disposition: attachment", "file-1.txt"),
    ],
)
def test_file_names(fields: bytes, name: str) -> None:
    mail = _mail(b"\nHello", fields + b"\n\ncontent")

    assert (_names(mail), mail.files[0].content, mail.text) == ([name], b"content", "Hello")


def test_file_content_is_as_it_was_before_sending() -> None:
    mail = _mail(b"\nHello", _file(PNG, b"image/png; name=a.png", b"Content-Disposition: attachment"))

    assert mail.files == (MailFile(name="a.png", media_type="image/png", content=PNG, is_inline=False),)


def test_file_that_is_not_in_the_encoding_it_names_is_kept() -> None:
    mail = _mail(b"\nHello", b"Content-Type: x/y; name=a\nContent-Transfer-Encoding: base64\n\n!!! ???")

    assert (mail.files[0].content, len(mail.faults)) == (b"!!! ???", 1)


def test_file_in_an_unknown_encoding_is_kept() -> None:
    mail = _mail(b"\nHello", b"Content-Type: x/y; name=a\nContent-Transfer-Encoding: x-yenc\n\n=ybegin")

    assert (mail.files[0].content, len(mail.faults)) == (b"=ybegin", 1)


@pytest.mark.parametrize(
    ("kind", "fields", "is_inline"),
    [
        (b"related", [b"Content-ID: <logo>"], True),
        (b"mixed", [b"Content-ID: <logo>"], True),
        (b"mixed", [b"Content-ID: <logo>", b"Content-Disposition: attachment"], True),
        (b"related", [b"Content-ID: <other>", b"Content-Disposition: attachment"], False),
        (b"mixed", [b"Content-ID: <other>"], False),
        (b"mixed", [b"Content-Disposition: inline; filename=a.png"], True),
        (b"mixed", [b"Content-Disposition: attachment; filename=a.png"], False),
    ],
)
def test_picture_is_inline_where_the_text_shows_it(kind: bytes, fields: list[bytes], is_inline: object) -> None:
    html = b'Content-Type: text/html\n\n<p>Hello <img src="cid:logo">'

    mail = _mail(html, _file(PNG, b"image/png", *fields), kind=kind)

    assert [file.is_inline for file in mail.files] == [is_inline]


def test_alternative_prefers_plain_text_and_keeps_the_files_of_all_forms() -> None:
    html = b"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>html\n--r\n"
    calendar = b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR"

    mail = _mail(
        html + _file(PNG, b"image/png; name=a.png") + b"\n--r--",
        calendar,
        b"Content-Type: text/plain\n\nplain",
        kind=b"alternative",
    )

    assert (mail.text, _names(mail)) == ("plain", ["a.png", "invite.ics"])


@pytest.mark.parametrize("blank", [b"", b" \n\t\n", b"\xc2\xa0\xe2\x80\x8b"])
def test_alternative_with_a_blank_plain_text_reads_the_html(blank: bytes) -> None:
    plain = b"Content-Type: text/plain; charset=utf-8\n\n" + blank

    mail = _mail(plain, b"Content-Type: text/html\n\n<p>html</p>", kind=b"alternative")

    assert (mail.text, mail.files) == ("html", ())


def test_several_texts_are_joined() -> None:
    mail = _mail(
        b"\nfirst\n", _file(PNG, b"image/png; name=a.png"), b"Content-Type: text/html\n\n<b>second</b>", b"\nthird"
    )

    assert (mail.text, _names(mail)) == ("first\n\nsecond\n\nthird", ["a.png"])


def test_text_and_its_html_one_after_the_other_are_read_once() -> None:
    assert _mail(b"\nthe same", b"Content-Type: text/html\n\n<p>the same</p>").text == "the same"


@pytest.mark.parametrize(
    "content_type", [b"text/plain; name=message.txt", b"text/plain; charset=utf-8; name*=utf-8''m.txt"]
)
def test_first_text_is_text_although_it_has_a_name(content_type: bytes) -> None:
    mail = _mail(b"Content-Type: " + content_type + b"\n\nHello", b"Content-Type: text/plain; name=a.txt\n\nfile")

    assert (mail.text, _names(mail)) == ("Hello", ["a.txt"])


def test_announced_parts_that_are_absent_leave_the_text() -> None:
    mail = read_mail(b"From: a@b\nContent-Type: multipart/mixed; boundary=b\n\nHello")

    assert (mail.text, len(mail.faults)) == ("Hello", 1)


def test_enclosed_mail_is_one_file_with_all_it_holds() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Re: Angebot 12/2026 für Kessel"
    inner.set_content("inner text")
    inner.add_attachment(PNG, maintype="image", subtype="png", filename="inner.png")
    outer = EmailMessage()
    outer["From"] = "a@b"
    outer.set_content("outer text")
    outer.add_attachment(inner)

    mail = read_mail(outer.as_bytes())

    (file,) = mail.files
    assert (mail.text, file.name, file.media_type) == (
        "outer text",
        "Re_ Angebot 12-2026 für Kessel.eml",
        "message/rfc822",
    )
    assert read_mail(file.content).files[0].content == PNG


def test_winmail_gives_its_files() -> None:
    packed = winmail(("PLAN~1.DWG", "图纸 plan.dwg", "image/vnd.dwg", b"AC1032"), ("B.TXT", "", "", b"b"))

    mail = _mail(b"\nHello", _file(packed, b"application/ms-tnef; name=winmail.dat"))

    assert mail.files == (
        MailFile(name="图纸 plan.dwg", media_type="image/vnd.dwg", content=b"AC1032", is_inline=False),
        MailFile(name="B.TXT", media_type="application/octet-stream", content=b"b", is_inline=False),
    )


@pytest.mark.parametrize(("packed", "faults"), [(winmail(("a", "b", "c/d", b"x"))[:-9], 1), (b"x", 1), (winmail(), 0)])
def test_winmail_that_gives_no_files_stays_one(packed: bytes, faults: int) -> None:
    mail = _mail(b"\nHello", _file(packed, b"application/octet-stream; name=WINMAIL.DAT"))

    assert [(file.name, file.content) for file in mail.files] == [("WINMAIL.DAT", packed)]
    assert len(mail.faults) == faults


def test_uuencoded_files_are_taken_out_of_the_text() -> None:
    encoded = b"begin 644 plan.dwg\n" + binascii.b2a_uu(b"AC1032") + b"`\nend\n"

    mail = _mail(b"\nHello\n" + encoded + b"Bye", _file(PNG, b"image/png; name=a.png"))

    assert (mail.text, _names(mail), mail.files[1].content) == ("Hello\nBye", ["a.png", "plan.dwg"], b"AC1032")


def test_smime_signed_mail_shows_text_and_signature() -> None:
    mail = _mail(b"\nHello", _file(b"0\x82", b"application/pkcs7-signature; name=smime.p7s"), kind=b"signed")

    assert (mail.text, _names(mail)) == ("Hello", ["smime.p7s"])


def test_pgp_encrypted_mail_is_shown_as_files() -> None:
    version = b"Content-Type: application/pgp-encrypted\n\nVersion: 1"
    encrypted = b"Content-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----"

    mail = _mail(version, encrypted, kind=b"encrypted")

    assert (mail.text, _names(mail)) == ("", ["pgp-version.txt", "encrypted.asc"])


def test_too_deep_nesting_is_kept_as_one_file_with_a_fault() -> None:
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50))

    mail = read_mail(b"From: a@b\n" + levels + b"\ndeep text")

    assert (len(mail.files), len(mail.faults)) == (1, 1)
    assert mail.files[0].content.endswith(b"deep text")
