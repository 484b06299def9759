"""Read the part of a report that is meant for machines (RFC 3464): which recipient, what became of it, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from liju_contact.mail.reading.bounce_signs import DELIVERY_STATUS
from liju_contact.mail.reading.machine_text import part_text
from liju_contact.mail.reading.message_signs import parts_shown
from liju_contact.mail.reading.part import Part


class Fate(Enum):
    FAILED = "failed"
    DELAYED = "delayed"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fated:
    """A recipient, as the sender had written it where the server says so, and what became of the mail for it."""

    address: str
    fate: Fate
    reason: str


_FAILED_ACTIONS = ("fail", "error")  # OpenSMTPD writes "error".
_ARRIVED_ACTIONS = ("delivered", "relayed", "expanded", "transmitted")
# The address that we wrote to is the original one; the final one may be where an alias led.
_BEST_FIRST = ("original-recipient", "final-recipient", "x-actual-recipient")
_OF_A_RECIPIENT = frozenset(_BEST_FIRST)
_AFTER_A_RECIPIENT = frozenset({"action", "status", "diagnostic-code", "remote-mta", "last-attempt-date"})
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:(.*)")
_ADDRESS = re.compile(r'(?:"[^"]{1,100}"|[^\s<>;,"()@]{1,100})@[^\s<>;,"()@]{1,255}')
_TYPE = re.compile(r"[a-z0-9/-]{1,20};\s*", re.IGNORECASE)


def fates(part: Part) -> list[Fated]:
    """Return what a report says about each recipient, in its order; empty when it has no such part or names nobody."""
    texts = (part_text(leaf) for leaf in parts_shown(part) if leaf.media_type in DELIVERY_STATUS)
    records = (record for text in texts for record in _records(text))
    return [fated for record in records if (fated := _fated(record)) is not None]


def original_message_ids(part: Part) -> Iterator[str]:
    """Yield the ids that reports name in their own fields, as Exchange and read receipts do."""
    for leaf in parts_shown(part):
        if leaf.media_type.startswith("message/") and not leaf.children:
            for name, value in report_fields(part_text(leaf)):
                if name in {"original-message-id", "x-original-message-id"}:
                    yield value


def report_fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield lower-case names and unfolded values, and an empty name for a blank line."""
    name, pieces = "", list[str]()
    for line in text.split("\n"):
        if line[:1] in {" ", "\t"} and name and line.strip():
            pieces.append(line.strip())
            continue
        if name:
            yield name, " ".join(pieces)
        found = _FIELD.match(line)
        name, pieces = (found[1].lower(), [found[2].strip()]) if found else ("", [])
        if not line.strip():
            yield "", ""
    if name:
        yield name, " ".join(pieces)


def _records(text: str) -> list[dict[str, str]]:
    """Cut the fields into one record per recipient, with or without the blank lines between them."""
    records: list[dict[str, str]] = [{}]
    is_after_blank = False
    for name, value in report_fields(text):
        if not name:
            is_after_blank = True
            continue
        if _begins_record(name, records[-1], is_after_blank=is_after_blank):
            records.append({})
        records[-1].setdefault(name, value)
        is_after_blank = False
    return records


def _begins_record(name: str, record: dict[str, str], *, is_after_blank: bool) -> bool:
    has_recipient = not _OF_A_RECIPIENT.isdisjoint(record)
    if is_after_blank:
        is_stray = has_recipient and "action" not in record and name in _AFTER_A_RECIPIENT
        return not is_stray
    return has_recipient and name in _OF_A_RECIPIENT and (name in record or "action" in record)


def _fated(record: dict[str, str]) -> Fated | None:
    named = (_ADDRESS.search(_TYPE.sub("", record.get(name, "")[:600], count=1)) for name in _BEST_FIRST)
    address = next((found[0] for found in named if found), "")
    fate = _fate(record.get("action", "").lower(), record.get("status", ""))
    if not address or fate is None:
        return None
    return Fated(address=address, fate=fate, reason=_TYPE.sub("", record.get("diagnostic-code", ""), count=1))


def _fate(action: str, status: str) -> Fate | None:
    """Go by the action; where there is none, the class of the status says whether it is for good."""
    if action.startswith(_FAILED_ACTIONS):
        return Fate.FAILED
    if action.startswith("delay"):
        return Fate.DELAYED
    if action.startswith(_ARRIVED_ACTIONS):
        return Fate.ARRIVED
    return {"5": Fate.FAILED, "4": Fate.DELAYED, "2": Fate.ARRIVED}.get(status.strip()[:1])
