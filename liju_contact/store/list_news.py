"""What has happened in a list since somebody looked at it."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from liju_contact.domain.inquiry_list import ListQuery
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import condition_of
from liju_contact.store.tables import EventRow, InquiryRow

MOST_EVENTS = 300
"""How far a reader's page may lie behind: beyond, all that is said is that there is a lot."""

_SINCE = (
    select(EventRow.inquiry_id)
    .where(EventRow.id > bindparam("since"), EventRow.actor_address != bindparam("besides"))
    .order_by(EventRow.id)
    .limit(MOST_EVENTS)
)


def changed_count(tx: Connection, query: ListQuery, reader: Reader, since: int) -> int:
    """Return how many inquiries of the list others have changed after event ``since``, ``MOST_EVENTS`` at most."""
    values = {"since": since, "besides": reader.person.address}
    ids = set(tx.execute(_SINCE, values).scalars())
    if not ids:
        return 0
    changed = select(func.count()).select_from(InquiryRow).where(InquiryRow.id.in_(ids), condition_of(query, reader))
    count: int = tx.execute(changed).scalar_one()
    return count
