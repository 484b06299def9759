"""Say in plain text what a link or a picture adds to the words around it."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

LONGEST_ADDRESS = 2_000
LONGEST_ALTERNATIVE = 200

_SCHEME = re.compile(r"(https?://|mailto:)(?:www\.)?", re.IGNORECASE)
_NOT_IN_ADDRESSES = re.compile(r'[\s<>"\\^`{|}\x00-\x20]')
_SAYS_NOTHING = re.compile(
    r"\S*?\.(?:png|jpe?g|gif|bmp|svg|webp|tiff?|heic|emz|wmz)|(?:image|img|picture|photo|logo|icon|banner|spacer|pixel)"
    r"[\s_\d-]*|inline image\W*\d*|cid:.*|[\d\s_-]*|图片|图像|头像|签名",
    re.IGNORECASE,
)
_LONGEST_EMOJI = 8


def address_unless_shown(href: str, shown: str) -> str:
    """Return where a link leads, unless its text shows it, its text is nothing, or it is no address of web or mail."""
    href = re.sub(r"[\t\r\n]", "", href).strip()
    scheme = _SCHEME.match(href)
    if scheme is None or len(href) > LONGEST_ADDRESS or not shown.strip():
        return ""
    if scheme[1].lower() == "mailto:":
        address = unquote(href[len(scheme[1]) :].partition("?")[0])
        return "" if "@" in shown or "@" not in address else _NOT_IN_ADDRESSES.sub("", address)
    words = {_bare(word.strip("<>()[],;.")) for word in shown[:LONGEST_ADDRESS].split()} | {_bare(shown)}
    if _bare(href) in words or _bare(href.partition("?")[0]) == _bare(shown):
        return ""
    return _NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), href)


def alternative_text(attributes: dict[str, str]) -> str:
    """Return what stands for a picture: its description in brackets, an emoji as it is, mostly nothing."""
    described = " ".join(attributes.get("alt", "")[:LONGEST_ALTERNATIVE].split())
    dot = {attributes.get("width", "").strip("px "), attributes.get("height", "").strip("px ")} & {"0", "1", "2"}
    if dot or not described or _SAYS_NOTHING.fullmatch(described):
        return ""
    if len(described) <= _LONGEST_EMOJI and not any(map(str.isalnum, described)):
        return "" if described.isascii() else described
    return f"[{described}]"


def _bare(address: str) -> str:
    """Leave out what two spellings of one address differ in."""
    address = "".join(unquote(address[:LONGEST_ADDRESS]).split()).casefold()
    return _SCHEME.sub("", address).removeprefix("www.").rstrip("/")
