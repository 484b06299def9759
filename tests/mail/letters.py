"""A letter to start from; tests change what they are about with ``dataclasses.replace``."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from liju_contact.mail.message import Mail, Mailbox

if TYPE_CHECKING:
    from email.message import EmailMessage

LETTER = Mail(
    message_id="<7k3f9q2x.1.2@liju.example>",
    date=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    sender=Mailbox(name="LIJU Boilers 力聚锅炉", address="contact@liju.example"),
    envelope_sender="bounces@liju.example",
    recipient=Mailbox(name="张伟", address="zhang@customer.example"),
    reply_to="reply+7k3f9q2x@liju.example",
    subject="[LJ-7K3F-9Q2X] 您的询价已收到",
    text="Dear engineer,\nwe have your inquiry.\n\n尊敬的工程师:\n我们已收到您的询价。\n" * 10,
    html="<p>Dear engineer, we have your inquiry. 我们已收到您的询价。</p>\n" * 30,
    language="zh_Hans",
    headers=(("Auto-Submitted", "auto-generated"), ("References", "<7k3f9q2x.1@liju.example>")),
)


def read(octets: bytes) -> EmailMessage:
    """Read a letter as a mail program would; a defect in any part is an error."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert [defect for part in message.walk() for defect in part.defects] == []
    return message


def lines_of(text: str) -> list[str]:
    """Split as mail does: at CR and LF only, with the line break at the end left out."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
