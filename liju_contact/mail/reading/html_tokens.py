"""Cut HTML into text, start tags and end tags, in one pass, as browsers cut it.

One regular expression moves forward only, so the time is linear in the length, whatever the HTML is. The parsers at
hand are not: on 1 MB of open tags followed by stray end tags libxml2 2.14 needs more than 18 s, and ``html.parser``
needs minutes for ``<a `` repeated. Nothing here knows what a tag means.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

MOST_ATTRIBUTES = 64

# Every loop is possessive. A quotation mark that is never closed counts as an ordinary character, so that the text
# after it survives, and an unclosed comment or tag reaches to the end, as in a browser.
_MARKUP = re.compile(
    r"""<(?: (?P<end>/?) (?P<name>[a-zA-Z][^\s/>]*+)
             (?P<attributes> (?: [^>=]++ | =\s*+ (?: "[^"]*+" | '[^']*+' )?+ )*+ ) >?
           | !-- (?: -?> | .*? (?: --!?> | \Z ) )
           | [!?/] [^>]*+ >? )""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/>"'][^\s=/>]*+)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?+""")
_ENDLESS_NUMBER = re.compile(r"&#[0-9]{1000,}+;?")  # Python refuses to turn more than 4 300 digits into a number.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WITHOUT_MARKUP = frozenset({"script", "style", "title", "iframe", "noembed", "noframes"})


def tokens(page: str) -> Iterator[tuple[str, str]]:
    """Yield ``("", text)``, ``("name", attributes as written)`` and ``("/name", "")`` in their order.

    Names are lower case; text has its character references replaced. Comments, declarations, processing instructions
    and the content of scripts, styles and titles are left out.
    """
    page = _SURROGATE.sub("\ufffd", _UNSTORABLE.sub("", page))
    position = 0
    while markup := _MARKUP.search(page, position):
        if markup.start() > position:
            yield "", without_references(page[position : markup.start()])
        position = markup.end()
        if name := (markup["name"] or "").lower():
            yield (f"/{name}", "") if markup["end"] else (name, markup["attributes"])
            if name in _WITHOUT_MARKUP and not markup["end"]:
                position = _end_of_content(name, page, position)
    if position < len(page):
        yield "", without_references(page[position:])


def attributes(written: str) -> dict[str, str]:
    """Read the attributes of one tag: lower-case names, the first of several with one name wins."""
    found: dict[str, str] = {}
    for name, *values in islice(_ATTRIBUTE.findall(written), MOST_ATTRIBUTES):
        found.setdefault(name.lower(), without_references("".join(values)))
    return found


def without_references(text: str) -> str:
    """Replace ``&amp;``, ``&#38;`` and the like."""
    if "&" not in text:
        return text
    return html.unescape(_ENDLESS_NUMBER.sub("\ufffd", text))


def _end_of_content(name: str, page: str, position: int) -> int:
    end = _end_tag(name).search(page, position)
    return end.start() if end else len(page)


@cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
