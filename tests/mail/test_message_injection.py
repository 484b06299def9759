"""What is no header, no address and no date never becomes part of a letter."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from smtplib import quoteaddr
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liju_contact.mail.headers import ascii_address
from liju_contact.mail.message import Mail, Mailbox, MailFile, envelope_addresses, mail_bytes
from tests.corpora import hostile_values
from tests.mail.letters import LETTER, lines_of, read

LINE_BREAKS = ["\r", "\n", "\r\n"]


@pytest.mark.parametrize("line_break", LINE_BREAKS)
@pytest.mark.parametrize("attribute", ["subject", "message_id", "envelope_sender", "reply_to", "language"])
def test_mail_refuses_line_breaks_at_birth(attribute: str, line_break: str) -> None:
    injected: dict[str, Any] = {attribute: f"{getattr(LETTER, attribute)}{line_break}Bcc: thief@evil.example"}

    with pytest.raises(ValueError, match=r"line break|is not a"):
        replace(LETTER, **injected)


@pytest.mark.parametrize("line_break", LINE_BREAKS)
def test_parts_of_a_mail_refuse_line_breaks_at_birth(line_break: str) -> None:
    evil = f"x{line_break}Bcc: thief@evil.example"

    with pytest.raises(ValueError, match="line break"):
        Mailbox(name=evil, address="a@b.example")
    with pytest.raises(ValueError, match="line break"):
        Mailbox(name="", address=evil)
    with pytest.raises(ValueError, match="line break"):
        MailFile(name=evil, media_type="text/plain", content=b"")
    with pytest.raises(ValueError, match="media type"):
        MailFile(name="x", media_type=f"text/plain{line_break}X: y", content=b"")
    with pytest.raises(ValueError, match="line break"):
        replace(LETTER, headers=(("X-Name", evil),))
    with pytest.raises(ValueError, match="header name"):
        replace(LETTER, headers=((evil, "value"),))


@pytest.mark.parametrize("name", ["Message-ID", "bcc", "To", "DATE", "Content-Type", "MIME-Version", "X Y", ""])
def test_mail_refuses_headers_that_are_not_extra(name: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be added|not a header name"):
        replace(LETTER, headers=((name, "value"),))


def test_mail_refuses_a_date_without_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(LETTER, date=LETTER.date.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("address", "carried"),
    [
        ("zhang@customer.example", "zhang@customer.example"),
        ("sales@锅炉.example", "sales@xn--qox519e.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("o'neil+x/y=z@mail.customer.example", "o'neil+x/y=z@mail.customer.example"),
        ("postmaster@localhost", "postmaster@localhost"),
        ("two..dots.@keitai.example", "two..dots.@keitai.example"),
    ],
)
def test_recipient_is_carried_in_ascii(address: str, carried: str) -> None:
    mail = replace(LETTER, recipient=Mailbox(name="", address=address))

    assert envelope_addresses(mail) == ("bounces@liju.example", carried)
    assert read(mail_bytes(mail))["To"].addresses[0].addr_spec == carried


@pytest.mark.parametrize(
    "address",
    [
        "张伟@customer.example",
        "a b@c.example",
        "a@b.example, c@d.example",
        "<a@b.example>",
        "a@",
        "@b.example",
        "a",
        "",
    ],
)
def test_address_without_an_ascii_form_is_refused(address: str) -> None:
    mail = replace(LETTER, recipient=Mailbox(name="", address=address))

    with pytest.raises(ValueError, match=r"plain SMTP cannot carry|is not an e-mail address"):
        mail_bytes(mail)


@settings(max_examples=150, deadline=None)
@given(
    address=st.from_regex(r"\A[\w.!#$%&'*+/=?^`{|}~-]{1,20}@[a-z0-9-]{1,9}(\.[a-z0-9]{1,5}){0,2}\Z").filter(str.isascii)
)
def test_smtplib_passes_our_addresses_on_unchanged(address: str) -> None:
    assert quoteaddr(ascii_address(address)) == f"<{address}>"


def test_hostile_values_add_no_header_and_no_recipient() -> None:
    expected = [name for name, _ in read(mail_bytes(replace(LETTER, html=None))).raw_items()]
    values = hostile_values()
    assert len(values) > 1000

    for value in values:
        one_line = value.encode(errors="replace").decode().replace("\r", " ").replace("\n", " ")
        mail = replace(
            LETTER, html=None, subject=one_line, text=value, recipient=Mailbox(name=one_line, address="a@b.c")
        )
        message = email.message_from_bytes(mail_bytes(mail))
        assert message.keys() == expected
        assert re.findall(r"<[^<>]*>$", str(message["To"])) == ["<a@b.c>"]
        payload = message.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert lines_of(payload.decode()) == lines_of(value)


def test_null_sender_stays_empty() -> None:
    mail: Mail = replace(LETTER, envelope_sender="")

    assert envelope_addresses(mail) == ("", "zhang@customer.example")
