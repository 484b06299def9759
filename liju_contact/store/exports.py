"""Exports: asked for by staff, claimed and written by a worker, fetched, and gone after some days.

While one is written, ``words`` names the worker and ``changed_at`` is its last sign of life: another worker takes over
when that is old, and the first one notices that it has lost it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from liju_contact.domain.export import UNFINISHED, Export, ExportFormat, ExportState
from liju_contact.store.desk_tables import ExportRow
from liju_contact.store.erasure import drop_blobs

_COLUMNS = (
    ExportRow.id,
    ExportRow.staff_id,
    ExportRow.query,
    ExportRow.format,
    ExportRow.language,
    ExportRow.state,
    ExportRow.row_count,
    ExportRow.bytes_count,
    ExportRow.blob_id,
    ExportRow.asked_at,
)
_OF_STAFF = select(*_COLUMNS).where(ExportRow.staff_id == bindparam("staff_id")).order_by(ExportRow.id.desc())
_ONE = select(*_COLUMNS).where(ExportRow.id == bindparam("export_id"), ExportRow.staff_id == bindparam("staff_id"))
_DUE = (
    select(ExportRow.id)
    .where(
        or_(
            ExportRow.state == ExportState.WAITING.value,
            and_(ExportRow.state == ExportState.WRITING.value, ExportRow.changed_at < bindparam("silent_since")),
        )
    )
    .order_by(ExportRow.id)
    .limit(1)
)
_TAKE_DUE = _DUE.with_for_update(skip_locked=True)
_MINE = (
    update(ExportRow)
    .where(
        ExportRow.id == bindparam("export_id"),
        ExportRow.state == ExportState.WRITING.value,
        ExportRow.words == bindparam("holder"),
    )
    .values(row_count=bindparam("rows"), bytes_count=bindparam("bytes"), changed_at=bindparam("now"))
)


def add_export(
    tx: Connection, staff_id: int, *, query: str, format_: ExportFormat, language: str, now: datetime
) -> int:
    values = {
        "staff_id": staff_id,
        "query": query,
        "format": format_.value,
        "language": language,
        "state": ExportState.WAITING.value,
        "asked_at": now,
        "changed_at": now,
    }
    id_: int = tx.execute(insert(ExportRow).returning(ExportRow.id), values).scalar_one()
    return id_


def unfinished_count(tx: Connection, staff_id: int) -> int:
    unfinished = ExportRow.state.in_(UNFINISHED)
    counted = select(func.count()).where(ExportRow.staff_id == staff_id, unfinished)
    return tx.execute(counted).scalar_one()


def exports_of(tx: Connection, staff_id: int) -> list[Export]:
    """Return somebody's exports, newest first."""
    return [_export(row) for row in tx.execute(_OF_STAFF, {"staff_id": staff_id})]


def find_export(tx: Connection, export_id: int, staff_id: int) -> Export | None:
    """Return an export if it is this person's."""
    row = tx.execute(_ONE, {"export_id": export_id, "staff_id": staff_id}).one_or_none()
    return _export(row) if row else None


def remove_export(tx: Connection, export_id: int, staff_id: int) -> bool:
    """Forget an export; its file goes with the next sweep, and whoever writes it notices."""
    mine = delete(ExportRow).where(ExportRow.id == export_id, ExportRow.staff_id == staff_id)
    return tx.execute(mine).rowcount > 0


def forget_exports_of(tx: Connection, staff_id: int) -> None:
    """Take away all of somebody's exports with their files, also one that is being written: its writer notices."""
    gone = delete(ExportRow).where(ExportRow.staff_id == staff_id).returning(ExportRow.blob_id)
    drop_blobs(tx, {blob_id for blob_id in tx.execute(gone).scalars() if blob_id is not None})


def is_export_due(tx: Connection, *, silent_since: datetime) -> bool:
    """Tell whether there is anything to claim, without taking a writer's turn for it."""
    return tx.execute(_DUE, {"silent_since": silent_since}).first() is not None


def claim_export(tx: Connection, holder: str, *, silent_since: datetime, now: datetime) -> Export | None:
    """Take the export that waits longest, or one whose writer has been silent since then, from its beginning."""
    id_ = tx.execute(_TAKE_DUE, {"silent_since": silent_since}).scalar_one_or_none()
    if id_ is None:
        return None
    values: dict[str, Any] = {"state": ExportState.WRITING.value, "words": holder, "changed_at": now}
    taken = update(ExportRow).where(ExportRow.id == id_).values(**values, row_count=0, bytes_count=0)
    return _export(tx.execute(taken.returning(*_COLUMNS)).one())


def give_back(tx: Connection, holder: str, now: datetime) -> int:
    """Let what ``holder`` was writing wait again; returns how many."""
    mine = update(ExportRow).where(ExportRow.state == ExportState.WRITING.value, ExportRow.words == holder)
    back = mine.values(state=ExportState.WAITING.value, words="", row_count=0, bytes_count=0, changed_at=now)
    return tx.execute(back).rowcount


def note_progress(
    tx: Connection, export_id: int, holder: str, *, row_count: int, bytes_count: int, now: datetime
) -> bool:
    """Say how far it is; False when it is not ``holder``'s any more: taken over, or not wanted."""
    values = {"export_id": export_id, "holder": holder, "rows": row_count, "bytes": bytes_count, "now": now}
    return tx.execute(_MINE, values).rowcount > 0


def settle_export(tx: Connection, export_id: int, holder: str, *, blob_id: int | None, now: datetime) -> bool:
    """Say that the file is there, or with None that it cannot be written; False as for ``note_progress``."""
    state = ExportState.FAILED if blob_id is None else ExportState.READY
    mine = update(ExportRow).where(
        ExportRow.id == export_id, ExportRow.state == ExportState.WRITING.value, ExportRow.words == holder
    )
    return tx.execute(mine.values(state=state.value, blob_id=blob_id, words="", changed_at=now)).rowcount > 0


def sweep_exports(tx: Connection, asked_before: datetime) -> int:
    """Forget exports that were asked for long ago; returns how many."""
    return tx.execute(delete(ExportRow).where(ExportRow.asked_at < asked_before)).rowcount


def _export(row: Any) -> Export:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy documents this as a row's public mapping
    values["format"] = ExportFormat(values["format"])
    values["state"] = ExportState(values["state"])
    return Export(**values)
