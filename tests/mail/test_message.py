"""The bytes of a letter, read back with the standard library's parser, which shares no code with our writer."""

from __future__ import annotations

from dataclasses import replace
from email.header import decode_header, make_header
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liju_contact.mail.message import Mailbox, MailFile, mail_bytes
from tests.corpora import cases
from tests.mail.letters import LETTER, read

if TYPE_CHECKING:
    from email.message import EmailMessage

LONG_CHINESE_PARAGRAPH = "真空热水锅炉" * 56
TEXT_WITHOUT_LINE_BREAKS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))


def unfolded(message: EmailMessage, name: str) -> str:
    """Decode a raw header the old way: Python before 3.12.9 keeps spaces between encoded words of a name."""
    raw = dict(message.raw_items())[name].replace("\r\n", "")
    return str(make_header(decode_header(raw)))


def assert_fit_for_any_server(octets: bytes) -> None:
    assert octets.isascii()
    assert octets.endswith(b"\r\n")
    assert octets.count(b"\r") == octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= 998


def test_mail_bytes_read_back_as_what_was_written() -> None:
    message = read(mail_bytes(LETTER))

    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == LETTER.sender.name
    assert message["From"].addresses[0].addr_spec == LETTER.sender.address
    assert message["To"].addresses[0].display_name == LETTER.recipient.name
    assert message["Reply-To"].addresses[0].addr_spec == "reply+7k3f9q2x@liju.example"
    assert message["Message-ID"] == LETTER.message_id
    assert message["Date"].datetime == LETTER.date
    assert message["Content-Language"] == "zh-Hans"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_mail_bytes_have_every_header_once() -> None:
    names = [name.lower() for name in read(mail_bytes(LETTER))]

    assert sorted(names) == sorted(set(names))


def test_mail_bytes_are_the_same_for_the_same_mail() -> None:
    drawing = MailFile(name="锅炉.dwg", media_type="image/vnd.dwg", content=b"AC1032")

    first = mail_bytes(replace(LETTER, files=(drawing,)))
    second = mail_bytes(replace(LETTER, files=(replace(drawing),)))

    assert first == second


def test_mail_bytes_differ_for_another_message_id() -> None:
    other = replace(LETTER, message_id="<other@liju.example>")

    assert read(mail_bytes(other)).get_boundary() != read(mail_bytes(LETTER)).get_boundary()


@pytest.mark.parametrize(
    "text",
    [
        LONG_CHINESE_PARAGRAPH[:333],
        "x" * 5000,
        "no line break at the end",
        "",
        "\n",
        ".\n..\n.leading dots\n",
        "From the mill\n>From\n",
        "trailing white space \t\n \n",
        "=3D =_ =?utf-8?b?eA==?=\n",
        "NUL \0, tab \t, form feed \f, line separator \u2028, next line \x85\n",
        "Dampfkessel für Österreich\n",
        "🔥" * 400,
        "mixed\r\nline\rends\n",
    ],
)
def test_text_comes_back_whole_in_short_lines(text: str) -> None:
    octets = mail_bytes(replace(LETTER, text=text, html=text))

    assert_fit_for_any_server(octets)
    for part in read(octets).iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        with_network_ends = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        assert payload.decode().removesuffix("\r\n") == with_network_ends.removesuffix("\r\n")


def test_text_cannot_contain_the_boundary() -> None:
    boundary = read(mail_bytes(LETTER)).get_boundary()
    forged = f"--{boundary}\r\nContent-Type: text/html\r\n\r\n<b>forged</b>\r\n--{boundary}--\r\n"

    message = read(mail_bytes(replace(LETTER, text=forged)))

    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    html = message.get_body(("html",))
    assert html is not None
    assert html.get_content().splitlines() == (LETTER.html or "").splitlines()


def test_mail_without_html_is_one_plain_text() -> None:
    message = read(mail_bytes(replace(LETTER, html=None)))

    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == LETTER.text.splitlines()


@pytest.mark.parametrize(
    "name",
    [
        "drawing.dwg",
        "boiler room (rev 2); final.pdf",
        'the "big" one\\new.step',
        "锅炉房布置图.dwg",
        "锅炉房布置图" * 30 + ".dwg",
        "x" * 300 + ".zip",
        "🔥" * 60 + ".heic",
        "=?utf-8?b?eA==?=.txt",
        "100 %'s.txt",
        "name with  two spaces.txt",
        "gpj.\u202eevil.exe",
    ],
)
def test_file_comes_back_with_its_name(name: str) -> None:
    file = MailFile(name=name, media_type="application/octet-stream", content=bytes(range(256)) * 3)

    octets = mail_bytes(replace(LETTER, files=(file, file, file)))

    assert_fit_for_any_server(octets)
    attached = list(read(octets).iter_attachments())
    assert [part.get_filename() for part in attached] == [name] * 3
    assert [part.get_content() for part in attached] == [file.content] * 3


def test_mail_as_a_file_is_not_declared_a_mail_in_base64() -> None:
    file = MailFile(name="bounce.eml", media_type="message/rfc822", content=b"From: a@b.example\r\n\r\n")

    message = read(mail_bytes(replace(LETTER, files=(file,))))

    attached = next(message.iter_attachments())
    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_content() == file.content


def test_names_of_many_countries_come_back_exactly() -> None:
    names = [case[key] for case in cases("i18n_names") for key in ("name", "company")]
    assert len(names) > 100

    for name in names:
        message = read(mail_bytes(replace(LETTER, html=None, recipient=Mailbox(name=name, address="a@b.example"))))
        assert unfolded(message, "To") in {f"{name} <a@b.example>", f'"{name}" <a@b.example>'}


@settings(max_examples=150, deadline=None)
@given(value=TEXT_WITHOUT_LINE_BREAKS)
def test_subject_comes_back_exactly(value: str) -> None:
    octets = mail_bytes(replace(LETTER, subject=value))

    assert_fit_for_any_server(octets)
    assert unfolded(read(octets), "Subject") == value


@settings(max_examples=150, deadline=None)
@given(name=TEXT_WITHOUT_LINE_BREAKS)
def test_any_name_leaves_the_address_alone(name: str) -> None:
    octets = mail_bytes(replace(LETTER, recipient=Mailbox(name=name, address="a@b.example")))

    assert_fit_for_any_server(octets)
    assert [address.addr_spec for address in read(octets)["To"].addresses] == ["a@b.example"]


def test_long_headers_are_folded_and_whole() -> None:
    references = " ".join(f"<message-number-{number}@liju.example>" for number in range(60))

    message = read(mail_bytes(replace(LETTER, headers=(("References", references), ("X-Long", "y" * 2000)))))

    raw = dict(message.raw_items())
    assert raw["References"].replace("\r\n", "") == references
    assert unfolded(message, "X-Long") == "y" * 2000
    assert max(map(len, raw["X-Long"].split("\r\n"))) <= 78
