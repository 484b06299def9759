"""The rows of the desk's list: what each shows, read in one query."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Text, bindparam, case, cast, func, literal_column, select, type_coerce

from liju_contact.domain.change import fold_tag
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.priority import Priority
from liju_contact.domain.spam_signs import Reason
from liju_contact.domain.status_links import without_status_keys
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.spam_judgements import reasons_in
from liju_contact.store.spam_tables import SpamJudgementRow
from liju_contact.store.tables import InquiryRow


def _text(json_value: Any) -> Any:
    """Leave JSON the text that it is stored as."""
    return cast(type_coerce(json_value, Text()), Text)


# Each name is looked up by itself, and none is sorted here: to PostgreSQL a join and a sort for each row were more than
# the rest of the row.
_TAG_NAME = select(TagRow.name).where(TagRow.id == InquiryTagRow.tag_id).scalar_subquery()
_TAGS = {
    dialect: select(all_in_one(_TAG_NAME))
    .where(InquiryTagRow.inquiry_id == InquiryRow.id)
    .correlate(InquiryRow)
    .scalar_subquery()
    for dialect, all_in_one in (("sqlite", func.json_group_array), ("postgresql", func.json_agg))
}
_REASONS = (
    select(_text(SpamJudgementRow.reasons))
    .where(SpamJudgementRow.inquiry_id == InquiryRow.id)
    .correlate(InquiryRow)
    .scalar_subquery()
)


def _columns(dialect: str) -> tuple[Any, ...]:
    return (
        InquiryRow.id,
        InquiryRow.reference,
        InquiryRow.state,
        InquiryRow.language,
        InquiryRow.name,
        InquiryRow.company,
        InquiryRow.country,
        InquiryRow.product,
        InquiryRow.topic,
        _text(InquiryRow.details).label("details"),
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
        _text(_TAGS[dialect]).label("tags"),
        case((InquiryRow.state == InquiryState.SPAM.value, _REASONS)).label("reasons"),
    )


ROW_COLUMNS: Mapping[str, tuple[Any, ...]] = {dialect: _columns(dialect) for dialect in _TAGS}
# The beginning of a fact as ``json`` writes it. No text that somebody typed can hold one: within a text of JSON a
# backslash stands before each quotation mark.
_FACT = re.compile(r'\{"field": "(\w+)"')
_BY_IDS = {
    dialect: select(*columns).where(InquiryRow.id.in_(bindparam("ids", expanding=True)))
    for dialect, columns in ROW_COLUMNS.items()
}
# All that a row shows in 64 bits: where anything of it has changed they are others. Of PostgreSQL 14 and later.
MARK: Any = func.hash_record_extended(func.row(*ROW_COLUMNS["postgresql"]), literal_column("0"), type_=BigInteger())


class ListedInquiry(NamedTuple):
    """A row of the list. What ends in ``json`` is left unread: few who get a row look into that.

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
    details_json: str
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
    tags_json: str | None
    reasons_json: str | None

    @property
    def given_fields(self) -> frozenset[str]:
        """The technical details that the customer gave."""
        fields = _FACT.findall(self.details_json)
        if len(fields) != self.details_json.count("{"):  # somebody typed a brace, or the house wrote it otherwise
            fields = [detail["field"] for detail in json.loads(self.details_json)]
        return frozenset(fields)

    @property
    def shown_preview(self) -> str:
        """The beginning of the newest message without the key of a status link, which is not for all who read (D62)."""
        return without_status_keys(self.preview)

    @property
    def tags(self) -> tuple[str, ...]:
        """In the order of the alphabet."""
        return tuple(sorted(json.loads(self.tags_json or "[]"), key=fold_tag))

    @property
    def spam_reasons(self) -> tuple[Reason, ...]:
        """Why it was held, for an inquiry that is."""
        return reasons_in(json.loads(self.reasons_json)) if self.reasons_json else ()


def rows_of(tx: Connection, inquiry_ids: Sequence[int]) -> list[ListedInquiry]:
    """Return the rows of these inquiries, in the order of their ids as given; one that is gone is left out."""
    rows = {row.id: listed(row) for row in tx.execute(_BY_IDS[tx.dialect.name], {"ids": list(inquiry_ids)})}
    return [rows[id_] for id_ in inquiry_ids if id_ in rows]


def listed(row: Any) -> ListedInquiry:
    """Return the row that the values of ``ROW_COLUMNS`` make."""
    values = list(row)
    values[_STATE] = _STATES[values[_STATE]]
    values[_PRIORITY] = _PRIORITIES[values[_PRIORITY]]
    return ListedInquiry._make(values)


_STATE, _PRIORITY = map(ListedInquiry._fields.index, ("state", "priority"))
_STATES = {state.value: state for state in InquiryState}
_PRIORITIES = {priority.value: priority for priority in Priority}
