"""The same mail in other clothes is the same mail: to whom it belongs, what it says, and the bytes of its files.

A sample by default; ``LIJU_TEST_FULL=1`` takes every mail of every set, twice. ``pytest -s`` shows the figures.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from liju_contact.config import Settings
from liju_contact.domain.inbound_mail import InboundMail, MailFile
from liju_contact.domain.keys import Keyring
from liju_contact.domain.reply_key import Purpose
from liju_contact.mail.reading.mail import read_mail
from liju_contact.usecases.explain_mail import explain_mail
from tests.mail.reading.mutations import MUTATIONS
from tests.mail.reading.pieces import (
    MAIL_SETS,
    REPLY_SETS,
    Mail,
    Piece,
    charset_of,
    content_of,
    leaves_of,
    mails,
    taken_apart,
    text_of,
)

FULL = os.environ.get("LIJU_TEST_FULL") == "1"
SETS = (*MAIL_SETS, *REPLY_SETS, "spamassassin")
SEEDS = range(2 if FULL else 1)
LARGE_SAMPLE = 2999 if FULL else 50
REFERENCE = "LJ-7K3F-9Q2X"
PROVEN = {"place": "address", "reference": REFERENCE, "purpose": "conversation", "proven": True}
NOT_ENCODED = {b"", b"7bit", b"8bit", b"binary"}


def sample(corpus: str) -> dict[str, bytes]:
    found = mails(corpus)
    return dict(Random(20261123).sample(sorted(found.items()), k=min(LARGE_SAMPLE, len(found))))


def answering(mail: Mail, settings: Settings) -> Mail:
    """Return a mail as an answer to a letter of ours: with the keys that were made for who sent it."""
    sender = read_mail(bytes(mail)).sender
    holder = sender.address if sender else ""
    key = str(Keyring(settings.secret).reply_key(REFERENCE, Purpose.CONVERSATION, 7, recipient=holder)).encode()
    references = [mail.root.field(b"references"), b"<1.2@liju.example>", b"<%b@liju.example>" % key]
    recipients = [b"LIJU Boilers <inquiry+%b@liju.example>" % key, mail.root.field(b"to")]
    root = mail.root.with_field(b"References", b" ".join(filter(None, references)))
    root = root.with_field(b"In-Reply-To", b"<1.2@liju.example>")
    return replace(mail, root=root.with_field(b"To", b", ".join(filter(None, recipients))))


def meaning(settings: Settings, mail: InboundMail) -> dict[str, Any]:
    """Return all that is known about a mail, and what is made of it."""
    return explain_mail(settings, mail) | {"mail": mail}


def evened(mail: InboundMail, *, besides: bytes = b"") -> InboundMail:
    """Return a mail with one kind of line ends in its files, but for those that stand in ``besides`` as base64."""
    return replace(mail, files=tuple(_evened(file, besides) for file in mail.files))


def _evened(file: MailFile, besides: bytes) -> MailFile:
    is_kept = base64.b64encode(file.content[:30]) in besides
    return file if is_kept else replace(file, content=file.content.replace(b"\r\n", b"\n"))


def comparable(way: str, raw: bytes) -> Callable[[InboundMail], InboundMail]:
    """Return what evens out of a mail what a mutation cannot keep of the mail ``raw``: line ends, of files as well.

    How a mail was made is what a mutation changes.
    """
    match way:
        case "other_line_ends":
            return lambda mail: evened(replace(mail, making=()), besides=raw)
        case "stacked":
            return lambda mail: evened(replace(mail, making=()))
        case _:
            return lambda mail: replace(mail, making=())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("corpus", SETS)
def test_mail_written_in_another_way_means_the_same(corpus: str, settings: Settings) -> None:
    counts, verdicts, different = Counter[str](), Counter[str](), list[str]()
    for name, raw in sample(corpus).items():
        mail = taken_apart(raw)
        if mail is None:
            counts["not well formed"] += 1
            continue
        mail = answering(mail, settings)
        whole = read_mail(bytes(mail))
        known = explain_mail(settings, whole)
        verdicts[known["verdict"]] += 1
        assert known["keys"][0] == PROVEN, name
        for seed, way, mutated in mutations_of(mail, name):
            counts[way] += 1
            even = comparable(way, bytes(mail))
            if meaning(settings, even(read_mail(mutated))) != meaning(settings, even(whole)):
                different.append(f"{name} {way} {seed}")

    print(f"\n{corpus}: {dict(verdicts)}; {dict(counts)}")  # noqa: T201  # the figures
    assert different == []
    assert counts["other_encoding"] > 0


def mutations_of(mail: Mail, name: str) -> Iterator[tuple[int, str, bytes]]:
    """Yield the mail in every way that applies to it, with seed and name of the way."""
    for seed in SEEDS:
        for way, change in MUTATIONS.items():
            mutated = change(mail, Random(f"{seed} {name} {way}"))
            if mutated is not None and mutated != mail:
                yield seed, way, bytes(mutated)


def test_line_ends_mean_nothing_in_broken_mail() -> None:
    broken = {name: raw for corpus in SETS for name, raw in sample(corpus).items() if taken_apart(raw) is None}

    for name, raw in broken.items():
        lines = raw.replace(b"\r\n", b"\n")
        other = lines if b"\r\n" in raw else lines.replace(b"\n", b"\r\n")
        assert evened(read_mail(other)) == evened(read_mail(raw)), name

    assert len(broken) >= 40


@pytest.mark.parametrize("corpus", SETS)
def test_mail_that_ends_too_early_keeps_what_came(corpus: str) -> None:
    lost: list[str] = []
    for name, raw in sample(corpus).items():
        mail, whole, dice = taken_apart(raw), read_mail(raw), Random(name)
        for cut in (dice.randrange(len(raw)) for _ in range(6 * len(SEEDS) if FULL else 4)):
            came = read_mail(raw[:cut])
            if mail is not None and cut >= raw.index(mail.line_end * 2):
                lost += [f"{name} {cut}: {what}" for what in _lost(mail, whole, came, cut)]

    assert lost == []


def _lost(mail: Mail, whole: InboundMail, came: InboundMail, cut: int) -> Iterator[str]:
    """Yield what stands whole before the cut and was read of the whole mail, but not of what came."""
    if _head_of(came) != _head_of(whole):
        yield "head"
    words, words_that_came = " ".join(whole.text.split()), " ".join(came.text.split())
    for leaf, start, end in leaves_of(mail):
        content = content_of(leaf, mail.line_end)
        known = content is not None and any(file.content == content for file in whole.files)
        if end <= cut and known and not any(file.content.startswith(content or b"") for file in came.files):
            yield f"file at {start}"
        text = _text_before(leaf, mail, start, min(cut, end))
        if text in words and text not in words_that_came:
            yield f"text at {start}"


def _head_of(mail: InboundMail) -> tuple[object, ...]:
    return mail.sender, mail.reply_to, mail.recipients, mail.subject, mail.date, mail.message_id, mail.references


def _text_before(leaf: Piece, mail: Mail, start: int, end: int) -> str:
    """Return the words of a plain text that stand on whole lines before ``end``."""
    text = text_of(leaf, mail.line_end)
    if text is None or leaf.media_type != "text/plain" or end <= start:
        return ""
    if end - start < len(leaf.body.replace(b"\n", mail.line_end)):
        if leaf.field(b"content-transfer-encoding").lower() not in NOT_ENCODED:
            return ""
        octets = bytes(mail)[start:end]
        text = octets[: octets.rfind(b"\n") + 1].decode(charset_of(leaf))
    return " ".join(text.split())


@pytest.mark.parametrize("text", ["好的。\n两台锅炉可以。", "Schöne Grüße\naus Köln", "Да, жду\nЛю", "はい。\n了解"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", ""])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_text_that_ends_within_a_character_keeps_those_before(text: str, charset: str, encoding: str) -> None:
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    for place, character in enumerate(text):
        octets = text[:place].encode(charset or "utf-8") + character.encode(charset or "utf-8")[:-1]
        encoded = {
            "8bit": octets,
            "quoted-printable": binascii.b2a_qp(octets),
            "base64": base64.b64encode(octets).rstrip(b"="),
        }

        read = read_mail(head.encode() + encoded[encoding]).text

        assert read.startswith(text[:place].rstrip())


def test_text_that_ends_within_a_code_keeps_the_characters_before() -> None:
    head = (
        b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    )

    for cut in (b"=E5=A5=BD=E7=9A", b"=E5=A5=BD=E7=9", b"=E5=A5=BD=E7=", b"=E5=A5=BD=E7"):
        assert read_mail(head + cut).text.rstrip("\ufffd") == "好"
    assert read_mail(head + b"x=5").text == "x=5"
