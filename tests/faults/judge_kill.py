"""``kill -9`` while mail is judged: by ``test_judge_kill`` in short, in full by ``python -m tests.faults.judge_kill``.

Replies of customers and answers of staff keep coming in while a worker judges them. A seeded killer ends the worker at
random moments and starts another. Afterwards, when no mail waits, ``judge`` compares what came in with what it led to.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import bindparam, func, select

from liju_contact.app import make_deps
from liju_contact.config import Settings, read_settings
from liju_contact.domain.inbound import RETRY_AFTER, TRIES
from liju_contact.domain.letter import LetterKind
from liju_contact.store.database import Database
from liju_contact.store.file_tables import FileRow
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.schema import migrate
from liju_contact.store.tables import DeliveryRow, InquiryRow, LetterRow, MessageRow
from liju_contact.usecases.deps import Deps
from tests.conftest import EXAMPLE, SECRET
from tests.faults.killed import judge_until_killed
from tests.faults.shared_clock import SharedClock, shared_clock
from tests.launcher import CONTEXT
from tests.program import still_runs, wait_for
from tests.usecases.mails import LI, WANG, as_bytes, receive, reply_to, with_staff
from tests.usecases.stories import submit

SETTLE_SECONDS = 120.0
_MAILS_AT_HAND = 50
_LONGEST_LIFE_SECONDS = 0.2
_FILE_SHARE = 0.2
_AIMED_SHARE = 0.8
_WAITING = select(func.count()).select_from(InboundRow).where(InboundRow.due_at.is_not(None))
_BEGUN = _WAITING.where(InboundRow.attempt_count > 0)
_FIRST_LETTER: Any = (
    select(DeliveryRow.message_id, DeliveryRow.reply_to, DeliveryRow.reply_key, LetterRow.subject, LetterRow.text)
    .join(LetterRow, LetterRow.id == DeliveryRow.letter_id)
    .join(InquiryRow, InquiryRow.id == LetterRow.inquiry_id)
    .where(InquiryRow.reference == bindparam("reference"), DeliveryRow.recipient_address == bindparam("recipient"))
    .order_by(DeliveryRow.id)
    .limit(1)
)
_TOKEN = re.compile(r"Token ([0-9a-f]{16})")
# Attempts beyond the first, of mails that wait: each kill may add one.
_TRIED_AGAIN = select(func.coalesce(func.sum(InboundRow.attempt_count - 1), 0)).where(
    InboundRow.due_at.is_not(None), InboundRow.attempt_count > 1
)
_LAST_TRIES = _WAITING.where(InboundRow.attempt_count >= TRIES)
_JUDGED = select(func.count()).select_from(InboundRow).where(InboundRow.due_at.is_(None))


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that came in; ``token`` is a word of its text that no other mail has."""

    token: str
    sha256: str
    is_answer: bool
    has_file: bool


@dataclass(slots=True)
class Storm:
    """``hits`` tells what kills left behind."""

    deps: Deps
    clock: SharedClock
    dice: random.Random
    mails: list[Sent] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def rage(settings: Settings, db: Database, *, kills: int, seed: int) -> Storm:
    """Let mails be judged, and the judging be killed so often."""
    storm = _storm(settings, db, seed)
    for _ in range(kills):
        while _number(storm, _WAITING) < _MAILS_AT_HAND:
            _feed(storm)
        before, tried = _number(storm, _JUDGED), _number(storm, _TRIED_AGAIN)
        with _judging(storm) as process:
            # Starting takes a moment that depends on the machine: the dice are for the work.
            wait_for(lambda: _number(storm, _JUDGED) > before, seconds=60, what="a worker to begin")  # noqa: B023  # called at once
            _feed_a_while(storm)
            _kill(storm, process)
        storm.hits["at work" if _number(storm, _BEGUN) else "between mails"] += 1
        if _number(storm, _TRIED_AGAIN) > tried + 1:
            storm.faults.append("a kill counted against more than one mail that had been tried before")
        storm.clock.move(RETRY_AFTER)
    return storm


def settle(storm: Storm) -> None:
    """Let one more worker finish what is left."""
    with _judging(storm):
        wait_for(lambda: not _number(storm, _WAITING), seconds=SETTLE_SECONDS, what="all mails to be judged")


def judge(storm: Storm) -> list[str]:
    """Return everything that is not as it must be; empty when all is well."""
    return [*storm.faults, *_wrong_entries(storm), *_wrong_messages(storm), *_wrong_letters(storm)]


@contextlib.contextmanager
def _judging(storm: Storm) -> Iterator[BaseProcess]:
    process = CONTEXT.Process(target=judge_until_killed, args=(storm.deps.settings, storm.clock))
    process.start()
    readers: list[psutil.Process] = []
    try:
        yield process
    finally:
        if process.is_alive():
            readers = psutil.Process(process.pid).children()
        process.kill()
        process.join()
    wait_for(lambda: not any(map(still_runs, readers)), seconds=10, what="the reading process to end")


def _storm(settings: Settings, db: Database, seed: int) -> Storm:
    clock = shared_clock()
    made = make_deps(replace(settings, database_url=db.url), now=clock.now)
    inbound = replace(settings.inbound, mails_per_sender=10**6)  # Li Wei writes all day
    deps = with_staff(replace(made, db=db, settings=replace(made.settings, inbound=inbound)))
    return Storm(deps, clock, random.Random(seed))


