"""The insight page's figures: measured by the worker, month by month, and shown to whom they concern."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from liju_contact.domain.insight import MonthFacts
from liju_contact.domain.person import Person
from liju_contact.store.desk_tables import InquiryTagRow, RatingRow, TagRow
from liju_contact.store.insight import Measured, measured_months, months_of, save_month
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases import measure_insight as measure_insight_module
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.erase_address import erase_address
from liju_contact.usecases.measure_insight import measure_insight
from liju_contact.usecases.show_insight import Insight, show_insight
from tests.conftest import Clock
from tests.staff_desk import account
from tests.usecases.stories import opened, submit


def ask(deps: Deps, person: Any, **what: str) -> Insight:
    return show_insight(deps, person, **{"first": "", "last": "", "product": "", **what}, now=deps.now())


def measure_all(deps: Deps) -> int:
    count = 0
    while measure_insight(deps, now=deps.now()):
        count += 1
    return count


def answered(deps: Deps, inquiry_id: int, *, after_hours: float) -> None:
    with deps.db.begin() as tx:
        received = InquiryRow.id == inquiry_id
        at = deps.now() + timedelta(hours=after_hours)
        tx.execute(update(InquiryRow).where(received).values(first_answered_at=at, state="answered"))


def test_a_month_adds_up(deps: Deps, clock: Clock) -> None:
    for number, (product, country) in enumerate([("steam", "BR"), ("steam", "DE"), ("service-parts", "DE")]):
        submit(deps, nonce=str(number), product=product, country=country)
    answered(deps, 1, after_hours=2)
    answered(deps, 2, after_hours=400)
    with deps.db.begin() as tx:
        tx.execute(insert(TagRow), {"id": 1, "name": "leak", "name_folded": "leak"})
        tx.execute(insert(InquiryTagRow), {"inquiry_id": 1, "tag_id": 1})
        tx.execute(insert(RatingRow), {"inquiry_id": 1, "stars": 4, "words": "", "rated_at": clock.at})
    clock.move(days=6)

    measure_all(deps)

    insight = ask(deps, account(deps))
    assert insight.months[-1] == "2026-11"
    assert (insight.total.received_count, insight.total.answered_count) == (3, 2)
    assert (insight.total.in_time_count, insight.total.late_open_count) == (1, 1)
    assert [(line.id, line.total) for line in insight.products] == [("steam", 2), ("service-parts", 1)]
    assert [(line.id, line.total) for line in insight.countries] == [("DE", 2), ("BR", 1)]
    [of_steam] = [line for line in insight.returning if line.product == "steam"]
    assert (of_steam.tags, insight.total.stars) == ((("leak", 1),), {4: 1})


def words_of(deps: Deps) -> dict[str, int]:
    with deps.db.read() as tx:
        [(_month, _product, facts)] = months_of(tx, "2026-11", "2026-11")
    return dict(facts.words)


def test_a_word_counts_once_per_inquiry_however_often_it_was_written(deps: Deps) -> None:
    burner = submit(deps, nonce="1", message="The burner leaks.")
    for number in range(3):
        add_customer_message(
            deps, *opened(burner), body=f"burner flange {number}", files=(), nonce=f"m-{number}", now=deps.now()
        )
    submit(deps, nonce="2", message="The flange leaks.")

    measure_all(deps)

    assert words_of(deps) == {"burner": 1, "leaks": 2, "flange": 2}


def test_words_are_read_of_the_newest_inquiries_whatever_each_has_written(
    deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure_insight_module, "_INQUIRIES_READ", 2)
    for number, word in enumerate(("nozzle", "gasket", "sensor")):
        asked = submit(deps, nonce=str(number), message=word)
        for more in range(3):
            text = f"{word} again"
            add_customer_message(deps, *opened(asked), body=text, files=(), nonce=f"m-{number}-{more}", now=deps.now())
        clock.move(minutes=1)

    measure_all(deps)

    assert words_of(deps).keys() & {"nozzle", "gasket", "sensor"} == {"gasket", "sensor"}


def test_spam_and_what_was_merged_do_not_count(deps: Deps) -> None:
    for number, state in enumerate(["spam", "merged", "open"]):
        submit(deps, nonce=str(number))
        with deps.db.begin() as tx:
            tx.execute(update(InquiryRow).where(InquiryRow.id == number + 1).values(state=state))

    measure_all(deps)

    assert ask(deps, account(deps)).total.received_count == 1


def test_a_month_is_measured_again_only_when_something_has_happened(deps: Deps, clock: Clock) -> None:
    submit(deps)
    assert measure_all(deps) == 1
    clock.move(minutes=20)
    assert measure_all(deps) == 0
    submit(deps, nonce="n-2")
    assert measure_all(deps) == 1


def test_a_large_month_is_measured_every_ten_minutes_only(
    deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure_insight_module, "_SMALL", 1)
    submit(deps)
    measure_all(deps)
    submit(deps, nonce="n-2")
    assert measure_all(deps) == 0
    clock.move(minutes=10)
    assert measure_all(deps) == 1


def told(deps: Deps, person: Person, **what: str) -> tuple[datetime | None, bool, bool]:
    insight = ask(deps, person, **what)
    return insight.counted_at, insight.is_being_counted, insight.is_beyond


def test_what_is_not_counted_yet_is_told_from_nothing(deps: Deps, clock: Clock) -> None:
    person = account(deps)
    assert told(deps, person) == (None, True, False)
    measure_all(deps)
    assert told(deps, person) == (clock.at, False, False)  # there is nothing to count

    submit(deps)
    clock.move(days=40)
    measure_insight(deps, now=deps.now())
    assert told(deps, person, first="2027-01") == (clock.at, True, False)  # the month before is not
    assert told(deps, person, first="2026-11") == (clock.at, True, False)
    measure_all(deps)
    assert told(deps, person, first="2027-01") == (clock.at, False, False)
    assert told(deps, person, first="2026-11") == (clock.at, False, False)


def test_months_that_are_too_long_ago_to_be_counted_say_so(deps: Deps, clock: Clock) -> None:
    person = account(deps)
    submit(deps)
    clock.move(days=4 * 365)
    measure_all(deps)

    assert told(deps, person) == (clock.at, False, False)
    assert told(deps, person, first="2026-11", last="2026-12") == (None, False, True)
    assert told(deps, person, first="2020-01", last="2020-02") == (None, False, False)  # nothing had come then


def test_what_an_erasure_made_forget_is_being_counted(deps: Deps) -> None:
    submit(deps, email="ana@usina.example")
    submit(deps, nonce="2", email="eva@elsewhere.example")
    measure_all(deps)
    erase_address(deps, "ana@usina.example", actor="", now=deps.now())

    assert told(deps, account(deps)) == (None, True, False)


def test_a_clock_that_was_set_back_does_not_stop_the_measuring(deps: Deps, clock: Clock) -> None:
    submit(deps)
    measure_all(deps)
    submit(deps, nonce="n-2")
    clock.move(days=-2)

    assert measure_all(deps) == 1


def test_a_person_sees_the_product_lines_they_serve(deps: Deps) -> None:
    submit(deps, nonce="1", product="steam", message="secretword secretword")
    submit(deps, nonce="2", product="service-parts")
    measure_all(deps)

    insight = ask(deps, account(deps, product_lines=["service-parts"]))

    assert insight.known_products == ("service-parts",)
    assert insight.total.received_count == 1
    assert "secretword" not in repr(insight)


def test_what_came_by_mail_is_a_line_of_its_own_and_hides_no_other(deps: Deps) -> None:
    submit(deps, nonce="1", product="steam")
    submit(deps, nonce="2")
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).where(InquiryRow.id == 2).values(product=""))
    measure_all(deps)
    person = account(deps)

    asked = {product: ask(deps, person, product=product) for product in ("", "none", "steam", "sold-no-more")}

    assert {product: (insight.product, insight.total.received_count) for product, insight in asked.items()} == {
        "": ("", 2),
        "none": ("none", 1),
        "steam": ("steam", 1),
        "sold-no-more": ("", 2),
    }
    assert {insight.known_products for insight in asked.values()} == {("", "steam")}


def test_the_time_before_is_as_long_and_nothing_is_counted_twice(deps: Deps, clock: Clock) -> None:
    for number in range(3):
        submit(deps, nonce=str(number))
        clock.move(days=31)
    measure_all(deps)

    insight = ask(deps, account(deps), first="2026-12", last="2027-01")

    assert (insight.months, insight.total.received_count) == (("2026-12", "2027-01"), 2)
    assert insight.total_before is not None
    assert insight.total_before == MonthFacts.from_json(insight.total_before.to_json())
    assert insight.total_before.received_count == 1


def test_a_time_before_that_is_not_wholly_counted_is_not_compared_with(deps: Deps, clock: Clock) -> None:
    person = account(deps)
    for _month in range(3):
        submit(deps, nonce=f"{clock.at}")
        clock.move(days=31)
    submit(deps, nonce=f"{clock.at}")
    for is_known in (False, False, False, True):  # the latest month first
        measure_insight(deps, now=deps.now())
        insight = ask(deps, person, first="2027-01", last="2027-02")
        assert (insight.total_before is not None, not insight.is_being_counted) == (is_known, is_known)
        lines = (*insight.products, *insight.topics, *insight.countries)
        assert {line.total_before for line in lines} == {2 if is_known else None}


def test_a_time_before_that_is_too_long_ago_is_not_compared_with(deps: Deps, clock: Clock) -> None:
    submit(deps)
    clock.move(days=40 * 30)
    submit(deps, nonce="2")
    measure_all(deps)

    insight = ask(deps, account(deps), first="2028-04")

    assert len(insight.months) == 24
    assert (insight.total_before, insight.is_being_counted, insight.is_beyond) == (None, False, True)


def test_sums_begun_before_an_erasure_are_not_kept(deps: Deps) -> None:
    submit(deps, nonce="1", email="ana@usina.example", message="The grumblewort leaks.")
    submit(deps, nonce="2", email="eva@elsewhere.example", message="The valve leaks.")
    month, before = "2026-11", Measured(newest_event_id=7, measured_at=deps.now())
    begun = [("steam", MonthFacts(received_count=2, words={"grumblewort": 1, "leaks": 2}))]

    kept: list[bool] = []
    known: Measured | None = None
    for _erasure in range(3):  # of a month never summed up, of one marked stale, and of one marked so again
        erase_address(deps, "ana@usina.example", actor="", now=deps.now())
        with deps.db.begin() as tx:
            kept.append(save_month(tx, month, begun, before, known=known))
            known = measured_months(tx, month)[month]
        submit(deps, nonce=f"again {_erasure}", email="ana@usina.example", message="The grumblewort leaks.")
    erase_address(deps, "ana@usina.example", actor="", now=deps.now())
    measure_all(deps)

    with deps.db.read() as tx:
        [(_month, _product, facts)] = months_of(tx, month, month)
    assert kept == [False, False, False]
    assert facts.words == {"valve": 1, "leaks": 1}
