"""Every mail of the public sets is read: nothing raises, and nothing that the standard library finds is missing."""

from __future__ import annotations

import email
from email.message import Message
from typing import Any

import pytest

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.mail.reading.mail import read_mail
from tests.corpora import cases, content

SETS = ("mail_rubymail", "mail_mimekit", "mail_cpython", "mail_helpdesk", "mail_roundup", "bounce_flufl")
ALL = [pytest.param(name, case, id=f"{name}-{case['id']}") for name in SETS for case in cases(name)]

# The standard library does not open these, or opens what stands inside of a file.
SEEN_OTHERWISE = {"mime_emails-raw_email_with_illegal_boundary", "msg_39"}


def _texts(mail: InboundMail) -> list[str]:
    names = [text for file in mail.files for text in (file.name, file.media_type)]
    sender = [mail.sender.name, mail.sender.address] if mail.sender else []
    ids = [mail.message_id, *mail.references, *mail.recipients, *mail.authentication]
    return [mail.text, mail.visible, mail.folded, mail.subject, *names, *sender, *ids]


def _named_files(part: Message) -> list[bytes]:
    """Return the contents of the parts with a file name, those inside of enclosed mails left out."""
    if part.get_content_type() == "message/rfc822":
        return []
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        return [found for child in part.get_payload() for found in _named_files(child)]  # type: ignore[arg-type]  # a multipart holds messages
    payload = part.get_payload(decode=True)
    return [payload.rstrip()] if part.get_filename() and isinstance(payload, bytes) else []


@pytest.mark.parametrize(("corpus", "case"), ALL)
def test_read_mail_of_public_sets(corpus: str, case: dict[str, Any]) -> None:
    received = content(corpus, case)

    mail = read_mail(received)

    for text in _texts(mail):
        text.encode()
        assert not any(sign < " " and sign not in "\n\t" for sign in text)
    assert all(file.name and not set("/\\\n") & set(file.name) for file in mail.files)
    if case["id"] not in SEEN_OTHERWISE:
        contents = {file.content.rstrip() for file in mail.files}
        assert [found for found in _named_files(email.message_from_bytes(received)) if found not in contents] == []


def test_read_mail_of_spamassassin() -> None:
    mails = [read_mail(content("spamassassin", case)) for case in cases("spamassassin")]

    assert sum(mail.sender is None for mail in mails) == 1
    assert sum(mail.date is None for mail in mails) < 10
    # Thirteen consist of pictures that lie elsewhere, or of nothing that a browser would show.
    assert sum(not mail.text for mail in mails) == 13


@pytest.mark.parametrize(
    ("corpus", "case_id", "expected"),
    [
        ("mail_rubymail", "multi_charset-ks_c_5601-1987", "스티해"),
        ("mail_rubymail", "multi_charset-japanese_shift_jis", "このメールはテスト用のメールです。"),
        ("mail_rubymail", "mime_emails-raw_email_encoded_stack_level_too_deep", "Nicolas Fouché has accepted"),
        ("mail_rubymail", "error_emails-header_fields_with_empty_values", "Jørn Støylen"),
        ("mail_helpdesk", "utf-nondecodable", "Cyklozaměstnavatel - změna vyhodnocení"),
        ("mail_roundup", "testMultipartEnc01-1", "(encoded oe ö)"),
        ("mail_mimekit", "mbox-020", "I tried to sign and encrypt this message"),
        ("spamassassin", "hard-ham-1-00042", "お世話になっております。"),
        ("spamassassin", "spam-2-00276", "打造"),
        ("spamassassin", "spam-1-00252", "有一隻烏鴉整天就坐在樹上"),
    ],
)
def test_text_of_real_mail(corpus: str, case_id: str, expected: str) -> None:
    (case,) = [case for case in cases(corpus) if case["id"] == case_id]

    assert expected in read_mail(content(corpus, case)).text


@pytest.mark.parametrize(
    ("corpus", "case_id", "names"),
    [
        ("mail_rubymail", "attachment_emails-attachment_nonascii_filename", ["ciële.txt"]),
        ("mail_rubymail", "attachment_emails-attachment_with_encoded_name", ["01 Quien Te DijŠat. Pitbull.mp3"]),
        ("mail_rubymail", "multi_charset-japanese_attachment_long_name", ["かきくけこ" * 5 + ".txt"]),
        ("mail_rubymail", "mime_emails-raw_email7", ["test.rb", "test.pdf", "smime.p7s"]),
        ("mail_roundup", "testFileAttachWithUmlaut-1", ["20210312_München_Report.pdf"]),
        ("mail_mimekit", "mbox-026", ["smime.p7s"]),
        ("mail_mimekit", "msg-stack-overflow.txt", []),
        ("mail_cpython", "msg_07", ["dingusfish.gif"]),
    ],
)
def test_files_of_real_mail(corpus: str, case_id: str, names: list[str]) -> None:
    (case,) = [case for case in cases(corpus) if case["id"] == case_id]

    assert [file.name for file in read_mail(content(corpus, case)).files] == names
