"""Pages of the list: the right rows in the right order, none lost or repeated, and always by an index."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, event, insert, select, text

from liju_contact.domain.inquiry import InquiryState, awaits_answer
from liju_contact.domain.inquiry_list import STATES_OF, Filters, ListQuery, Sort, View
from liju_contact.domain.person import Person, Role
from liju_contact.domain.priority import Priority
from liju_contact.store.database import Database
from liju_contact.store.desk_tables import InquiryTagRow, TagRow
from liju_contact.store.inquiry_list import Page, page_of_inquiries
from liju_contact.store.kept_rows import KeptRows
from liju_contact.store.list_candidates import candidates_of
from liju_contact.store.list_statements import statements_of
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import condition_of
from liju_contact.store.listed_inquiries import rows_of
from liju_contact.store.tables import InquiryRow
from tests.conftest import ONE_DATABASE

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LI = Person(id=1, address="li.wei@liju.example", name="Li Wei", role=Role.AGENT)
OF_STEAM = replace(LI, product_lines=frozenset({"steam"}))
FILTERS = {
    "state": Filters(state=InquiryState.OPEN),
    "merged": Filters(state=InquiryState.MERGED),
    "product": Filters(product="steam"),
    "without product": Filters(product="none"),
    "topic": Filters(topic="fault"),
    "person": Filters(person="li.wei@liju.example"),
    "me": Filters(person="me"),
    "nobody": Filters(person="nobody"),
    "country": Filters(country="DE"),
    "language": Filters(language="zh_Hans"),
    "tag": Filters(tag="Spare Parts"),
    "priority": Filters(priority=Priority.URGENT),
    "from": Filters(received_from=date(2026, 11, 20)),
    "days": Filters(received_from=date(2026, 11, 10), received_to=date(2026, 11, 12)),
    "files": Filters(has_files=True),
    "overdue": Filters(is_overdue=True),
    "counted": Filters(is_counted=True),
    "counted days": Filters(is_counted=True, received_from=date(2026, 11, 1), received_to=date(2026, 11, 30)),
    "counted of a line": Filters(is_counted=True, received_from=date(2026, 11, 1), product="steam"),
    "several": Filters(product="steam", country="DE", has_files=True, state=InquiryState.CLOSED),
}
_ASKED = [
    *(ListQuery(view=view, sort=sort) for view in View for sort in Sort),
    *(ListQuery(view=View.ALL, filters=filters, sort=sort) for filters in FILTERS.values() for sort in Sort),
    *(
        ListQuery(view=view, filters=FILTERS[name])
        for view in View
        for name in ("country", "tag", "person", "nobody", "counted")
    ),
    *(ListQuery(view=View.UNASSIGNED, filters=FILTERS[name]) for name in ("state", "overdue")),
]
QUERIES = [query for query in _ASKED if query.order is (query.sort or query.order)]


def test_every_list_has_the_rows_that_belong_to_it_in_its_order(db: Database) -> None:
    rows = fill(db, 120)

    wrong = [
        (person.product_lines, query.to_query())
        for person in (LI, OF_STEAM)
        for query in QUERIES
        if walk(db, query, person) != expected(rows, query, person)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "typed", ["10", '"', "}{", '{"field": "fuel"', '\\{"field": "fuel", "typed": "', "锅炉\n{", "[]"]
)
def test_a_row_knows_which_facts_are_given_whatever_was_typed(db: Database, typed: str) -> None:
    facts = [{"field": field, "typed": typed, "unit": "t_h", "canonical": None} for field in ("capacity", "pressure")]
    for number, details in enumerate(([], facts[:1], facts), 1):
        add(db, number, **chances(random.Random(number), NOW), details=details)

    with db.read() as tx:
        given = [row.given_fields for row in rows_of(tx, [1, 2, 3])]

    assert given == [set(), {"capacity"}, {"capacity", "pressure"}]


def test_walking_back_from_the_end_meets_the_same_rows(db: Database) -> None:
    rows = fill(db, 40)

    wrong = [query.to_query() for query in QUERIES if walk_back(db, query, LI) != expected(rows, query, LI)]

    assert wrong == []


def test_the_condition_alone_says_the_same(db: Database) -> None:
    rows = fill(db, 60)

    wrong = []
    for query in QUERIES:
        with db.read() as tx:
            found = tx.execute(select(InquiryRow.id).where(condition_of(query, reader(OF_STEAM)))).scalars()
            if set(found) != set(expected(rows, query, OF_STEAM)):
                wrong.append(query.to_query())

    assert wrong == []


@pytest.mark.parametrize("sort", Sort)
def test_rows_that_come_between_two_pages_neither_hide_nor_repeat_another(db: Database, sort: Sort) -> None:
    rows = fill(db, 30)
    query = ListQuery(view=View.ALL if sort is not Sort.DUE else View.NEEDS_ANSWER, sort=sort)
    before = expected(rows, query, LI)

    seen: list[int] = []
    page = first = get(db, query, limit=4)
    for number in range(100):
        seen += [row.id for row in page.rows]
        add(db, 1000 + number, received_at=NOW - timedelta(days=number), changed_at=NOW, state="open")
        if page.after is None:
            break
        page = get(db, query.at(page.after), limit=4)

    assert [id_ for id_ in seen if id_ < 1000] == before
    assert len(set(seen)) == len(seen)
    assert first.before is None


def test_rows_are_returned_in_the_order_of_the_ids(db: Database) -> None:
    fill(db, 5)

    with db.read() as tx:
        rows = rows_of(tx, [4, 99, 2])

    assert [row.id for row in rows] == [4, 2]


def test_every_list_is_read_by_an_index(db: Database) -> None:
    """A plan that reads the table row by row, in any list, is named by the list's address."""
    fill(db, 3 if db.is_sqlite else 3000)

    without = [query.to_query() for query in QUERIES if any(map(reads_every_row, plans_of(db, query)))]

    assert without == []


