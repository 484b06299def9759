"""Mail that no person wrote is told by its rule, and people's mail that resembles it is left alone."""

from __future__ import annotations

import base64

import pytest

from liju_contact.mail.reading.automatic import automatic_rule, is_from_list
from liju_contact.mail.reading.part import cut

PERSON = ("From: Liu Wei <liu.wei@customer.example>", "To: sales@liju.example")
LIST = ("List-Id: <boilers.lists.example>", "List-Post: <mailto:boilers@lists.example>")


def rule(*fields: str, subject: str = "Quotation for a 4 t/h boiler", body: str = "Dear Sir or Madam,\r\n") -> str:
    encoded = f"=?utf-8?b?{base64.b64encode(subject.encode()).decode()}?="
    head = "\r\n".join([*PERSON, f"Subject: {subject if subject.isascii() else encoded}", *fields])
    return automatic_rule(cut(f"{head}\r\n\r\n{body}".encode()))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("auto-submitted: Auto-Generated (failure)", "auto-submitted"),
        ("Auto-Submitted: auto-notified; owner-email=a@b.example", "auto-submitted"),
        ("X-Auto-Response-Suppress: All", "response-suppress"),
        ("X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply", "response-suppress"),
        ("X-Autoreply: yes", "vacation-header"),
        ("X-Auto-Reply: 1", "vacation-header"),
        ("X-Autorespond: Thanks", "vacation-header"),
        ("X-Autoresponder: on", "vacation-header"),
        ("X-Vacation: true", "vacation-header"),
        ("X-AutoReply-From: liu.wei@customer.example", "vacation-header"),
        ("X-Mail-Autoreply: vacation", "vacation-header"),
        ("X-Amazon-Auto-Reply: true", "vacation-header"),
        ("X-FC-MachineGenerated: true", "vacation-header"),
        ("X-POST-MessageClass: 9; Autoresponder", "vacation-header"),
        ("X-FreeScout-Mail-Type: auto.reply", "vacation-header"),
        ("X-Cron-Env: <SHELL=/bin/sh>", "vacation-header"),
        ("Precedence: bulk", "precedence"),
        ("Precedence: JUNK", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("X-Roundup-Loop: hello", "loop-header"),
        ("X-RT-Loop-Prevention: support.example", "loop-header"),
        ("X-OTRS-Loop: True", "loop-header"),
        ("X-Loop: yes", "loop-header"),
        ("Return-Path: <>", "null-sender"),
        ("Return-Path: <MAILER-DAEMON@relay.example>", "null-sender"),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", "list"),
        ("X-Failed-Recipients: liu@customer.example", "bounce-sender"),
    ],
)
def test_automatic_rule_of_a_field(field: str, expected: str) -> None:
    assert rule(field) == expected


@pytest.mark.parametrize(
    "fields",
    [
        ("Auto-Submitted: no",),
        ("Auto-Submitted: no", "Precedence: bulk", "X-Autoreply: yes", "X-Loop: yes"),
        ("Auto-Submitted: No; comment",),
        ("X-Auto-Response-Suppress: DR, RN, NRN",),
        ("X-Auto-Response-Suppress: None",),
        ("X-Autoreply: no",),
        ("X-Loop: liu.wei@customer.example",),
        ("X-MS-Exchange-Inbox-Rules-Loop: liu.wei@customer.example",),
        ("X-MS-Exchange-ForwardingLoop: liu.wei@customer.example",),
        ("X-POST-MessageClass: 2; Normal",),
        ("Precedence: normal",),
        ("Return-Path: <liu.wei@customer.example>",),
        ("Disposition-Notification-To: liu.wei@customer.example",),
        ("Precedence: bulk", *LIST),
        ("Precedence: list",),
        ("Precedence: bulk", "Sender: owner-boilers@lists.example"),
        ("Precedence: bulk", "Return-Path: <boilers-return-12-liju=liju.example@lists.example>"),
        ("X-Boilers-Loop: yes", *LIST),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click", *LIST),
        ("From: noreply@customer.example",),
    ],
)
def test_automatic_rule_of_a_persons_mail(fields: tuple[str, ...]) -> None:
    assert rule(*fields) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Quotation",
        "Auto-Reply: Quotation",
        "AUTO: Liu Wei is out of the office (returning 5 May)",
        "Out of Office",
        "Out of Office AutoReply: Quotation",
        "Re: [issue] Out of office AutoReply: Back next week",
        "[LJ-7K3F-9Q2X] Automatic reply: Quotation",
        "Automatische Antwort: Angebot",
        "Abwesenheitsnotiz",
        "Réponse automatique : Devis",
        "Respuesta automática: Oferta",
        "Risposta automatica: Offerta",
        "Resposta automática: Oferta",
        "Automatisch antwoord: Offerte",
        "Autosvar: Tilbud",
        "Automaattinen vastaus: Tarjous",
        "Odpowiedź automatyczna: Oferta",
        "Automatická odpověď: Nabídka",
        "Automatikus válasz: Ajánlat",
        "Răspuns automat: Ofertă",
        "Автоответ: Предложение",
        "Автоматический ответ: Предложение",
        "Αυτόματη απάντηση: Προσφορά",
        "Otomatik yanıt: Teklif",  # noqa: RUF001  # Turkish
        "Trả lời tự động: Báo giá",
        "ตอบกลับอัตโนมัติ: ใบเสนอราคา",
        "رد تلقائي: عرض",
        "תשובה אוטומטית: הצעה",
        "自动回复：询价",  # as QQ writes it
        "自动回复:Re: 询价",
        "[自动回复] 询价",
        "【自动回复】询价",
        "自动回复 您好",
        "自动答复: 询价",
        "自動回覆: 詢價",
        "自動応答: 見積もり",
        "자동 회신: 견적",
    ],
)
def test_automatic_rule_of_a_vacation_subject(subject: str) -> None:
    assert rule(subject=subject) == "vacation-subject"


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: Quotation",
        "Fwd: Out of Office",
        "Automatic reply of the feed water valve",
        "Automatic response system for burner control",
        "Out of office hours contact for the plant",
        "Auto-ignition does not work",
        "Automation of a steam boiler",
        "Vacation house heating",
        "On leave-taking of our engineer",
        "Absences of flame",
        "自动回复功能怎么关闭",
        "回复：自动回复：询价",  # as QQ writes it
        "自动给水阀",
        "Undelivered: 3 safety valves of order 4711",
        "Delivery failure of our last order",
        "Failure notice: burner of boiler 2",
        "Mail delivery problem",
        "Re: Undeliverable: Quotation",
        "WG: Unzustellbar: Angebot",
        "Warning: low water in boiler 3",
        "未送达：安全阀三只",  # as Chinese is written
        "邮件被退回，请给我新的邮箱",  # likewise
    ],
)
def test_automatic_rule_of_a_persons_subject(subject: str) -> None:
    body = "Our goods were not delivered, and the mail to your colleague could not be delivered either.\r\n"

    assert rule(subject=subject, body=body) == ""


