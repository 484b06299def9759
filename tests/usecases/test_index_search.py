"""What changes becomes searchable: nothing is missed, whoever writes meanwhile, and nothing outlives its inquiry."""

from __future__ import annotations

from dataclasses import replace

from liju_contact.domain.search_query import read_query
from liju_contact.store.database import Database
from liju_contact.store.inquiries import get_inquiry_for_update, set_email
from liju_contact.store.messages import change_body, remove_message
from liju_contact.store.notes import add_note, remove_note
from liju_contact.store.participants import Participant, add_participant, remove_participant
from liju_contact.store.search import page_of_hits
from liju_contact.store.search_documents import forget_due, note_search_due, put_documents, take_due
from liju_contact.store.tags import put_tags, take_tags
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search, rebuild_search
from tests.store.statements import listening
from tests.usecases.stories import at_once, rows, staged, submit


def found(db: Database, typed: str) -> list[int]:
    with db.read() as tx:
        return page_of_hits(tx, read_query(typed), limit=50)


def index(deps: Deps) -> None:
    while index_search(deps):
        pass


def hits(deps: Deps, *typed: str) -> list[bool]:
    index(deps)
    return [bool(found(deps.db, words)) for words in typed]


def test_all_that_a_form_says_is_found(deps: Deps) -> None:
    submitted = submit(deps, files=(staged(deps, b"x", "Grundriß.pdf"),))

    assert (
        hits(deps, submitted.reference, "souza", "ana.souza@usina.example", "usina verde", "10 t/h", "grundriss")
        == [True] * 6
    )
    assert hits(deps, "5555 0100", "巴西", "Brazil", "boilers", "company:verde", "elsewhere") == [*[True] * 5, False]


def test_every_change_is_found_and_what_it_took_away_is_not(deps: Deps) -> None:
    submit(deps)
    index(deps)
    with deps.db.begin() as tx:
        note_id = add_note(
            tx, 1, author_name="Li", author_address="li@x.example", body="rabatt", nonce="a", now=deps.now()
        )
        add_participant(tx, 1, Participant(address="bob@x.example", name="Bob"), deps.now())
        put_tags(tx, 1, ["Eilig"])
        set_email(tx, 1, "neu@x.example", deps.now())
        change_body(tx, 1, "turbine")
    assert hits(deps, "rabatt", "bob", "eilig", "neu@x.example", "turbine", "boilers") == [*[True] * 5, False]

    with deps.db.begin() as tx:
        remove_note(tx, note_id or 0)
        remove_participant(tx, 1, "bob@x.example")
        take_tags(tx, 1, ["eilig"])
        remove_message(tx, 1)
    assert hits(deps, "rabatt", "bob", "eilig", "turbine", "usina") == [False, False, False, False, True]


def test_a_change_while_documents_are_written_is_not_missed(deps: Deps) -> None:
    submit(deps)
    index(deps)
    with deps.db.begin() as tx:
        note_search_due(tx, 1)

    with deps.db.begin() as tx:
        due = take_due(tx, limit=5)
        if tx.dialect.name == "sqlite":  # there nobody else can write meanwhile
            change_body(tx, 1, "turbine")
        else:
            with deps.db.begin() as other:
                change_body(other, 1, "turbine")
        forget_due(tx, due.row_ids)

    assert len(rows(deps.db, "search_due")) == 1
    assert hits(deps, "turbine") == [True]


def test_an_inquiry_that_somebody_holds_stays_due(deps: Deps) -> None:
    held, free = submit(deps), submit(deps, nonce="n-2")
    with deps.db.begin() as tx:
        if tx.dialect.name == "sqlite":
            return  # a writer has the database for itself
        get_inquiry_for_update(tx, held.reference)
        index_search(deps)

        assert [len(found(deps.db, reference)) for reference in (held.reference, free.reference)] == [0, 1]
    assert hits(deps, held.reference) == [True]


def test_workers_side_by_side_miss_nothing(deps: Deps) -> None:
    for number in range(6):
        submit(deps, nonce=f"n-{number}", message=f"boiler number{number}")

    at_once(3, lambda _turn: [index_search(deps, limit=2) for _ in range(10)])

    assert hits(deps, *(f"number{number}" for number in range(6))) == [True] * 6
    assert rows(deps.db, "search_due") == []


def test_the_document_of_an_inquiry_that_is_gone_goes_too(deps: Deps) -> None:
    with deps.db.begin() as tx:
        put_documents(tx, {77: " turbine "})
        note_search_due(tx, 77)

    index(deps)

    assert (found(deps.db, "turbine"), rows(deps.db, "search_document"), rows(deps.db, "search_due")) == ([], [], [])


def test_rebuilding_forgets_words_of_another_tokenizer(deps: Deps) -> None:
    submit(deps)
    with deps.db.begin() as tx:
        put_documents(tx, {1: " obsolete "})

    assert rebuild_search(deps) == 1
    assert found(deps.db, "obsolete") == []
    assert hits(deps, "boilers") == [True]


def test_a_batch_takes_as_many_statements_as_one(deps: Deps) -> None:
    submit(deps)
    with listening(deps.db) as for_one:
        index_search(deps)
    for number in range(3):
        submit(deps, nonce=f"m-{number}")
    with listening(deps.db) as for_three:
        index_search(deps)

    assert len(for_three) == len(for_one)
    assert index_search(replace(deps)) == 0
