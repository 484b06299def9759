"""Writes one export in a process of its own and says how quick and how large it was, for the benchmark of the desk."""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from pathlib import Path

from liju_contact.domain.export import ExportFormat
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.usecases.ask_for_export import ask_for_export, drop_export, list_exports
from liju_contact.usecases.sweep import sweep
from liju_contact.usecases.write_export import write_next_export
from tests.bench.desk_database import seeded
from tests.bench.desk_steps import bench_person


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
    began_at, cpu = time.monotonic(), time.process_time()
    assert write_next_export(deps, holder="bench")
    seconds, cpu = time.monotonic() - began_at, time.process_time() - cpu
    (export,) = list_exports(deps, person)
    (peak_kb,) = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    peak_mb = int(peak_kb) / 1024
    drop_export(deps, person, export.id)
    sweep(deps, now=deps.now())
    told = {"rows": export.row_count, "seconds": seconds, "cpu": cpu, "bytes": export.bytes_count, "peak_mb": peak_mb}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
