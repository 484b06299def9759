"""JSON lines: one inquiry per line with its whole conversation, times as ISO 8601 in UTC, facts with canonical values.

The keys are the program's own words in every language. Notes are not in it: what only staff see stays at the desk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from liju_contact.store.exported import ExportedInquiry, ExportedMessage
from liju_contact.usecases.sheet import Sink

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class JsonSheet:
    has_messages = True

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def add(self, rows: Sequence[ExportedInquiry]) -> None:
        self._sink.write("".join([f"{_encode(_inquiry(row))}\n" for row in rows]).encode())

    def close(self) -> None:
        """Nothing is held back."""

    def abandon(self) -> None:
        """Nothing is held back."""


def _inquiry(row: ExportedInquiry) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "state": row.state,
        "priority": row.priority,
        "language": row.language,
        "name": row.name,
        "email": row.email,
        "company": row.company,
        "phone": row.phone,
        "country": row.country,
        "product": row.product,
        "topic": row.topic,
        "team": row.team,
        "assignee": row.assignee,
        "tags": row.tags,
        "received_at": _iso(row.received_at),
        "answer_due_at": _iso(row.answer_due_at),
        "due_at": _iso(row.due_at),
        "first_answered_at": _iso(row.first_answered_at),
        "changed_at": _iso(row.changed_at),
        "details": row.details,
        "messages": [_message(message) for message in row.messages],
    }


def _message(message: ExportedMessage) -> dict[str, Any]:
    return {
        "author": message.author,
        "author_name": message.author_name,
        "author_address": message.author_address,
        "written_at": _iso(message.written_at),
        "body": message.body,
        "files": [{"name": name, "kind": kind, "bytes": size} for name, kind, size in message.files],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
