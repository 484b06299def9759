"""Measure the staff desk at several sizes: ``python3 run.py bench desk --counts 1000,100000``.

Pages are asked for in this process, by Flask's test client, so that only the server's part is measured; each size is
warm before it counts. For every step: queries, rows of the list on a page (a page that a small size does not fill is no
measure for one that is full), median and 95th percentile in milliseconds, CPU time (a PostgreSQL server's is not in
it), and how many times as long it takes as a bare Flask list and as itself at the smallest size.

Many a machine runs at half its speed for some seconds. So the bare list is asked for in turns with every step, and what
a step takes at two sizes is compared in bare lists. Nothing here fails for being slow. Seeding a million takes half an
hour of computing: ``--instances`` names a folder whose databases are used again and stay.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from liju_contact.app import make_app
from liju_contact.domain.export import ExportFormat
from liju_contact.store.kept_rows import KeptRows
from liju_contact.usecases.staff_session import begin_session
from liju_contact.web.staff.list_rows import WrittenRows
from tests.bench.desk_baseline import bare_list
from tests.bench.desk_database import FOLDER, database_url, postgresql, seeded
from tests.bench.desk_steps import bench_person, pages, queries
from tests.bench.processes import HOME
from tests.store.statements import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from liju_contact.usecases.deps import Deps

WARM_UPS = 3
ROWS_ANEW = {"view all, rows anew": "/staff?view=all", "list, rows anew": "/staff"}
LONGEST_SECONDS = 6.0  # for one step; a slow one is measured less often
ROW = "{:28} {:>9} {:>8} {:>5} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}"
_ROW_OF_PAGE = b'name="references"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    median_ms: float
    p95_ms: float
    cpu_ms: float
    bare_ms: float
    query_count: int
    row_count: int | None

    @property
    def in_bare_lists(self) -> float:
        return self.median_ms / self.bare_ms


@dataclass(slots=True)
class Table:
    """What was measured of one kind of database: by step, by size."""

    cells: dict[str, dict[int, Measured]] = field(default_factory=dict)

    def add(self, step: str, count: int, measured: Measured) -> None:
        self.cells.setdefault(step, {})[count] = measured


def main(arguments: list[str]) -> int:
    options = _parsed(arguments)
    folder = options.instances or options.folder
    options.folder, is_kept = folder.resolve(), bool(options.instances)
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        bare = bare_list(options.folder).test_client()
        for kind in options.databases:
            with _server(kind, options.folder) as server:
                _measure_kind(kind, server, options, _asking(bare, "/"))
    finally:
        if not is_kept:
            shutil.rmtree(options.folder, ignore_errors=True)
    return 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 run.py bench desk", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--counts", type=_numbers, default=[1000, 100_000], help="sizes, comma-separated")
    parser.add_argument("--databases", type=lambda names: names.split(","), default=["sqlite"])
    parser.add_argument("--rounds", type=int, default=100, help="requests per step")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where seeded databases are kept meanwhile")
    parser.add_argument("--instances", type=Path, help="where seeded databases lie that stay, or are to stay")
    parser.add_argument("--no-exports", dest="with_exports", action="store_false")
    return parser.parse_args(arguments)


def _numbers(text: str) -> list[int]:
    return sorted(int(number) for number in text.split(","))


@contextlib.contextmanager
def _server(kind: str, folder: Path) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    with postgresql(folder) as url:
        yield url


def _measure_kind(kind: str, server: str | None, options: argparse.Namespace, bare: Callable[[], object]) -> None:
    table, urls = Table(), {count: database_url(options.folder, kind, count, server) for count in options.counts}
    for count, url in urls.items():
        deps = seeded(options.folder, url, count)
        _measure_size(deps, count, table, options.rounds, bare)
        deps.db.close()
    _say_table(kind, table, options.counts)
    if options.with_exports:
        for count, url in urls.items():
            for format_ in ExportFormat:
                _say(_exported(options.folder, url, count, format_))


def _measure_size(deps: Deps, count: int, table: Table, rounds: int, bare: Callable[[], object]) -> None:
    person = bench_person(deps)
    with deps.db.begin() as tx:
        token = begin_session(deps, tx, person.id, browser="Bench", network="127.0.0.0/24", now=deps.now())
    client = make_app(deps).test_client()
    client.set_cookie("liju-staff", token)
    for page in pages(deps):
        status = client.get(page.address).status_code
        if status != 200:  # there is no such page (yet), or it is broken
            _say(f"left out: {page.name}, {page.address.split('?')[0]} answers {status}")
            continue
        table.add(page.name, count, _measured(deps, _asking(client, page.address), rounds, bare))
    for name, address in ROWS_ANEW.items():
        table.add(name, count, _measured(deps, _writing_anew(client, address), rounds, bare))
    for query in queries(deps, person):
        table.add(query.name, count, _measured(deps, _reading(deps, query.run), rounds, bare))


def _asking(client: FlaskClient, address: str) -> Callable[[], object]:
    return lambda: client.get(address).data


def _writing_anew(client: FlaskClient, address: str) -> Callable[[], object]:
    """Ask for a list whose rows nobody has seen since they changed, so that none is kept."""

    def ask() -> object:
        extensions = client.application.extensions
        extensions["liju"] = replace(extensions["liju"], kept_rows=KeptRows())
        extensions["liju_rows"] = WrittenRows(extensions["liju"].settings)
        return client.get(address).data

    return ask


def _reading(deps: Deps, run: Callable[..., object]) -> Callable[[], object]:
    def read() -> object:
        with deps.db.read() as tx:
            return run(tx)

    return read


def _measured(deps: Deps, step: Callable[[], object], rounds: int, bare: Callable[[], object]) -> Measured:
    shown: object = None
    for _ in range(WARM_UPS):
        shown = step()
    query_count = min(_queries_of(deps, step), _queries_of(deps, step))  # once a minute a session notes its use
    times, cpu_times, bare_times = list[float](), list[float](), list[float]()
    end_at = time.perf_counter() + LONGEST_SECONDS
    for _ in range(rounds):
        cpu = time.process_time()
        times.append(_milliseconds(step))
        cpu_times.append(1000 * (time.process_time() - cpu))
        bare_times.append(_milliseconds(bare))
        if time.perf_counter() > end_at:
            break
    ordered = sorted(times)
    return Measured(
        median_ms=statistics.median(ordered),
        p95_ms=ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)],
        cpu_ms=statistics.median(cpu_times),
        bare_ms=statistics.median(bare_times),
        query_count=query_count,
        row_count=shown.count(_ROW_OF_PAGE) if isinstance(shown, bytes) and _ROW_OF_PAGE in shown else None,
    )


def _milliseconds(step: Callable[[], object]) -> float:
    began_at = time.perf_counter()
    step()
    return 1000 * (time.perf_counter() - began_at)


def _queries_of(deps: Deps, step: Callable[[], object]) -> int:
    with listening(deps.db) as said:
        step()
    return len(said)


def _exported(folder: Path, url: str, count: int, format_: ExportFormat) -> str:
    """Write an export in processes of their own."""
    command = [sys.executable, "-m", "tests.bench.desk_export", str(folder), url, format_.value]
    told = json.loads(subprocess.run(command, cwd=HOME, check=True, stdout=subprocess.PIPE).stdout)
    rate, size = told["rows"] / told["seconds"], told["bytes"] / 1e6
    per_cpu = told["rows"] / told["cpu"]
    return (
        f"export {format_} of {count}: {rate:.0f} rows/s ({per_cpu:.0f} per CPU second of the worker), {size:.1f} MB;"
        f" the worker has {told['peak_mb']:.0f} MB at most, with its writers {told['all_peak_mb']:.0f} MB (PSS)"
    )


def _say_table(kind: str, table: Table, counts: list[int]) -> None:
    all_bare = [measured.bare_ms for by_count in table.cells.values() for measured in by_count.values()]
    _say("")
    _say(f"a bare Flask list in between: {min(all_bare):.2f} to {max(all_bare):.2f} ms median")
    heads = ("queries", "rows", "median ms", "p95 ms", "CPU ms", "bare ms", "x bare", f"x {counts[0]}")
    _say(ROW.format(kind, "count", *heads))
    for step, by_count in table.cells.items():
        smallest = by_count.get(counts[0])
        for count, measured in by_count.items():
            is_compared = smallest is not None and count != counts[0]
            ratio = f"{measured.in_bare_lists / smallest.in_bare_lists:.2f}" if smallest and is_compared else ""
            times = (measured.median_ms, measured.p95_ms, measured.cpu_ms, measured.bare_ms, measured.in_bare_lists)
            cells = (f"{value:.2f}" for value in times)
            rows = "" if measured.row_count is None else measured.row_count
            _say(ROW.format(step if count == counts[0] else "", count, measured.query_count, rows, *cells, ratio))
        if len({measured.query_count for measured in by_count.values()}) > 1:
            _say(f"{'':28} the number of queries differs between sizes")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
