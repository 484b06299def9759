"""One measurement: load on a running server for some seconds, and what it did and cost."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.processes import HOME
from tests.bench.visitors import Tally

if TYPE_CHECKING:
    from tests.bench.processes import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One round of one target under one number of visitors."""

    visits_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_wait_ms: float
    cpu_ms_per_visit: float
    load_cpu_share: float
    errors: dict[str, int]


def measure(running: Running, target: str, visitors: int, seconds: float) -> Cell:
    before = running.cpu_seconds()
    tally = load(running.port, target, visitors, seconds)
    spent = running.cpu_seconds() - before
    visit_ms = sorted(tally.visit_ms)
    return Cell(
        visits_per_second=len(visit_ms) / tally.seconds,
        p50_ms=percentile(visit_ms, 50),
        p95_ms=percentile(visit_ms, 95),
        p99_ms=percentile(visit_ms, 99),
        longest_wait_ms=max(tally.waiting_ms + visit_ms[-1:]),
        cpu_ms_per_visit=1000 * spent / len(visit_ms) if visit_ms else float("nan"),
        load_cpu_share=tally.cpu_seconds / tally.seconds,
        errors=tally.errors,
    )


def load(port: int, target: str, visitors: int, seconds: float) -> Tally:
    command = [sys.executable, "-m", "tests.bench.visitors", "--target", target, "--port", str(port)]
    command += ["--visitors", str(visitors), "--seconds", str(seconds)]
    output = subprocess.run(command, cwd=HOME, check=True, stdout=subprocess.PIPE).stdout
    return Tally(**json.loads(output))


def percentile(ordered: list[float], percent: int) -> float:
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def best(cells: list[Cell]) -> Cell:
    """Keep the round with most visits: other work on the machine can only slow a round down."""
    return max(cells, key=lambda cell: cell.visits_per_second)


def spread(cells: list[Cell]) -> float:
    """Largest difference between the rounds' visits per second, as a share of their median."""
    rates = [cell.visits_per_second for cell in cells]
    middle = statistics.median(rates)
    return (max(rates) - min(rates)) / middle if middle else float("nan")
