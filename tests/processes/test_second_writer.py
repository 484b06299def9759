"""The second process that writes exports: it writes its part, may be killed at any moment, and outlives nobody."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liju_contact.domain.export import ExportFormat
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.domain.person import Person
from liju_contact.usecases.ask_for_export import ask_for_export, fetch_export
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE
from tests.launcher import CONTEXT
from tests.processes.export_writing import Told, hang_in_export, write_exports, write_on_one_processor
from tests.processes.families import is_alive, wait_until
from tests.staff_desk import account
from tests.usecases.stories import submit

INQUIRIES = 12
PATIENCE_SECONDS = 60
needs_two_processors = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor")


@pytest.fixture
def person(deps: Deps) -> Person:
    for number in range(INQUIRIES):
        submit(deps, nonce=f"n{number}")
    return account(deps)


def asked(deps: Deps, person: Person) -> int:
    everything = ListQuery(view=View.ALL)
    return ask_for_export(
        deps, person, query=everything, references=[], format_=ExportFormat.CSV, language="en", now=deps.now()
    )


def line_count(deps: Deps, person: Person, export_id: int) -> int:
    return b"".join(fetch_export(deps, person, export_id).chunks).count(b"\r\n")


def told(
    deps: Deps, tmp_path: Path, victims: list[str], write: Callable[[Any, Path, list[str]], None] = write_exports
) -> list[Told]:
    """Have exports written by a program, and return what it says about each."""
    words = tmp_path / "told"
    settings = replace(deps.settings, database_url=deps.db.url)
    process = CONTEXT.Process(target=write, args=(settings, words, victims))
    process.start()
    process.join(PATIENCE_SECONDS)
    assert process.exitcode == 0
    return [json.loads(line) for line in words.read_text().splitlines()]


@needs_two_processors
def test_two_processes_write_one_export(deps: Deps, person: Person, tmp_path: Path) -> None:
    export_id = asked(deps, person)

    (word,) = told(deps, tmp_path, ["none"])

    assert 0 < word["pages"] < INQUIRIES
    assert line_count(deps, person, export_id) == INQUIRIES + 1


@needs_two_processors
@ONE_DATABASE
def test_a_writer_that_is_killed_is_another_at_the_next_export(deps: Deps, person: Person, tmp_path: Path) -> None:
    exports = [asked(deps, person) for _ in range(2)]

    first, second = told(deps, tmp_path, ["writing", "none"])

    assert 0 < first["pages"] < INQUIRIES - 1, "what it was not given any more was written alone"
    assert second["pages"] > 0
    assert [line_count(deps, person, export_id) for export_id in exports] == [INQUIRIES + 1] * 2


@needs_two_processors
@ONE_DATABASE
def test_when_nobody_stands_by_any_more_exports_are_written_alone(deps: Deps, person: Person, tmp_path: Path) -> None:
    exports = [asked(deps, person) for _ in range(2)]

    first, second = told(deps, tmp_path, ["standing by", "none"])

    assert first["there"] == 1
    assert second["there"] == 0
    assert [line_count(deps, person, export_id) for export_id in exports] == [INQUIRIES + 1] * 2


@ONE_DATABASE
def test_on_one_processor_there_is_none(deps: Deps, person: Person, tmp_path: Path) -> None:
    export_id = asked(deps, person)

    (word,) = told(deps, tmp_path, ["none"], write_on_one_processor)

    assert word["there"] == 0
    assert line_count(deps, person, export_id) == INQUIRIES + 1


@needs_two_processors
@ONE_DATABASE
def test_with_the_worker_both_are_gone(deps: Deps, person: Person, tmp_path: Path) -> None:
    asked(deps, person)
    words, settings = tmp_path / "told", replace(deps.settings, database_url=deps.db.url)
    worker = CONTEXT.Process(target=hang_in_export, args=(settings, words))
    worker.start()
    wait_until(lambda: words.exists() and words.read_text().endswith("]"), "both processes")
    pids = json.loads(words.read_text())
    assert [is_alive(pid) for pid in pids] == [True, True]

    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join(PATIENCE_SECONDS)

    wait_until(lambda: not any(map(is_alive, pids)), "the end of both")
