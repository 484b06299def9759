"""``kill -9`` while customers write: run by ``test_kill`` in short, and in full by ``python -m tests.faults.kill``.

Eight writers send whole visits and insist, with the same form, until they are answered. Meanwhile a seeded killer ends
web processes, the worker, and now and then the parent, which is then started again. Afterwards, when the outbox is
empty, ``judge`` compares what was promised with what the database and the post office hold.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from tests.limits import UNLIMITED
from tests.program import KeptLetter, Program, running, still_runs, wait_for
from tests.visitor import FORM, Answer, Visit, Visitor, visit_in

Target = Literal["web", "worker", "parent"]
WRITERS = 8
SETTLE_SECONDS = 90.0
# Leases follow from it. A letter put off because the machine is busy could go twice without a crash.
LETTER_LIMIT_SECONDS = 2
_LONGEST_PAUSE = 0.3
_PARENT_SHARE = 0.2
_HIT_LETTERS: tuple[Target, ...] = ("worker", "parent")


@dataclass(frozen=True, slots=True)
class Promise:
    """A 303 that a customer has seen: this inquiry, with this text, is ours to keep."""

    visit: Visit
    message: str


@dataclass(frozen=True, slots=True)
class Crash:
    target: Target
    at: float


@dataclass(slots=True)
class Storm:
    promises: list[Promise] = field(default_factory=list)
    crashes: list[Crash] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    repeated_posts_count: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)


def rage(program: Program, *, kills: int, seed: int) -> Storm:
    """Let the writers write until ``kills`` processes were killed."""
    storm = Storm()
    writers = [
        threading.Thread(target=_write, args=(program.visitor(timeout=20), storm, random.Random(f"{seed}/{number}")))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    try:
        dice = random.Random(seed)
        while len(storm.crashes) < kills:
            time.sleep(dice.uniform(0.05, 0.7))
            _crash(program, storm, dice)
    finally:
        storm.stopping.set()
        for writer in writers:
            writer.join(60)
    return storm


def settle(program: Program) -> None:
    """Wait until every letter has gone; what a crash of the post office put off is sent again at once."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while program.rows("SELECT 1 FROM delivery WHERE state != 'delivered' LIMIT 1"):
        assert time.monotonic() < deadline, f"not delivered: {program.run('outbox', 'list').stdout}"
        put_off = program.rows("SELECT id FROM delivery WHERE state = 'queued' AND attempt_count > 0 LIMIT 100")
        if put_off:
            program.run("outbox", "retry", *(str(row[0]) for row in put_off))
        time.sleep(0.5)


def judge(program: Program, storm: Storm) -> list[str]:
    """Return everything that is not as it was promised; empty when all is well."""
    return [
        *storm.surprises,
        *_integrity(program),
        *_broken_promises(program, storm.promises),
        *_inquiries_without_letters(program),
        *_wrong_letters(program, storm.crashes),
    ]


def duplicates_count(letters: list[KeptLetter]) -> int:
    return sum(len(copies) - 1 for copies in _by_message_id(letters).values())


def _write(visitor: Visitor, storm: Storm, dice: random.Random) -> None:
    while not storm.stopping.is_set():
        message = f"Does a steam boiler of 2 t/h stand a storm like {dice.getrandbits(64):016x}?"
        try:
            sent = _insist(visitor, storm, message)
        except AssertionError as error:
            storm.surprises.append(f"{message}: {error}")
            return
        storm.promises.append(Promise(visit_in(sent), message))
        storm.stopping.wait(dice.uniform(0, _LONGEST_PAUSE))


def _insist(visitor: Visitor, storm: Storm, message: str) -> Answer:
    """Open the form and send it, again and again, until it is acknowledged."""
    token = wait_for(lambda: _form_token(visitor), seconds=60, what="the form")
    fields = {**FORM, "token": token, "message": message}
    for attempt in range(1000):
        storm.repeated_posts_count += attempt > 0
        with contextlib.suppress(OSError):
            sent = visitor.post("/", fields)
            if sent.status == 303:
                return sent
            assert sent.status == 503, f"answered {sent.status}"
        time.sleep(0.1)
    raise AssertionError("never answered")


def _form_token(visitor: Visitor) -> str | None:
    try:
        return visitor.open_form()
    except OSError:
        return None


def _crash(program: Program, storm: Storm, dice: random.Random) -> None:
    """Kill something that lives; now and then all, which also ends the supervisor's growing pauses."""
    children = sorted((pid, role) for pid, role in program.children().items() if role != "post-office")
    if not children or dice.random() < _PARENT_SHARE:
        storm.crashes.append(Crash("parent", time.time()))
        _crash_whole(program)
        return
    target = dice.choice(sorted({_target(role) for _pid, role in children}))
    pid = dice.choice([pid for pid, role in children if _target(role) == target])
    storm.crashes.append(Crash(target, time.time()))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _target(role: str) -> Target:
    return "worker" if role == "worker" else "web"