def test_a_plan_without_an_index_would_be_named(db: Database) -> None:
    fill(db, 3 if db.is_sqlite else 3000)
    query = "SELECT id FROM inquiry WHERE company = 'x'"

    with db.read() as tx:
        plan = explained(tx, query + " ORDER BY changed_at + 1" * db.is_sqlite)

    assert reads_every_row(plan)


def test_what_a_search_sifts_is_the_list_and_is_found_by_an_index(db: Database) -> None:
    rows = fill(db, 200 if db.is_sqlite else 3000)

    with db.read() as tx:
        made = [(query, candidates_of(tx.dialect.name, query, reader(OF_STEAM))) for query in QUERIES]
        sifted = [(query, own) for query, own in made if own]
        wrong = [
            query.to_query()
            for query, own in sifted
            if set(tx.execute(own.rows).scalars()) != set(expected(rows, query, OF_STEAM))
        ]
        slow = [query.to_query() for query, own in sifted if reads_every_row(plan_of(tx, own.rows))]

    assert len(sifted) > len(FILTERS)
    assert (wrong, slow) == ([], [])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no such choice
def test_postgresql_plans_a_page_once_and_not_each_time(db: Database) -> None:
    """Planning took a third of what a page takes; PostgreSQL says itself which plans it has kept."""
    fill(db, 3000)
    lists = [ListQuery(view=view) for view in View if view is not View.MINE]

    with db.read() as tx:
        tx.exec_driver_sql("DEALLOCATE ALL")  # the connection has served other tests
        for query in lists * 12:  # five times it is sent as text, five times planned, and then it is decided
            page_of_inquiries(tx, query, reader(), KeptRows())
        prepared = tx.execute(text("SELECT statement, generic_plans FROM pg_prepared_statements")).all()

    of_rows = [(sql, count) for sql, count in prepared if "hash_record_extended" in sql]
    assert len(of_rows) >= len(lists)
    assert [sql for sql, count in of_rows if not count] == []


@ONE_DATABASE  # PostgreSQL knows how frequent values are, and takes for three rows whatever it likes
@pytest.mark.parametrize(("name", "index"), [("country", "country"), ("priority", "priority"), ("person", "assignee")])
def test_index_of_one_value_tells_what_else_is_asked(db: Database, name: str, index: str) -> None:
    """To look into the table for each inquiry of a country is what makes two filters slow."""
    fill(db, 3)
    query = ListQuery(view=View.ALL, filters=replace(FILTERS[name], topic="fault", has_files=True))

    with db.read() as tx:
        own = candidates_of(tx.dialect.name, query, reader())
        assert own is not None
        plan = plan_of(tx, own.rows)

    assert f"COVERING INDEX ix_inquiry_{index}" in plan


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(view=View.UNASSIGNED),
        ListQuery(view=View.UNASSIGNED, filters=FILTERS["overdue"]),
        ListQuery(view=View.NEEDS_ANSWER, filters=FILTERS["nobody"]),
        ListQuery(view=View.NEEDS_ANSWER, filters=FILTERS["person"]),
    ],
    ids=ListQuery.to_query,
)
def test_what_somebody_owes_an_answer_is_read_in_its_order(db: Database, query: ListQuery) -> None:
    """Thousands that nobody has taken cost no more than a page of them."""
    fill(db, 3 if db.is_sqlite else 3000)

    [plan] = plans_of(db, query)

    index = "ix_inquiry_assignee_answer_due_at"
    if db.is_sqlite:
        assert re.match(rf"MATERIALIZE along\nSEARCH inquiry USING COVERING INDEX {index} .*\nSCAN along\n", plan)
    else:
        assert re.search(rf"Limit .*\n *->  Index (Only )?Scan using {index} ", plan)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.CHANGED])
