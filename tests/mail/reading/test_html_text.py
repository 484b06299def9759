"""HTML becomes the text a browser would show, line by line."""

from __future__ import annotations

import pytest

from liju_contact.mail.reading.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("<p>a<p>b", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b<br><br>c<br><br><br><br>d", "a\nb\n\nc\n\nd"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a</div><div>&nbsp;</div><div></div><div>b</div>", "a\n\nb"),
        ("<p class=MsoNormal>a</p><p style='margin:0'>b</p>", "a\nb"),
        ("a</p>b", "a\n\nb"),
        ("<h1>Head</h1>text<hr>more", "Head\n\ntext\n--------------------\nmore"),
        ("Hello <b>bold</b><i> it</i>\n <u>x</u>.", "Hello bold it x."),
        ("  a \t\n b&nbsp;c  ", "a b c"),
        ("<dl><dt>fuel<dd>gas</dl>", "fuel\ngas"),
        ("<div>-- <br>Ana</div>", "-- \nAna"),
    ],
)
def test_text_is_laid_out_as_in_a_browser(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ul><li>x<li>y</ul>after", "- x\n- y\n\nafter"),
        ("<ul><li>x<ul><li>y</ul><li>z</ul>", "- x\n  - y\n- z"),
        ("<ol><li>x</li><li>y</li></ol>", "1. x\n2. y"),
        ("<ol start=3><li>x<br>x too<li>y</ol>", "3. x\n  x too\n4. y"),
        ("<ol start=many><li>x</ol>", "1. x"),
    ],
)
def test_lists_have_marks(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<table><tr><th>Item<th>Value<tr><td>steam<td>2 t/h</table>end", "Item | Value\nsteam | 2 t/h\nend"),
        ("<table><tr><td><p>A</p></td><td><p>B</p></td></tr><tr><td>C<td><div>D</table>", "A | B\nC | D"),
        ("<table><tr><td>a<td>&nbsp;<td>c<tr><td>d<td><td></table>", "a |  | c\nd"),
        ("<table><tr><td><table><tr><td>a<td>b</table><td>c<br>d</table>", "a | b\nc\nd"),
        ("<table><tr><td>a<td><blockquote>b</blockquote></table>", "a\n> b"),
    ],
)
def test_table_rows_are_lines(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://www.liju.example/">liju.example</a>', "liju.example"),
        ('<a href="https://liju.example/a%20b">https://liju.example/a b</a>', "https://liju.example/a b"),
        ('<a href="https://liju.example/?utm_source=x">www.liju.example</a>', "www.liju.example"),
        ('see <a href="https://liju.example/a?b=1&amp;c=2">here</a>.', "see here <https://liju.example/a?b=1&c=2>."),
        ('<a href="https://evil.example/">https://liju.example/</a>', "https://liju.example/ <https://evil.example/>"),
        ('<a href="mailto:ana@liju.example?subject=x">Ana</a>', "Ana <ana@liju.example>"),
        ('<a href="mailto:ana@liju.example">ana@liju.example</a>', "ana@liju.example"),
        ('<a href="javascript:alert(1)">x</a><a href="/relative">y</a><a href="#top">z</a><a>w</a>', "xyzw"),
        ('<a href="https://liju.example/"><img src="cid:1"></a>', ""),
        ('<a href="https://x.example/"><p>one</p><p>two</p></a>', "one\n\ntwo <https://x.example/>"),
        ('<a href="https://x.example/&gt; a&#10;b">x</a>', "x <https://x.example/%3E%20ab>"),
        (
            '<a href="https://x.example/a">x<a href="https://y.example/b">y',
            "x <https://x.example/a>y <https://y.example/b>",
        ),
    ],
)
def test_links_tell_where_they_lead_unless_their_text_does(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img alt="Drawing of the boiler">', "[Drawing of the boiler]"),
        ('thanks <img alt="😀">', "thanks 😀"),
        ('<img alt="image001.png"><img alt=""><img alt="Logo"><img alt="x y" width=1 height=1><img>', ""),
        ('<img alt="seen" style="display:none">', ""),
    ],
)
def test_pictures_are_described_when_the_description_says_something(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<pre>\n  a\n    b\n\n\n  c</pre>x", "  a\n    b\n\n\n  c\n\nx"),
        ("<div style='white-space: pre-wrap'>a\n  b</div>", "a\n  b"),
        ("<pre>a\n  b<span style='white-space:normal'> c \n d</span></pre>", "a\n  b c d"),
    ],
)
def test_text_kept_as_typed_keeps_its_white_space(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none;max-height:0'>secret</div>",
        "<span style='DISPLAY : NONE !important'>secret</span>",
        "<p hidden>secret<p>",
        "<div style='visibility:hidden'>secret</div>",
        "<div style='font-size:0px'>secret</div>",
        "<div style='max-height:0;overflow:hidden'>secret</div>",
        "<div style='display:none'><div><span>se</span></div>cret</div>",
        "<font style='display:none'><div>secret</font></div>",
        "<style>secret</style><script>if (a</secret) secret</script><title>secret</title>",
        "<head><title>secret</title><style>secret</style></head>",
        "<!-- secret --><!--[if mso]>secret<![endif]--><?xml secret ?><!DOCTYPE secret>",
        "<svg><text>secret</text></svg><template>secret</template><iframe>secret</iframe>",
    ],
)
def test_hidden_text_stays_hidden_and_what_follows_is_shown(hidden: str) -> None:
    assert html_to_text(f"before{hidden}after").replace("\n", "") == "beforeafter"


@pytest.mark.parametrize(
    "shown",
    [
        "<div style='font-size:0'><div style='font-size:13px'>shown</div></div>",
        "<div style='font-size:0'><font size=2>shown</font></div>",
        "<div style='font-size:0.9em'>shown</div>",
        "<![if !mso]>shown<![endif]>",
        "<!--[if !mso]><!-->shown<!--<![endif]-->",
        "<head>shown</head>",
        "<div title='hidden' class='display:none'>shown</div>",
        "<div style='display:block;line-height:0'>shown</div>",
        "<noscript>shown</noscript>",
    ],
)
def test_text_that_a_browser_shows_is_shown(shown: str) -> None:
    assert html_to_text(shown) == "shown"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("&lt;b&gt; &amp;amp; &copy; &#x4e2d;&#22269; 1 < 2 &bogus;", "<b> &amp; © 中国 1 < 2 &bogus;"),
        ("&#xD800;&#0;&#99999999;", "���"),
        ("a\u200bb&shy;c&zwnj; &#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;d\ufeff", "abc d"),
        ("می\u200cخواهم 👨\u200d👩", "می\u200cخواهم 👨\u200d👩"),  # noqa: RUF001  # Persian
        ("a<br>\u3000\u3000缩进", "a\n\u3000\u3000缩进"),
        ('<?xml version="1.0" encoding="gb2312"?><meta charset="gb2312"><p>锅炉</p>', "锅炉"),
        ("bell\x07 null\0 surrogate\ud800", "bell null surrogate\ufffd"),
    ],
)
def test_characters_come_out_as_they_are_read(html: str, expected: str) -> None:
    assert html_to_text(html) == expected
