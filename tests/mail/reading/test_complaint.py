"""A provider's report that a mail of ours was marked as unwanted (RFC 5965), and what is none."""

from __future__ import annotations

import pytest

from liju_contact.domain.inbound_mail import Complaint
from liju_contact.mail.reading.complaint import find_complaint
from liju_contact.mail.reading.part import cut

RETURNED = (
    "Message-ID: <letter-1@liju.example>",
    "From: LIJU <sales@liju.example>",
    "To: Liu Wei <Liu.Wei@customer.example>",
    "X-HmXmrOriginalRecipient: liu.wei@hotmail.example",
    "References: <inquiry-1@liju.example>",
    "",
    "Our quotation",
)


def complaint(*report: str, returned_as: str = "message/rfc822", top: str = "multipart/report") -> Complaint | None:
    lines = ["From: fbl@provider.example", "Message-ID: <report@provider.example>", "Subject: FW: Quotation"]
    lines += [f"Content-Type: {top}; boundary=b", "", "--b", "", "An abuse report.", ""]
    lines += ["--b", "Content-Type: message/feedback-report", "", *report, ""]
    lines += ["--b", f"Content-Type: {returned_as}", "", *RETURNED, "", "--b--", ""]
    return find_complaint(cut("\r\n".join(lines).encode()))


@pytest.mark.parametrize("returned_as", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("top", ["multipart/report", "multipart/mixed"])
def test_find_complaint_reads_type_ids_and_recipients(returned_as: str, top: str) -> None:
    report = ("Feedback-Type: Abuse", "User-Agent: x", "Original-Rcpt-To: <liu.wei@customer.example>")

    found = complaint(*report, returned_as=returned_as, top=top)

    assert found == Complaint(
        feedback_type="abuse",
        original_ids=("letter-1@liju.example", "inquiry-1@liju.example"),
        recipients=("liu.wei@customer.example",),
    )


def test_find_complaint_without_a_named_recipient_takes_the_addressee() -> None:
    found = complaint("Feedback-Type: fraud", "Redacted-Address: redacted")

    assert found is not None
    assert (found.feedback_type, found.recipients) == ("fraud", ("Liu.Wei@customer.example",))


def test_find_complaint_in_outlooks_older_form() -> None:
    lines = ["From: staff@hotmail.com", "Subject: complaint about message from 192.0.2.1"]
    lines += ["Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: message/rfc822", "", *RETURNED]

    found = find_complaint(cut("\r\n".join([*lines, "", "--b--", ""]).encode()))

    assert found is not None
    assert found.recipients == ("liu.wei@hotmail.example",)
    assert found.original_ids[0] == "letter-1@liju.example"


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"Subject: complaint about message from you\r\n\r\nI am not content.\r\n",
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nTo: a@b\r\n\r\n",
    ],
)
def test_find_complaint_in_other_mail_is_none(received: bytes) -> None:
    assert find_complaint(cut(received)) is None
