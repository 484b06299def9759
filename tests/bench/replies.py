"""How many ordinary replies per second one core receives, judges and applies: ``python -m tests.bench.replies``.

Everything is the program's own: ``receive_mail`` as at any door, one commit per reply, then ``judge_waiting`` with the
reading process, on SQLite in a fresh database. This process and the reading one share a single core. Beside it, in the
same round, a bare loop does the least: it inserts the same bytes into a table, one commit each, as safely.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import func, select

from liju_contact.app import make_deps
from liju_contact.config import load_settings
from liju_contact.domain.catalogue import Catalogue, Label, Staff, Team
from liju_contact.domain.detail import Detail
from liju_contact.domain.inbound import Door, Envelope
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.inquiry import NewInquiry
from liju_contact.domain.letter import KEY_PLACE, LetterKind
from liju_contact.mail.guarded_reader import GuardedReader
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.schema import migrate
from liju_contact.store.tables import DeliveryRow, LetterRow
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.mail_reader import Unreadable
from liju_contact.usecases.receive_mail import receive_mail
from liju_contact.usecases.submit_inquiry import submit_inquiry
from tests.bench.processes import write_instance
from tests.bench.reply_mails import Letter, write_reply

STAFF = "li.wei@liju.example"
ONE_IN_SO_MANY_HAS_A_PDF = 10
NO_SMTP_PORT = 9  # nothing is sent here
_LETTERS: Any = (
    select(
        DeliveryRow.recipient_address,
        DeliveryRow.reply_to,
        DeliveryRow.reply_key,
        DeliveryRow.message_id,
        LetterRow.subject,
        LetterRow.text,
    )
    .join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
    .where(LetterRow.kind.in_((LetterKind.INQUIRY_RECEIVED.value, LetterKind.INQUIRY_FOR_TEAM.value)))
    .order_by(DeliveryRow.id)
)
_OUTCOMES = select(InboundRow.state, InboundRow.verdict, func.count()).group_by(InboundRow.state, InboundRow.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Seconds; CPU is user and system time of this process and the reading one."""

    replies: int
    wall: float
    receiving_cpu: float
    reading_cpu: float
    applying_cpu: float
    bare_wall: float
    bare_cpu: float

    @property
    def replies_per_second(self) -> float:
        return self.replies / self.wall

    @property
    def bare_per_second(self) -> float:
        return self.replies / self.bare_wall


class Stopwatch:
    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return the wall and CPU seconds since the start."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


class MeasuredReader:
    """The program's reader; adds up what reading costs in this process, and asks the kernel for the other's share."""

    def __init__(self) -> None:
        self._reader = GuardedReader()
        self.own_cpu = 0.0

    def read(self, raw: bytes) -> InboundMail | Unreadable:
        began_at = time.process_time()
        try:
            return self._reader.read(raw)
        finally:
            self.own_cpu += time.process_time() - began_at

    def close(self) -> None:
        self._reader.close()

    def cpu(self) -> float:
        children = [child.cpu_times() for child in psutil.Process().children()]
        return self.own_cpu + sum(times.user + times.system for times in children)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replies", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replies", type=int, default=400, help="in one round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    stay_on_one_core()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, program(Path(folder)) as (deps, reader):
        measure_round(deps, reader, Path(folder) / "warm-up.db", replies=40)
        rounds = [
            measure_round(deps, reader, Path(folder) / f"bare-{number}.db", replies=options.replies)
            for number in range(options.rounds)
        ]
        wrong = unexpected(deps)
    show(rounds)
    for line in wrong:
        say(f"{'':9}{line}")
    return int(bool(wrong))


def stay_on_one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextlib.contextmanager
def program(folder: Path) -> Iterator[tuple[Deps, MeasuredReader]]:
    """Yield the program's parts on a fresh database, with a team of one who has a name."""
    write_instance(folder, NO_SMTP_PORT)
    settings = load_settings(folder, {"LIJU_INBOUND_PIPE": "yes"})
    settings = replace(
        settings,
        catalogue=with_staff(settings.catalogue),
        inbound=replace(settings.inbound, mails_per_sender=10**6),  # one colleague answers hundreds in a second
    )
    deps, reader = make_deps(settings), MeasuredReader()
    migrate(deps.db)
    try:
        yield deps, reader
    finally:
        reader.close()
        deps.db.close()


def with_staff(catalogue: Catalogue) -> Catalogue:
    first, *others = catalogue.teams
    team = Team(id=first.id, label=first.label, recipients=(STAFF,))
    return replace(catalogue, teams=(team, *others), staff=(Staff(address=STAFF, name=Label({"en": "Li Wei"})),))


