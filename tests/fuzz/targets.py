"""What is fuzzed: each target takes any bytes and must neither raise nor break its word.

Coverage is measured by ``tests.fuzz.__main__``; ``tests/fuzz/test_targets.py`` gives the same targets what was found.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from liju_contact.domain.file_kind import HEAD_BYTES, judge_file
from liju_contact.domain.file_name import safe_name
from liju_contact.domain.inquiry_list import Filters, ListQuery
from liju_contact.domain.reply_key import find_bounce_keys, find_reply_keys, without_keys
from liju_contact.domain.search_query import read_query, without_filters
from liju_contact.domain.staff_command import own_words, read_staff_mail
from liju_contact.domain.visible_text import fold
from liju_contact.mail.reading.html_shown import HARMLESS_TAGS
from liju_contact.mail.reading.html_text import html_to_text
from liju_contact.mail.reading.mail import read_mail
from liju_contact.mail.reading.shown import shown_html
from liju_contact.mail.reading.wire import read_mail_from, write_mail

_TAG = re.compile(r"<\s*/?\s*([a-zA-Z][^\s/>]*)(?:\"[^\"]*\"|[^\"<>])*>?")
_QUOTED = re.compile(r'"[^"]*"')
_ACTIVE = re.compile(r"\s(?:on\w+|style|srcset|action|formaction|ping|background|poster)\s*=", re.IGNORECASE)


def mail(received: bytes) -> None:
    """Read a mail, hand it over as the reading process does, and find the same at the other end."""
    read = read_mail(received)
    written = io.BytesIO()
    write_mail(written, read)
    written.seek(0)
    assert read_mail_from(written.read) == read


def html(received: bytes) -> None:
    html_to_text(received.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def shown(received: bytes) -> None:
    """Make the HTML of a mail harmless, and find nothing in it that could run, load or send."""
    html_ = shown_html(received) or ""
    html_.encode()
    for found in _TAG.finditer(html_):
        assert found[1].lower() in HARMLESS_TAGS, found[0]
        assert not _ACTIVE.search(_QUOTED.sub('""', found[0])), found[0]


def file(received: bytes) -> None:
    name, _, content = received.partition(b"\n")
    typed = name.decode("utf-8", "surrogateescape")
    shown = safe_name(typed)
    assert shown
    assert safe_name(shown) == shown
    assert not set(shown) & set('/\\\r\n\0<>:"|?*')
    judge_file(typed, content[:HEAD_BYTES], content[-HEAD_BYTES:])


def words(received: bytes) -> None:
    text = received.decode("utf-8", "replace")
    fold(text)
    own_words(text)
    read_staff_mail(text)
    read_query(text)
    without_filters(text)
    list(find_reply_keys(text))
    list(find_bounce_keys(text))
    assert not list(find_reply_keys(without_keys(text)))


def query(received: bytes) -> None:
    """Read the address of a list, whatever stands in it, and find the same behind the address that it names."""
    words_of_list = (*Filters().words(), "view", "sort", "cursor", "q", "after", "before", "product", "state", "since")
    values = received.decode("utf-8", "replace").split("\n")
    read = ListQuery.read(dict(zip(words_of_list, values, strict=False)))
    assert ListQuery.read(dict(parse_qsl(read.to_query().removeprefix("?")))).words() == read.words()


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "mail": mail,
    "html": html,
    "shown": shown,
    "file": file,
    "words": words,
    "query": query,
}
