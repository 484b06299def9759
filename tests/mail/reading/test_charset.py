from __future__ import annotations

import pytest

from liju_contact.mail.reading.charset import decode

TEXTS = {
    "utf-8": "您好，请报价热水锅炉 ¥",
    "gb18030": "您好，请报价热水锅炉",
    "big5": "您好，我們需要一台熱水鍋爐，請報價，謝謝。",
    "cp932": "お世話になっております。温水ボイラーの見積もりをお願いします。",
    "euc_jp": "お世話になっております。温水ボイラーの見積もりをお願いします。",
    "iso2022_jp": "お世話になっております。",
    "cp949": "안녕하세요. 온수 보일러 견적을 부탁드립니다. 감사합니다.",
    "cp1251": "Здравствуйте! Просим прислать предложение на водогрейный котёл.",
    "koi8_r": "Здравствуйте! Просим прислать предложение на водогрейный котел.",
    "cp1252": "Grüße aus München, können Sie uns ein Angebot schicken? \u2013 5 €",
    "cp1253": "Καλημέρα σας, θα θέλαμε προσφορά για λέβητα.",  # noqa: RUF001  # it is Greek
    "cp1256": "مرحبا نريد عرض سعر للغلاية الصناعية",
}


@pytest.mark.parametrize("codec", TEXTS)
def test_decode_without_label(codec: str) -> None:
    assert decode(TEXTS[codec].encode(codec), "") == TEXTS[codec]


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("gb18030", "gb2312"),
        ("gb18030", "x-gbk"),
        ("gb18030", "GB_2312-80"),
        ("cp949", "ks_c_5601-1987"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "Latin1"),
        ("cp932", "Shift_JIS"),
        ("utf-8", "us-ascii"),
        ("utf-8", "unknown-8bit"),
        ("utf-8", "iso-8859-1"),
        ("gb18030", "x-no-such-charset"),
        ("gb18030", "utf-8"),
        ("utf-8", "gb2312"),
        ("utf-8", "iso-2022-jp"),
        ("cp932", "iso-2022-jp"),
        ("cp1251", "windows-1251"),
    ],
)
def test_decode_with_a_label_of_real_mail(codec: str, label: str) -> None:
    assert decode(TEXTS[codec].encode(codec), label) == TEXTS[codec]


def test_decode_characters_that_are_in_gbk_and_not_in_gb2312() -> None:
    assert decode("朱镕基，喆，€".encode("gb18030"), "gb2312") == "朱镕基，喆，€"


@pytest.mark.parametrize("name", ["张三", "图纸.dwg", "王伟", "力聚锅炉"])
def test_decode_short_chinese_without_label(name: str) -> None:
    assert decode(name.encode("gbk"), "") == name


@pytest.mark.parametrize("name", ["Müller", "René", "Løkke", "Peña", "Håkan Öst"])
def test_decode_short_western_without_label(name: str) -> None:
    assert decode(name.encode("cp1252"), "") == name


def test_decode_japanese_with_characters_of_windows() -> None:
    assert decode(b"No. \x1b$B\x2d\x21\x2d\x6a\x24\x22\x1b(B end", "iso-2022-jp") == "No. ①㈱あ end"


def test_decode_keeps_the_declared_charset_when_one_character_is_damaged() -> None:
    content = "您好，请报价热水锅炉，谢谢。".encode()

    assert decode(content[:-1], "utf-8") == "您好，请报价热水锅炉，谢谢\ufffd"


@pytest.mark.parametrize(
    ("mark", "codec"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
def test_decode_with_byte_order_mark(mark: bytes, codec: str) -> None:
    assert decode(mark + "锅炉 A".encode(codec), "iso-8859-1") == "锅炉 A"


def test_decode_utf_7_only_when_declared() -> None:
    assert decode(b"+lYJ0CQ-", "utf-7") == "\u9582\u7409"
    assert decode(b"+lYJ0CQ-", "") == "+lYJ0CQ-"


@pytest.mark.parametrize("label", ["punycode", "idna", "unicode_escape", "base64", "rot13", "undefined", "x" * 5000])
def test_decode_with_a_codec_that_is_no_charset(label: str) -> None:
    assert decode(b"caf\xc3\xa9 \\u0041 a-bc", label) == "café \\u0041 a-bc"


def test_decode_gives_no_controls_and_no_lone_surrogates() -> None:
    assert decode(b"a\x00b\x1b\x07c\td\r\ne\rf\x7f", "") == "abc\td\ne\nf"
    assert decode(b"\x1b$Bnot japanese\x00", "us-ascii").isprintable()
    decode(b"+2AA-", "utf-7").encode()


def test_decode_joins_line_ends_that_were_translated_twice() -> None:
    assert decode(b"a\r\r\nb\r\n\r\nc", "") == "a\nb\n\nc"
