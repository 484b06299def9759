"""JSON lines: one inquiry per line with its whole conversation, times as ISO 8601 in UTC, facts with canonical values.

The keys are the program's own words in every language. Notes are not in it: what only staff see stays at the desk.

The lines are put together by hand: a general encoder would want every inquiry as an object of its own first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from liju_contact.sheets.facts import Facts
from liju_contact.sheets.pen import DATE, SECOND, TIME
from liju_contact.store.exported import ExportedInquiry, ExportedMessage, ExportedPage, FileFacts

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_text = json.encoder.encode_basestring
_known = lru_cache(maxsize=4096)(_text)
"""Writes what many rows have: codes, and the names of staff."""
_FRACTION = slice(SECOND.stop, None)
_NO_FRACTION = ".000000"


class JsonPages:
    has_messages = True

    def __init__(self) -> None:
        self._facts = Facts(_encode)

    def write(self, page: ExportedPage) -> bytes:
        messages = page.messages
        return "".join([self._line(inquiry, messages.get(inquiry.id, ())) for inquiry in page.inquiries]).encode()

    def _line(self, row: ExportedInquiry, messages: Sequence[ExportedMessage]) -> str:
        return (
            f'{{"reference":{_text(row.reference)},"state":{_known(row.state)},"priority":{_known(row.priority)}'
            f',"language":{_known(row.language)},"name":{_text(row.name)},"email":{_text(row.email)}'
            f',"company":{_text(row.company)},"phone":{_text(row.phone)},"country":{_known(row.country)}'
            f',"product":{_known(row.product)},"topic":{_known(row.topic)},"team":{_known(row.team)}'
            f',"assignee":{_known(row.assignee) if row.assignee else "null"},"tags":{_list(map(_known, row.tags))}'
            f',"received_at":{_iso(row.received_at)},"answer_due_at":{_iso(row.answer_due_at)}'
            f',"due_at":{_iso(row.due_at)},"first_answered_at":{_iso(row.first_answered_at)}'
            f',"changed_at":{_iso(row.changed_at)},"details":{_list(self._facts.read(row.details))}'
            f',"messages":{_list(map(_message, messages))}}}\n'
        )


def _message(message: ExportedMessage) -> str:
    return (
        f'{{"author":{_known(message.author)},"author_name":{_known(message.author_name)}'
        f',"author_address":{_known(message.author_address)},"written_at":{_iso(message.written_at)}'
        f',"body":{_text(message.body)},"files":{_list(map(_file, message.files))}}}'
    )


def _file(file: FileFacts) -> str:
    name, kind, bytes_count = file
    return f'{{"name":{_text(name)},"kind":{_known(kind)},"bytes":{bytes_count}}}'


def _list(written: Iterable[str]) -> str:
    return f"[{','.join(written)}]"


def _iso(utc: str | None) -> str:
    """Return ``2026-11-23 02:00:00.000000`` as ISO 8601; a fraction of a second is told only where there is one."""
    if utc is None:
        return "null"
    fraction = utc[_FRACTION]
    return f'"{utc[DATE]}T{utc[TIME]}{"" if fraction == _NO_FRACTION else fraction}+00:00"'
