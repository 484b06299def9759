"""The worker writes the exports that staff asked for, page by page into chunks of a blob, with the memory of few pages.

Nothing of an unfinished file counts, so one whose writer died is begun anew; what the dead one left is swept. The list
is what its person may see at that moment, not when they asked; one whose person may see something else before it is
whole is not handed out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

from liju_contact.domain.errors import LijuError, StoreBusy
from liju_contact.domain.export import Export
from liju_contact.domain.person import Action, Person
from liju_contact.store.erasure import drop_blobs
from liju_contact.store.exports import claim_export, give_back, is_export_due, note_progress, settle_export
from liju_contact.store.staff import Account, find_account_by_id, lock_account
from liju_contact.usecases.blob_sink import BlobSink
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.export_pages import ExportPlan, FindBeside, nobody_beside, written_pages
from liju_contact.usecases.sheet import Sheet, WrittenPage

SILENCE = timedelta(minutes=10)
"""After which an export is taken from its writer: longer than packing the largest file takes."""
_PROGRESS_EVERY = timedelta(seconds=1)

_log = logging.getLogger(__name__)


class _Lost(LijuError):
    """The export is not ours to write any more: it was taken away, or another writer has it."""


def write_next_export(
    deps: Deps,
    *,
    holder: str,
    is_stopping: Callable[[], bool] = lambda: False,
    find_beside: FindBeside = nobody_beside,
) -> bool:
    """Write the export that waits longest; False when none does. One that is stopped waits again.

    Raises ``StoreBusy``; the export is taken up again later.
    """
    now = deps.now()
    with deps.db.read() as tx:
        if not is_export_due(tx, silent_since=now - SILENCE):
            return False
    with deps.db.begin() as tx:
        export = claim_export(tx, holder, silent_since=now - SILENCE, now=now)
    if export is None:
        return False
    try:
        _write(deps, export, holder, is_stopping, find_beside)
    except _Lost as lost:
        _log.info("Export %s: %s", export.id, lost)
    except StoreBusy:
        raise
    except Exception:  # noqa: BLE001  # whatever is wrong with one export, its person hears of it and the next goes on
        _log.exception("Export %s cannot be written.", export.id)
        with deps.db.begin() as tx:
            settle_export(tx, export.id, holder, blob_id=None, now=deps.now())
    return True


def give_back_exports(deps: Deps, holder: str) -> None:
    """Let wait again what an earlier process by the same name was writing when it died."""
    with deps.db.begin() as tx:
        give_back(tx, holder, deps.now())


def _write(deps: Deps, export: Export, holder: str, is_stopping: Callable[[], bool], find_beside: FindBeside) -> None:
    plan = ExportPlan(export, _person(deps, export))
    with BlobSink(deps) as sink:
        sheet = deps.new_sheet(export.format, export.language, sink)
        try:
            with closing(written_pages(deps, plan, find_beside)) as pages:
                row_count = _fill(deps, export, holder, sheet, sink, pages, is_stopping)
            sheet.close()
        except BaseException:
            sheet.abandon()
            raise
        _settle(deps, plan, holder, row_count, sink)


def _fill(  # noqa: PLR0917  # all belong to one export and none is optional
    deps: Deps,
    export: Export,
    holder: str,
    sheet: Sheet,
    sink: BlobSink,
    pages: Iterator[WrittenPage],
    is_stopping: Callable[[], bool],
) -> int:
    """Write the pages, telling from time to time how far it is; return how many rows there were."""
    row_count, told_at = 0, deps.now()
    for page in pages:
        if page.row_count:
            sheet.add(page)
            row_count += page.row_count
        _stop(deps, holder, is_stopping)
        if (now := deps.now()) - told_at >= _PROGRESS_EVERY:
            _tell(deps, export, holder, row_count, sink.bytes_count)
            told_at = now
    _tell(deps, export, holder, row_count, sink.bytes_count)
    return row_count


def _stop(deps: Deps, holder: str, is_stopping: Callable[[], bool]) -> None:
    if is_stopping():
        give_back_exports(deps, holder)
        raise _Lost("The worker stops; it is written again later.")


def _settle(deps: Deps, plan: ExportPlan, holder: str, row_count: int, sink: BlobSink) -> None:
    """Hand the file out, unless its person may see something else by now; then it is written anew, if still wanted.

    Their account is locked: who narrows them comes before and is seen here, or after and takes the file away.
    """
    blob_id, now, id_ = sink.finish(), deps.now(), plan.export.id
    with deps.db.begin() as tx:
        account = lock_account(tx, plan.export.staff_id)
        is_ours = note_progress(tx, id_, holder, row_count=row_count, bytes_count=sink.bytes_count, now=now)
        if is_ours and _is_still(plan.person, account):
            settle_export(tx, id_, holder, blob_id=blob_id, now=now)
            return
        drop_blobs(tx, {blob_id})
        give_back(tx, holder, now)
    raise _Lost("Nobody wants it any more, another worker has it, or its person may see something else by now.")


def _is_still(person: Person, account: Account | None) -> bool:
    return account is not None and account.is_active and account.person.reach == person.reach


def _tell(deps: Deps, export: Export, holder: str, row_count: int, bytes_count: int) -> None:
    with deps.db.begin() as tx:
        is_ours = note_progress(tx, export.id, holder, row_count=row_count, bytes_count=bytes_count, now=deps.now())
    if not is_ours:
        raise _Lost("Nobody wants it any more, or another worker has it.")


def _person(deps: Deps, export: Export) -> Person:
    """Return whose export it is, as their account is now; raises where they may not have it any more."""
    with deps.db.read() as tx:
        account = find_account_by_id(tx, export.staff_id)
    if account is None or not account.is_active or not account.person.may(Action.EXPORT):
        raise LijuError("Its person may not export any more.")
    return account.person
