"""An inquiry to start from, the rows it left, and a carrier that does as it is told."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import func, literal, select, union_all

from liju_contact.domain.delivery import Answer, Deferred, Delivered, Outcome, Refused, Stage, Unknown, Unsendable
from liju_contact.domain.detail import Detail
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import NewInquiry, StagedFile
from liju_contact.store.database import Database
from liju_contact.store.deliveries import Claimed
from liju_contact.store.table import Table
from liju_contact.usecases.deps import AttachedFile, Deps
from liju_contact.usecases.show_status import StatusPage, show_status
from liju_contact.usecases.stage_file import stage_file
from liju_contact.usecases.submit_inquiry import Submitted, submit_inquiry

_Result = TypeVar("_Result")
NEW = NewInquiry(
    nonce="n-1",
    language="en",
    name="Ana Souza",
    email="Ana.Souza@usina.example",
    country="BR",
    product="steam",
    topic="quotation",
    message="We need two steam boilers, 10 t/h each.",
    company="Usina Verde",
    phone="+55 11 5555 0100",
    details=(Detail(field="capacity", typed="10", unit="t_h", canonical=7000.0),),
    files=(),
)

DELIVERED = Delivered(Answer(stage=Stage.ACCEPTED, code=250, words="queued as 4711"))
DEFERRED = Deferred(Answer(stage=Stage.RCPT, code=451, words="try later"))
REFUSED = Refused(Answer(stage=Stage.RCPT, code=550, words="no such user"))
UNKNOWN = Unknown(Answer(stage=Stage.DOT, code=0, words="the connection ended"))
UNSENDABLE = Unsendable(Answer(stage=Stage.PREPARE, code=0, words="cannot be put into a mail"))


_COUNTS = union_all(
    *(select(literal(name), func.count()).select_from(table) for name, table in Table.metadata.tables.items())
)


def submit(deps: Deps, **changes: Any) -> Submitted:
    return submit_inquiry(deps, replace(NEW, **changes), now=deps.now())


def key_of(submitted: Submitted) -> str:
    return submitted.status_path.rpartition("/")[2]


def opened(submitted: Submitted) -> tuple[str, str]:
    """Return what opens the inquiry: reference and key."""
    return submitted.reference, key_of(submitted)


def status_of(deps: Deps, submitted: Submitted, language: str = "en") -> StatusPage:
    return show_status(deps, *opened(submitted), language=language, now=deps.now())


def staged(deps: Deps, content: bytes, name: str = "plan.pdf") -> StagedFile:
    return stage_file(deps, io.BytesIO(content), name=name, kind=FileKind.PDF, now=deps.now())


def rows(db: Database, table: str) -> list[dict[str, Any]]:
    """Return everything in a table, in the order of its primary key."""
    stored = Table.metadata.tables[table]
    with db.read() as tx:
        return [dict(row) for row in tx.execute(select(stored).order_by(*stored.primary_key)).mappings()]


def counts(db: Database) -> dict[str, int]:
    """Return how many rows each table has that has any."""
    with db.read() as tx:
        return {name: count for name, count in tx.execute(_COUNTS) if count}


def at_once(number: int, work: Callable[[int], _Result]) -> list[_Result]:
    """Run ``work(0)`` to ``work(number - 1)`` in as many threads, all begun at the same moment."""
    ready = threading.Barrier(number)

    def begin(turn: int) -> _Result:
        ready.wait(30)
        return work(turn)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(begin, range(number)))


@dataclass
class ScriptedCarrier:
    """A ``Carrier`` whose outcomes a test writes: by recipient, each used up but the last; else ``DELIVERED``."""

    script: dict[str, list[Outcome]] = field(default_factory=dict)
    carried: list[Claimed] = field(default_factory=list)
    files: list[list[AttachedFile]] = field(default_factory=list)
    when_carrying: Callable[[Claimed], None] = lambda _claimed: None

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome:
        self.when_carrying(claimed)
        self.carried.append(claimed)
        self.files.append(list(files))
        outcomes = self.script.get(claimed.addressee.address, [DELIVERED])
        return outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]

    def close(self) -> None:
        """There is nothing to close."""

    @property
    def recipients(self) -> list[str]:
        return [claimed.addressee.address for claimed in self.carried]
