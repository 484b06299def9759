from __future__ import annotations

from datetime import UTC, datetime

import pytest

from liju_contact.domain.inbound_mail import Mailbox
from liju_contact.mail.reading.faults import Faults
from liju_contact.mail.reading.mail import read_mail
from liju_contact.mail.reading.running_text import LONGEST_TEXT

REPLY = """\
Delivered-To: Reply+abc@liju.example
Authentication-Results: mx.liju.example; dmarc=pass
 header.from=qq.com
Authentication-Results: other.example; dmarc=fail
Message-ID: <new@qq.com>
In-Reply-To: <third@liju.example>
References: <first@liju.example> <second@liju.example>
 <third@liju.example>
Date: Mon, 23 Nov 2026 10:00:00 +0800
From: =?gb2312?B?1cXI/Q==?= <Zhang@QQ.com>
Reply-To: office@customer.example, <zhang@customer.example>
To: LIJU <reply+ABC@liju.example>, sales@liju.example
Cc: boss@customer.example
Subject: =?utf-8?B?5Zue5aSNOiDplIXngok=?=
Content-Type: text/plain; charset="gb2312"
Content-Transfer-Encoding: 8bit

你好，朱镕基。

> 旧的
""".encode("gb18030")


def test_read_mail() -> None:
    mail = read_mail(REPLY)

    assert mail.sender == Mailbox(name="张三", address="Zhang@QQ.com")
    assert [mailbox.address for mailbox in mail.reply_to] == ["office@customer.example", "zhang@customer.example"]
    assert mail.to == ("reply+ABC@liju.example", "sales@liju.example")
    assert mail.recipients == ("Reply+abc@liju.example", "sales@liju.example", "boss@customer.example")
    assert (mail.subject, mail.message_id) == ("回复: 锅炉", "new@qq.com")
    assert mail.date == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert mail.references == ("third@liju.example", "second@liju.example", "first@liju.example")
    assert (mail.text, mail.visible, mail.folded) == ("你好，朱镕基。\n\n> 旧的", "你好，朱镕基。", "> 旧的")
    assert mail.authentication == (
        "mx.liju.example; dmarc=pass header.from=qq.com",
        "other.example; dmarc=fail",
    )
    assert (mail.files, mail.automatic, mail.bounce, mail.complaint) == ((), "", None, None)
    assert (mail.is_marked_spam, mail.is_from_list, mail.faults) == (False, False, ())


def test_read_mail_of_nothing() -> None:
    mail = read_mail(b"")

    assert (mail.sender, mail.subject, mail.date, mail.text, mail.files) == (None, "", None, "", ())
    assert mail.faults == ("The mail names no sender.",)


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + "お世話です".encode("iso2022_jp"),
        b"\n" + "お世話です".encode("iso2022_jp"),
        b"Content-Type: text/plain\n\n" + "お世話です".encode(),
        b"Content-Type: text/html\n\n<meta charset='shift_jis'>" + "お世話です".encode("cp932"),
        b"Content-Type: text/html; charset=utf-8\n\n<meta charset=gbk>" + "お世話です".encode(),
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n44GK5LiW6Kmx44Gn44GZ",
    ],
)
def test_text_in_any_charset(content: bytes) -> None:
    assert read_mail(b"From: a@b\n" + content).text == "お世話です"


def test_text_flowed() -> None:
    mail = read_mail(b"From: a@b\nContent-Type: text/plain; format=flowed; delsp=yes\n\none tw \no\nthree\n")

    assert mail.text == "one two\nthree"


@pytest.mark.parametrize(
    ("field", "is_marked"),
    [
        ("X-Spam-Flag: YES", True),
        ("X-Spam-Status: Yes, score=9.1 required=5.0", True),
        ("X-Spam: yes", True),
        ("X-Rspamd-Action: add header", True),
        ("X-Rspamd-Action: no action", False),
        ("X-Spam-Status: No, score=0.1", False),
        ("X-Spam-Level: *****", False),
        ("X-Spam-Flag: NO", False),
    ],
)
def test_spam_marked_by_the_server(field: str, *, is_marked: bool) -> None:
    assert read_mail(f"From: a@b\n{field}\n\nx".encode()).is_marked_spam is is_marked


def test_more_than_one_sender_is_said() -> None:
    two_fields = read_mail(b"From: a@b\nFrom: c@d\n\nx")
    two_mailboxes = read_mail(b"From: a@b, c@d\n\nx")

    assert [mail.sender for mail in (two_fields, two_mailboxes)] == [Mailbox(name="", address="a@b")] * 2
    assert two_fields.faults == ("The mail has more than one From; the first one is read.",)
    assert two_mailboxes.faults == ("The From names more than one mailbox; the first one is read.",)


def test_date_that_is_none_is_said() -> None:
    mail = read_mail(b"From: a@b\nDate: tomorrow\n\nx")

    assert (mail.date, mail.faults) == (None, ("The date cannot be read.",))


@pytest.mark.parametrize("content_type", [b"text/plain", b"text/html"])
def test_text_longer_than_is_read_is_cut_and_said(content_type: bytes) -> None:
    sentence = "热水锅炉 boiler 1 t/h.\n".encode()

    mail = read_mail(b"From: a@b\nContent-Type: " + content_type + b"\n\n" + sentence * 300_000)

    assert mail.text.startswith("热水锅炉 boiler")
    assert len(mail.text) <= LONGEST_TEXT
    assert mail.faults == ("The text is longer than is read; it is shown up to there.",)


def test_faults_guard_what_odd_content_raises_and_nothing_else() -> None:
    faults = Faults()

    assert faults.guarded(lambda: int("x"), 0, "It is no number.") == 0
    assert faults.guarded(lambda: int("y"), 0, "It is no number.") == 0
    with pytest.raises(AttributeError):
        faults.guarded(lambda: None.x, 0, "A mistake of ours.")  # type: ignore[attr-defined]  # the mistake
    assert faults.sentences == ["It is no number."]
