"""What a worker does that writes exports with a second process, as a program of its own: its word is a line of JSON."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.processes.second_writer import SecondWriter
from liju_contact.usecases import export_pages
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.export_pages import ExportPlan, Place, WriterBeside
from liju_contact.usecases.sheet import WrittenPage
from liju_contact.usecases.write_export import write_next_export

Told = dict[str, int]


class _Watched:
    """Counts what comes from the other process, and kills ``victim`` when the first page has come."""

    def __init__(self, beside: WriterBeside, victim: psutil.Process | None) -> None:
        self._beside, self._victim = beside, victim
        self.count = 0

    def give(self, place: Place) -> None:
        self._beside.give(place)

    def has_written(self) -> bool:
        return self._beside.has_written()

    def take(self) -> WrittenPage | None:
        page = self._beside.take()
        self.count += page is not None
        if self._victim and self.count == 1:
            self._victim.kill()
            gone(self._victim)
        return page


def write_exports(settings: Settings, told: Path, victims: list[str]) -> None:
    """Write an export for each of ``victims``: what is killed meanwhile, if anything."""
    export_pages.PAGE = 1
    deps = make_deps(settings)
    second = SecondWriter(deps)
    second.stand_by()
    with told.open("w") as lines:
        for victim in victims:
            lines.write(json.dumps(_written(deps, second, victim)) + "\n")
            lines.flush()
    second.close()


def hang_in_export(settings: Settings, told: Path) -> None:
    """Say which processes there are while an export is written, and wait to be killed."""
    export_pages.PAGE = 1
    deps = make_deps(settings)
    second = SecondWriter(deps)
    second.stand_by()

    @contextmanager
    def hanging(plan: ExportPlan) -> Iterator[WriterBeside | None]:
        with second.beside(plan):
            while len(family := psutil.Process().children(recursive=True)) < 2:  # it is being forked
                time.sleep(0.01)
            told.write_text(json.dumps([process.pid for process in family]))
            signal.pause()
            yield None

    write_next_export(deps, holder="tests", find_beside=hanging)


def _written(deps: Deps, second: SecondWriter, victim: str) -> Told:
    watched: list[_Watched] = []

    @contextmanager
    def watching(plan: ExportPlan) -> Iterator[WriterBeside | None]:
        with second.beside(plan) as beside:
            if beside is None:
                yield None
                return
            watched.append(_Watched(beside, _process(victim)))
            yield watched[0]

    assert write_next_export(deps, holder="tests", find_beside=watching)
    return {"there": len(watched), "pages": watched[0].count if watched else 0}


def _process(victim: str) -> psutil.Process | None:
    match victim:
        case "none":
            return None
        case "standing by":
            return psutil.Process().children()[0]
        case _:
            while not (writing := psutil.Process().children()[0].children()):
                time.sleep(0.01)
            return writing[0]


def gone(process: psutil.Process) -> None:
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def use_one_processor() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def write_on_one_processor(settings: Settings, told: Path, victims: list[str]) -> None:
    use_one_processor()
    write_exports(settings, told, victims)
