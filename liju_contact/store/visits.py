"""Visits of status pages: written once per network and day, read by staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Date, String, bindparam, literal, select
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
_IS_KNOWN = (
    select(literal(1))
    .select_from(VisitRow)
    .join(InquiryRow, InquiryRow.id == VisitRow.inquiry_id)
    .where(
        InquiryRow.reference == bindparam("reference"),
        VisitRow.day == bindparam("day"),
        VisitRow.network == bindparam("network"),
    )
)
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


def is_known_visit(tx: Connection, reference: str, network: str, now: datetime) -> bool:
    """Tell whether somebody from ``network`` has been there today already."""
    values = {"reference": reference, "day": now.astimezone(UTC).date(), "network": network}
    return tx.execute(_IS_KNOWN, values).first() is not None


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