@pytest.mark.parametrize("name", ["counted", "counted days"])
def test_what_is_counted_is_read_in_its_order(db: Database, name: str, sort: Sort) -> None:
    """It is nearly everything: whatever finds it by its states reads and sorts all of that."""
    fill(db, 3 if db.is_sqlite else 3000)

    plan = plans_of(db, ListQuery(view=View.ALL, filters=FILTERS[name], sort=sort))[0]

    index = "ix_inquiry_changed_at" if sort is Sort.CHANGED else "ix_inquiry_received_at"
    if db.is_sqlite:
        limited = r"MATERIALIZE (along|hit\nCO-ROUTINE near)"
        assert re.match(rf"{limited}\n(SCAN|SEARCH) inquiry USING COVERING INDEX {index}\b.*\nSCAN", plan)
    else:
        assert re.search(rf"Limit .*\n *->  Index (Only )?Scan (Backward )?using {index} ", plan)


def test_ones_own_are_read_in_their_order(db: Database) -> None:
    fill(db, 3 if db.is_sqlite else 3000)

    [plan] = plans_of(db, ListQuery(view=View.MINE))

    for index in ("ix_inquiry_assignee_answer_due_at", "ix_inquiry_assignee_answered"):
        # Nothing is sorted before the limit of what comes by the index.
        by_it = (
            rf"SEARCH inquiry USING (COVERING )?INDEX {index} .*\nSCAN" if db.is_sqlite else rf"Limit .*\n.* {index} "
        )
        assert re.search(by_it, plan), plan


# --- what a list has to be, row by row ------------------------------------------------------------------------------


Rows = list[SimpleNamespace]


def expected(rows: Rows, query: ListQuery, person: Person) -> list[int]:
    mine = [row for row in rows if belongs(row, query, person)]
    mine.sort(key=lambda row: row.id)
    match query.order:
        case Sort.DUE:
            mine.sort(key=lambda row: (not awaits_answer(InquiryState(row.state)), promise(row)))
        case Sort.CHANGED:
            mine.sort(key=lambda row: (row.changed_at, row.id), reverse=True)
        case Sort.NEWEST | Sort.OLDEST if query.filters.received_from:
            mine.sort(key=lambda row: (row.received_at, row.id), reverse=query.order is Sort.NEWEST)
        case Sort.NEWEST:
            mine.reverse()
    return [row.id for row in mine]


def promise(row: Any) -> datetime:
    at: datetime = row.answer_due_at if awaits_answer(InquiryState(row.state)) else NOW
    return at


def belongs(row: Any, query: ListQuery, person: Person) -> bool:
    filters, day = query.filters, row.received_at.astimezone(SHANGHAI).date()
    who = {"me": person.address}.get(filters.person, filters.person)
    return all(
        (
            person.serves(row.product, None if filters.is_counted else row.assignee),
            InquiryState(row.state) in STATES_OF[query.view],
            query.view is not View.MINE or row.assignee == person.address,
            query.view is not View.UNASSIGNED or row.assignee is None,
            query.view is not View.MAIL_TROUBLE or row.has_mail_trouble,
            not filters.state or row.state == filters.state,
            not filters.product or row.product == filters.product.replace("none", ""),
            not filters.topic or row.topic == filters.topic,
            not who or (row.assignee is None if who == "nobody" else row.assignee == who),
            not filters.country or row.country == filters.country,
            not filters.language or row.language == filters.language,
            not filters.tag or row.id % 4 == 0,
            not filters.priority or row.priority == filters.priority,
            not filters.received_from or day >= filters.received_from,
            not filters.received_to or day <= filters.received_to,
            not filters.has_files or row.has_files,
            not filters.is_counted or row.state not in {"spam", "merged"},
            not filters.is_overdue or (awaits_answer(InquiryState(row.state)) and row.answer_due_at < NOW),
        )
    )


# --- reading --------------------------------------------------------------------------------------------------------


def reader(person: Person = LI) -> Reader:
    return Reader(person=person, zone=SHANGHAI, now=NOW)


def get(db: Database, query: ListQuery, person: Person = LI, *, limit: int = 50) -> Page:
    with db.read() as tx:
        return page_of_inquiries(tx, query, reader(person), KeptRows(), limit=limit)


def walk(db: Database, query: ListQuery, person: Person, *, limit: int = 37) -> list[int]:
    return [row.id for page in pages(db, query, person, limit) for row in page.rows]


def pages(db: Database, query: ListQuery, person: Person, limit: int) -> Iterator[Page]:
    page = get(db, query, person, limit=limit)
    yield page
    while page.after:
        page = get(db, query.at(page.after), person, limit=limit)
        yield page


