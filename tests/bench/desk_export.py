"""Writes one export in a process of its own and says how quick and how large it was, for the benchmark of the desk."""

from __future__ import annotations

import gc
import json
import re
import sys
import threading
import time
from pathlib import Path

import psutil

from liju_contact.domain.export import ExportFormat
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.processes.second_writer import SecondWriter
from liju_contact.usecases.ask_for_export import ask_for_export, drop_export, list_exports
from liju_contact.usecases.sweep import sweep
from liju_contact.usecases.write_export import write_next_export
from tests.bench.desk_database import seeded
from tests.bench.desk_steps import bench_person

_LOOK_EVERY_SECONDS = 0.25


class Memory(threading.Thread):
    """Looks at what this process and those it forked take together; a page that several have counts once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._most_kb = 0

    def run(self) -> None:
        while True:
            self._look()
            time.sleep(_LOOK_EVERY_SECONDS)

    def peak_mb(self) -> float:
        self._look()
        return self._most_kb / 1024

    def _look(self) -> None:
        own = psutil.Process()
        family = [own, *own.children(recursive=True)]
        self._most_kb = max(self._most_kb, sum(_proportional_kb(process.pid) for process in family))


def _proportional_kb(pid: int) -> int:
    """Return the proportional set size; nothing for a process that has just ended."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(kb) for kb in re.findall(r"^Pss:\s+(\d+)", told, re.MULTILINE))


def main() -> None:
    folder, url, format_ = Path(sys.argv[1]), sys.argv[2], ExportFormat(sys.argv[3])
    deps = seeded(folder, url, 0)
    person = bench_person(deps)
    for export in list_exports(deps, person):
        drop_export(deps, person, export.id)
    everything = ListQuery(view=View.ALL)
    ask_for_export(deps, person, query=everything, references=[], format_=format_, language="en", now=deps.now())
    gc.collect()
    gc.freeze()  # as the supervisor does before it begins a worker
    writer, memory = SecondWriter(deps), Memory()
    writer.stand_by()
    memory.start()
    began_at, cpu = time.monotonic(), time.process_time()
    assert write_next_export(deps, holder="bench", find_beside=writer.beside)
    seconds, cpu = time.monotonic() - began_at, time.process_time() - cpu
    (export,) = list_exports(deps, person)
    peak_mb = memory.peak_mb()
    drop_export(deps, person, export.id)
    sweep(deps, now=deps.now())
    told = {"rows": export.row_count, "seconds": seconds, "cpu": cpu, "bytes": export.bytes_count, "peak_mb": peak_mb}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
