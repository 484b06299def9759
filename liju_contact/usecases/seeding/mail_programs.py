"""Mails around texts, with heads as the mail programs that people have today make them.

The public sets are of 2002: there, a text that comes twice, as plain text and as HTML, or in base64, is advertising.
Today every program of a telephone, of Outlook, Gmail or QQ does that. What the learner takes for usual comes in these.
"""

from __future__ import annotations

import random
import re
from email.header import Header

from liju_contact.usecases.seeding.inquiry_texts import SentText

_SLOT = re.compile(r"\{([a-zA-Z]+)(\d*)\}")
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": "0123456789",
    "any": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES = ["+0800", "+0800", "+0100", "-0300", "+0530", "+0300", "-0500", "+0200", "+0000"]
_TO = "sales@boilers.example"
_SUBJECT_LENGTH = 50
_TAKEN_BY = "by mx.boilers.example (Postfix) with ESMTPS id {HEX10} for <{to}>; {arrived}"

# What each writes: the way, then its fields, with the kinds of its parts ("both" is plain text and HTML) at the end.
_PROGRAMS = (
    (
        "Received: by mail-{hex3}.google.com with SMTP id {hex20} for <{to}>; {date} -0800 (PST)\n"
        "MIME-Version: 1.0\nFrom: {from}\nDate: {date} {zone}\nMessage-ID: <CA{any6}={any40}@mail.gmail.com>\n"
        "Subject: {subject}\nTo: {namedto}\n#both 000000000000{hex16} UTF-8 plain"
    ),
    (
        "Received: from {HEX12}.eurprd01.prod.outlook.com ([fe80::1]) by {HEX12}.eurprd01.prod.outlook.com"
        " ([fe80::2%4]) with mapi id 15.20.9253.011; {date} +0000\n"
        "From: {from}\nTo: {namedto}\nSubject: {subject}\nThread-Topic: {subject}\nThread-Index: {any24}\n"
        "Date: {date} +0000\nMessage-ID: <{HEX30}@{HEX12}.eurprd01.prod.outlook.com>\nAccept-Language: en-US\n"
        "Content-Language: en-US\nMIME-Version: 1.0\n#both _000_{HEX40}_ iso-8859-1 quoted-printable"
    ),
    (
        "From: {from}\nTo: {to}\nSubject: {subject}\nMime-Version: 1.0\nDate: {date} +0800\nX-Priority: 3\n"
        "Message-ID: <tencent_{HEX40}@qq.com>\nX-QQ-MIME: TCMime 1.0 by Tencent\nX-Mailer: QQMail 2.x\n"
        "#both ----=_NextPart_{HEX8}_{HEX8}_{HEX8} utf-8 base64"
    ),
    (
        "Received: from {local} ( [{ip}] ) by ajax-webmail-wmsvr-40 (Coremail) ; {date} +0800 (CST)\n"
        "Date: {date} +0800 (CST)\nFrom: {from}\nTo: {to}\nSubject: {subject}\nX-Priority: 3\n"
        "X-Mailer: Coremail Webmail Server Version 2023.4-cmXT build 20251222\nMIME-Version: 1.0\n"
        "Message-ID: <{hex8}.{hex4}.{hex11}.Coremail.{address}>\n"
        "#both ----=_Part_{digits6}_{digits9}.{digits13} GBK base64"
    ),
    (
        "Received: from DESKTOP-{HEX7} (unknown [{ip}]) by smtp.{domain} (Coremail) with SMTP id {any20};"
        " {date} +0800\n"
        "Date: {date} +0800\nFrom: {from}\nTo: {namedto}\nSubject: {subject}\nX-Priority: 3\nX-GUID: {HEX32}\n"
        "X-Has-Attach: no\nX-Mailer: Foxmail 7.2.25.375[cn]\nMime-Version: 1.0\nMessage-ID: <2026{digits13}@{domain}>\n"
        "#both ----=_001_NextPart{digits11}_=---- utf-8 base64"
    ),
    (
        "Received: from smtpclient.apple (unknown [{ip}]) by smtp.{domain} (Postfix) with ESMTPSA id {HEX10};"
        " {date} +0000\n"
        "From: {from}\nMime-Version: 1.0 (1.0)\nDate: {date} {zone}\nSubject: {subject}\nTo: {to}\n"
        "Message-Id: <{HEX8}-{HEX4}-{HEX4}-{HEX4}-{HEX12}@{domain}>\nX-Mailer: iPhone Mail (23A355)\n"
        "#plain - utf-8 quoted-printable"
    ),
    (
        "Received: from smtpclient.apple ([{ip}]) by smtp.{domain} with ESMTPSA id {any12}; {date} +0000\n"
        "From: {from}\nMime-Version: 1.0 (Mac OS X Mail 16.0)\nSubject: {subject}\nDate: {date} {zone}\nTo: {namedto}\n"
        "Message-Id: <{HEX8}-{HEX4}-{HEX4}-{HEX4}-{HEX12}@{domain}>\nX-Mailer: Apple Mail (2.3864.100.1)\n"
        "#both Apple-Mail=_{HEX8}-{HEX4}-{HEX4} utf-8 quoted-printable"
    ),
    (
        "Received: from [192.168.1.{digits2}] (dsl-{digits5}.provider.example [{ip}]) by smtp.{domain} (Postfix)"
        " with ESMTPSA id {HEX10}; {date} {zone}\n"
        "Message-ID: <{hex8}-{hex4}-{hex4}-{hex4}-{hex12}@{domain}>\nDate: {date} {zone}\nMIME-Version: 1.0\n"
        "User-Agent: Mozilla Thunderbird\nContent-Language: en-US\nTo: {namedto}\nFrom: {from}\nSubject: {subject}\n"
        "#flowed - UTF-8 8bit"
    ),
    (
        "Received: from DESKTOP{HEX7} ([{ip}]) by smtp.{domain} with ESMTPSA id {any12}; {date} {zone}\n"
        "From: {from}\nTo: {namedto}\nSubject: {subject}\nDate: {date} {zone}\nMIME-Version: 1.0\n"
        "Message-ID: <{hex8}dc{hex4}${hex8}${hex8}@{domain}>\nX-Mailer: Microsoft Outlook 16.0\nThread-Index: {any24}\n"
        "Content-Language: en-us\n#both ----=_NextPart_000_{HEX4}_01DC{HEX4}.{HEX8} us-ascii 7bit"
    ),
    (
        "Date: {date} +0000 (UTC)\nFrom: {from}\nTo: {namedto}\n"
        "Message-ID: <{digits9}.{digits7}.{digits13}@mail.yahoo.com>\n"
        "Subject: {subject}\nMIME-Version: 1.0\nX-Mailer: WebService/1.1.24866 YMailNorrin\n"
        "#both ----=_Part_{digits6}_{digits9}.{digits13} UTF-8 7bit"
    ),
    (
        "Received: from webmail.{domain} (localhost [127.0.0.1]) by mail.{domain} (Postfix) with ESMTPA id {HEX10};"
        " {date} {zone}\nMIME-Version: 1.0\nDate: {date} {zone}\nFrom: {from}\nTo: {to}\nSubject: {subject}\n"
        "User-Agent: Roundcube Webmail/1.6.11\nMessage-ID: <{hex32}@{domain}>\nX-Sender: {address}\n"
        "#flowed - UTF-8 8bit"
    ),
)


