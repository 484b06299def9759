from __future__ import annotations

from datetime import UTC, datetime

import pytest

from liju_contact.mail.reading.header import date_of, message_ids, parameters, readable


def _raw(octets: bytes) -> str:
    """Return a value as ``Part.fields`` holds it."""
    return octets.decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  plain  text ", "plain  text"),
        ("=?utf-8?Q?Kessel_f=C3=BCr?= Werk", "Kessel für Werk"),
        ("=?UTF-8*de?Q?K=C3=BChlung?=", "Kühlung"),
        ("=?gb2312?B?1uzpRrv5?=", "朱镕基"),
        ("=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("a =?utf-8?Q?b?= \t =?iso-8859-1?Q?=FC?= c", "a bü c"),
        ("=?utf-8?Q?a b c?=", "a b c"),
        ("=?utf-8?Q?Who? Me?= said", "Who? Me said"),
        ("=?utf-8?B?5byg5LiJ", "=?utf-8?B?5byg5LiJ"),
        ("=?no-such?Q?a=FC?=", "aü"),
        ("=?utf-8?Q?line=0D=0ABcc:_x?=", "line Bcc: x"),
        ("a\tb\x00c", "a bc"),
    ],
)
def test_readable(value: str, text: str) -> None:
    assert readable(value) == text


def test_readable_character_cut_in_two_words() -> None:
    assert readable("=?utf-8?Q?=E5=BC?= =?utf-8?Q?=A0=E4=B8=89?=") == "张三"
    assert readable("=?gb2312?B?1Q==?= =?gb2312?B?xcj9?=") == "张三"


def test_readable_base64_cut_after_encoding() -> None:
    assert readable("=?utf-8?B?5by?= =?utf-8?B?g5LiJ?=") == "张三"


def test_readable_raw_bytes() -> None:
    assert readable(_raw("锅炉报价".encode("gbk"))) == "锅炉报价"
    assert readable(_raw("锅炉报价".encode())) == "锅炉报价"
    assert readable(_raw("Größe".encode("latin-1"))) == "Größe"


@pytest.mark.parametrize(
    ("value", "main", "params"),
    [
        ('text/plain; charset="utf-8"; FORMAT=flowed', "text/plain", {"charset": "utf-8", "format": "flowed"}),
        ("attachment; filename=my drawing.pdf", "attachment", {"filename": "my drawing.pdf"}),
        ("filename=x.pdf", "", {"filename": "x.pdf"}),
        ("text/plain charset=us-ascii (Plain)", "text/plain", {"charset": "us-ascii"}),
        ('attachment; filename="a;b \\"c\\".pdf"; size=3', "attachment", {"filename": 'a;b "c".pdf', "size": "3"}),
        ('attachment; filename="open.pdf; size=3', "attachment", {"filename": "open.pdf", "size": "3"}),
        ('attachment; filename="=?utf-8?B?5byg5LiJLnBkZg==?="', "attachment", {"filename": "张三.pdf"}),
        ("attachment; filename*=utf-8''%E5%BC%A0.pdf; filename=x.pdf", "attachment", {"filename": "张.pdf"}),
        (
            "attachment; filename*1*=%C8%FD; filename*0*=gb2312'zh'%D5%C5; filename*2=.pdf",
            "attachment",
            {"filename": "张三.pdf"},
        ),
        (
            'attachment; filename*0="=?utf-8?B?5byg"; filename*1="5LiJLnBkZg==?="',
            "attachment",
            {"filename": "张三.pdf"},
        ),
        ("attachment; filename*=%E5%BC%A0.pdf", "attachment", {"filename": "张.pdf"}),
        ("a; ; ;;b=c;", "a", {"b": "c"}),
        ("", "", {}),
    ],
)
def test_parameters(value: str, main: str, params: dict[str, str]) -> None:
    assert parameters(value) == (main, params)


def test_parameters_raw_bytes() -> None:
    assert parameters(_raw('x; filename="图纸.dwg"'.encode("gbk")))[1] == {"filename": "图纸.dwg"}


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b>", ("a@b",)),
        ("<a@b>\t<c@d>,<a@b>", ("a@b", "c@d")),
        ("<a@\t b> <c@d", ("a@b", "c@d")),
        ("Your message of Monday <a@b> (x)", ("a@b",)),
        ("a@b c@d", ("a@b", "c@d")),
        ("no id", ()),
        ("<>", ()),
        ("", ()),
    ],
)
def test_message_ids(value: str, ids: tuple[str, ...]) -> None:
    assert message_ids(value) == ids


@pytest.mark.parametrize(
    "value",
    [
        "Fri, 21 Nov 1997 09:55:06 -0600",
        "21 Nov 97 15:55:06 GMT (comment)",
        "Fri, 21 Nov 1997 15:55:06 -0000",
        "1997-11-21T09:55:06-06:00",
    ],
)
def test_date_of(value: str) -> None:
    assert date_of(value) == datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["", "yesterday", "Mon, 99 Feb 2024 10:00:00 +0000", "1 Jan 2024 00:00:00 +999999", "0 0 0 0:0:0", "\x00"]
)
def test_date_of_what_is_none(value: str) -> None:
    assert date_of(value) is None
