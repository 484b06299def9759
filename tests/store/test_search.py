"""The same searches find the same inquiries on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from liju_contact.domain.inquiry_list import Filters, ListQuery, View
from liju_contact.domain.search_query import read_query
from liju_contact.domain.search_words import Piece, PieceKind, document_of
from liju_contact.store import search
from liju_contact.store.database import Database
from liju_contact.store.desk_tables import SearchDocumentRow
from liju_contact.store.list_candidates import candidates_of
from liju_contact.store.list_term import Reader
from liju_contact.store.list_terms import condition_of
from liju_contact.store.search import Place, page_of_hits
from liju_contact.store.search_documents import put_documents, remove_document
from liju_contact.store.search_looks import can_be_looked_for, words_stand_in
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE
from tests.staff_desk import account
from tests.store.statements import listening
from tests.usecases.stories import submit

_KIND = PieceKind
DOCUMENTS = {
    1: [Piece(_KIND.INQUIRY, "LJ-7K3F-9Q2X"), Piece(_KIND.MESSAGE, "We need two steam boilers, 10 t/h each.")],
    2: [Piece(_KIND.COMPANY, "浙江热电有限公司"), Piece(_KIND.MESSAGE, "需要10吨蒸汽\n锅炉，请报价。")],
    3: [Piece(_KIND.PERSON, "Jürgen Müller <j.mueller@kessel.example>"), Piece(_KIND.MESSAGE, "Große Straße, Kessel")],
    4: [Piece(_KIND.INQUIRY, "+55 (11) 5555-0100"), Piece(_KIND.MESSAGE, "Котёл для ёлки")],
    5: [Piece(_KIND.MESSAGE, "غلاية بخار من أحمد ٠١٢٣"), Piece(_KIND.NOTE, "secret discount")],
    6: [Piece(_KIND.FILE, "WNS-10_plan v2.PDF"), Piece(_KIND.MESSAGE, "锅内的水，汽轮机，boiler steam")],
    7: [
        Piece(_KIND.COMPANY, "Müller Kessel"),
        Piece(_KIND.TAG, "urgent parts"),
        Piece(_KIND.MESSAGE, "Usina 热水锅炉"),
    ],
}
HITS = [
    ("boilers", [1]),
    ("BOIL*", [6, 1]),
    ("steam", [6, 1]),
    ('"steam boilers"', [1]),
    ('"boilers steam"', []),
    ("steam boiler", [6]),
    ("10", [6, 2, 1]),
    ('"10 t/h"', [1]),
    ("10吨", [2]),
    ("锅", [7, 6, 2]),
    ("机", [6]),
    ("锅炉", [7, 2]),
    ("蒸汽锅炉", [2]),
    ("热水锅炉", [7]),
    ("水汽", []),
    ("公司:热电", [2]),
    ("company:müller", [7]),
    ("name:muller", [3]),
    ("muller", [7, 3]),
    ("strasse", [3]),
    ("елки", [4]),
    ("احمد", [5]),
    ("0123", [5]),
    ("j.mueller@kessel.example", [3]),
    ("kessel.example", [3]),
    ("LJ-7K3F-9Q2X", [1]),
    ("lj7k3f9q2x", [1]),
    ("7k3f-9q2x", [1]),
    ("+55 11 5555 0100", [4]),
    ("1155550100", [4]),
    ("5555-0100", [4]),
    ("wns10", [6]),
    ("file:plan", [6]),
    ("company:plan", []),
    ("discount", [5]),
    ("parts 热水", [7]),
    ("nothing", []),
    ("***", []),
]


@pytest.fixture
def filled(db: Database) -> Database:
    with db.begin() as tx:
        put_documents(tx, {id_: document_of(pieces) for id_, pieces in DOCUMENTS.items()})
    return db


def found(db: Database, typed: str, limit: int = 50, place: Place | None = None) -> list[int]:
    with db.read() as tx:
        return page_of_hits(tx, read_query(typed), limit=limit, place=place)


def test_every_search_finds_what_it_should(filled: Database) -> None:
    assert {typed: found(filled, typed) for typed, _ids in HITS} == dict(HITS)


def test_what_is_not_among_the_newest_is_found_by_the_index(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "GLANCED_AT", 1)

    assert {typed: found(filled, typed) for typed, _ids in HITS} == dict(HITS)


def test_pages_follow_each_other_in_both_directions(filled: Database) -> None:
    first, second = found(filled, "10", 2), found(filled, "10", 2, Place(id=2))

    assert (first, second) == ([6, 2], [1])
    assert found(filled, "10", 2, Place(id=1, is_backward=True)) == [6, 2]


def test_a_hit_has_to_hold_what_the_list_asks(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    for nonce in ("n-1", "n-2", "n-3"):
        submit(deps, nonce=nonce)
    with deps.db.begin() as tx:
        put_documents(tx, {id_: document_of(DOCUMENTS[1]) for id_ in (1, 2, 3)})
        tx.execute(text("UPDATE inquiry SET country = 'CN' WHERE id = 2"))

        condition = InquiryRow.country == "BR"
        hits = page_of_hits(tx, read_query("boilers"), limit=5, condition=condition)
        monkeypatch.setattr(search, "REACH", 1)
        monkeypatch.setattr(search, "GLANCED_AT", 1)
        sparse = page_of_hits(tx, read_query('"steam boilers"'), limit=5, condition=condition)
        older = page_of_hits(tx, read_query("boilers"), limit=5, condition=condition, place=Place(id=3))
        newer = page_of_hits(
            tx, read_query("boilers"), limit=5, condition=condition, place=Place(id=1, is_backward=True)
        )

    assert (hits, sparse, older, newer) == ([3, 1], [3, 1], [1], [3])


def test_one_hit_at_a_glance_is_followed_before_the_index_is_asked(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    for nonce in ("n-1", "n-2", "n-3"):
        submit(deps, nonce=nonce)
    monkeypatch.setattr(search, "GLANCED_AT", 1)
    with deps.db.begin() as tx:
        put_documents(tx, {id_: document_of(DOCUMENTS[1]) for id_ in (1, 2, 3)})

    with listening(deps.db) as statements:
        ids = found(deps.db, "boilers", limit=2)

    assert ids == [3, 2]
    if not deps.db.is_sqlite:
        assert [statement for statement in statements if "WITH hits" in statement] == []


def test_few_of_very_many_hits_are_found_among_what_the_list_has(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        submit(deps, nonce=f"n-{number}", country="BR" if number % 2 else "CN")
    monkeypatch.setattr(search, "REACH", 1)
    monkeypatch.setattr(search, "GLANCED_AT", 1)
    query = ListQuery(view=View.ALL, filters=Filters(country="BR"))
    reader = Reader(person=account(deps), zone=UTC, now=deps.now())

    found = {}
    with deps.db.begin() as tx:
        put_documents(tx, {id_: document_of(DOCUMENTS[6 if id_ == 4 else 1]) for id_ in range(1, 7)})
    with deps.db.read() as tx:
        condition, own = condition_of(query, reader), candidates_of(tx.dialect.name, query, reader)
        for typed in ("boilers", "boil*", '"steam boilers"', "锅内", "wns*"):
            for reach in (1, 2, 100):  # of the list's own rows: too few of them, just enough, all
                monkeypatch.setattr(search, "OWN_REACH", reach)
                asked: dict[str, Any] = {"limit": 2, "condition": condition, "candidates": own}
                pages = [page_of_hits(tx, read_query(typed), **asked)]
                pages.append(page_of_hits(tx, read_query(typed), **asked, place=Place(id=5)))
                pages.append(page_of_hits(tx, read_query(typed), **asked, place=Place(id=2, is_backward=True)))
                found[typed, reach] = pages

    by_word = {
        "boilers": [[6, 2], [2], [6]],
        "boil*": [[6, 4], [4, 2], [6, 4]],
        '"steam boilers"': [[6, 2], [2], [6]],
        "锅内": [[4], [4], [4]],
        "wns*": [[4], [4], [4]],
    }
    assert found == {(typed, reach): by_word[typed] for typed, reach in found}


@ONE_DATABASE
def test_text_of_a_document_shows_what_its_index_knows(filled: Database) -> None:
    searches = {typed: read_query(typed) for typed, _ids in HITS}
    shown = {}
    with filled.read() as tx:
        for typed, query in searches.items():
            stand = words_stand_in(SearchDocumentRow.body, query)
            indexed = page_of_hits(tx, replace(query, phrases=()), limit=50)
            found = select(SearchDocumentRow.inquiry_id).where(stand).order_by(SearchDocumentRow.inquiry_id.desc())
            if query.has_text and can_be_looked_for(query):
                shown[typed] = (indexed, list(tx.execute(found).scalars()))

    assert {typed: both for typed, both in shown.items() if both[0] != both[1]} == {}
    assert set(searches) - set(shown) == {"公司:热电", "***"}


def test_a_document_written_anew_is_found_by_its_new_words_only(filled: Database) -> None:
    with filled.begin() as tx:
        put_documents(tx, {1: document_of([Piece(_KIND.MESSAGE, "turbine")])})

    assert (found(filled, "boilers"), found(filled, "turbine"), found(filled, "steam")) == ([], [1], [6])


def test_nothing_is_left_of_a_document_that_was_removed(filled: Database) -> None:
    with filled.begin() as tx:
        for id_ in DOCUMENTS:
            remove_document(tx, id_)
        remove_document(tx, 99)
        words = {
            "sqlite": "SELECT count(*) FROM words_left",
            "postgresql": "SELECT count(*) FROM search_words",
        }
        if tx.dialect.name == "sqlite":
            tx.execute(text("CREATE VIRTUAL TABLE words_left USING fts5vocab(search_words, row)"))
        left = tx.execute(text(words[tx.dialect.name])).scalar_one()

    assert left == 0
    assert [typed for typed, _ids in HITS if found(filled, typed)] == []


@given(typed=st.text(max_size=120) | st.text(alphabet="ab蒸汽\"'*:()&|!<->\\-+0123456789 ：、“”", max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_typed_can_be_searched(filled: Database, typed: str) -> None:
    found(filled, typed)


def test_a_very_long_search_is_cut_and_not_refused(filled: Database) -> None:
    assert found(filled, "蒸汽锅炉" * 5000) == []
    assert found(filled, " ".join(f"w{number}*" for number in range(500))) == []
