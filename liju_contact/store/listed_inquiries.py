"""The rows of the desk's list: what each shows, read from the one table that has it all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, bindparam, cast, select, type_coerce

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.priority import Priority
from liju_contact.store.tables import InquiryRow

ROW_COLUMNS: tuple[Any, ...] = (
    InquiryRow.id,
    InquiryRow.reference,
    InquiryRow.state,
    InquiryRow.language,
    InquiryRow.name,
    InquiryRow.company,
    InquiryRow.country,
    InquiryRow.product,
    InquiryRow.topic,
    cast(type_coerce(InquiryRow.details, Text()), Text).label("details"),
    InquiryRow.preview,
    InquiryRow.priority,
    InquiryRow.assignee,
    InquiryRow.answer_due_at,
    InquiryRow.due_at,
    InquiryRow.received_at,
    InquiryRow.changed_at,
    InquiryRow.has_files,
    InquiryRow.has_mail_trouble,
    InquiryRow.version,
)
# The beginning of a fact as ``json`` writes it. No text that somebody typed can hold one: within a text of JSON a
# backslash stands before each quotation mark.
_FACT = re.compile(r'\{"field": "(\w+)"')
_BY_IDS = select(*ROW_COLUMNS).where(InquiryRow.id.in_(bindparam("ids", expanding=True)))


class ListedInquiry(NamedTuple):
    """A row of the list; ``given_fields`` are the technical details the customer gave.

    A tuple in the order of ``ROW_COLUMNS``: a frozen dataclass of so many fields takes ten times as long to make.
    """

    id: int
    reference: str
    state: InquiryState
    language: str
    name: str
    company: str
    country: str
    product: str
    topic: str
    given_fields: frozenset[str]
    preview: str
    priority: Priority
    assignee: str | None
    answer_due_at: datetime
    due_at: datetime | None
    received_at: datetime
    changed_at: datetime
    has_files: bool
    has_mail_trouble: bool
    version: int


def rows_of(tx: Connection, inquiry_ids: Sequence[int]) -> list[ListedInquiry]:
    """Return the rows of these inquiries, in the order of their ids as given; one that is gone is left out."""
    rows = {row.id: listed(row) for row in tx.execute(_BY_IDS, {"ids": list(inquiry_ids)})}
    return [rows[id_] for id_ in inquiry_ids if id_ in rows]


def listed(row: Any) -> ListedInquiry:
    """Return the row that the values of ``ROW_COLUMNS`` make."""
    values = list(row)
    values[_STATE] = _STATES[values[_STATE]]
    values[_PRIORITY] = _PRIORITIES[values[_PRIORITY]]
    values[_GIVEN] = _given_fields(values[_GIVEN])
    return ListedInquiry._make(values)


def _given_fields(details: str) -> frozenset[str]:
    """Return the fields of the facts in this JSON; most is left unread, a page of the list has hundreds of facts."""
    fields = _FACT.findall(details)
    if len(fields) != details.count("{"):  # somebody typed a brace, or something else of the house wrote it
        fields = [detail["field"] for detail in json.loads(details)]
    return frozenset(fields)


_STATE, _PRIORITY, _GIVEN = map(ListedInquiry._fields.index, ("state", "priority", "given_fields"))
_STATES = {state.value: state for state in InquiryState}
_PRIORITIES = {priority.value: priority for priority in Priority}
