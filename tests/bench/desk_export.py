"""Writes one export as a worker does and says how quick and how large it was, for the benchmark of the desk.

This process is what the supervisor is: it has loaded the program, forks the worker, and looks at what that takes.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import re
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from liju_contact.domain.export import ExportFormat
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.processes.second_writer import SecondWriter
from liju_contact.usecases.ask_for_export import ask_for_export, drop_export, list_exports
from liju_contact.usecases.sweep import sweep
from liju_contact.usecases.write_export import write_next_export
from tests.bench.desk_database import seeded
from tests.bench.desk_steps import bench_person

if TYPE_CHECKING:
    from liju_contact.usecases.deps import Deps

_LOOK_EVERY_SECONDS = 0.25


def main() -> None:
    folder, url, format_ = Path(sys.argv[1]), sys.argv[2], ExportFormat(sys.argv[3])
    deps = seeded(folder, url, 0)
    deps.db.close()
    gc.collect()
    gc.freeze()  # as the supervisor does before it begins a worker
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(deps, format_, theirs))
    worker.start()
    most_kb = [0, 0]
    while worker.is_alive():
        most_kb = [max(pair) for pair in zip(most_kb, _family_kb(worker.pid), strict=True)]
        time.sleep(_LOOK_EVERY_SECONDS)
    told = ours.recv()
    told["peak_mb"], told["all_peak_mb"] = (kb / 1024 for kb in most_kb)
    sys.stdout.write(json.dumps(told))


def _work(deps: Deps, format_: ExportFormat, pipe: Connection) -> None:
    second_writer = SecondWriter(deps)
    second_writer.stand_by()
    pipe.send(_exported(deps, format_, second_writer))
    second_writer.close()


def _exported(deps: Deps, format_: ExportFormat, second_writer: SecondWriter) -> dict[str, Any]:
    person, everything = bench_person(deps), ListQuery(view=View.ALL)
    for export in list_exports(deps, person):
        drop_export(deps, person, export.id)
    ask_for_export(deps, person, query=everything, references=[], format_=format_, language="en", now=deps.now())
    began_at, cpu = time.monotonic(), time.process_time()
    assert write_next_export(deps, holder="bench", find_beside=second_writer.beside)
    seconds, cpu = time.monotonic() - began_at, time.process_time() - cpu
    (export,) = list_exports(deps, person)
    drop_export(deps, person, export.id)
    sweep(deps, now=deps.now())
    return {"rows": export.row_count, "seconds": seconds, "cpu": cpu, "bytes": export.bytes_count}


def _family_kb(pid: int | None) -> tuple[int, int]:
    """Return the resident set of a process, and the proportional ones of it and all that it forked in sum."""
    try:
        own = psutil.Process(pid)
        family = [_memory_kb(process.pid) for process in [own, *own.children(recursive=True)]]
    except (OSError, psutil.NoSuchProcess):  # it is just ending
        return 0, 0
    return family[0]["Rss"], sum(memory["Pss"] for memory in family)


def _memory_kb(pid: int) -> dict[str, int]:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB", told, re.MULTILINE)}


if __name__ == "__main__":
    main()
