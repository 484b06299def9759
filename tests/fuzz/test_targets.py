"""What fuzzing has found stays found, and every target takes what hypothesis makes up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

FOUND = sorted(Path(__file__).with_name("found").iterdir())

_FIELDS = ("From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "References", "Date", "Message-ID")
_VALUES = (
    "multipart/mixed; boundary=b",
    "multipart/report; report-type=delivery-status; boundary=b",
    "multipart/alternative; boundary=b",
    "message/rfc822",
    "message/delivery-status",
    "text/html; charset=gb2312",
    "text/plain; charset=utf-16",
    "base64",
    "quoted-printable",
    "x-uuencode",
    "MAILER-DAEMON <>",
    "=?utf-8?b?5Lit?= =?x?q?=00?=",
    "<a@b> <\udc9d@c>",
)
_field = st.builds(
    lambda name, value, more: f"{name}: {value}{more}".encode("utf-8", "surrogateescape"),
    st.sampled_from(_FIELDS),
    st.sampled_from(_VALUES),
    st.text(max_size=20).filter(lambda text: "\n" not in text and text.isprintable()),
)
_PIECES = (b"--b", b"--b--", b"", b"Final-Recipient: rfc822; a@\xff.example", b"Action: failed", b"> quoted", b"#close")
_line = st.one_of(_field, st.sampled_from(_PIECES), st.binary(max_size=30))


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.name)
def test_what_was_found_once_is_taken(found: Path) -> None:
    TARGETS[found.name.partition("-")[0]](found.read_bytes())


@settings(max_examples=150, deadline=None)
@given(st.lists(_line, max_size=40).map(b"\n".join))
def test_any_mail_is_read_and_arrives_as_it_was_read(received: bytes) -> None:
    TARGETS["mail"](received)


@pytest.mark.parametrize("target", sorted(set(TARGETS) - {"mail"}))
@settings(max_examples=100, deadline=None)
@given(received=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode())))
def test_any_bytes_are_taken(target: str, received: bytes) -> None:
    TARGETS[target](received)
