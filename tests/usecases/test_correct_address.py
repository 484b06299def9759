"""A customer whose letters come back gives another address on the status page: who may, how often, what goes there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.inbound import AUTOMATIC_LETTERS_PER_DAY
from liju_contact.store.inquiries import get_inquiry, set_unreachable
from liju_contact.usecases.answer_customer import Answer, answer_customer
from liju_contact.usecases.correct_address import correct_address
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.find_inquiry import answer_link_request, ask_for_links
from liju_contact.usecases.keep_limits import Caller
from liju_contact.usecases.submit_inquiry import Submitted
from tests.conftest import Clock
from tests.usecases.mails import CUSTOMER, letter_to, letters, with_staff
from tests.usecases.stories import opened, rows, staged, submit

OTHER = "Ana@other.example"
CORRECTIONS_PER_DAY = AUTOMATIC_LETTERS_PER_DAY - 1  # the confirmation was the first automatic letter


def unreachable(deps: Deps) -> None:
    """Let letters to the customer of the only inquiry fail from now on."""
    with deps.db.begin() as tx:
        set_unreachable(tx, 1, deps.now())


def correct(deps: Deps, submitted: Submitted, email: str = OTHER) -> bool:
    return correct_address(deps, *opened(submitted), email=email, now=deps.now())


def test_the_confirmation_goes_to_the_new_address(deps: Deps) -> None:
    submitted = submit(deps)
    unreachable(deps)

    is_corrected = correct(deps, submitted)

    [inquiry] = rows(deps.db, "inquiry")
    assert is_corrected
    assert (inquiry["email"], inquiry["email_folded"], inquiry["unreachable_since"]) == (OTHER, OTHER.lower(), None)
    assert letters(deps)[-1] == ("inquiry_received", OTHER)
    assert [row["kind"] for row in rows(deps.db, "event")] == ["inquiry_received", "address_corrected"]


def test_the_newest_answer_goes_to_the_new_address_with_its_files(deps: Deps) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)
    drawing = staged(deps, b"a drawing")
    for body, files in (("First.", ()), ("Second.", (drawing,))):
        with deps.db.begin() as tx:
            answer = Answer(author=deps.settings.catalogue.staff[0], body=body, files=files, nonce=body)
            answer_customer(deps, tx, get_inquiry(tx, 1), answer, now=deps.now())
    unreachable(deps)

    correct(deps, submitted)

    again = letter_to(deps, OTHER)
    newest = rows(deps.db, "message")[-1]["id"]
    assert (again["kind"], again["message_files_id"]) == ("answer", newest)
    assert "Second." in again["text"]
    assert "First." not in again["text"]


def test_nobody_can_turn_away_letters_that_arrive(deps: Deps) -> None:
    submitted = submit(deps)

    with pytest.raises(Conflict):
        correct(deps, submitted)

    assert rows(deps.db, "inquiry")[0]["email"] == CUSTOMER
    assert len(letters(deps)) == 2


def test_the_wrong_key_corrects_nothing(deps: Deps) -> None:
    submitted = submit(deps)
    unreachable(deps)

    with pytest.raises(NotFound):
        correct_address(deps, submitted.reference, "0" * 34, email=OTHER, now=deps.now())

    assert rows(deps.db, "inquiry")[0]["email"] == CUSTOMER


def test_an_address_is_corrected_so_often_a_day_and_no_more(deps: Deps, clock: Clock) -> None:
    """Else the form would be a way to have letters sent to anybody."""
    submitted = submit(deps)
    corrected = []
    for number in range(CORRECTIONS_PER_DAY + 1):
        unreachable(deps)
        corrected.append(correct(deps, submitted, f"a{number}@other.example"))

    letters_today = [kind for kind, _ in letters(deps)].count("inquiry_received")
    clock.at += timedelta(days=1)
    next_day = correct(deps, submitted, "b@other.example")

    assert corrected == [True] * CORRECTIONS_PER_DAY + [False]
    assert letters_today == AUTOMATIC_LETTERS_PER_DAY
    assert next_day
    assert rows(deps.db, "inquiry")[0]["email"] == "b@other.example"


def test_all_automatic_letters_of_a_day_count_together(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    unreachable(deps)

    def asks_for_link() -> None:
        ask_for_links(deps, submitted.reference, language="en", caller=Caller(network="net"), now=deps.now())
        assert answer_link_request(deps, now=deps.now())

    asks_for_link()
    correct(deps, submitted)
    asks_for_link()
    today = [kind for kind, to in letters(deps) if "liju" not in to]
    clock.move(days=1, hours=1)
    asks_for_link()

    assert today == ["inquiry_received", "status_links", "inquiry_received"]
    assert letters(deps)[-1] == ("status_links", OTHER)
    assert len(today) == AUTOMATIC_LETTERS_PER_DAY