@pytest.mark.parametrize(
    ("sender", "subject", "expected"),
    [
        ("MAILER-DAEMON@mx.example (Mail Delivery System)", "Hello", "bounce-sender"),
        ("Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example>", "Hello", "bounce-sender"),
        ("Postmaster@163.com", "系统退信", "bounce"),
        ('"PostMaster" <PostMaster@qq.com>', "来自qq.com的退信", "bounce"),
        ("postmaster@customer.example", "Delivery failure", "bounce"),
        ("imss@relay.example", "Undeliverable: Quotation", "bounce"),
        ("postmaster@customer.example", "Quotation for a boiler", ""),
    ],
)
def test_automatic_rule_of_a_sender(sender: str, subject: str, expected: str) -> None:
    encoded = base64.b64encode(subject.encode()).decode()
    received = f"From: {sender}\r\nSubject: =?utf-8?b?{encoded}?=\r\n\r\nDear all,\r\n".encode()

    assert automatic_rule(cut(received)) == expected


@pytest.mark.parametrize(
    ("part_type", "expected"),
    [
        ("message/delivery-status", "delivery-report"),
        ("message/disposition-notification", "read-receipt"),
        ("message/feedback-report", "feedback-report"),
    ],
)
@pytest.mark.parametrize("top_type", ["multipart/report", "multipart/mixed"])
def test_automatic_rule_of_a_report(top_type: str, part_type: str, expected: str) -> None:
    assert automatic_rule(cut(report(top_type, part_type))) == expected


def test_automatic_rule_of_a_report_that_a_person_passes_on_is_empty() -> None:
    inside = report("multipart/report", "message/delivery-status", boundary="inner").decode()
    lines = [*PERSON, "Subject: Fwd: it came back", "Content-Type: multipart/mixed; boundary=outer", ""]
    lines += ["--outer", "", "Please look.", "--outer", "Content-Type: message/rfc822", "", inside, "--outer--", ""]

    assert automatic_rule(cut("\r\n".join(lines).encode())) == ""


def test_automatic_rule_of_a_report_without_known_parts() -> None:
    received = b"From: a@b.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"

    assert automatic_rule(cut(received)) == "delivery-report"


def test_automatic_rule_of_outlooks_complaint() -> None:
    received = b"From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.1\r\n\r\nHello\r\n"

    assert automatic_rule(cut(received)) == "feedback-report"


@pytest.mark.parametrize("received", [b"", b"\r\n", b"\xff\xfe\x00" * 50, b":" * 999, b"Subject: =?x?b?\xff?=\r\n\r\n"])
def test_automatic_rule_of_no_mail_at_all_is_empty(received: bytes) -> None:
    assert automatic_rule(cut(received)) == ""


def test_is_from_list_tells_lists_from_people() -> None:
    posted = cut("\r\n".join([*PERSON, *LIST, "", "Hello"]).encode())
    direct = cut("\r\n".join([*PERSON, "", "Hello"]).encode())

    assert (is_from_list(posted), is_from_list(direct)) == (True, False)


def report(top_type: str, part_type: str, boundary: str = "b") -> bytes:
    lines = [*PERSON, f"Content-Type: {top_type}; boundary={boundary}", "", f"--{boundary}", "", "A report.", ""]
    lines += [f"--{boundary}", f"Content-Type: {part_type}", "", "Reporting-MTA: dns; mx.example", ""]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode()