def _crash_whole(program: Program) -> None:
    children = [psutil.Process(pid) for pid in program.children()]
    program.kill()
    wait_for(lambda: not any(map(still_runs, children)), seconds=5, what="the orphans to die")
    # A child that was forked since the look above dies as well, but holds the port until then.
    wait_for(lambda: _is_free(program.port), seconds=10, what="the port to be free")
    program.start()


def _is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def _integrity(program: Program) -> Iterator[str]:
    answer = program.rows("PRAGMA integrity_check")
    if answer != [("ok",)]:
        yield f"integrity_check says {answer}"


def _broken_promises(program: Program, promises: list[Promise]) -> Iterator[str]:
    stored: dict[str, list[object]] = {
        reference: rest
        for reference, *rest in program.rows(
            "SELECT reference, (SELECT body FROM message WHERE inquiry_id = inquiry.id ORDER BY id LIMIT 1),"
            " (SELECT count(*) FROM message WHERE inquiry_id = inquiry.id),"
            " (SELECT count(*) FROM event WHERE inquiry_id = inquiry.id AND kind = 'inquiry_received') FROM inquiry"
        )
    }
    for promise in promises:
        found = stored.get(promise.visit.reference)
        if found is None:
            yield f"{promise.visit.reference} was acknowledged and is not stored"
        elif found != [promise.message, 1, 1]:
            yield f"{promise.visit.reference} should hold {promise.message!r} once and holds {found}"
    bodies = collections.Counter(body for body, *_ in stored.values())
    yield from (f"{body!r} was stored {count} times" for body, count in bodies.items() if count > 1)


def _inquiries_without_letters(program: Program) -> Iterator[str]:
    rows = program.rows(
        "SELECT reference, group_concat(letter.kind || ' ' || delivery.state)"
        " FROM inquiry LEFT JOIN letter ON inquiry_id = inquiry.id LEFT JOIN delivery ON letter_id = letter.id"
        " GROUP BY reference"
    )
    for reference, deliveries in rows:
        if sorted((deliveries or "").split(",")) != ["inquiry_for_team delivered", "inquiry_received delivered"]:
            yield f"{reference} has the letters {deliveries}"


def _wrong_letters(program: Program, crashes: list[Crash]) -> Iterator[str]:
    by_id = _by_message_id(program.letters())
    written = {message_id for (message_id,) in program.rows("SELECT message_id FROM delivery")}
    yield from (f"{message_id} never reached the post office" for message_id in written - by_id.keys())
    yield from (f"{message_id} is nobody's letter" for message_id in by_id.keys() - written)
    times = [crash.at for crash in crashes if crash.target in _HIT_LETTERS]
    for message_id, copies in by_id.items():
        first, last = copies[0].kept_at, copies[-1].kept_at
        # A crash just before the first copy can be its cause: the copy was on its way when the worker died.
        could_have_hit = sum(first - LETTER_LIMIT_SECONDS <= at <= last for at in times)
        if len(copies) > 1 + could_have_hit:
            yield f"{message_id} came {len(copies)} times with {could_have_hit} crashes around it"
        if len({copy.content for copy in copies}) > 1:
            yield f"{message_id} came with different bytes"
    # The worker sends one letter at a time, so one crash can double one letter.
    doubled = sum(len(copies) - 1 for copies in by_id.values())
    if doubled > len(times):
        yield f"{doubled} letters too many after {len(times)} crashes"


def _by_message_id(letters: list[KeptLetter]) -> dict[str, list[KeptLetter]]:
    found: dict[str, list[KeptLetter]] = {}
    for letter in letters:
        found.setdefault(str(letter.headers["Message-ID"]), []).append(letter)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kill", description="kill -9 while customers write")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="liju-kill-") as folder,
        running(
            Path(folder) / "instance", LIJU_MAIL_LETTER_LIMIT_SECONDS=str(LETTER_LIMIT_SECONDS), **UNLIMITED
        ) as program,
    ):
        began_at = time.monotonic()
        storm = rage(program, kills=options.kills, seed=options.seed)
        raged_at = time.monotonic()
        settle(program)
        faults = judge(program, storm)
        _report(program, storm, raged_at - began_at, time.monotonic() - raged_at)
    sys.stdout.write("\n".join(faults or ["Nothing lost."]) + "\n")
    return 1 if faults else 0


def _report(program: Program, storm: Storm, raged_seconds: float, settled_seconds: float) -> None:
    letters = program.letters()
    kills = dict(collections.Counter(crash.target for crash in storm.crashes))
    doubled = duplicates_count(letters)
    sys.stdout.write(
        f"kills: {kills} in {raged_seconds:.0f} s\n"
        f"acknowledged: {len(storm.promises)}, after {storm.repeated_posts_count} forms sent again\n"
        f"letters: {len(letters)}, of them {doubled} second copies; settled in {settled_seconds:.0f} s\n"
    )


if __name__ == "__main__":
    sys.exit(main())