def _kill(storm: Storm, process: BaseProcess) -> None:
    """Kill, mostly with a mail in hand, whatever else the worker has to do between two mails.

    But not with a mail in hand that has been hit twice: three times is what parks a mail, and rightly so.
    """
    assert process.pid
    is_aimed = storm.dice.random() < _AIMED_SHARE
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        if not _number(storm, _LAST_TRIES) and (_number(storm, _BEGUN) or not is_aimed):
            break
        os.kill(process.pid, signal.SIGCONT)
        if not _number(storm, _WAITING):
            _feed(storm)
        time.sleep(storm.dice.uniform(0, 0.01))
    process.kill()
    process.join()


def _feed_a_while(storm: Storm) -> None:
    ends_at = time.monotonic() + storm.dice.uniform(0, _LONGEST_LIFE_SECONDS)
    while time.monotonic() < ends_at:
        _feed(storm)


def _feed(storm: Storm) -> None:
    """Let somebody answer the letter about a new inquiry: the customer, or Li Wei."""
    token = f"{storm.dice.getrandbits(64):016x}"
    is_answer, has_file = storm.dice.random() < 0.5, storm.dice.random() < _FILE_SHARE
    customer = f"{token}@there.example"
    submitted = submit(storm.deps, nonce=token, email=customer)
    writer = LI if is_answer else customer
    mail = reply_to(_first_letter(storm, submitted.reference, writer), writer, f"Token {token}")
    if has_file:
        mail.add_attachment(b"%PDF-1.7 " + token.encode(), maintype="application", subtype="pdf", filename="a.pdf")
    raw = as_bytes(mail)
    receive(storm.deps, raw)
    storm.mails.append(Sent(token, hashlib.sha256(raw).hexdigest(), is_answer, has_file))


def _first_letter(storm: Storm, reference: str, recipient: str) -> dict[str, Any]:
    with storm.deps.db.read() as tx:
        return dict(tx.execute(_FIRST_LETTER, {"reference": reference, "recipient": recipient}).mappings().one())


def _number(storm: Storm, counting: Any) -> int:
    with storm.deps.db.read() as tx:
        number: int = tx.execute(counting).scalar_one()
    return number


def _all(storm: Storm, *columns: Any) -> list[Any]:
    with storm.deps.db.read() as tx:
        return list(tx.execute(select(*columns)))


def _wrong_entries(storm: Storm) -> Iterator[str]:
    """Each mail has one entry, and it was applied; its files are those it came with."""
    entries = _all(storm, InboundRow.sha256, InboundRow.state, InboundRow.verdict, InboundRow.words)
    found = Counter((sha256, state, verdict, words) for sha256, state, verdict, words in entries)
    wanted = Counter((mail.sha256, "applied", "answer" if mail.is_answer else "reply", "") for mail in storm.mails)
    yield from (f"the entry {entry} should not be" for entry in found - wanted)
    yield from (f"there is no entry {entry}" for entry in wanted - found)


def _wrong_messages(storm: Storm) -> Iterator[str]:
    """Each mail became one message, with its file."""
    with storm.deps.db.read() as tx:
        query = select(MessageRow.body, func.count(FileRow.id)).outerjoin(FileRow, FileRow.message_id == MessageRow.id)
        found = Counter(
            (body, count) for body, count in tx.execute(query.group_by(MessageRow.id)) if _TOKEN.match(body)
        )
    wanted = Counter((f"Token {mail.token}", int(mail.has_file)) for mail in storm.mails)
    yield from (f"the message {message} is too much" for message in found - wanted)
    yield from (f"the message {message} is missing" for message in wanted - found)


def _wrong_letters(storm: Storm) -> Iterator[str]:
    """The team hears of a reply, the customer gets the answer, and Li Wei's colleague a copy of it."""
    with storm.deps.db.read() as tx:
        query = select(LetterRow.kind, DeliveryRow.recipient_address, LetterRow.text)
        rows = tx.execute(query.join(DeliveryRow, DeliveryRow.letter_id == LetterRow.id)).all()
    found = Counter((kind, recipient, told[1]) for kind, recipient, text in rows if (told := _TOKEN.search(text)))
    wanted = Counter(letter for mail in storm.mails for letter in _letters_about(mail))
    yield from (f"the letter {letter} is too much" for letter in found - wanted)
    yield from (f"the letter {letter} is missing" for letter in wanted - found)


def _letters_about(mail: Sent) -> Iterator[tuple[str, str, str]]:
    if mail.is_answer:
        yield LetterKind.ANSWER.value, f"{mail.token}@there.example", mail.token
        yield LetterKind.ANSWER_FOR_TEAM.value, WANG, mail.token
    else:
        for colleague in (LI, WANG):
            yield LetterKind.MESSAGE_FOR_TEAM.value, colleague, mail.token


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.judge_kill", description="kill -9 while judging")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="liju-judge-") as folder:
        text = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
        db = Database(f"sqlite:///{folder}/liju.db")
        migrate(db)
        began_at = time.monotonic()
        settings = read_settings(text, instance=Path(folder), environment={})
        storm = rage(settings, db, kills=options.kills, seed=options.seed)
        settle(storm)
        faults = judge(storm)
        db.close()
    sys.stdout.write(f"kills: {dict(storm.hits)} in {time.monotonic() - began_at:.0f} s\nmails: {len(storm.mails)}\n")
    sys.stdout.write("\n".join(faults or ["Each mail was applied exactly once."]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
