from __future__ import annotations

import pytest

from liju_contact.domain.inbound_mail import Mailbox
from liju_contact.mail.reading.header import mailboxes


def _read(value: str) -> list[tuple[str, str]]:
    return [(mailbox.name, mailbox.address) for mailbox in mailboxes(value)]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("a@b.com", [("", "a@b.com")]),
        ("Hans Meier <Hans.Meier@Example.de>", [("Hans Meier", "Hans.Meier@Example.de")]),
        ('"Meier, Hans" <h@x.de>, <c@d>', [("Meier, Hans", "h@x.de"), ("", "c@d")]),
        ("Meier, Hans <h@x.de>, c@d", [("Meier, Hans", "h@x.de"), ("", "c@d")]),
        ("a@b (Hans (der) Gro\\)sse)", [("Hans (der) Gro)sse", "a@b")]),
        ('"=?gb2312?B?1cXI/Q==?=" <z@163.com>', [("张三", "z@163.com")]),
        ("=?utf-8?Q?Meier=2C_Hans?= <h@x>, c@d", [("Meier, Hans", "h@x"), ("", "c@d")]),
        ("=?utf-8?Q?Meier, Hans?= <h@x>", [("Meier, Hans", "h@x")]),
        ("Team: a@b, Bob <c@d>;, e@f", [("", "a@b"), ("Bob", "c@d"), ("", "e@f")]),
        ("undisclosed-recipients:;", []),
        ("a@b c@d", [("", "a@b"), ("", "c@d")]),
        ("<a@b> <c@d>", [("", "a@b"), ("", "c@d")]),
        ("Foo <a@b", [("Foo", "a@b")]),
        ("Foo (bar <a@b>", [("Foo (bar", "a@b")]),
        ("hans @ example.de", [("", "hans@example.de")]),
        ('"hans meier"@x.de', [("", '"hans meier"@x.de')]),
        ("<mailto:a@b>, <'c@d'>", [("", "a@b"), ("", "c@d")]),
        ("<@relay,@other:a@b>", [("", "a@b")]),
        ("boss@liju.example <thief@example.com>", [("boss@liju.example", "thief@example.com")]),
        ("MAILER-DAEMON (Mail System)", [("Mail System", "MAILER-DAEMON")]),
        ("a@[IPv6:2001:db8::1]", [("", "a@[IPv6:2001:db8::1]")]),
        ("<>", []),
        ("", []),
        ("<" + "a" * 2000 + "@b>", []),
    ],
)
def test_mailboxes(value: str, read: list[tuple[str, str]]) -> None:
    assert _read(value) == read


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_mailboxes_with_raw_bytes(codec: str) -> None:
    value = "张三 <z@qq.com>".encode(codec).decode("ascii", "surrogateescape")

    assert mailboxes(value) == (Mailbox(name="张三", address="z@qq.com"),)
