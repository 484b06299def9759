"""Hand out all that is held on a mail address, as one zip: JSON Lines for each kind of row, files, and raw mail.

What belongs to our own people is left out: letters to them, the mails they answered with and the keys in both would let
whoever has the zip speak in their name. Where others name the address it says where, and not what else they wrote.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from typing import IO, Any

from sqlalchemy import Connection

from liju_contact.domain.file_name import safe_name
from liju_contact.domain.letter import LetterKind
from liju_contact.store.files import chunks
from liju_contact.store.holdings import BELONGS, Holdings, rows_of
from liju_contact.store.traces import Traces, find_traces, references_of
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.erase_address import is_one_of_us, require_address

_LEFT_OUT = frozenset({"search_document", "search_due", "presence", "watcher", "inbound_file", "file"})
# Keys and marks of the program's own: some of them open doors.
_SECRET = frozenset({"nonce", "reply_key", "reply_to", "headers", "lease_holder", "key_version", "blob_id", "holder"})
_FOR_CUSTOMER = frozenset(kind.value for kind in LetterKind if kind.is_for_customer)
_Row = Mapping[str, Any]


@dataclass(slots=True)
class _Zip:
    """An archive that is being written, and the lines of its index."""

    archive: zipfile.ZipFile
    lines: list[str] = field(default_factory=list)

    def put(self, name: str, content: Iterable[bytes], told: str) -> None:
        with self.archive.open(name, "w", force_zip64=True) as entry:
            for piece in content:
                entry.write(piece)
        self.lines.append(f"{name}   {told}")

    def put_rows(self, name: str, rows: Sequence[_Row]) -> None:
        if rows:
            text = "".join(json.dumps(_plain(row), ensure_ascii=False, default=_written) + "\n" for row in rows)
            self.put(f"{name}.jsonl", [text.encode()], f"{len(rows)} entries, one a line (JSON)")


def export_address(deps: Deps, address: str, target: IO[bytes], *, now: datetime) -> list[str]:
    """Write the zip into ``target``; returns the lines of its index. Raises ``Unfit``, ``StoreBusy``."""
    require_address(address)
    with deps.db.read() as tx, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        traces = find_traces(tx, address, now)
        written = _Zip(archive)
        rows = _rows(deps, tx, traces.whole)
        for name, of_table in rows.items():
            written.put_rows(name, of_table)
        _put_files(tx, written, traces.whole)
        _put_mails(tx, written, rows.get("inbound", []))
        written.put_rows("named_elsewhere", _elsewhere(traces))
        head = _head(deps, address, references_of(tx, traces.seeds.inquiries), now)
        lines = [*head, *(written.lines or ["Nothing is held on this address."])]
        archive.writestr("index.txt", "\n".join(lines) + "\n")
    return lines


def _rows(deps: Deps, tx: Connection, whole: Holdings) -> dict[str, list[dict[str, Any]]]:
    rows = {name: rows_of(tx, name, whole) for name in BELONGS if name not in _LEFT_OUT}
    rows["letter"] = [row for row in rows["letter"] if row["kind"] in _FOR_CUSTOMER]
    letters = {row["id"] for row in rows["letter"]}
    rows["delivery"] = [row for row in rows["delivery"] if row["letter_id"] in letters]
    deliveries = {row["id"] for row in rows["delivery"]}
    rows["attempt"] = [row for row in rows["attempt"] if row["delivery_id"] in deliveries]
    senders = {row["sender"] for row in rows["inbound"]}
    ours = {sender for sender in senders if is_one_of_us(deps, parseaddr(sender)[1] or sender)}
    rows["inbound"] = [row for row in rows["inbound"] if row["sender"] not in ours]
    mails = {row["id"] for row in rows["inbound"]}
    rows["inbound_text"] = [row for row in rows["inbound_text"] if row["inbound_id"] in mails]
    return rows


def _put_files(tx: Connection, written: _Zip, whole: Holdings) -> None:
    for row in rows_of(tx, "file", whole):
        name = f"files/{row['id']}-{safe_name(row['name'])}"
        written.put(name, chunks(tx, row["blob_id"]), f"sent with message {row['message_id']}")


def _put_mails(tx: Connection, written: _Zip, mails: Sequence[_Row]) -> None:
    for row in mails:
        if row["bytes_count"]:
            told = f"a mail as it was received at {row['received_at']:%Y-%m-%d %H:%M} UTC"
            written.put(f"mail/{row['id']}.eml", chunks(tx, row["blob_id"]), told)


def _elsewhere(traces: Traces) -> list[dict[str, Any]]:
    """Tell where the address stands in what belongs to others."""
    found = [{"table": mention.table, "columns": sorted(mention.columns)} for mention in traces.others]
    return found + [{"table": "inbound", "columns": ["raw mail"]} for _mail in traces.raw]


def _head(deps: Deps, address: str, references: Sequence[str], now: datetime) -> list[str]:
    company = deps.settings.company.name.in_language(deps.settings.default_language)
    return [
        f"What {company} holds on {address}",
        f"Written on {now:%Y-%m-%d %H:%M} UTC.",
        f"Inquiries: {', '.join(references) or 'none'}",
        "",
        "Times are in UTC. The files named .jsonl are plain text with one entry a line; any editor opens them.",
        "",
    ]


def _plain(row: _Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _SECRET and value not in (None, "")}


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
