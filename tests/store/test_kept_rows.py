"""Rows that are kept: never shown once anything of them has changed, and never for longer than a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, update

from liju_contact.domain.inquiry_list import ListQuery, Sort, View
from liju_contact.domain.person import Person
from liju_contact.domain.refusal import CALM
from liju_contact.store.beside_list import beside_list
from liju_contact.store.database import Database
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.inquiry_list import beginning_of_page, page_of_inquiries
from liju_contact.store.kept_rows import KeptRows
from liju_contact.store.listed_inquiries import ListedInquiry, rows_of
from liju_contact.store.spam_tables import SpamJudgementRow
from liju_contact.store.tables import InquiryRow
from tests.store.statements import listening
from tests.store.test_inquiry_list import FILTERS, LI, NOW, OF_STEAM, fill, reader

EVERYTHING = ListQuery(view=View.ALL, sort=Sort.NEWEST)
OTHER_VALUES: dict[str, Any] = {
    "reference": "LJ-OTHER",
    "state": "spam",
    "language": "es",
    "name": "Another",
    "company": "Brewery",
    "country": "FR",
    "product": "thermal-oil",
    "topic": "parts",
    "details": [{"field": "fuel", "typed": "gas"}],
    "preview": "We need hot water.",
    "priority": "urgent",
    "assignee": "wang@liju.example",
    "answer_due_at": datetime(2027, 1, 1, tzinfo=UTC),
    "due_at": datetime(2027, 1, 2, tzinfo=UTC),
    "received_at": datetime(2025, 1, 1, tzinfo=UTC),
    "changed_at": datetime(2027, 1, 3, tzinfo=UTC),
    "version": 99,
}
LISTS = [
    *(ListQuery(view=view) for view in View),
    *(ListQuery(view=View.ALL, filters=filters) for filters in FILTERS.values()),
]
FLAGS = ("has_files", "has_mail_trouble")
POSTGRESQL_ONLY = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite keeps none


def shown(db: Database, kept: KeptRows) -> tuple[ListedInquiry, ...]:
    with db.read_each() as tx:
        return page_of_inquiries(tx, EVERYTHING, reader(), kept).rows


def stored(db: Database) -> tuple[ListedInquiry, ...]:
    with db.read_each() as tx:
        return tuple(rows_of(tx, [3, 2, 1]))


def test_every_column_of_a_row_is_seen_to_change(db: Database) -> None:
    fill(db, 3)
    kept, before = KeptRows(), set[Any]()

    for column, value in OTHER_VALUES.items():
        before.add(shown(db, kept)[1])
        with db.begin() as tx:
            tx.execute(update(InquiryRow).where(InquiryRow.id == 2).values({column: value}))

        assert (column, shown(db, kept)) == (column, stored(db))

    assert len(before) == len(OTHER_VALUES)
    of_row = {field.removesuffix("_json") for field in ListedInquiry._fields}
    assert of_row == {*OTHER_VALUES, *FLAGS, "id", "tags", "reasons"}


@pytest.mark.parametrize("flag", FLAGS)
def test_every_flag_of_a_row_is_seen_to_change(db: Database, flag: str) -> None:
    fill(db, 3)
    kept = KeptRows()
    shown(db, kept)

    for value in (True, False):
        with db.begin() as tx:
            tx.execute(update(InquiryRow).where(InquiryRow.id == 2).values({flag: value}))

        assert getattr(shown(db, kept)[1], flag) is value


def test_what_stands_in_other_tables_is_seen_to_change(db: Database) -> None:
    fill(db, 3)
    kept, seen = KeptRows(), []

    for change in (
        update(InquiryRow).where(InquiryRow.id == 2).values(state="spam"),
        insert(SpamJudgementRow).values(inquiry_id=2, score=9.0, reasons=[]),
        update(SpamJudgementRow).values(reasons=[["words", 4.5, ["casino"]]]),
        insert(InquiryTagRow).values(inquiry_id=2, tag_id=1),
        update(TagRow).values(name="Ersatzteile"),
        delete(InquiryTagRow),
    ):
        with db.begin() as tx:
            tx.execute(change)
        seen.append(shown(db, kept)[1])
        assert shown(db, kept) == stored(db)

    assert [row.tags for row in seen[2:]] == [(), ("Spare parts",), ("Ersatzteile",), ()]
    assert len({row.reasons_json for row in seen}) == 3


def test_a_row_that_was_read_is_not_read_again_until_it_changes(db: Database) -> None:
    fill(db, 3)
    kept, asked = KeptRows(), []

    for change in (None, None, "Another"):
        if change:
            with db.begin() as tx:
                tx.execute(update(InquiryRow).where(InquiryRow.id == 2).values(name=change))
        with listening(db) as said:
            shown(db, kept)
        asked.append(len(said))

    assert asked == ([1, 1, 1] if db.is_sqlite else [2, 1, 2])


@POSTGRESQL_ONLY
def test_one_that_is_gone_before_it_is_read_is_left_out(db: Database) -> None:
    fill(db, 3)
    kept = KeptRows()

    with db.read_each() as tx:
        rows = kept.rows_of(tx, [(3, 0), (99, 0), (1, 0)], today=NOW.date())

    assert [row.id for row in rows] == [3, 1]


@POSTGRESQL_ONLY
def test_no_row_is_kept_beyond_its_day_nor_more_than_a_number(db: Database) -> None:
    fill(db, 5)
    kept, sizes = KeptRows(most=4), []

    shown(db, kept)
    sizes.append(len(kept))
    with db.read_each() as tx:
        kept.rows_of(tx, [], today=NOW.date())
        sizes.append(len(kept))
        kept.rows_of(tx, [], today=date(2026, 11, 24))
        sizes.append(len(kept))

    assert sizes == [4, 4, 0]


@POSTGRESQL_ONLY
def test_a_page_begun_beside_something_else_is_the_page(db: Database) -> None:
    """No name of a parameter may stand for one thing in the list and for another beside it."""
    fill(db, 120)
    kept, wrong = KeptRows(), []

    with db.read() as tx:
        for person in (LI, OF_STEAM):
            for query in (place for first in LISTS for place in around(tx, first, person)):
                along = beginning_of_page("postgresql", query, reader(person))
                beside = beside_list(tx, person, calm_before=NOW - CALM, most=99, along=along)
                begun = page_of_inquiries(tx, query, reader(person), kept, begun=beside.along)
                alone = beside_list(tx, person, calm_before=NOW - CALM, most=99)
                if (begun, beside.counts) != (page_of_inquiries(tx, query, reader(person), KeptRows()), alone.counts):
                    wrong.append(query.to_query())

    assert wrong == []


def around(tx: Connection, query: ListQuery, person: Person) -> Iterator[ListQuery]:
    """Yield the list from its beginning, from its second page, and from there back."""
    yield query
    if after := page_of_inquiries(tx, query, reader(person), KeptRows()).after:
        yield query.at(after)
        if before := page_of_inquiries(tx, query.at(after), reader(person), KeptRows()).before:
            yield query.at(before)
