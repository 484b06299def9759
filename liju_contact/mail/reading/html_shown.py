"""HTML of a received mail made harmless to look at: nothing in it runs, is fetched, is sent, or looks like a form.

nh3 parses as browsers do and writes anew what is on its lists; everything else goes. No style of the mail is kept, so
that nothing of it can lie over anything, and nothing is loaded: pictures that the mail brings itself stand in the page
as ``data:``, those from elsewhere are left out. Behind each link stands where it really leads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

import nh3

from liju_contact.domain.reply_key import without_keys
from liju_contact.domain.status_links import without_status_keys

_BLOCKS = "address blockquote center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre ul"
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_WORDS = "a abbr b bdi bdo br cite code del em font i img ins kbd q s samp small span strike strong sub sup tt u var"
HARMLESS_TAGS = frozenset(f"{_BLOCKS} {_TABLES} {_WORDS}".split())
# Gone with all that is inside: it is not text, or is not for reading.
_UNREAD = frozenset(
    [
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "noembed",
        "noframes",
        "xmp",
        "plaintext",
        "iframe",
        "frame",
        "object",
        "applet",
        "embed",
        "svg",
        "math",
        "audio",
        "video",
        "select",
        "textarea",
        "button",
    ]
)
_CELL = {"colspan", "rowspan", "align", "valign"}
_ATTRIBUTES: Mapping[str, set[str]] = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"align", "valign"},
    "table": {"border", "cellpadding", "cellspacing", "align"},
    "font": {"color", "size"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
}
_LINK_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_CID = "cid:"
_LINK_REL = "noopener noreferrer nofollow"
_OPEN_OR_CLOSE = re.compile(r'<a((?: [a-z]+="[^"]*")*)>|</a>')
_HREF = re.compile(r' href="([^"]*)"')
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ALT = re.compile(r' alt="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_LONGEST_TARGET = 200


def harmless_html(html: str, pictures: Mapping[str, str]) -> str:
    """Return ``html`` as a fragment; ``pictures`` holds a ``data:`` address per Content-ID of the same mail."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            is_own = tag == "img" and value[: len(_CID)].lower() == _CID
            return pictures.get(value[len(_CID) :]) if is_own else None
        if name == "href":
            return value if value.strip().lower().startswith(_LINK_SCHEMES) else None
        return value

    cleaned = nh3.clean(
        without_status_keys(without_keys(html)),
        tags=set(HARMLESS_TAGS),
        clean_content_tags=set(_UNREAD),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=attribute,
        link_rel=_LINK_REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
    )
    own = _PICTURE.sub(_kept_or_told, cleaned)
    return _with_targets(without_status_keys(without_keys(own)))


def _kept_or_told(picture: re.Match[str]) -> str:
    """Keep a picture of the mail's own; of one that is left out, show what its sender says is on it."""
    if ' src="' in picture[1]:
        return picture[0]
    told = _ALT.search(picture[1])
    words = escape(unescape(told[1])).strip() if told else ""
    return f"<i>[{words}]</i>" if words else ""


def _with_targets(html: str) -> str:
    """Write behind each link where it leads, unless its own text says just that."""
    pieces: list[str] = []
    position, text_from, target = 0, 0, ""
    for tag in _OPEN_OR_CLOSE.finditer(html):
        pieces.append(html[position : tag.end()])
        position = tag.end()
        if tag[1] is not None:
            href = _HREF.search(tag[1])
            text_from, target = tag.end(), unescape(href[1]).strip() if href else ""
        elif target:
            shown = unescape(_TAG.sub("", html[text_from : tag.start()])).strip()
            if shown not in {target, target.removeprefix("mailto:"), target.removeprefix("tel:")}:
                pieces.append(f" <bdi>&lt;{_cut(target)}&gt;</bdi>")
            target = ""
    return "".join([*pieces, html[position:]])


def _cut(target: str) -> str:
    printable = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in target)
    return escape(printable if len(printable) <= _LONGEST_TARGET else printable[:_LONGEST_TARGET] + "…")
