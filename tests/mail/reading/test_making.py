"""How a mail was made: habits are told, nobody is named, and no head is too odd."""

from __future__ import annotations

from liju_contact.mail.reading.mail import read_mail

FORGED = b"""Received: from mx1.mail.yahoo.com (wiley-1.roadrunner.example [205.251.195.54]) by mx.there.example with
 SMTP id LRRSDZ6; Fri, 24 May 2002 12:00:00 +0200
From: "Best offer" <ubbowidm77@msn.com>
To: a@there.example
Date: Fri, 24 May 2002 22:30:39 -1900
Message-ID: <00005e38152b$00001e89$0000326a@email.example>
X-Mailer: Microsoft Outlook Express 6.00.2600.0000
Content-Type: text/html; charset="iso-8859-1"

<p>Hello</p>
"""
ODD = (
    b"",
    b'Received: \xff\xfe;\xff\nX-Mailer: \xe4\xe5\t1\nDate: -9999\nContent-Type: text/\xff; charset="\xff\n\n',
    b"From: \xff@\xff\nMessage-ID: <" + b"a1B$" * 5000 + b"@" + b"." * 5000 + b">\n\nx",
    b"Received: from " + b"(" * 20_000 + b"\nReceived: from a (" + b"b(" * 20_000 + b"\n\nx",
)


def test_habits_of_a_forged_head_are_told() -> None:
    told = set(read_mail(FORGED).making)

    assert told >= {
        "dz:impossible",
        "m:microsoft outlook expres",
        "ms:0a0a$0a0$0a",
        "o:no ole",
        "o:dollar",
        "md:other",
        "rc:pretends",
        "rc:free elsewhere",
        "st:html",
    }
    assert not any("ubbowidm" in word or "there.example" in word for word in told)


def test_odd_heads_give_short_printable_words() -> None:
    words = [word for received in ODD for word in read_mail(received).making]

    assert words
    assert all(word.isascii() and word.isprintable() and len(word) <= 48 for word in words)
