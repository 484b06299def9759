"""The public mail sets through the whole way in: nothing raises, nothing is lost, and each mail becomes something.

Of the 2 999 mails of spamassassin a sample by default, all with ``LIJU_TEST_FULL=1``. ``pytest -s`` shows the figures.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from liju_contact.domain.inbound import InboundState
from liju_contact.mail.guarded_reader import GuardedReader
from liju_contact.store.files import chunks
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.tend_inbound import list_inbound
from tests.corpora import cases, content
from tests.usecases.mails import receive, with_inbound, with_staff
from tests.usecases.stories import rows

FULL = os.environ.get("LIJU_TEST_FULL") == "1"
SMALL_SETS = ("bounce_flufl", "mail_cpython", "mail_helpdesk", "mail_mimekit", "mail_roundup", "mail_rubymail")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ENOUGH = 10_000


@pytest.fixture
def reader() -> Iterator[GuardedReader]:
    reader = GuardedReader()
    yield reader
    reader.close()


@pytest.fixture
def open_door(deps: Deps) -> Deps:
    """The program with staff, and without the limit of mails from one sender: these sets have few."""
    return with_inbound(with_staff(deps), mails_per_sender=ENOUGH)


def brought(deps: Deps, reader: GuardedReader, corpus: str, chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Receive mails of a set and have them judged; return their entries, each with its case."""
    ids = {case["id"]: receive(deps, content(corpus, case)) for case in chosen}
    while judge_waiting(deps, reader):
        pass
    entries = {entry["id"]: entry for entry in rows(deps.db, "inbound")}
    return [entries[ids[case["id"]]] | {"case": case} for case in chosen]


def assert_nothing_is_lost(deps: Deps, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        with deps.db.read() as tx:
            raw = b"".join(chunks(tx, entry["blob_id"]))
        assert hashlib.sha256(raw).hexdigest() == entry["sha256"] == entry["case"]["sha256"]["message"]
        assert entry["state"] not in {None, "waiting"}
        assert (entry["verdict"] is None) == (entry["state"] == "parked")


def assert_nothing_left(deps: Deps) -> None:
    """Letters to customers and staff wait in the outbox, and nobody else is written to."""
    deliveries = rows(deps.db, "delivery")
    assert {row["state"] for row in deliveries} <= {"queued"}
    assert rows(deps.db, "attempt") == []
    senders = {entry["sender"] for entry in rows(deps.db, "inbound") if entry["verdict"] == "stranger"}
    staff = {address for person in deps.settings.catalogue.staff for address in person.addresses}
    teams = {address for team in deps.settings.catalogue.teams for address in team.recipients}
    assert {row["recipient_address"] for row in deliveries} <= senders | staff | teams


def figures(deps: Deps, corpus: str, entries: list[dict[str, Any]], seconds: float) -> str:
    parked = list_inbound(deps, states=(InboundState.PARKED,), limit=ENOUGH)
    assert {line.id for line in parked} == {entry["id"] for entry in entries if entry["state"] == "parked"}
    states = Counter(entry["state"] for entry in entries)
    verdicts = Counter(f"{entry['verdict']} {entry['reason'] or ''}".strip() for entry in entries)
    listed = "".join(f"\n  parked: {line.sender} {line.subject} {line.words}" for line in parked)
    return f"\n{corpus}: {len(entries)} in {seconds:.1f} s; {dict(states)}; {dict(verdicts)}{listed}"


@pytest.mark.parametrize("corpus", SMALL_SETS)
def test_every_mail_of_a_set_is_kept_and_judged(open_door: Deps, reader: GuardedReader, corpus: str) -> None:
    began = time.monotonic()

    entries = brought(open_door, reader, corpus, cases(corpus))

    print(figures(open_door, corpus, entries, time.monotonic() - began))  # noqa: T201  # the figures
    assert_nothing_is_lost(open_door, entries)
    assert_nothing_left(open_door)
    assert [receive(open_door, content(corpus, case)) for case in cases(corpus)] == [entry["id"] for entry in entries]
    for entry in entries:
        if entry["case"]["expected"].get("automatic"):
            assert entry["verdict"] in {"automatic", "bounce", "complaint"}, entry["case"]["id"]


@pytest.mark.timeout(600)
@ON_SQLITE
def test_every_mail_of_spamassassin_is_kept_and_judged(open_door: Deps, reader: GuardedReader) -> None:
    chosen = cases("spamassassin") if FULL else Random(20261123).sample(cases("spamassassin"), k=150)
    began = time.monotonic()

    entries = brought(open_door, reader, "spamassassin", chosen)

    print(figures(open_door, "spamassassin", entries, time.monotonic() - began))  # noqa: T201  # the figures
    assert_nothing_is_lost(open_door, entries)
    assert_nothing_left(open_door)


def test_no_bounce_of_the_set_is_a_new_inquiry(open_door: Deps, reader: GuardedReader) -> None:
    entries = brought(open_door, reader, "bounce_flufl", cases("bounce_flufl"))

    assert {entry["verdict"] for entry in entries} == {"bounce"}
    assert rows(open_door.db, "inquiry") == []
    assert rows(open_door.db, "letter") == []


@ON_SQLITE
def test_mail_beyond_a_limit_is_kept_and_parked_and_listed(open_door: Deps, reader: GuardedReader) -> None:
    deps = with_inbound(open_door, size_limit_bytes=5_000)

    entries = brought(deps, reader, "mail_rubymail", cases("mail_rubymail"))

    assert_nothing_is_lost(deps, entries)
    too_large = [entry["id"] for entry in entries if entry["bytes_count"] > 5_000]
    parked = list_inbound(deps, states=(InboundState.PARKED,), limit=ENOUGH)
    assert [line.id for line in reversed(parked)] == too_large
    assert len(too_large) >= 3
    assert all("more than is read" in line.words for line in parked)
