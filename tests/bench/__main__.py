"""Measure the program beside the floor: ``python3 run.py bench``.

A visit is a fresh visitor who gets the form, sends it, and follows to the status page. Both targets run at once and
idle while the other is measured; rounds alternate, so that noise of the machine hits both; of each cell the best
round counts. CPU is user and system time of all processes of the server, memory their proportional set size. Letters
that leave and replies that come in are measured after that, by themselves. ``bench desk`` measures the staff desk
instead (``tests/bench/desk.py``).
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import desk
from tests.bench.drips import STARTS
from tests.bench.letters import FIRST_LETTER_SECONDS, Sink
from tests.bench.measure import Cell, best, measure, spread
from tests.bench.processes import (
    HOME,
    SERVERS,
    Running,
    free_port,
    program_command,
    serving,
    started,
    worker_command,
    write_instance,
)
from tests.limits import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Iterator

WARM_UP_SECONDS = 1.0
DRIP_SETTLES_SECONDS = 3.0
LETTERS_FILL_SECONDS = 4.0
TITLES = ("visitors", "target", "visits/s", "spread", "p50 ms", "p95 ms", "p99 ms", "longest", "CPU ms", "errors")
ROW = "{:>8}  {:8} {:>8} {:>7} {:>7} {:>7} {:>7} {:>8} {:>7} {:>7}"


def main() -> int:
    if sys.argv[1:2] == ["desk"]:
        return desk.main(sys.argv[2:])
    options = parsed(sys.argv[1:])
    names = ["floor", "program"] if options.target == "both" else [options.target]
    failed = False
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(Sink())
        running = {
            name: stack.enter_context(serving(name, options.server, options.threads, sink.port)) for name in names
        }
        for name in names:
            measure(running[name], name, 8, WARM_UP_SECONDS)
        say(ROW.format(*TITLES))
        for visitors in options.visitors:
            cells = alternate(running, visitors, sink, options)
            failed |= show(visitors, cells)
    for name in names:
        show_memory(name, options)
    if "program" in names:
        show_letters()
        failed |= not show_replies()
    return int(failed)


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 run.py bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", choices=("floor", "program", "both"), default="both")
    parser.add_argument("--server", choices=SERVERS, default="granian", help="what serves the floor")
    parser.add_argument("--threads", type=int, default=1, help="threads per web process of the floor")
    parser.add_argument("--visitors", type=numbers, default=[1, 8, 32], help="comma-separated, default 1,8,32")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--drips", choices=sorted(STARTS), help="with 500 slow clients beside the visitors")
    return parser.parse_args(arguments)


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def alternate(
    running: dict[str, Running], visitors: int, sink: Sink, options: argparse.Namespace
) -> dict[str, list[Cell]]:
    """Measure the targets in turn; the next one begins when the letters of the one before have all been sent."""
    cells: dict[str, list[Cell]] = {name: [] for name in running}
    for _ in range(options.rounds):
        for name, server in running.items():
            with dripping(server.port, options.drips):
                cells[name].append(measure(server, name, visitors, options.seconds))
            if name == "program":
                sink.wait_until_quiet()
    return cells


@contextlib.contextmanager
def dripping(port: int, kind: str | None) -> Iterator[None]:
    if kind is None:
        yield
        return
    command = [sys.executable, "-m", "tests.bench.drips", "--port", str(port), "--kind", kind]
    process = subprocess.Popen(command, cwd=HOME, stdout=subprocess.DEVNULL)
    try:
        time.sleep(DRIP_SETTLES_SECONDS)
        yield
    finally:
        process.kill()
        process.wait()


def show(visitors: int, cells: dict[str, list[Cell]]) -> bool:
    """Print a line per target and their ratio; return whether any visit failed."""
    chosen = {name: best(rounds) for name, rounds in cells.items()}
    failures = {name: sum(sum(cell.errors.values()) for cell in rounds) for name, rounds in cells.items()}
    for name, cell in chosen.items():
        times = [f"{value:.1f}" for value in (cell.p50_ms, cell.p95_ms, cell.p99_ms)]
        rates = (f"{cell.visits_per_second:.0f}", f"{spread(cells[name]):.0%}")
        rest = (f"{cell.longest_wait_ms:.0f}", f"{cell.cpu_ms_per_visit:.2f}", failures[name])
        say(ROW.format(visitors, name, *rates, *times, *rest))
        for rounds in cells[name]:
            for error, count in rounds.errors.items():
                say(f"{'':10}{count} times: {error}")
    if len(chosen) == 2:
        show_ratio(visitors, chosen["program"], chosen["floor"])
    return any(failures.values())


def show_ratio(visitors: int, program: Cell, floor: Cell) -> None:
    pairs = (
        (program.visits_per_second, floor.visits_per_second),
        (program.p50_ms, floor.p50_ms),
        (program.p95_ms, floor.p95_ms),
        (program.p99_ms, floor.p99_ms),
        (program.longest_wait_ms, floor.longest_wait_ms),
        (program.cpu_ms_per_visit, floor.cpu_ms_per_visit),
    )
    rate, *rest = [f"x {above / below:.2f}" for above, below in pairs]
    say(ROW.format(visitors, "ratio", rate, "", *rest, ""))


def show_memory(name: str, options: argparse.Namespace) -> None:
    """Measure memory with one target alone: pages of libraries shared with the other would count half."""
    with Sink() as sink, serving(name, options.server, options.threads, sink.port) as server:
        idle = sum(process.pss_mb for process in server.memory())
        measure(server, name, 8, options.seconds)
        processes = server.memory()
    listed = ", ".join(f"{process.role} {process.pss_mb:.0f}" for process in processes)
    total = sum(process.pss_mb for process in processes)
    say(f"{name}: {total:.0f} MB PSS after load ({listed}); {idle:.0f} MB when started")


def show_letters() -> None:
    """Fill an outbox by visits, with no worker running, and let a worker empty it."""
    with Sink() as sink, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        instance, port = Path(folder), free_port()
        write_instance(instance, sink.port)
        with started(program_command(port, instance, "--no-worker"), port, UNLIMITED) as server:
            measure(server, "program", 8, LETTERS_FILL_SECONDS)
        worker = subprocess.Popen(worker_command(instance), cwd=HOME)
        try:
            handover = sink.wait_until_quiet(FIRST_LETTER_SECONDS)
        finally:
            worker.terminate()
            worker.wait()
    say(f"letters: {handover.letters} in {handover.seconds:.1f} s, {handover.letters_per_second:.0f} letters/s")


def show_replies() -> bool:
    """Measure received mail in a process of its own, which keeps to one core; return whether all went well."""
    return subprocess.run([sys.executable, "-m", "tests.bench.replies"], cwd=HOME, check=False).returncode == 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
