"""Files: staged in chunks, each once, fetched as they were, and swept when nobody sent them."""

from __future__ import annotations

import hashlib
import io
import threading
from datetime import timedelta
from typing import Any

import pytest

from liju_contact.domain.errors import Conflict, FilesGone, NotFound
from liju_contact.domain.file_kind import FileKind
from liju_contact.store.files import CHUNK_BYTES, add_chunk, find_blob, start_blob, sweep_blobs
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_file import fetch_file
from liju_contact.usecases.stage_file import KEPT, stage_file
from liju_contact.usecases.submit_inquiry import Submitted
from liju_contact.usecases.sweep import sweep
from tests.conftest import Clock
from tests.store.statements import listening
from tests.usecases.stories import at_once, counts, opened, rows, staged, status_of, submit

SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3_000_000]
LITTLE = timedelta(seconds=1)


def bytes_of(size: int) -> bytes:
    return (b"LIJU\0\xff\r\n" * (size // 8 + 1))[:size]


def file_ids(deps: Deps, submitted: Submitted) -> list[int]:
    page = status_of(deps, submitted)
    return [file.id for message in page.messages for file in message.files]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_fetched_as_it_was_sent(deps: Deps, size: int) -> None:
    content = bytes_of(size)
    file = staged(deps, content, "boiler house 锅炉房.pdf")
    submitted = submit(deps, files=(file,))

    fetched = fetch_file(deps, *opened(submitted), file_ids(deps, submitted)[0])

    assert (file.sha256, file.bytes_count) == (hashlib.sha256(content).hexdigest(), size)
    assert (fetched.name, fetched.kind, fetched.bytes_count) == ("boiler house 锅炉房.pdf", FileKind.PDF, size)
    pieces = list(fetched.chunks)
    assert b"".join(pieces) == content
    assert {len(piece) for piece in pieces[:-1]} <= {CHUNK_BYTES}


def test_a_stream_that_was_read_before_is_read_from_its_beginning(deps: Deps) -> None:
    stream = io.BytesIO(b"%PDF-1.7 and so on")
    stream.read(8)

    file = stage_file(deps, stream, name="a.pdf", kind=FileKind.PDF, now=deps.now())

    assert file.sha256 == hashlib.sha256(b"%PDF-1.7 and so on").hexdigest()


def test_the_same_bytes_are_stored_once_under_two_names(deps: Deps) -> None:
    first, second = staged(deps, b"same", "a.pdf"), staged(deps, b"same", "b.pdf")

    submitted = submit(deps, files=(first, second))

    fetched = [fetch_file(deps, *opened(submitted), file_id) for file_id in file_ids(deps, submitted)]
    assert [file.name for file in fetched] == ["a.pdf", "b.pdf"]
    assert [b"".join(file.chunks) for file in fetched] == [b"same", b"same"]
    assert (counts(deps.db)["blob"], counts(deps.db)["blob_chunk"]) == (1, 1)


def test_eight_who_stage_the_same_bytes_at_once_leave_one_blob(deps: Deps) -> None:
    content = bytes_of(2 * CHUNK_BYTES)

    files = at_once(8, lambda _turn: staged(deps, content))

    assert len({file.sha256 for file in files}) == 1
    assert counts(deps.db) == {"blob": 1, "blob_chunk": 2}


def test_a_file_of_another_inquiry_is_not_found(deps: Deps) -> None:
    with_file = submit(deps, files=(staged(deps, b"secret drawing"),))
    without = submit(deps, nonce="n-2")
    [file_id] = file_ids(deps, with_file)

    with pytest.raises(NotFound):
        fetch_file(deps, *opened(without), file_id)

    assert b"".join(fetch_file(deps, *opened(with_file), file_id).chunks) == b"secret drawing"


def test_sweeping_takes_what_nobody_sent_for_a_day_and_nothing_else(deps: Deps, clock: Clock) -> None:
    submit(deps, files=(staged(deps, b"sent"),))
    staged(deps, bytes_of(2 * CHUNK_BYTES))
    clock.move(hours=12)
    fresh = staged(deps, b"fresh")
    clock.move(hours=12, seconds=1)

    swept = sweep(deps, now=deps.now())

    assert swept == 1
    assert [row["sha256"] for row in rows(deps.db, "blob")] == [hashlib.sha256(b"sent").hexdigest(), fresh.sha256]
    assert len(rows(deps.db, "blob_chunk")) == 2


def test_sweeping_lets_others_write_between_a_few_files(deps: Deps, clock: Clock) -> None:
    for number in range(17):
        staged(deps, b"%d" % number)
    clock.move(days=2)

    with listening(deps.db) as said:
        assert sweep(deps, now=deps.now()) == 17
    writes = [statement for statement in said if statement.startswith("DELETE FROM blob")]

    assert len(writes) == 3
    assert rows(deps.db, "blob_chunk") == []


def test_sweeping_takes_an_upload_that_broke_off(deps: Deps, clock: Clock) -> None:
    with deps.db.begin() as tx:
        blob_id = start_blob(tx, 3 * CHUNK_BYTES, deps.now())
        add_chunk(tx, blob_id, 0, bytes_of(CHUNK_BYTES))
    clock.move(seconds=KEPT.total_seconds())

    before = sweep(deps, now=deps.now())
    after = sweep(deps, now=deps.now() + LITTLE)

    assert (before, after) == (0, 1)
    assert counts(deps.db) == {}


def test_staging_again_keeps_a_file_from_being_swept(deps: Deps, clock: Clock) -> None:
    staged(deps, b"a drawing")
    clock.move(hours=20)
    file = staged(deps, b"a drawing")
    clock.move(hours=20)

    assert sweep(deps, now=deps.now()) == 0

    submit(deps, files=(file,))
    assert len(rows(deps.db, "file")) == 1


def test_a_file_that_was_swept_is_asked_for_again(deps: Deps, clock: Clock) -> None:
    file = staged(deps, b"a drawing")
    clock.move(days=2)
    sweep(deps, now=deps.now())

    with pytest.raises(FilesGone) as gone:
        submit(deps, files=(file,))

    assert gone.value.names == ["plan.pdf"]


def test_a_file_that_is_being_swept_is_asked_for_again(deps: Deps, clock: Clock) -> None:
    """The form arrives while the sweep has deleted the file and not yet committed."""
    file = staged(deps, b"a drawing")
    clock.move(days=2)
    came_to: list[Exception] = []

    def send() -> None:
        try:
            submit(deps, files=(file,))
        except FilesGone as gone:
            came_to.append(gone)

    sender = threading.Thread(target=send)
    with deps.db.begin() as tx:
        assert sweep_blobs(tx, deps.now(), 8) == 1
        sender.start()
        sender.join(0.5)  # long enough to come to the file
        assert sender.is_alive(), "it had to wait for the sweep"
    sender.join()

    assert [str(gone) for gone in came_to] == ["Files are no longer kept: plan.pdf."]
    assert counts(deps.db) == {}


def test_a_file_that_is_being_staged_again_is_not_swept(deps: Deps, clock: Clock) -> None:
    """The sweep comes while the file is taken up once more and that is not yet committed."""
    file = staged(deps, b"a drawing")
    clock.move(days=2)
    swept: list[int] = []
    sweeper = threading.Thread(target=lambda: swept.append(sweep(deps, now=deps.now())))

    with deps.db.begin() as tx:
        assert find_blob(tx, file.sha256, deps.now())
        sweeper.start()
        sweeper.join(0.5)  # long enough to come to the file
        assert sweeper.is_alive(), "it had to wait for who takes it up"
    sweeper.join()

    assert swept == [0]
    assert counts(deps.db)["blob"] == 1


def test_a_file_sent_while_sweeps_run_is_never_lost(deps: Deps, clock: Clock) -> None:
    file = staged(deps, b"a drawing")
    clock.move(days=2)

    def sweep_or_send(turn: int) -> Any:
        try:
            return sweep(deps, now=deps.now()) if turn % 2 else submit(deps, nonce=f"n-{turn}", files=(file,))
        except (FilesGone, Conflict) as refused:  # a sweep that meets a file just sent gives up until next time
            return refused

    came_to = at_once(6, sweep_or_send)

    sent = [one for one in came_to if isinstance(one, Submitted)]
    assert len(rows(deps.db, "file")) == len(sent)
    assert len(rows(deps.db, "blob")) == min(1, len(sent))