def mail_of_today(text: SentText, number: int, *, seed: int) -> bytes:
    """Return a mail whose head is one that today's programs make; the same numbers give the same one."""
    dice = random.Random(f"{seed} {number}")  # noqa: S311  # invented, not secret
    body, address = text
    local, _, domain = address.partition("@")
    name = re.sub(r"[\d._]+", " ", local).strip().title() if dice.random() < 0.9 else ""  # noqa: PLR2004  # nine in ten
    date = _date(dice)
    facts = {
        "from": f"{name} <{address}>" if name else address,
        "to": _TO,
        "namedto": _TO if dice.random() < 0.5 else f"Sales <{_TO}>",  # noqa: PLR2004  # every other
        "subject": Header(body.partition("\n")[0][:_SUBJECT_LENGTH], "utf-8" if not body.isascii() else None).encode(),
        "address": address,
        "local": local,
        "domain": domain,
        "date": date,
        "arrived": f"{date} +0800",
        "zone": dice.choice(_ZONES),
        "ip": ".".join(str(dice.randrange(11, 220)) for _ in range(4)),
    }
    host = f"mail-{dice.randrange(10, 99)}.{domain}"
    taken = f"Received: from {host} ({host} [{{ip}}]) {_TAKEN_BY}\n"
    fields, _, parts = dice.choice(_PROGRAMS).partition("#")
    return (_filled(taken + fields, facts, dice) + _body(*_filled(parts, facts, dice).split(" "))).encode()


def _date(dice: random.Random) -> str:
    day, month = dice.choice(_DAYS), dice.choice(_MONTHS)
    hour, minute, second = dice.randrange(24), dice.randrange(60), dice.randrange(60)
    return f"{day}, {dice.randrange(1, 29)} {month} 2026 {hour:02}:{minute:02}:{second:02}"


def _filled(pattern: str, facts: dict[str, str], dice: random.Random) -> str:
    def value(slot: re.Match[str]) -> str:
        if alphabet := _ALPHABETS.get(slot[1]) if slot[2] else None:
            return "".join(dice.choices(alphabet, k=int(slot[2])))
        return facts[slot[1]]

    return _SLOT.sub(value, pattern)


def _body(kind: str, boundary: str, charset: str, encoding: str) -> str:
    """Return the parts, which are empty but for their heads: the text is weighed by itself."""
    if kind == "both":
        head = f'Content-Type: multipart/alternative;\n boundary="{boundary}"\n\n'
        parts = (f"--{boundary}\n{_part(each, charset, encoding)}\n\n" for each in ("plain", "html"))
        return f"{head}{''.join(parts)}--{boundary}--\n"
    return f"{_part('plain', f'{charset}; format=flowed' if kind == 'flowed' else charset, encoding)}\n\n"


def _part(subtype: str, charset: str, encoding: str) -> str:
    way = "7bit" if encoding == "plain" else encoding
    return f"Content-Type: text/{subtype}; charset={charset}\nContent-Transfer-Encoding: {way}\n"
