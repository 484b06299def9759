"""Invented inquiries: complete, consistent with their messages, the same for a seed, and letters for nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from liju_contact.domain.errors import StartRefused
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.reference import read_reference
from liju_contact.store.desk_tables import SearchDueRow
from liju_contact.store.files import find_file
from liju_contact.store.inquiries import find_inquiry, preview_of
from liju_contact.store.messages import messages_of
from liju_contact.store.tables import DeliveryRow, EventRow, InquiryRow, LetterRow, MessageRow
from liju_contact.usecases import seed_demo as story
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.seed_demo import seed_demo
from tests.conftest import ONE_DATABASE
from tests.usecases.stories import submit

COUNT = 230


def rows_of(deps: Deps, table: Any) -> list[Any]:
    with deps.db.read() as tx:
        return list(tx.execute(select(*table.__table__.columns).order_by(table.id)))


@pytest.fixture
def seeded(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> Deps:
    """An installation with one real inquiry and seeded ones in three batches."""
    monkeypatch.setattr(story, "BATCH", 100)
    submit(deps)
    seed_demo(deps, count=COUNT, seed=4, now=deps.now())
    return deps


def test_seeded_inquiries_are_consistent_with_their_messages(seeded: Deps) -> None:
    inquiries = rows_of(seeded, InquiryRow)[1:]
    said: dict[int, list[Any]] = {}
    for message in rows_of(seeded, MessageRow):
        said.setdefault(message.inquiry_id, []).append(message)

    assert len(inquiries) == COUNT
    for inquiry in inquiries:
        assert read_reference(inquiry.reference) == inquiry.reference
        assert inquiry.email.endswith(".example")
        assert inquiry.received_at <= inquiry.changed_at <= seeded.now()
        if inquiry.state == InquiryState.MERGED:
            assert inquiry.id not in said
            assert said[inquiry.merged_into_id][-1].moved_from_id == inquiry.id
            continue
        messages = said[inquiry.id]
        answers = [message.written_at for message in messages if message.author == "staff"]
        assert inquiry.preview == preview_of(messages[-1].body)
        assert inquiry.first_answered_at == min(answers, default=None)
        assert messages[0].written_at == inquiry.received_at
        if inquiry.state in {InquiryState.RECEIVED, InquiryState.OPEN}:
            assert messages[-1].author == "customer"
        if inquiry.state == InquiryState.ANSWERED:
            assert messages[-1].author == "staff"
    with seeded.db.read() as tx:
        whole = [find_inquiry(tx, inquiry.reference) for inquiry in inquiries]
        files = {inquiry.id: messages_of(tx, inquiry.id) for inquiry in inquiries}
        assert tx.execute(select(func.count()).select_from(SearchDueRow)).scalar_one() >= COUNT
        a_file = next((file, id_) for id_, messages in files.items() for message in messages for file in message.files)
        assert find_file(tx, a_file[0].id, a_file[1])
    assert all(inquiry is not None and inquiry.details is not None for inquiry in whole)
    for inquiry in inquiries:
        if inquiry.state != InquiryState.MERGED:
            assert inquiry.has_files == any(message.files for message in files[inquiry.id])


def test_seeded_inquiries_come_in_every_state_and_over_three_years(seeded: Deps) -> None:
    inquiries = rows_of(seeded, InquiryRow)[1:]

    states = Counter(inquiry.state for inquiry in inquiries)
    received = [inquiry.received_at for inquiry in inquiries]

    assert set(states) >= {"open", "answered", "closed", "spam"}
    assert 1 <= states["open"] + states["received"] <= 20
    assert received == sorted(received)
    assert (received[-1] - received[0]).days > 900
    assert {inquiry.language for inquiry in inquiries} == {"en", "zh_Hans"}
    assert len({inquiry.product for inquiry in inquiries}) == len(seeded.settings.catalogue.product_lines)


def test_seeding_queues_no_letter(seeded: Deps) -> None:
    real = 2  # those of the inquiry that was sent by somebody

    assert len(rows_of(seeded, LetterRow)) == real
    assert len(rows_of(seeded, DeliveryRow)) == real


def test_seeding_twice_adds_as_many_again(seeded: Deps) -> None:
    seed_demo(seeded, count=COUNT, seed=4, now=seeded.now())

    inquiries = rows_of(seeded, InquiryRow)
    assert len({inquiry.reference for inquiry in inquiries}) == len(inquiries) == 1 + 2 * COUNT
    assert submit(seeded, nonce="another").is_new
    assert len(rows_of(seeded, EventRow)) > len(inquiries)


@ONE_DATABASE
def test_the_same_seed_gives_the_same_inquiries(deps: Deps) -> None:
    seed_demo(deps, count=60, seed=7, now=deps.now())
    with deps.db.begin() as tx:
        first = tx.execute(select(InquiryRow.reference, InquiryRow.name, InquiryRow.preview)).all()
        for table in (MessageRow, InquiryRow):
            tx.execute(delete(table))

    seed_demo(deps, count=60, seed=7, now=deps.now())

    with deps.db.read() as tx:
        again = tx.execute(select(InquiryRow.reference, InquiryRow.name, InquiryRow.preview)).all()
    assert again == first


@ONE_DATABASE
def test_seeding_is_refused_where_letters_reach_people(deps: Deps) -> None:
    real = replace(deps, settings=replace(deps.settings, mail=replace(deps.settings.mail, host="smtp.liju.example")))

    with pytest.raises(StartRefused, match="--force"):
        seed_demo(real, count=5, seed=1, now=deps.now())

    assert rows_of(deps, InquiryRow) == []
    seed_demo(real, count=5, seed=1, is_forced=True, now=deps.now())
    assert len(rows_of(deps, InquiryRow)) == 5
