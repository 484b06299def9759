"""``kill -9`` while mail is fetched: by ``test_fetch_kill`` in short, in full by ``python -m tests.faults.fetch_kill``.

A real IMAP server holds mails that are to be deleted once they are stored. A seeded killer ends the fetching process at
random moments and starts another. Afterwards, when the folder is empty, ``judge`` compares what was in it with what the
database holds.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import func, select

from liju_contact.config import Settings, read_settings
from liju_contact.config_mail import ImapSettings
from liju_contact.store.database import Database
from liju_contact.store.files import chunks
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.schema import migrate
from tests.conftest import EXAMPLE, SECRET
from tests.faults.killed import fetch_until_killed
from tests.launcher import CONTEXT
from tests.mail.imap_server import ImapServer
from tests.program import wait_for

SETTLE_SECONDS = 60.0
_MAILS_AT_HAND = 60
_LONGEST_LIFE_SECONDS = 0.3
_LARGE_SHARE = 0.05  # above one chunk of the store: they are staged in several transactions


@dataclass(slots=True)
class Storm:
    """``digests`` are of all mails that were put into the folder, each once; ``hits`` tells what kills left behind."""

    settings: Settings
    server: ImapServer
    db: Database
    folder: str
    dice: random.Random
    digests: set[str] = field(default_factory=set)
    hits: Counter[str] = field(default_factory=Counter)

    @property
    def imap(self) -> ImapSettings:
        return self.server.settings(self.folder, afterwards="delete")


def rage(settings: Settings, server: ImapServer, db: Database, *, kills: int, seed: int) -> Storm:
    """Let mails be fetched, and the fetching be killed so often."""
    storm = Storm(settings, server, db, server.new_folder(), random.Random(seed))
    for _ in range(kills):
        _feed(storm)
        before, stuck = _stored_count(storm), _stuck_count(storm)
        with _fetching(storm) as process:
            # Starting takes a moment that depends on the machine: the dice are for the work.
            _wait_for_more(storm, before)
            time.sleep(storm.dice.uniform(0, _LONGEST_LIFE_SECONDS))
            process.kill()
            process.join()
        storm.hits[_moment(storm, stuck)] += 1
    return storm


def settle(storm: Storm) -> None:
    """Let one more fetcher finish what is left."""
    with _fetching(storm):
        wait_for(lambda: _left_count(storm) == 0, seconds=SETTLE_SECONDS, what="an empty folder")


def judge(storm: Storm) -> list[str]:
    """Return everything that is not as it must be; empty when all is well."""
    with storm.db.read() as tx:
        rows = tx.execute(select(InboundRow.id, InboundRow.sha256, InboundRow.blob_id)).all()
        found = Counter(row.sha256 for row in rows)
        damaged = [
            row.id for row in rows if hashlib.sha256(b"".join(chunks(tx, row.blob_id))).hexdigest() != row.sha256
        ]
    return [
        *(f"{digest} is lost" for digest in storm.digests - found.keys()),
        *(f"{digest} was never sent" for digest in found.keys() - storm.digests),
        *(f"{digest} is stored {count} times" for digest, count in found.items() if count > 1),
        *(f"entry {id_} holds other bytes than its digest says" for id_ in damaged),
    ]


@contextlib.contextmanager
def _fetching(storm: Storm) -> Iterator[BaseProcess]:
    process = CONTEXT.Process(target=fetch_until_killed, args=(storm.settings, storm.imap))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _wait_for_more(storm: Storm, count: int) -> None:
    wait_for(lambda: _stored_count(storm) > count, seconds=60, what="a fetcher to begin")


def _feed(storm: Storm) -> None:
    missing = _MAILS_AT_HAND - _left_count(storm)
    mails = [_mail(storm.dice) for _ in range(missing)]
    storm.server.append(storm.folder, *mails)
    storm.digests.update(hashlib.sha256(mail).hexdigest() for mail in mails)


def _mail(dice: random.Random) -> bytes:
    lines_count = dice.randrange(4000, 12_000) if dice.random() < _LARGE_SHARE else 10
    body = "\r\n".join(dice.randbytes(38).hex() for _ in range(lines_count))
    return f"Subject: {dice.getrandbits(64):016x}\r\n\r\n{body}\r\n".encode()


def _moment(storm: Storm, stuck: int) -> str:
    """Tell what a kill has left: one more mail that is stored and still in the folder, mails to fetch, or nothing."""
    if _stuck_count(storm) > stuck:
        return "between store and delete"
    return "before store" if _left_count(storm) else "idle"


def _stuck_count(storm: Storm) -> int:
    return _stored_count(storm) + _left_count(storm) - len(storm.digests)


def _left_count(storm: Storm) -> int:
    with storm.server.person(storm.folder) as person:
        return len(person.search())


def _stored_count(storm: Storm) -> int:
    with storm.db.read() as tx:
        return tx.execute(select(func.count()).select_from(InboundRow)).scalar_one()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fetch_kill", description="kill -9 while fetching")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="liju-fetch-") as folder, ImapServer() as server:
        text = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
        url = f"sqlite:///{folder}/liju.db"
        settings = replace(read_settings(text, instance=Path(folder), environment={}), database_url=url)
        db = Database(url)
        migrate(db)
        began_at = time.monotonic()
        storm = rage(settings, server, db, kills=options.kills, seed=options.seed)
        settle(storm)
        faults = judge(storm)
        sys.stdout.write(
            f"kills: {dict(storm.hits)} in {time.monotonic() - began_at:.0f} s\nmails: {len(storm.digests)}\n"
        )
    sys.stdout.write("\n".join(faults or ["Each mail is stored exactly once, and the folder is empty."]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
