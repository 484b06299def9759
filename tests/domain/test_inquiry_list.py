"""A list as its address says it: what is read of it, what is left out, and that it can be written down again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

import pytest

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.inquiry_list import Cursor, Filters, ListQuery, Sort, View
from liju_contact.domain.priority import Priority

AT = datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(),
        ListQuery(view=View.MINE, sort=Sort.CHANGED, q="10 t/h & “锅炉”"),
        ListQuery(view=View.ALL, cursor=Cursor(id=17)),
        ListQuery(view=View.CLOSED, cursor=Cursor(id=17, at=AT, is_backward=True)),
        ListQuery(
            view=View.ALL,
            filters=Filters(
                state=InquiryState.OPEN,
                product="hot-water",
                topic="fault",
                person="li.wei@liju.example",
                country="DE",
                language="zh_Hans",
                tag="spare parts",
                priority=Priority.URGENT,
                received_from=date(2026, 1, 1),
                received_to=date(2026, 2, 28),
                has_files=True,
                is_overdue=True,
                is_counted=True,
            ),
        ),
    ],
)
def test_a_query_written_down_is_read_as_the_same_list(query: ListQuery) -> None:
    assert ListQuery.read(dict(parse_qsl(query.to_query()))) == query


@pytest.mark.parametrize(
    "args",
    [
        {"view": "everything", "sort": "colour", "state": "lost", "priority": "9"},
        {"product": "../etc", "country": "Germany", "language": "<b>", "topic": "A B"},
        {"from": "yesterday", "to": "2026-02-31", "files": "yes", "overdue": "true", "counted": "0"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"after": "2026-13-01T00:00:00Z~1", "before": "1 OR 1=1", "tag": "\x00\u200b", "person": "  "},
        {"after": "9" * 19, "unknown": "word"},
    ],
)
def test_nonsense_in_an_address_is_left_out(args: dict[str, str]) -> None:
    assert ListQuery.read(args) == ListQuery()


def test_who_searches_or_filters_without_naming_a_view_means_all_inquiries() -> None:
    assert ListQuery.read({"q": "steam"}).view is View.ALL
    assert ListQuery.read({"product": "steam"}).view is View.ALL
    assert ListQuery.read({"product": "steam", "view": "spam"}).view is View.SPAM


def test_a_list_is_sorted_by_promise_only_where_every_row_has_one() -> None:
    orders = {
        query.to_query(): query.order
        for query in (
            ListQuery(view=View.NEEDS_ANSWER),
            ListQuery(view=View.MINE),
            ListQuery(view=View.CLOSED, sort=Sort.DUE),
            ListQuery(view=View.ALL, sort=Sort.DUE),
            ListQuery(view=View.ALL, sort=Sort.DUE, filters=Filters(is_overdue=True)),
        )
    }

    assert list(orders.values()) == [Sort.DUE, Sort.DUE, Sort.CHANGED, Sort.NEWEST, Sort.DUE]


def test_what_is_overdue_comes_by_promise_unless_another_order_is_asked_for() -> None:
    overdue = ListQuery.read({"overdue": "1"})
    newest = ListQuery.read({"overdue": "1", "sort": "newest"})

    assert (overdue.order, newest.order) == (Sort.DUE, Sort.NEWEST)
    assert ListQuery.read(dict(parse_qsl(newest.to_query()))) == newest
    assert ListQuery.read({"overdue": "1", "sort": "due"}).to_query() == overdue.to_query() == "view=all&overdue=1"
    assert newest.without("overdue").order is Sort.NEWEST


def test_a_filter_is_taken_away_with_the_place_in_the_list() -> None:
    query = ListQuery(view=View.ALL, filters=Filters(product="steam", country="DE"), q="x", cursor=Cursor(id=3))

    assert query.without("product").to_query() == "view=all&country=DE&q=x"


def test_what_is_counted_is_neither_spam_nor_merged() -> None:
    counted = ListQuery.read({"counted": "1"})

    assert counted.to_query() == "view=all&counted=1"
    assert counted.states == frozenset(InquiryState) - {InquiryState.SPAM, InquiryState.MERGED}
    assert ListQuery.read({"view": "spam", "counted": "1"}).states == frozenset()


def test_a_view_and_a_state_it_never_has_leave_nothing() -> None:
    assert ListQuery(view=View.SPAM, filters=Filters(state=InquiryState.OPEN)).states == frozenset()
