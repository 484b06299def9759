"""What goes between the reading process and the worker: whole, and nothing but what a mail may be."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.domain.inbound_mail import Bounce, Complaint, InboundMail, Mailbox, MailFile
from liju_contact.mail.reading.mail import read_mail
from liju_contact.mail.reading.wire import LENGTH_BYTES, MOST_CONTENT_BYTES, read_mail_from, write_mail
from tests.mail.reading.pieces import MAIL_SETS, mails

FULL_MAIL = InboundMail(
    sender=Mailbox(name="李伟", address="li@liju.example"),
    reply_to=(Mailbox(name="", address="a@b.example"),),
    to=("c@d.example",),
    recipients=("c@d.example", "e@f.example"),
    subject="Kessel 10 t/h 🙂",
    date=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
    message_id="1@there.example",
    references=("2@there.example",),
    text="one\ntwo",
    visible="one",
    folded="two",
    files=(
        MailFile(name="图纸.dwg", media_type="image/vnd.dwg", content=b"\0\xff" * 100_000, is_inline=False),
        MailFile(name="empty", media_type="text/plain", content=b"", is_inline=True),
    ),
    automatic="auto-submitted",
    bounce=Bounce(failed=("x@y.example",), temporary=(), original_ids=("3@liju.example",), words="no such user"),
    complaint=Complaint(feedback_type="abuse", original_ids=(), recipients=("x@y.example",)),
    authentication=("mx; dmarc=pass",),
    is_marked_spam=True,
    is_from_list=False,
    making=("m:mutt", "md:same"),
    faults=("The date cannot be read.",),
)


def written(mail: InboundMail) -> bytes:
    stream = io.BytesIO()
    write_mail(stream, mail)
    return stream.getvalue()


def read(octets: bytes) -> InboundMail:
    """Read an answer as the worker does, for whom an answer that ends too early is one that never came."""
    stream = io.BytesIO(octets)

    def exactly(count: int) -> bytes:
        piece = stream.read(count)
        if len(piece) < count:
            raise EOFError
        return piece

    return read_mail_from(exactly)


def described(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a full mail's description as it goes over the wire, changed, and no contents."""
    values = asdict(replace(FULL_MAIL, files=())) | {"date": "2026-11-23T02:00:00+00:00"}
    change(values)
    return framed(json.dumps(values).encode())


def framed(octets: bytes) -> bytes:
    return len(octets).to_bytes(LENGTH_BYTES, "big") + octets


def test_mail_with_everything_survives() -> None:
    assert read(written(FULL_MAIL)) == FULL_MAIL


def test_mail_with_nothing_survives() -> None:
    nothing = read_mail(b"")

    assert read(written(nothing)) == nothing


@pytest.mark.parametrize("corpus", MAIL_SETS)
def test_every_mail_of_the_sets_survives(corpus: str) -> None:
    for name, raw in mails(corpus).items():
        mail = read_mail(raw)

        assert read(written(mail)) == mail, name


@pytest.mark.parametrize("length", [0, 7, 8, 9, 500, 1000, len(written(FULL_MAIL)) - 1])
def test_answer_that_ends_too_early_is_none(length: int) -> None:
    with pytest.raises((EOFError, ValueError)):
        read(written(FULL_MAIL)[:length])


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail.pop("subject"),
        lambda mail: mail.update(more="of it"),
        lambda mail: mail.update(subject=None),
        lambda mail: mail.update(subject=["a"]),
        lambda mail: mail.update(subject="\ud800"),
        lambda mail: mail.update(is_marked_spam=1),
        lambda mail: mail.update(to="a@b.example"),
        lambda mail: mail.update(to=[["a@b.example"]]),
        lambda mail: mail.update(to={"a": "b"}),
        lambda mail: mail.update(sender="a@b.example"),
        lambda mail: mail.update(sender={"name": "a"}),
        lambda mail: mail.update(sender={"name": "a", "address": 5}),
        lambda mail: mail.update(date="2026-11-23T02:00:00"),
        lambda mail: mail.update(date="soon"),
        lambda mail: mail.update(date=5),
        lambda mail: mail.update(bounce=[]),
        lambda mail: mail.update(files=None),
        lambda mail: mail.update(files={"content": 5}),
        lambda mail: mail.update(files=[[5]]),
        lambda mail: mail.update(files=[{"content": 0}]),
        lambda mail: mail.update(files=[{"content": -1}]),
        lambda mail: mail.update(files=[{"content": "0"}]),
        lambda mail: mail.update(files=[{"content": True}]),
        lambda mail: mail.update(files=[{"content": float("inf")}]),
        lambda mail: mail.update(files=[{"content": MOST_CONTENT_BYTES}, {"content": 1}]),
    ],
)
def test_description_of_no_mail_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    read(described(lambda _mail: None))  # Only the change is wrong with it.

    with pytest.raises(ValueError, match=r"\w"):
        read(described(change))


@pytest.mark.parametrize(
    "octets",
    [
        b"no JSON",
        b"[" * 100_000,
        b"9" * 10_000,
        b"null",
        b'"files"',
        b'["files"]',
        b"\xff\xfe\xfd",
        b'{"files": [], "fault": "x"}',
    ],
)
def test_nonsense_is_refused(octets: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(framed(octets))


def test_length_beyond_any_mail_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="longer than any"):
        read(b"No such thing as a mail.")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(asdict(FULL_MAIL))), JSON, min_size=1, max_size=4), st.binary())
def test_hostile_description_is_refused_or_means_what_it_says(values: dict[str, Any], contents: bytes) -> None:
    octets = described(lambda mail: mail.update(values)) + contents
    try:
        mail = read(octets)
    except (ValueError, EOFError):
        return
    assert read(written(mail)) == mail


@given(st.binary(), st.integers(0, 2_000), st.integers(0, 50))
def test_damaged_answer_is_refused_or_is_a_mail(damage: bytes, place: int, lost: int) -> None:
    octets = written(FULL_MAIL)
    try:
        mail = read(octets[:place] + damage + octets[place + lost :])
    except (ValueError, EOFError):
        return
    assert isinstance(mail, InboundMail)
