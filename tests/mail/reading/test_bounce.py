"""Reports that a mail did not arrive: RFC 3464, the forms of providers, and what must not be taken for one."""

from __future__ import annotations

import base64
import random
import time

import pytest

from liju_contact.mail.reading.bounce import find_bounce
from liju_contact.mail.reading.part import cut

DAEMON = "MAILER-DAEMON@mx.provider.example (Mail Delivery System)"
RETURNED = ("Message-ID: <letter-1@liju.example>", "References: <inquiry-1@liju.example> <inquiry-2@liju.example>")
RECORD = ("Final-Recipient: rfc822; liu@customer.example", "Action: failed", "Status: 5.1.1")


def report(*status: str, returned_as: str = "message/rfc822", encoding: str = "") -> bytes:
    """Return a report whose part for machines holds these lines."""
    lines = [f"From: {DAEMON}", "To: sales@liju.example", "Message-ID: <report@provider.example>"]
    lines += ["Content-Type: multipart/report; boundary=b", "", "--b", "", "We are sorry.", "", "--b"]
    block = "\r\n".join(["Reporting-MTA: dns; mx.provider.example", "", *status, ""])
    lines += ["Content-Type: message/delivery-status", f"Content-Transfer-Encoding: {encoding or '7bit'}", ""]
    lines += [base64.encodebytes(block.encode()).decode() if encoding else block, "--b"]
    lines += [f"Content-Type: {returned_as}", "", *RETURNED, "From: sales@liju.example", "", "Our quotation", "--b--"]
    return "\r\n".join([*lines, ""]).encode()


def plain(subject: str, text: str, sender: str = DAEMON, media_type: str = "text/plain") -> bytes:
    encoded = base64.b64encode(subject.encode()).decode()
    lines = [f"From: {sender}", "To: sales@liju.example", f"Subject: =?utf-8?b?{encoded}?=", "Return-Path: <>"]
    lines += [f"Content-Type: {media_type}; charset=utf-8", "Content-Transfer-Encoding: base64", ""]
    return "\r\n".join([*lines, base64.encodebytes(text.encode()).decode()]).encode()


