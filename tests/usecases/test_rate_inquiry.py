"""A customer says how we did; staff see it, and the team hears once of who was not content."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.rating import Rating
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.rate_inquiry import rate_inquiry
from liju_contact.usecases.submit_inquiry import Submitted
from tests.conftest import ONE_DATABASE, Clock
from tests.usecases.mails import LI, WANG, letters, with_staff
from tests.usecases.stories import counts, key_of, opened, rows, status_of, submit

GOOD, POOR, WORST = (Rating(stars=stars, words=words) for stars, words in ((4, ""), (2, "Too slow."), (1, "Rude.")))


def rated(deps: Deps, submitted: Submitted, rating: Rating) -> bool:
    return rate_inquiry(deps, *opened(submitted), rating, now=deps.now())


def in_state(deps: Deps, state: str, **values: object) -> Submitted:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(state=state, **values))
    return submitted


def test_a_rating_is_kept_shown_and_may_be_changed(deps: Deps, clock: Clock) -> None:
    submitted = in_state(deps, "answered")

    assert rated(deps, submitted, POOR)
    clock.move(hours=1)
    assert rated(deps, submitted, GOOD)

    [kept] = rows(deps.db, "rating")
    assert (kept["stars"], kept["words"], kept["rated_at"]) == (4, "", clock.at)
    assert status_of(deps, submitted).rating == GOOD
    told = [(row["kind"], row["actor"], row["facts"]) for row in rows(deps.db, "event")[1:]]
    assert told == [
        ("rated", "customer", {"stars": 2, "words": "Too slow.", "before": None}),
        ("rated", "customer", {"stars": 4, "words": "", "before": 2}),
    ]


def test_what_staff_note_of_a_rating_is_not_in_the_customers_timeline(deps: Deps) -> None:
    submitted = in_state(deps, "closed")

    rated(deps, submitted, POOR)

    assert [event.kind.value for event in status_of(deps, submitted).events] == ["inquiry_received"]


def test_the_team_hears_once_of_who_is_not_content(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = in_state(deps, "answered")

    for rating in (GOOD, POOR, GOOD, WORST):
        rated(deps, submitted, rating)

    assert letters(deps)[3:] == [("rating_for_team", LI), ("rating_for_team", WANG)]
    assert "| Too slow." in rows(deps.db, "letter")[-1]["text"]


@ONE_DATABASE
def test_who_has_the_inquiry_hears_of_it_alone(deps: Deps) -> None:
    deps = with_staff(deps)

    rated(deps, in_state(deps, "closed", assignee=WANG), WORST)

    assert letters(deps)[3:] == [("rating_for_team", WANG)]


@ONE_DATABASE
def test_nobody_hears_of_what_was_spam(deps: Deps) -> None:
    rated(deps, in_state(deps, "spam"), WORST)

    assert [kind for kind, _ in letters(deps) if kind == "rating_for_team"] == []


@ONE_DATABASE
@pytest.mark.parametrize("state", ["received", "open"])
def test_there_is_nothing_to_rate_while_we_owe_an_answer(deps: Deps, state: str) -> None:
    submitted = in_state(deps, state)
    before = counts(deps.db)

    with pytest.raises(Conflict):
        rated(deps, submitted, GOOD)

    assert counts(deps.db) == before
    assert not status_of(deps, submitted).may_be_rated


@ONE_DATABASE
def test_the_same_again_changes_nothing_and_many_changes_are_too_many(deps: Deps) -> None:
    submitted = in_state(deps, "answered")

    same = [rated(deps, submitted, GOOD) for _ in range(20)]
    changing = [rated(deps, submitted, (POOR, GOOD)[number % 2]) for number in range(10)]

    assert (same, changing) == ([True] * 20, [*[True] * 9, False])
    assert len(rows(deps.db, "event")) == 1 + 10


@ONE_DATABASE
def test_a_wrong_key_rates_nothing(deps: Deps) -> None:
    submitted = in_state(deps, "answered")
    other = submit(deps, nonce="n-2")

    with pytest.raises(NotFound):
        rate_inquiry(deps, submitted.reference, key_of(other), GOOD, now=deps.now())

    assert rows(deps.db, "rating") == []
