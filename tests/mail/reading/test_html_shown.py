"""HTML of a mail that is shown: what people see stays, and nothing runs, loads, sends or hides where it leads."""

from __future__ import annotations

import base64

import html5lib
import pytest

from liju_contact.domain.status_links import without_status_keys
from liju_contact.mail.reading.html_shown import _ATTRIBUTES, HARMLESS_TAGS, harmless_html
from liju_contact.mail.reading.shown import shown_html
from tests.corpora import cases, content, hostile_values

PNG = b"\x89PNG\r\n\x1a\n picture"
PICTURES = {"a@b": "data:image/png;base64,AAAA"}
KEY = "0123456789abcdef0123456789abcdef01"
_LINK_ATTRIBUTES = {"rel", "target"}

CRAFTED = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=https://track.example/pixel.gif><img srcset=https://track.example/a><img src=//track.example>",
    "<svg><script>alert(1)</script></svg><math><mi xlink:href=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a><a href=' jAvascript:alert(1)'>x</a><a href=data:text/html,x>x</a>",
    "<a href='java&#9;script:alert(1)'>x</a><a href=vbscript:x>x</a><a href=cid:a@b>x</a><a href=/staff>x</a>",
    "<form action=https://evil.example><input name=password><button>Sign in</button></form>",
    "<style>@import url(https://track.example/a.css);</style><p style='background:url(https://track.example)'>",
    "<link rel=stylesheet href=https://track.example/a.css><meta http-equiv=refresh content='0;url=//evil.example'>",
    "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x><base href=https://evil.example>",
    "<video poster=https://track.example><source src=https://track.example></video><audio src=x>",
    "<body background=https://track.example><table background=https://track.example><td background=//track.example>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<div id=csrf name=csrf class=danger contenteditable autofocus tabindex=1 accesskey=x is=x slot=x>x</div>",
    "<p style='position:fixed;inset:0'>all over</p><marquee>x</marquee><blink>x</blink><dialog open>x</dialog>",
    "<!--[if mso]><img src=https://track.example><![endif]--><?xml-stylesheet href=https://track.example?>",
    "<template><img src=x onerror=alert(1)></template><xmp><img src=x onerror=alert(1)></xmp>",
    "<a href='https://x.example' ping=https://track.example download onclick=x target=_top>x</a>",
    "<img src='CID:a@b' usemap=#m><map name=m><area href=https://evil.example></map><img src=cid:other>",
]


