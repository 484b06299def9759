"""Health: whether the database is there, and whether the worker has given a sign of life lately."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liju_contact.store.database import Database
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_mail import mailbox_name, note_trouble
from liju_contact.usecases.report_health import SILENT_AFTER, Health, beat_worker, report_health
from tests.conftest import Clock
from tests.mail.imap_server import ImapServer
from tests.usecases.stories import rows

WELL = Health(database_is_well=True, worker_is_well=True, mail_is_well=True)
NO_WORKER = Health(database_is_well=True, worker_is_well=False, mail_is_well=True)
NOTHING = Health(database_is_well=False, worker_is_well=False, mail_is_well=False)


def test_a_fresh_sign_of_life_is_well(deps: Deps) -> None:
    beat_worker(deps, now=deps.now())

    assert report_health(deps, now=deps.now()) == WELL
    assert WELL.is_well


def test_a_worker_that_never_started_is_not_well(deps: Deps) -> None:
    assert report_health(deps, now=deps.now()) == NO_WORKER
    assert not NO_WORKER.is_well


def test_a_worker_that_falls_silent_is_soon_not_well(deps: Deps, clock: Clock) -> None:
    beat_worker(deps, now=deps.now())

    clock.at += SILENT_AFTER
    too_long = report_health(deps, now=deps.now())
    clock.move(seconds=-1)

    assert (too_long, report_health(deps, now=deps.now())) == (NO_WORKER, WELL)


def test_a_sign_of_life_from_before_a_clock_was_put_back_is_none(deps: Deps, clock: Clock) -> None:
    beat_worker(deps, now=deps.now())

    clock.move(days=-1)

    assert report_health(deps, now=deps.now()) == NO_WORKER


def test_the_last_of_many_signs_counts(deps: Deps, clock: Clock) -> None:
    for _ in range(3):
        clock.move(hours=1)
        beat_worker(deps, now=deps.now())

    assert report_health(deps, now=deps.now()) == WELL
    assert [row["role"] for row in rows(deps.db, "heartbeat")] == ["worker"]


def test_a_database_that_is_not_there_is_told_and_not_raised(deps: Deps) -> None:
    url = "sqlite:////nowhere/liju.db" if deps.db.is_sqlite else "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    without = replace(deps, db=Database(url, busy_seconds=0.2))

    assert report_health(without, now=deps.now()) == NOTHING
    assert not NOTHING.is_well


@pytest.mark.parametrize(("minutes", "mail_is_well"), [(9, True), (11, False)])
def test_a_mailbox_that_fails_for_long_is_not_well(
    deps: Deps,
    clock: Clock,
    minutes: int,
    mail_is_well: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    imap = ImapServer().settings("INBOX")
    inbound = replace(deps.settings.inbound, imap=imap)
    deps = replace(deps, settings=replace(deps.settings, inbound=inbound))
    note_trouble(deps, mailbox_name(imap), "the server is away")

    clock.move(minutes=minutes)
    beat_worker(deps, now=deps.now())

    assert report_health(deps, now=deps.now()) == replace(WELL, mail_is_well=mail_is_well)
