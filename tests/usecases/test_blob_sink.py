"""A blob that is written piece by piece: whole, once, and gone when anything went wrong."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection

from liju_contact.domain.errors import StoreFull
from liju_contact.store.files import CHUNK_BYTES, add_chunk, chunks
from liju_contact.usecases.blob_sink import BlobSink
from liju_contact.usecases.deps import Deps
from tests.usecases.stories import counts

CONTENT = bytes(range(256)) * (CHUNK_BYTES // 256) * 9 + b"the rest"


def written(deps: Deps) -> int:
    with BlobSink(deps) as sink:
        for begin in range(0, len(CONTENT), 100_000):
            sink.write(CONTENT[begin : begin + 100_000])
        return sink.finish()


def test_what_was_written_in_pieces_is_one_blob_however_often(deps: Deps) -> None:
    blob_id = written(deps)

    assert written(deps) == blob_id
    assert counts(deps.db)["blob"] == 1
    with deps.db.read() as tx:
        assert b"".join(chunks(tx, blob_id)) == CONTENT


@pytest.mark.parametrize("failing", [0, 5, 9])
def test_a_chunk_that_cannot_be_stored_ends_the_writing_and_leaves_nothing(
    deps: Deps, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """They are stored beside the writing; what went wrong with it, also with the last, is heard of all the same."""

    def fail(tx: Connection, blob_id: int, position: int, content: bytes) -> None:
        if position == failing:
            raise StoreFull("The disk of the database is full.")
        add_chunk(tx, blob_id, position, content)

    monkeypatch.setattr("liju_contact.usecases.blob_sink.add_chunk", fail)
    before = threading.active_count()

    with pytest.raises(StoreFull):
        written(deps)

    assert {"blob", "blob_chunk"} & set(counts(deps.db)) == set()
    assert threading.active_count() == before