def measure_round(deps: Deps, reader: MeasuredReader, bare_path: Path, *, replies: int) -> Round:
    """Take in new replies, half from customers and half from staff, and then insert the same bytes alone."""
    raws = write_replies(deps, replies)
    watch = Stopwatch()
    for raw in raws:
        receive_mail(deps, raw, Envelope(door=Door.PIPE, sender=None, recipients=()), now=deps.now())
    _, receiving_cpu = watch.read()
    reading_before, own_before = reader.cpu(), reader.own_cpu
    while judge_waiting(deps, reader):
        pass
    wall, cpu = watch.read()
    bare_wall, bare_cpu = insert_alone(raws, bare_path)
    return Round(
        replies=replies,
        wall=wall,
        receiving_cpu=receiving_cpu,
        reading_cpu=reader.cpu() - reading_before,
        applying_cpu=cpu - receiving_cpu - (reader.own_cpu - own_before),
        bare_wall=bare_wall,
        bare_cpu=bare_cpu,
    )


def write_replies(deps: Deps, count: int) -> list[bytes]:
    """Let ``count`` customers inquire; return the reply of every other, and staff's answer to the rest."""
    with deps.db.read() as tx:
        known = len(tx.execute(_LETTERS).all())
    for number in range(count):
        submit_inquiry(deps, inquiry(known + number), now=deps.now())
    with deps.db.read() as tx:
        rows = tx.execute(_LETTERS).all()[known:]
    letters = [letter_of(row) for row in rows]
    by_staff = [letter for letter in letters if letter.recipient == STAFF]
    by_customers = [letter for letter in letters if letter.recipient != STAFF]
    dice = random.Random(known)
    answered = [pair[number % 2] for number, pair in enumerate(zip(by_staff, by_customers, strict=True))]
    return [
        write_reply(letter, dice, has_pdf=number % ONE_IN_SO_MANY_HAS_A_PDF == 0)
        for number, letter in enumerate(answered)
    ]


def inquiry(number: int) -> NewInquiry:
    return NewInquiry(
        nonce=f"bench {number}",
        language="en",
        name="Ana Souza",
        email=f"buyer{number}@usina.example",
        country="BR",
        product="steam",
        topic="quotation",
        message="We need two steam boilers, 10 t/h each, for a sugar mill near Santos.\nPlease quote.",
        company="Usina Verde",
        phone="+55 11 5555 0100",
        details=(Detail(field="capacity", typed="10", unit="t_h", canonical=7000.0),),
        files=(),
    )


def letter_of(row: Any) -> Letter:
    own_id = f"<{row.reply_key}@liju.example>"
    return Letter(
        recipient=row.recipient_address,
        reply_to=row.reply_to,
        subject=row.subject,
        text=row.text.replace(KEY_PLACE, row.reply_key),
        references=(own_id, row.message_id),
    )


def insert_alone(raws: list[bytes], path: Path) -> tuple[float, float]:
    """Insert the bytes and do nothing else; return wall and CPU seconds."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE mail (id INTEGER PRIMARY KEY, raw BLOB)")
        watch = Stopwatch()
        for raw in raws:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO mail (raw) VALUES (?)", (raw,))
            connection.execute("COMMIT")
        return watch.read()


def unexpected(deps: Deps) -> list[str]:
    """Say what became of replies that were not applied: then the figures are not those of replies."""
    with deps.db.read() as tx:
        found = collections.Counter({(state, verdict): count for state, verdict, count in tx.execute(_OUTCOMES)})
    good = {("applied", "reply"), ("applied", "answer")}
    return [
        f"{count} times: {state} {verdict}" for (state, verdict), count in found.items() if (state, verdict) not in good
    ]


def show(rounds: list[Round]) -> None:
    best = max(rounds, key=lambda each: each.replies_per_second)
    rates = [each.replies_per_second for each in rounds]
    spread = (max(rates) - min(rates)) / statistics.median(rates)
    parts = ("receiving", best.receiving_cpu), ("reading", best.reading_cpu), ("applying", best.applying_cpu)
    costs = ", ".join(f"{name} {1000 * seconds / best.replies:.2f}" for name, seconds in parts)
    total, bare = sum(seconds for _, seconds in parts), best.bare_cpu
    say(
        f"replies: {best.replies} in {best.wall:.1f} s on one core, {best.replies_per_second:.0f} replies/s"
        f" (spread {spread:.0%}); CPU ms per reply: {costs}"
    )
    say(
        f"         inserting their bytes alone: {best.bare_per_second:.0f}/s, {1000 * bare / best.replies:.2f} CPU ms;"
        f" ratio x {best.replies_per_second / best.bare_per_second:.2f}, CPU x {total / bare:.1f}"
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
