"""Say what the attributes of a tag mean for a reader: hidden, kept as typed, close together, or a mail program's quote.

The marks are those that mail programs leave around the mail they answer. Which lines are quoted because of a mark is
decided in ``html_quotes``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from liju_contact.mail.reading.html_quotes import Mark
from liju_contact.mail.reading.html_tokens import attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """``tiny`` and ``typed`` (white space kept) are None where the tag says nothing, so the parent's value holds."""

    hidden: bool = False
    tiny: bool | None = None
    typed: bool | None = None
    tight: bool = False
    mark: Mark | None = None


NOTHING = Meaning()

_BY_ID = {
    "divrplyfwdmsg": Mark.REST,  # Outlook on the web: From, Sent, To, Subject
    "stopspelling": Mark.REST,  # Hotmail
    "zwchr": Mark.REST,  # Zimbra
    "replysplit": Mark.REST,
    "appendonsend": Mark.LAST_RESORT,  # Outlook on the web: often, not always, right before the quote
    "olk_src_body_section": Mark.WHOLE,  # Outlook for Mac
    "mail-editor-reference-message-container": Mark.WHOLE,  # the new Outlook
    "isreplycontent": Mark.WHOLE,  # 163 and its sisters
    "isforwardcontent": Mark.WHOLE,
    "original-content": Mark.WHOLE,  # QQ
    "reply139content": Mark.WHOLE,
    "origbody": Mark.ENVELOPE,  # Sina
}
_BY_CLASS = {
    "gmail_quote": Mark.ENVELOPE,
    "gmail_quote_container": Mark.ENVELOPE,
    "yahoo_quoted": Mark.ENVELOPE,
    "protonmail_quote": Mark.ENVELOPE,
    "tutanota_quote": Mark.ENVELOPE,
    "freshdesk_quote": Mark.ENVELOPE,
    "missive_quote": Mark.ENVELOPE,
    "zmail_extra": Mark.ENVELOPE,  # Zoho
    "history-quote-wrapper": Mark.ENVELOPE,  # Feishu
    "moz-forward-container": Mark.WHOLE,
    "ms-outlook-mobile-reference-message": Mark.WHOLE,
    "__aliyun_previous_body": Mark.WHOLE,
    "outlookmessageheader": Mark.REST,
}
_BY_NAME = {"quote": Mark.ENVELOPE, "messagereplysection": Mark.ENVELOPE}  # GMX and web.de; Spark

# Most tags say none of this; looking is cheaper than taking every tag apart.
_TELLING = re.compile(
    r"hidden|display\s*+:\s*+none|font-size\s*+:\s*+\.?0|max-height\s*+:\s*+0|white-space|margin(?:-top)?\s*+:\s*+0|mso"
    r"|quot|rplyfwd|appendonsend|olk_src|(?:reply|forward|139)content|reference-message|messageheader|original-content"
    r"|origbody|stopspelling|zwchr|replysplit|__divider__|replysection|zmail_extra|moz-forward|previous_body|foxdiv"
    r"|tabindex|border-top",
    re.IGNORECASE,
)
# Mail programs put something of their own before names they find in a mail they quote.
_BORROWED = re.compile(r"^(?:x_|ecx|m_-?\d+|yiv\d+)+")
_GONE = re.compile(r"(?:^|;)\s*+(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)", re.IGNORECASE)
_ROLLED_UP = re.compile(r"max-height\s*+:\s*+0(?![\d.]*+[1-9])", re.IGNORECASE)
_FONT_SIZE = re.compile(r"(?:^|;)\s*+font-size\s*+:\s*+([\d.]*+)(%|r?em|\w*+)", re.IGNORECASE)
_WHITE_SPACE = re.compile(r"white-space\s*+:\s*+(pre|break-spaces)?", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-top)?\s*+:\s*+0", re.IGNORECASE)
_OUTLOOK_LINE = re.compile(r"border-top\s*+:\s*+solid\s++#(?:e1e1e1|b5c4df)\s++1(?:\.0)?pt", re.IGNORECASE)


def meaning_of(written: str, *, in_tiny_text: bool) -> Meaning:
    """Return what the attributes say; ``in_tiny_text`` also looks for a size that makes text visible again."""
    if not _TELLING.search(written) and not (in_tiny_text and "size" in written.lower()):
        return NOTHING
    found = attributes(written)
    style = found.get("style", "")
    return Meaning(
        hidden="hidden" in found or bool(_GONE.search(style)) or _is_rolled_up(style),
        tiny=False if "size" in found else _is_tiny(style),
        typed=_keeps_white_space(style),
        tight="mso" in found.get("class", "").lower() or bool(_NO_MARGIN.search(style)),
        mark=_mark(found, style),
    )


def _is_rolled_up(style: str) -> bool:
    return bool(_ROLLED_UP.search(style)) and "overflow" in style.lower()


def _is_tiny(style: str) -> bool | None:
    """Tell whether the style makes text invisible by its size; sizes relative to the parent's say nothing."""
    size = _FONT_SIZE.search(style)
    if size is None:
        return None
    number, unit = size.groups()
    if number and not number.strip("0."):
        return True
    return None if unit in {"%", "em"} else False


def _keeps_white_space(style: str) -> bool | None:
    white_space = _WHITE_SPACE.search(style)
    return None if white_space is None else white_space[1] is not None


def _mark(found: dict[str, str], style: str) -> Mark | None:
    identity = _own_name(found.get("id", ""))
    if mark := _BY_ID.get(identity) or _BY_NAME.get(found.get("name", "").lower()):
        return mark
    if found.get("data-marker") == "__DIVIDER__":
        return Mark.REST
    for name in map(_own_name, found.get("class", "").split()):
        if mark := _BY_CLASS.get(name):
            return mark
        if name.startswith("foxdiv"):
            return Mark.IF_UNQUOTED
    if identity.startswith("lark-mail-quote"):
        return Mark.ENVELOPE
    return Mark.LABELLED if _OUTLOOK_LINE.search(style) or found.get("tabindex") == "-1" else None


def _own_name(name: str) -> str:
    return _BORROWED.sub("", name.lower())
