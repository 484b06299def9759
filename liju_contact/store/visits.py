"""Visits of status pages: written once per network and day, read by staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Date, String, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from liju_contact.domain.browser import Browser
from liju_contact.store.table import UtcDateTime
from liju_contact.store.tables import InquiryRow
from liju_contact.store.visit_tables import VisitRow

_COLUMNS = ("inquiry_id", "day", "network", "program", "system", "visited_at")
_NEW = select(
    InquiryRow.id,
    bindparam("day", type_=Date()),
    bindparam("network", type_=String()),
    bindparam("program", type_=String()),
    bindparam("system", type_=String()),
    bindparam("visited_at", type_=UtcDateTime()),
).where(InquiryRow.reference == bindparam("reference"))
_ADD = {
    dialect: insert(VisitRow).from_select(_COLUMNS, _NEW).on_conflict_do_nothing()
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}
_NEWEST = (
    select(VisitRow.network, VisitRow.program, VisitRow.system, VisitRow.visited_at)
    .where(VisitRow.inquiry_id == bindparam("inquiry_id"))
    .order_by(VisitRow.visited_at.desc(), VisitRow.network)
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The first look of a day at a status page from one network."""

    visited_at: datetime
    network: str
    browser: Browser


def add_visit(tx: Connection, reference: str, network: str, browser: Browser, now: datetime) -> None:
    """Write a visit down, unless there was one from that network on that day; no inquiry, no visit."""
    values = {
        "reference": reference,
        "day": now.astimezone(UTC).date(),
        "network": network,
        "program": browser.program,
        "system": browser.system,
        "visited_at": now,
    }
    tx.execute(_ADD[tx.dialect.name], values)


def newest_visits_of(tx: Connection, inquiry_id: int, *, limit: int) -> list[Visit]:
    rows = tx.execute(_NEWEST, {"inquiry_id": inquiry_id, "limit": limit})
    return [
        Visit(visited_at=visited_at, network=network, browser=Browser(program=program, system=system))
        for network, program, system, visited_at in rows
    ]