def addresses(received: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    bounce = find_bounce(cut(received))
    assert bounce is not None
    return bounce.failed, bounce.temporary


@pytest.mark.parametrize("encoding", ["", "base64"])
def test_find_bounce_reads_what_a_report_says(encoding: str) -> None:
    reason = "Diagnostic-Code: smtp; 550 5.1.1 <liu@customer.example>:\r\n    User unknown"

    bounce = find_bounce(cut(report(*RECORD, reason, encoding=encoding)))

    assert bounce is not None
    assert bounce.failed == ("liu@customer.example",)
    assert bounce.temporary == ()
    assert bounce.original_ids == ("letter-1@liju.example", "inquiry-2@liju.example", "inquiry-1@liju.example")
    assert bounce.words == "550 5.1.1 <liu@customer.example>: User unknown"


@pytest.mark.parametrize(
    ("status", "failed", "temporary"),
    [
        (("Final-Recipient: rfc822;a@x.example", "Action: delayed", "Status: 4.4.1"), (), ("a@x.example",)),
        (("Final-Recipient: rfc822;a@x.example", "Action: FAILED (tried long)"), ("a@x.example",), ()),
        (("Final-Recipient: rfc822;a@x.example", "Action: failed", "Status: 4.4.7"), ("a@x.example",), ()),
        (("Final-Recipient: rfc822;a@x.example", "Action: error"), ("a@x.example",), ()),
        (("Final-Recipient: rfc822;a@x.example", "Status: 5.2.2"), ("a@x.example",), ()),
        (("Final-Recipient: rfc822;a@x.example", "Status: 4.2.2"), (), ("a@x.example",)),
        (
            ("Original-Recipient: rfc822;a@x.example", "Final-Recipient: rfc822;b@y.example", *RECORD[1:]),
            ("a@x.example",),
            (),
        ),
        (("Final-Recipient: <a@x.example>", "Action: failed"), ("a@x.example",), ()),
        (("Action : failed", "Status : 5.0.0", "Final-Recipient : rfc/822;a@x.example"), ("a@x.example",), ()),
        (("Final-Recipient: rfc822;A@X.example", "Action: failed", "", *RECORD[1:]), ("A@X.example",), ()),
        (("Final-Recipient: rfc822;a@x.example", *RECORD[1:], *RECORD), ("a@x.example", "liu@customer.example"), ()),
        (("Final-Recipient: rfc822;a@x.example", "Action: relayed", "", *RECORD), ("liu@customer.example",), ()),
        (
            ("Final-Recipient: rfc822;a@x.example", "Action: delayed", "", *RECORD),
            ("liu@customer.example",),
            ("a@x.example",),
        ),
        (
            (*RECORD, "", "Final-Recipient: rfc822;LIU@customer.example", "Action: delayed"),
            ("liu@customer.example",),
            (),
        ),
    ],
)
def test_find_bounce_goes_by_the_action_of_each_recipient(
    status: tuple[str, ...], failed: tuple[str, ...], temporary: tuple[str, ...]
) -> None:
    assert addresses(report(*status)) == (failed, temporary)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_find_bounce_in_a_report_of_success_is_none(action: str) -> None:
    status = ("Final-Recipient: rfc822; liu@customer.example", f"Action: {action}", "Status: 2.0.0")

    assert find_bounce(cut(report(*status))) is None


def test_find_bounce_without_blank_lines_between_the_fields() -> None:
    received = report("Final-Recipient: rfc822; a@x.example", "Action: failed", *RECORD).replace(
        b"example\r\n\r\nFin", b"example\r\nFin"
    )

    assert addresses(received) == (("a@x.example", "liu@customer.example"), ())


@pytest.mark.parametrize("returned_as", ["message/rfc822", "text/rfc822-headers", "text/plain"])
def test_find_bounce_finds_the_id_of_the_mail_that_came_back(returned_as: str) -> None:
    bounce = find_bounce(cut(report(*RECORD, returned_as=returned_as)))

    assert bounce is not None
    assert bounce.original_ids[0] == "letter-1@liju.example"
    assert "report@provider.example" not in bounce.original_ids


def test_find_bounce_never_names_the_sender() -> None:
    status = (*RECORD, "", "Final-Recipient: rfc822; mailer-daemon@mx.provider.example", "Action: failed")

    assert addresses(report(*status)) == (("liu@customer.example",), ())


QQ = """<html><body><p>很抱歉您发送的邮件被退回，以下是该邮件的相关信息：</p><table><tr><td>被退回邮件</td>
<td>主 题：报价<br/>时 间：2026-09-15 14:31:25</td></tr></table>
<table><tr><td colspan="2">无法发送到 liu@customer.example</td></tr>
<tr><td>退信原因</td><td>收件人邮件地址（liu@customer.example）不存在，邮件无法送达。host mx.customer.example said:
550 5.1.1 User unknown</td></tr><tr><td>解决方案</td><td>请联系您的收件人</td></tr></table></body></html>"""
NETEASE = """抱歉，您的邮件被退回来了……
原邮件信息：
时 间： 2026-09-15 14:31:25
主 题： 报价
收件人： liu@customer.example
抄 送：
退信原因： 您可能写了外星人的邮件地址；或者是网络不给力，我们无法与收信方联络上。
英文说明:Can not connect to customer.example:192.0.2.1:25
"""
QMAIL = """Hi. This is the qmail-send program at mx.provider.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<liu@customer.example>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 User unknown

--- Below this line is a copy of the message.

Return-Path: <sales@liju.example>
Message-ID: <letter-1@liju.example>
"""
POSTFIX = """This is the Postfix program at host mx.provider.example.

<liu@customer.example>: host mx.customer.example[192.0.2.1] said: 550 5.1.1 User unknown
"""
GMAIL = """** Address not found **

Your message wasn't delivered to liu@customer.example because the address couldn't be found.
The response was: 550 5.1.1 The email account that you tried to reach does not exist.
"""
OUTLOOK = """Delivery has failed to these recipients or groups:

liu@customer.example<mailto:liu@customer.example>
The email address you entered couldn't be found.

Diagnostic information for administrators:
Generating server: a.b.example postmaster@a.b.example
"""
OUTLOOK_DE = """Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:

liu@customer.example (liu@customer.example)
Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  liu@customer.example
    Unrouteable address
"""


@pytest.mark.parametrize(
    ("subject", "text", "sender", "media_type"),
    [
        ("来自qq.com的退信", QQ, '"PostMaster" <PostMaster@qq.com>', "text/html"),
        ("系统退信", NETEASE, "Postmaster@163.com", "text/plain"),
        ("failure notice", QMAIL, DAEMON, "text/plain"),
        ("Undelivered Mail Returned to Sender", POSTFIX, DAEMON, "text/plain"),
        ("Delivery Status Notification (Failure)", GMAIL, "mailer-daemon@googlemail.com", "text/plain"),
        ("Undeliverable: Quotation", OUTLOOK, "postmaster@b.example", "text/plain"),
        ("Unzustellbar: Angebot", OUTLOOK_DE, "postmaster@b.example", "text/plain"),
        ("Mail delivery failed: returning message to sender", EXIM, DAEMON, "text/plain"),
    ],
    ids=["qq", "163", "qmail", "postfix", "gmail", "outlook", "outlook-de", "exim"],
)
def test_find_bounce_of_a_provider_without_a_part_for_machines(
    subject: str, text: str, sender: str, media_type: str
) -> None:
    assert addresses(plain(subject, text, sender, media_type)) == (("liu@customer.example",), ())


def test_find_bounce_takes_ids_and_reason_from_the_words() -> None:
    bounce = find_bounce(cut(plain("failure notice", QMAIL)))

    assert bounce is not None
    assert bounce.original_ids == ("letter-1@liju.example",)
    assert bounce.words == "Remote host said: 550 5.1.1 User unknown"


def test_find_bounce_reads_exims_header_field() -> None:
    received = b"X-Failed-Recipients: liu@customer.example, wang@customer.example\r\n" + plain(
        "Mail delivery failed", ""
    )

    assert addresses(received) == (("liu@customer.example", "wang@customer.example"), ())


def test_find_bounce_of_a_delay_names_nobody_as_failed() -> None:
    text = "Your message to liu@customer.example has not yet been delivered. We will try again for 3 days.\n"

    assert addresses(plain("Warning: message 1abc delayed 24 hours", text)) == ((), ("liu@customer.example",))


def test_find_bounce_that_names_nobody_takes_the_only_addressee_of_the_returned_mail() -> None:
    received = (
        report().replace(b"Our quotation", b"").replace(b"References:", b"To: liu@customer.example\r\nReferences:")
    )

    assert addresses(received) == (("liu@customer.example",), ())


@pytest.mark.parametrize(
    ("subject", "sender", "text"),
    [
        (
            "Automatic reply: Quotation",
            "liu@customer.example",
            "I am away, please write to wang@customer.example, thanks.",
        ),
        (
            "Re: Undeliverable: Quotation",
            "liu@customer.example",
            "My old address liu@old.example does not exist any more.",
        ),
        ("Delivery failure", "liu@customer.example", "The goods could not be delivered, says wang@customer.example."),
        ("Quotation", "postmaster@customer.example", "Please write to liu@customer.example."),
    ],
)
def test_find_bounce_in_other_mail_is_none(subject: str, sender: str, text: str) -> None:
    received = plain(subject, text, sender).replace(b"Return-Path: <>\r\n", b"")

    assert find_bounce(cut(received)) is None


def test_find_bounce_of_an_unknown_server_that_says_it_is_automatic() -> None:
    text = (
        "Your mail could not be delivered.\nliu@customer.example: no such user\n\nMessage-ID: <letter-1@liju.example>\n"
    )
    received = b"Auto-Submitted: auto-replied\r\n" + plain("Hello", text, "relay@mx.example")

    assert addresses(received.replace(b"Return-Path: <>\r\n", b"")) == (("liu@customer.example",), ())


def test_find_bounce_words_are_one_short_line() -> None:
    bounce = find_bounce(cut(report(*RECORD, "Diagnostic-Code: smtp; 550 " + "no \t" * 500)))

    assert bounce is not None
    assert len(bounce.words) <= 300
    assert "\t" not in bounce.words


@pytest.mark.parametrize("seed", range(40))
def test_find_bounce_raises_nothing_for_damaged_reports(seed: int) -> None:
    chance = random.Random(seed)
    damaged = bytearray(chance.choice([report(*RECORD), plain("failure notice", QMAIL), plain("系统退信", QQ)]))
    for _ in range(chance.randint(1, 60)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)

    bounce = find_bounce(cut(bytes(damaged[: chance.randint(1, len(damaged))])))

    assert bounce is None or len(bounce.words) <= 300


@pytest.mark.parametrize(
    "unit",
    ["<", "a", " ", "\n", "a@", "收件人", "<p", "Message-ID: ", ", a@b", "a@" + "b." * 60, "Final-Recipient: x;\n"],
)
@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "message/delivery-status", "text/rfc822-headers"])
def test_find_bounce_takes_no_longer_for_hostile_text(unit: str, media_type: str) -> None:
    """Each text opens with words that set off most patterns; the square of its size would take minutes."""
    opening = f"{QMAIL}\n{GMAIL}\n{OUTLOOK}\n{EXIM}\n{NETEASE}\nYour message \nUnable to deliver message to\n"
    part = cut(plain("failure notice", opening + unit * (500_000 // len(unit)), media_type=media_type))

    started = time.process_time()
    find_bounce(part)

    assert time.process_time() - started < 10