def faults(shown: str) -> list[str]:
    """Return what a browser would find in a fragment that must not be there."""
    found = []
    for element in html5lib.parseFragment(shown, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            found.append("a comment")
            continue
        allowed = _ATTRIBUTES.get(element.tag, set()) | _ATTRIBUTES["*"]
        allowed |= _LINK_ATTRIBUTES if element.tag == "a" else set()
        found += [f"<{element.tag}>"] if element.tag not in HARMLESS_TAGS | {"DOCUMENT_FRAGMENT"} else []
        found += [f"{element.tag} {name}" for name in element.attrib if name not in allowed]
        source, target = element.attrib.get("src", "data:image/"), element.attrib.get("href", "https:")
        found += [] if source.startswith("data:image/") else [f"src {source}"]
        found += [] if target.strip().lower().startswith(("http:", "https:", "mailto:", "tel:")) else [f"href {target}"]
        if element.tag == "a" and "href" in element.attrib:
            is_apart = (element.attrib.get("rel"), element.attrib.get("target"))
            found += [] if is_apart == ("noopener noreferrer nofollow", "_blank") else [f"a link {is_apart}"]
    return found


@pytest.mark.parametrize("html", CRAFTED)
def test_nothing_of_what_runs_loads_or_sends_is_left(html: str) -> None:
    shown = harmless_html(f"<p>before</p>{html}", PICTURES)

    assert faults(shown) == []
    assert "track.example" not in shown.replace("&lt;https://", "")
    assert shown.startswith("<p>before</p>")
    assert not {"alert(1)</", "<script", "onerror="} & {
        part for part in ("alert(1)</", "<script", "onerror=") if part in shown
    }


def test_hostile_values_leave_nothing_either() -> None:
    wrong = [(value, found) for value in hostile_values() if (found := faults(harmless_html(value, PICTURES)))]

    assert wrong == []


def test_mails_of_the_public_sets_are_shown_without_a_fault() -> None:
    sets = ("mail_rubymail", "mail_mimekit", "mail_cpython", "mail_helpdesk", "mail_roundup", "bounce_flufl")
    mails = [content(name, case) for name in sets for case in cases(name)]
    mails += [content("spamassassin", case) for case in cases("spamassassin")[::8]]

    shown = [html for mail in mails if (html := shown_html(mail)) is not None]

    assert len(shown) > 40
    assert [found for html in shown if (found := faults(html))] == []


def test_what_people_see_stays() -> None:
    html = "<table border=1><tr><td colspan=2 align=right><b>10 t/h</b><br>两台</td></tr></table><ul><li>a</li></ul>"

    shown = harmless_html(html, {})

    assert '<td colspan="2" align="right"><b>10 t/h</b><br>两台</td>' in shown
    assert "<ul><li>a</li></ul>" in shown


@pytest.mark.parametrize(
    ("link", "behind"),
    [
        ("<a href=https://evil.example/x>https://bank.example</a>", "&lt;https://evil.example/x&gt;"),
        ("<a href=https://evil.example/?a=1&amp;b=2><b>Offer</b></a>", "&lt;https://evil.example/?a=1&amp;b=2&gt;"),
        ("<a href=https://same.example/>https://same.example/</a>", ""),
        ("<a href=mailto:a@b.example>a@b.example</a>", ""),
        ("<a href='https://x.example/\u202egpj.exe'>x</a>", "&lt;https://x.example/\ufffdgpj.exe&gt;"),
        ("<a href=javascript:x>x</a>", ""),
        (
            "<a href='https://x.example/\"><script>alert(1)</script>'>x</a>",
            "&lt;https://x.example/&quot;&gt;&lt;script",
        ),
    ],
)
def test_behind_a_link_stands_where_it_leads(link: str, behind: str) -> None:
    shown = harmless_html(link, {})

    assert (behind in shown, shown.count("<bdi>")) == (True, 1 if behind else 0)
    assert faults(shown) == []


def with_html(html: str, *more: bytes) -> bytes:
    head = b"From: a@b.example\nContent-Type: multipart/related; boundary=b\n\n"
    text = b"--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\nplain\n--c\n"
    page = b"Content-Type: text/html; charset=utf-8\n\n" + html.encode() + b"\n--c--\n"
    return head + text + page + b"".join(b"--b\n" + part + b"\n" for part in more) + b"--b--\n"


def picture(id_: str, content_: bytes = PNG, kind: str = "image/png") -> bytes:
    head = f"Content-Type: {kind}\nContent-ID: <{id_}>\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(content_)


def test_pictures_of_the_mail_itself_stand_in_it_and_no_others() -> None:
    html = "<img src=cid:one><img src=cid:svg><img src=cid:none alt=' '><img alt='a <plan>' src='https://track.example/p.png'>"

    shown = shown_html(with_html(html, picture("one"), picture("svg", b"<svg onload=alert(1)>", "image/svg+xml")))

    data = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert shown is not None
    assert shown.strip() == f'<img src="{data}"><i>[a &lt;plan&gt;]</i>'


def test_plain_mail_has_no_html_to_show() -> None:
    assert shown_html(b"From: a@b\n\nhello <b>there</b>") is None


def test_keys_of_ours_are_taken_out_of_text_and_links() -> None:
    link = f"https://liju.example/inquiry/LJ-7K3F-9Q2X/{KEY}"
    key = "lj7k3f9q2x.a1z." + "0" * 26

    shown = harmless_html(f"<a href='{link}?lang=en'>{link}</a> <p>inquiry+{key}@liju.example", {})

    assert (KEY in shown, key in shown, "LJ-7K3F-9Q2X/…" in shown) == (False, False, True)


@pytest.mark.parametrize(
    "text",
    [
        f"see https://liju.example/inquiry/LJ-7K3F-9Q2X/{KEY}.",
        f"see /INQUIRY/lj-7k3f-9q2x/{KEY.upper()}/file/1/a.pdf",
        f"see https://liju.example/inquiry/LJ-7K3F-9Q2X/{KEY[:20]}=\n{KEY[20:]}",
        f"https://safe.example/?url=https%3A%2F%2Fliju.example%2Finquiry%2FLJ-7K3F-9Q2X%2F{KEY}&x=1",
    ],
)
def test_status_key_is_masked_however_it_is_written(text: str) -> None:
    masked = without_status_keys(text)

    assert not [KEY[at : at + 8] for at in range(0, 32, 8) if KEY[at : at + 8] in masked.lower()]
    assert "…" in masked
    assert (
        without_status_keys("LJ-7K3F-9Q2X is my /inquiry/ about 10 t/h") == "LJ-7K3F-9Q2X is my /inquiry/ about 10 t/h"
    )