def walk_back(db: Database, query: ListQuery, person: Person) -> list[int]:
    *_others, last = pages(db, query, person, 7)
    ids, page = [row.id for row in last.rows], last
    while page.before:
        page = get(db, query.at(page.before), person, limit=7)
        more = [row.id for row in page.rows]
        # The first page is a whole one, and so shows some of the second page's rows as well.
        ids = [*(id_ for id_ in more if id_ not in ids), *ids]
    return ids


def plans_of(db: Database, query: ListQuery) -> list[str]:
    sent: list[tuple[str, Any]] = []
    with db.read() as tx:
        event.listen(tx, "before_cursor_execute", lambda _c, _cursor, sql, given, *_: sent.append((sql, given)))
        if not db.is_sqlite:
            tx.execute(text("SET LOCAL enable_seqscan = off"))
        sent.clear()
        for statement, values in statements_of(tx.dialect.name, query, reader(), limit=51):
            tx.execute(statement, values)
        return [explained(tx, sql, given) for sql, given in tuple(sent)]


def plan_of(tx: Connection, statement: Any) -> str:
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET LOCAL enable_seqscan = off"))
    sent: list[tuple[str, Any]] = []
    event.listen(tx, "before_cursor_execute", lambda _c, _cursor, sql, given, *_: sent.append((sql, given)), once=True)
    tx.execute(statement)
    return explained(tx, *sent[-1])


def explained(tx: Connection, statement: str, given: Any = None) -> str:
    asked = "EXPLAIN QUERY PLAN" if tx.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(f"{asked} {statement}", given))


def reads_every_row(plan: str) -> bool:
    """Tell a scan of the whole table. SQLite calls reading along the ids a scan too, but sorts nothing but the page.

    ``along`` is what has a limit of its own.
    """
    plan = plan.replace("MATERIALIZE along\nSCAN inquiry\nSCAN along", "")
    is_scanned = re.search(r"SCAN inquiry$", plan, re.MULTILINE) and "TEMP B-TREE" in plan
    return "Seq Scan on inquiry" in plan or bool(is_scanned)


# --- filling --------------------------------------------------------------------------------------------------------


def fill(db: Database, count: int) -> Rows:
    dice = random.Random(4)
    received = sorted(NOW - timedelta(hours=dice.randrange(800)) for _ in range(count))  # ids grow as time goes on
    rows = [row_of(number, **chances(dice, at)) for number, at in enumerate(received, 1)]
    tagged = [{"inquiry_id": row["id"], "tag_id": 1} for row in rows if row["id"] % 4 == 0]
    with db.begin() as tx:
        tx.execute(insert(InquiryRow), rows)
        tx.execute(insert(TagRow), {"id": 1, "name": "Spare parts", "name_folded": "spare parts"})
        if tagged:
            tx.execute(insert(InquiryTagRow), tagged)
    if not db.is_sqlite:
        with db.begin() as tx:
            tx.execute(text("ANALYZE inquiry"))
    return [SimpleNamespace(**row) for row in rows]


def chances(dice: random.Random, received_at: datetime) -> dict[str, Any]:
    return {
        "received_at": received_at,
        # Few enough moments that many rows share one: then the id alone decides.
        "changed_at": NOW - timedelta(hours=dice.randrange(9)),
        "answer_due_at": received_at + timedelta(hours=dice.choice([4, 16, 600, 900])),
        "state": dice.choice([state.value for state in InquiryState]),
        "assignee": dice.choice([None, "li.wei@liju.example", "chen@liju.example"]),
        "product": dice.choice(["steam", "hot-water", "burner", ""]),
        "topic": dice.choice(["fault", "quotation"]),
        "country": dice.choice(["DE", "CN", "US"]),
        "language": dice.choice(["en", "zh_Hans"]),
        "priority": dice.choice([priority.value for priority in Priority]),
        "has_files": dice.random() < 0.3,
        "has_mail_trouble": dice.random() < 0.2,
    }


def row_of(number: int, **values: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "id": number,
        "reference": f"LJ-{number:04}",
        "nonce": f"nonce-{number}",
        "language": "en",
        "name": f"Customer {number}",
        "email": "c@dairy.example",
        "email_folded": "c@dairy.example",
        "country": "DE",
        "product": "steam",
        "topic": "fault",
        "team": "sales",
        "company": "Dairy",
        "phone": "",
        "details": [],
        "answer_due_at": NOW,
        "preview": "We need steam.",
        "key_version": 1,
    }
    return {**usual, **values}


def add(db: Database, number: int, **values: Any) -> None:
    with db.begin() as tx:
        tx.execute(insert(InquiryRow), row_of(number, **values))
