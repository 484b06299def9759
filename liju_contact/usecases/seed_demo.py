"""Fills an installation with invented inquiries, so that its pages can be tried, shown and measured.

Everything is made up, every address ends in ``.example``, and no letter is queued to anybody. The rows go in by batches
of some thousand inquiries, one transaction each, so memory stays the same whatever the count; what was written when it
is broken off stays. The same seed on the same installation gives the same inquiries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count as counted

from sqlalchemy import Connection, bindparam, select

from liju_contact.domain.errors import StartRefused
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.person import Person, Role
from liju_contact.domain.reference import RANDOM_BYTES_NEEDED, make_reference
from liju_contact.store.bulk import add_rows, begin_bulk, free_ids, learn_sizes
from liju_contact.store.desk_tables import InquiryTagRow, RatingRow, SearchDueRow, TagRow
from liju_contact.store.file_tables import FileRow
from liju_contact.store.files import add_whole_blob, find_blob
from liju_contact.store.staff import add_account, find_account
from liju_contact.store.table import Table
from liju_contact.store.tables import EventRow, InquiryRow, MessageRow, NoteRow
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.seeding.happenings import TAGS
from liju_contact.usecases.seeding.invention import Cast, Invention
from liju_contact.usecases.seeding.papers import papers
from liju_contact.usecases.seeding.rows import COLUMNS, Batch, batch_of

BATCH = 4000  # inquiries in one transaction
_INDEXED_AT_ONCE = 1000
_TABLES: dict[str, type[Table]] = {
    row.__tablename__: row
    for row in (InquiryRow, MessageRow, NoteRow, EventRow, FileRow, InquiryTagRow, RatingRow, SearchDueRow)
}
_PEOPLE = (
    ("chen.jing", "Chen Jing", Role.AGENT),
    ("wang.lei", "Wang Lei", Role.AGENT),
    ("anna.berg", "Anna Berg", Role.AGENT),
    ("zhou.min", "Zhou Min", Role.AGENT),
    ("omar.said", "Omar Said", Role.AGENT),
    ("li.na", "Li Na", Role.READER),
)
_TAKEN = select(InquiryRow.reference).where(InquiryRow.reference.in_(bindparam("references", expanding=True)))
_TAG = select(TagRow.id).where(TagRow.name_folded == bindparam("name_folded"))
# References of one seed: a walk through all 2**35 numbers that meets each once, because the step is odd.
_NUMBERS = 2**35
_STEP = 6_364_136_223_846_793_005 % _NUMBERS | 1

Progress = Callable[[int], None]


def seed_demo(
    deps: Deps,
    *,
    count: int,
    seed: int,
    is_forced: bool = False,
    is_indexed: bool = False,
    now: datetime,
    progress: Progress = lambda _done: None,
) -> None:
    """Write ``count`` invented inquiries; ``progress`` hears how many there are after each batch.

    With ``is_indexed`` they can be searched at once; without, as soon as the worker has come to them.

    Raises ``StartRefused`` where letters go to a real mail server, unless ``is_forced``.
    """
    if deps.settings.mail.host and not is_forced:
        raise StartRefused(
            f"This installation sends letters by {deps.settings.mail.host}: invented inquiries do not belong here."
            " Use --force if they do."
        )
    with deps.db.begin() as tx:
        cast = _cast(deps, tx, now)
    invention = Invention(deps.settings, cast, count, seed, now)
    references: Iterator[str] | None = None
    for begin in range(0, count, BATCH):
        size = min(BATCH, count - begin)
        with deps.db.begin() as tx:
            begin_bulk(tx)
            ids = free_ids(tx, InquiryRow, size)
            references = references or _references(deps, seed, ids[0])
            batch = batch_of(invention, ids, iter(_free_references(tx, references, size)), begin)
            _write(tx, batch)
        if is_indexed:
            _index(deps)
        progress(begin + size)
    with deps.db.begin() as tx:
        begin_bulk(tx)
        learn_sizes(tx)


def _index(deps: Deps) -> None:
    while index_search(deps, limit=_INDEXED_AT_ONCE):
        continue


def _write(tx: Connection, batch: Batch) -> None:
    batch.number("message", free_ids(tx, MessageRow, len(batch.rows["message"])))
    batch.number("note", free_ids(tx, NoteRow, len(batch.rows["note"])))
    for name, columns in COLUMNS.items():
        add_rows(tx, _TABLES[name], columns, batch.rows[name])


def _references(deps: Deps, seed: int, first_id: int) -> Iterator[str]:
    """Return references that never repeat; ``first_id`` makes a second run with the same seed give others."""
    start = int.from_bytes(hashlib.sha256(f"{seed} {first_id}".encode()).digest()[:5], "big")
    prefix = deps.settings.company.reference_prefix
    for place in counted():
        number = (start + place * _STEP) % _NUMBERS
        yield make_reference(number.to_bytes(RANDOM_BYTES_NEEDED, "big"), prefix)


def _free_references(tx: Connection, references: Iterator[str], count: int) -> list[str]:
    free: list[str] = []
    while len(free) < count:
        wished = [next(references) for _ in range(count - len(free))]
        taken = set(tx.execute(_TAKEN, {"references": wished}).scalars())
        free += [reference for reference in wished if reference not in taken]
    return free


def _cast(deps: Deps, tx: Connection, now: datetime) -> Cast:
    """Make sure that there are people, tags and files to draw from."""
    people = _people(deps, tx, now)
    teams = deps.settings.catalogue.teams
    middle = (len(people) + 1) // 2
    by_half = (people[:middle], people[middle:])
    return Cast(
        staff={team.id: by_half[place % 2] for place, team in enumerate(teams)},
        tag_ids=[_tag_id(tx, name) for name in TAGS],
        blobs=[(_blob_id(tx, content, now), kind) for kind, content in papers()],
    )


def _people(deps: Deps, tx: Connection, now: datetime) -> Sequence[Person]:
    """Return who answers. Their accounts have no password: nobody can sign in with them until one is set."""
    host = deps.settings.mail.sender_address.rpartition("@")[2]
    agents = []
    for local, name, role in _PEOPLE:
        address = f"{local}@{host if host.endswith('.example') else 'liju.example'}"
        add_account(tx, address=address, name=name, role=role, product_lines=(), now=now)
        account = find_account(tx, address)
        if account and role is Role.AGENT:
            agents.append(account.person)
    return agents


def _tag_id(tx: Connection, name: str) -> int:
    folded = fold_address(name)
    found: int | None = tx.execute(_TAG, {"name_folded": folded}).scalar_one_or_none()
    if found is None:
        found = free_ids(tx, TagRow, 1)[0]
        add_rows(tx, TagRow, ("id", "name", "name_folded"), [(found, name, folded)])
    return found


def _blob_id(tx: Connection, content: bytes, now: datetime) -> int:
    sha256 = hashlib.sha256(content).hexdigest()
    id_ = find_blob(tx, sha256, now) or add_whole_blob(tx, sha256, content, now)
    if id_ is None:
        raise AssertionError("A blob is neither there nor new.")
    return id_
