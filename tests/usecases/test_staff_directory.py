"""Whoever has an account of the desk is staff: they get letters, answer them by mail, and decide about mail."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from liju_contact.domain.change import Change
from liju_contact.domain.errors import Conflict, Forbidden, NotFound, Unfit
from liju_contact.domain.inbound import Decision
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.person import Action, Person, Role
from liju_contact.store.staff import Account, change_account, find_account_by_id
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.correct_address import correct_address_for
from liju_contact.usecases.decide_held import accept_mail, discard_mail, undo_decision
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import OtherCustomers, merge_inquiries
from liju_contact.usecases.second_factor import remove_second_factor
from liju_contact.usecases.show_inquiry import show_inquiry
from liju_contact.usecases.staff_directory import find_colleague, staff_finder, staff_of
from liju_contact.usecases.tend_held import let_in, put_aside, take_back
from liju_contact.usecases.tend_outbox import drop_delivery, retry_delivery
from liju_contact.usecases.watch_inquiry import watch_inquiry
from tests.conftest import ONE_DATABASE
from tests.staff_desk import account
from tests.usecases.carried import carry_all
from tests.usecases.mails import (
    CUSTOMER,
    LI,
    LI_AT_HOME,
    PUBLIC,
    WANG,
    entry,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    reply_to,
    with_staff,
)
from tests.usecases.stories import rows, submit
from tests.usecases.test_merge_inquiries import reference
from tests.usecases.test_submit_inquiry import with_team

pytestmark = ONE_DATABASE
ZHAO = "Zhao.Min@liju.example"
RUI = "Rui <rui@usina.example>"


@pytest.fixture
def office(deps: Deps) -> Deps:
    deps = with_staff(deps)
    submit(deps)
    carry_all(deps)
    return deps


@pytest.fixture
def zhao(office: Deps) -> Person:
    return account(office, ZHAO, name="Zhao Min")


def assign(deps: Deps, by: Person, address: str | None) -> None:
    change_inquiry(deps, by, reference(deps, 1), Change(assignee=address), version=None, now=deps.now())


def watch(deps: Deps, person: Person, *, is_watching: bool = True) -> None:
    watch_inquiry(deps, person, reference(deps, 1), is_watching=is_watching)


def known_account(tx: Connection, person: Person) -> Account:
    found = find_account_by_id(tx, person.id)
    assert found is not None
    return found


def from_customer(deps: Deps, text: str) -> list[str]:
    """Have the customer write, and return who of the staff is told."""
    before = len(letters(deps))
    judged(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, text))
    return [recipient for _kind, recipient in letters(deps)[before:]]


def disable(deps: Deps, person: Person) -> None:
    with deps.db.begin() as tx:
        change_account(tx, person.id, disabled_at=deps.now())


def events(deps: Deps) -> list[tuple[str, str, Any]]:
    return [(one["kind"], one["actor_address"], one["facts"]) for one in rows(deps.db, "event")][1:]


def test_an_account_is_a_colleague_while_it_is_active(office: Deps, zhao: Person) -> None:
    reader = account(office, "reader@liju.example", role=Role.READER)
    with office.db.read() as tx:
        found = [find_colleague(office, tx, address) for address in (LI_AT_HOME, ZHAO.lower(), "x@liju.example", "")]
        may = [find_colleague(office, tx, one.address, who_may=Action.ANSWER) for one in (zhao, reader)]
    assert [one and (one.address, one.name.in_language("de")) for one in found] == [
        (LI, "Li Wei"),
        (ZHAO, "Zhao Min"),
        None,
        None,
    ]
    assert [one is not None for one in may] == [True, False]
    disable(office, zhao)
    with office.db.read() as tx:
        assert find_colleague(office, tx, ZHAO) is None


def test_a_teams_recipient_has_the_name_of_the_account(deps: Deps) -> None:
    office, address = deps, deps.settings.catalogue.teams[0].recipients[0]
    submit(office)
    erika = account(office, address, name="Erika Mustermann")
    assign(office, erika, address)

    with office.db.read() as tx:
        found = [find_colleague(office, tx, address), staff_finder(office, tx)(address), staff_of(office, erika)]
    sheet = show_inquiry(office, erika, reference(office, 1), language="en", now=office.now())

    assert [staff.name.in_language("en") for staff in found if staff] == ["Erika Mustermann"] * 3
    assert sheet.assignee == "Erika Mustermann"
    assert "Erika Mustermann" in [colleague.name for colleague in sheet.colleagues]


def test_the_assignee_and_the_watchers_get_each_letter_once(office: Deps, zhao: Person) -> None:
    li = account(office, LI_AT_HOME)
    elsewhere = account(office, "water@liju.example")
    gone = account(office, "gone@liju.example")
    for person in (li, elsewhere, gone, zhao, zhao):
        watch(office, person)
    disable(office, gone)
    with office.db.begin() as tx:
        change_account(tx, elsewhere.id, product_lines=["vacuum-hot-water"])
    assign(office, zhao, ZHAO)

    assert sorted(from_customer(office, "Hello?")) == sorted([LI, WANG, ZHAO])
    before = len(letters(office))
    judged(office, reply_to(letter_to(office, ZHAO), ZHAO, "Two are fine."))
    assert [recipient for _kind, recipient in letters(office)[before:]] == [CUSTOMER, LI, WANG]
    watch(office, zhao, is_watching=False)
    assign(office, zhao, None)
    assert from_customer(office, "Thanks.") == [LI, WANG]


def test_somebody_with_an_account_answers_by_mail_with_their_own_key(office: Deps, zhao: Person) -> None:
    assign(office, account(office, WANG), ZHAO)
    letter = letter_to(office, ZHAO, LetterKind.ASSIGNED_FOR_TEAM)

    assert judged(office, reply_to(letter, ZHAO, "Two are fine."))["verdict"] == "answer"
    assert messages(office)[-1] == ("staff", "Zhao Min", "Two are fine.")
    assert judged(office, reply_to(letter, WANG, "By another."))["reason"] == "wrong_sender"
    assert judged(office, mail(ZHAO, PUBLIC, "By nobody's key."))["reason"] == "staff_without_key"
    assert judged(office, reply_to(letter, ZHAO, "#close"))["verdict"] == "command"
    assert events(office)[-1] == ("inquiry_closed", ZHAO, {"before": "answered", "after": "closed"})
    disable(office, zhao)
    assert judged(office, reply_to(letter, ZHAO, "After leaving."))["reason"] == "wrong_sender"


def test_a_reader_who_watches_does_not_answer_by_mail(office: Deps) -> None:
    reader = account(office, "reader@liju.example", role=Role.READER)
    watch(office, reader)
    from_customer(office, "Hello?")

    held = judged(office, reply_to(letter_to(office, reader.address), reader.address, "I may not."))

    assert (held["state"], held["reason"], len(messages(office))) == ("held", "wrong_sender", 2)


def test_a_person_decides_about_mail_and_the_timeline_says_so(office: Deps, zhao: Person) -> None:
    waiting = judged(office, reply_to(letter_to(office, CUSTOMER), RUI, "I take over."))["id"]
    elsewhere = account(office, "water@liju.example", product_lines=["vacuum-hot-water"])
    reader = account(office, "reader@liju.example", role=Role.READER)
    for person, error in ((reader, Forbidden), (elsewhere, NotFound)):
        with pytest.raises(error):
            accept_mail(office, waiting, Decision.ACCEPT, by=person, now=office.now())
        with pytest.raises(error):
            discard_mail(office, waiting, by=person, now=office.now())
        with pytest.raises(error):
            undo_decision(office, waiting, by=person, now=office.now())

    discard_mail(office, waiting, by=zhao, now=office.now())
    undo_decision(office, waiting, by=zhao, now=office.now())
    accept_mail(office, waiting, Decision.JOIN, by=zhao, now=office.now())

    about = {"mail": waiting, "sender": "rui@usina.example"}
    assert events(office) == [
        ("mail_decided", ZHAO, about | {"decision": decision}) for decision in ("discard", "undo", "join")
    ]
    assert entry(office, waiting)["decided_by"] == ZHAO


def test_a_letter_is_sent_again_or_dropped_by_a_person(office: Deps, zhao: Person) -> None:
    delivery_id = letter_to(office, CUSTOMER)["id"]
    elsewhere = account(office, "water@liju.example", product_lines=["vacuum-hot-water"])
    reader = account(office, "reader@liju.example", role=Role.READER)
    of_it, of_another = reference(office, 1), submit(office, nonce="n-2").reference
    refused = [(reader, of_it, Forbidden), (elsewhere, of_it, NotFound), (zhao, of_another, NotFound)]
    for person, about, error in (*refused, (zhao, "LJ-0000-0000", NotFound), (zhao, None, NotFound)):
        for story in (retry_delivery, drop_delivery):
            with pytest.raises(error):
                story(office, delivery_id, by=person, reference=about, now=office.now())

    assert retry_delivery(office, delivery_id, by=zhao, reference=of_it, now=office.now())
    assert drop_delivery(office, delivery_id, by=zhao, reference=of_it, now=office.now())

    facts = {"delivery": delivery_id, "letter": "inquiry_received", "recipient": CUSTOMER}
    assert events(office)[-2:] == [("letter_retried", ZHAO, facts), ("letter_dropped", ZHAO, facts)]


def test_a_letter_about_an_account_is_nobodys_to_send_or_drop(office: Deps, zhao: Person) -> None:
    li = account(office, "boss@liju.example", role=Role.ADMINISTRATOR)
    with office.db.begin() as tx:
        remove_second_factor(office, tx, known_account(tx, li), network="203.0.113.0/24", now=office.now())
    warning = letter_to(office, li.address)["id"]

    for story in (retry_delivery, drop_delivery):
        with pytest.raises(NotFound):
            story(office, warning, by=zhao, reference=reference(office, 1), now=office.now())

    assert letter_to(office, li.address)["state"] == "queued"


def test_an_old_letter_opens_nothing_that_the_desk_keeps_shut(office: Deps, zhao: Person) -> None:
    watch(office, zhao)
    from_customer(office, "Still waiting.")
    letter = letter_to(office, ZHAO)
    with office.db.begin() as tx:
        change_account(tx, zhao.id, product_lines=["service-parts"])

    held = [judged(office, reply_to(letter, ZHAO, text)) for text in ("Pay here.", "#assign me\n\nPay here.", "#close")]

    assert [mail["state"] for mail in held] == ["held"] * 3
    assert [message[0] for message in messages(office)] == ["customer", "customer"]
    assert rows(office.db, "inquiry")[0]["assignee"] != ZHAO


def test_what_is_assigned_to_somebody_is_theirs_by_mail_too(office: Deps, zhao: Person) -> None:
    assign(office, account(office, WANG), ZHAO)
    letter = letter_to(office, ZHAO)
    with office.db.begin() as tx:
        change_account(tx, zhao.id, product_lines=["service-parts"])

    assert judged(office, reply_to(letter, ZHAO, "It ships on Monday."))["verdict"] == "answer"


@pytest.mark.parametrize("change", [{"role": Role.READER}, {"disabled_at": True}])
def test_an_account_decides_also_about_whom_the_settings_name(office: Deps, change: dict[str, Any]) -> None:
    letter = letter_to(office, LI)
    li = account(office, LI)
    with office.db.begin() as tx:
        change_account(tx, li.id, **{name: office.now() if value is True else value for name, value in change.items()})

    held = judged(office, reply_to(letter, LI_AT_HOME, "Pay here."))

    assert (held["state"], len(messages(office))) == ("held", 1)


@pytest.mark.parametrize("writes_from", [LI, LI_AT_HOME])
def test_an_account_decides_whichever_of_the_addresses_has_it(office: Deps, zhao: Person, writes_from: str) -> None:
    letter = letter_to(office, LI)
    at_home = account(office, LI_AT_HOME)
    assign(office, zhao, LI)
    given = rows(office.db, "inquiry")[0]["assignee"]
    assign(office, zhao, ZHAO)
    disable(office, at_home)

    held = judged(office, reply_to(letter, writes_from, "Pay here."))

    assert (given, held["state"]) == (LI_AT_HOME, "held")
    with pytest.raises(Unfit):
        assign(office, zhao, LI)


def test_whom_the_settings_name_hears_nothing_once_their_account_is_disabled(office: Deps, zhao: Person) -> None:
    office = with_team(office, WANG)
    assign(office, zhao, LI)
    before = from_customer(office, "Hello?")
    disable(office, account(office, LI))

    assert (before, from_customer(office, "Hello?")) == ([WANG, LI], [WANG])


def test_a_mail_comes_into_no_inquiry_of_other_product_lines_by_a_merged_one(office: Deps) -> None:
    theirs, mine = reference(office, 1), submit(office, nonce="n-2", product="service-parts", details=()).reference
    merge_inquiries(office, account(office, "all@liju.example"), mine, into=theirs, now=office.now())
    spam = judged(office, mail("eva@x.example", PUBLIC, "Pills", X_Spam_Flag="YES"))
    parts = account(office, "parts@liju.example", product_lines=["service-parts"])

    with pytest.raises(NotFound):
        let_in(office, parts, spam["id"], Decision.ATTACH, reference=mine, now=office.now())

    assert entry(office, spam["id"])["state"] == "held"


def test_what_is_decided_on_the_page_of_held_mail_stands_in_the_timeline(office: Deps, zhao: Person) -> None:
    held = judged(office, reply_to(letter_to(office, CUSTOMER), RUI, "I take over."))

    put_aside(office, zhao, held["id"], now=office.now())
    take_back(office, zhao, held["id"], now=office.now())
    let_in(office, zhao, held["id"], Decision.JOIN, now=office.now())

    about = {"mail": held["id"], "sender": "rui@usina.example"}
    assert events(office) == [
        ("mail_decided", ZHAO, about | {"decision": decision}) for decision in ("discard", "undo", "join")
    ]


def test_staff_correct_an_address_and_what_was_missed_goes_there(office: Deps, zhao: Person) -> None:
    judged(office, reply_to(letter_to(office, LI), LI, "Two are fine."))
    reader = account(office, "reader@liju.example", role=Role.READER)
    name = reference(office, 1)
    with pytest.raises(Forbidden):
        correct_address_for(office, reader, name, email="a@b.example", now=office.now())

    assert correct_address_for(office, zhao, name, email="ana@usina.example", now=office.now())
    assert not correct_address_for(office, zhao, name, email="ana@usina.example", now=office.now())

    assert letters(office)[-1] == ("answer", "ana@usina.example")
    changed = {"before": CUSTOMER, "after": "ana@usina.example"}
    assert events(office)[-1] == ("address_corrected", ZHAO, changed)
    submit(office, nonce="n-2")
    merge_inquiries(office, zhao, name, into=reference(office, 2), others=OtherCustomers.LEAVE, now=office.now())
    with pytest.raises(Conflict):
        correct_address_for(office, zhao, name, email="x@usina.example", now=office.now())
