"""Mails that mail servers write about letters of ours: bounces, delays, complaints, out-of-offices."""

from __future__ import annotations

from typing import Any

from liju_contact.config_mail import KEY
from liju_contact.usecases.deps import Deps

_BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@mx.there.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.there.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report}; boundary="b"

--b
Content-Type: text/plain

{words}
--b
Content-Type: message/{machine}

{status}

--b
Content-Type: message/rfc822

From: inquiry@liju.example
To: {recipient}
Message-ID: {message_id}
Subject: A letter

The letter.
--b--
"""


def bounce_address(deps: Deps, letter: dict[str, Any]) -> str:
    """Return the signed envelope sender of a delivery."""
    return (deps.settings.mail.bounce_address or "").replace(KEY, str(deps.keys.bounce_key(letter["id"])))


def bounce_of(
    letter: dict[str, Any], *, to: str, message_id: str = "", action: str = "failed", number: int = 1
) -> bytes:
    """Return what a server writes when it cannot deliver a letter; ``message_id`` is that of the mail it returns."""
    recipient = letter["recipient_address"]
    status = (
        f"Reporting-MTA: dns; mx.there.example\n\nFinal-Recipient: rfc822; {recipient}\nAction: {action}\n"
        f"Status: {'5.1.1' if action == 'failed' else '4.4.1'}\nDiagnostic-Code: smtp; 550 5.1.1 no such user"
    )
    return _report(to, recipient, message_id, status, "delivery-status", number)


def complaint_about(letter: dict[str, Any], *, to: str) -> bytes:
    recipient = letter["recipient_address"]
    status = f"Feedback-Type: abuse\nUser-Agent: ISP/1.0\nVersion: 1\nOriginal-Rcpt-To: <{recipient}>"
    return _report(to, recipient, letter["message_id"], status, "feedback-report", 1)


def _report(to: str, recipient: str, message_id: str, status: str, kind: str, number: int) -> bytes:  # noqa: PLR0917  # a template's places
    return _BOUNCE.format(
        to=to,
        recipient=recipient,
        message_id=message_id or "<unknown@elsewhere.example>",
        status=status,
        report=kind,
        machine=kind,
        number=number,
        words=f"The letter to {recipient} could not be delivered ({number}).",
    ).encode()
