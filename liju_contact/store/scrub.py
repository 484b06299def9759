"""Makes sure that what was deleted is not left in the bytes of the database either.

SQLite: rows are overwritten as they are deleted (``secure_delete``). What is left are the words of the search: FTS5
strikes words out by writing them down once more, until all its segments are merged into one; that is done here piece by
piece. Then the write-ahead log is emptied into the file. Where pages were split in former days a piece of an old row
may stay in their gaps: whoever needs to be sure has the file looked through, and written anew where it has to be.

PostgreSQL: VACUUM takes dead rows away, ANALYZE the statistics that quote values, and the index of the search, which
never forgets a word that it had, is built anew. None of that can be done within a transaction.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, make_url, text

from liju_contact.store.database import Database
from liju_contact.store.table import Table

_PAGES = 400  # of the index; some milliseconds of work, and so long a writer waits
_MERGE = text("INSERT INTO search_words (search_words, rank) VALUES ('merge', :pages)")
_CHANGES = text("SELECT total_changes()")
_FILES = ("", "-wal", "-shm", "-journal")


def merge_words(tx: Connection, *, is_first: bool) -> bool:
    """Merge the index of the search a little further; True when it is one segment, in which no struck out word is.

    ``is_first`` says that all segments are to be merged; without it this goes on with that.
    """
    if tx.dialect.name != "sqlite":
        return True
    before = tx.execute(_CHANGES).scalar_one()
    tx.execute(_MERGE, {"pages": -_PAGES if is_first else _PAGES})
    return bool(tx.execute(_CHANGES).scalar_one() - before < 2)  # noqa: PLR2004  # SQLite, FTS5 section 6.8: less than 2 when done


def empty_log(db: Database) -> bool:
    """Write the write-ahead log into the file and cut it to nothing; False while somebody still reads from it."""
    with db.outside() as run:
        if db.is_sqlite:
            return not run("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        for table in (*Table.metadata.tables, "search_words"):
            run(f"VACUUM (ANALYZE) {table}")
        run("DROP INDEX CONCURRENTLY IF EXISTS ix_search_words_words_ccnew")  # of a try that was cut short
        run("REINDEX INDEX CONCURRENTLY ix_search_words_words")
    return True


def rewrite(db: Database) -> None:
    """Write the whole database anew, without any gap. Nobody else can write meanwhile."""
    with db.outside() as run:
        if not db.is_sqlite:
            run("VACUUM FULL")
            return
        run("VACUUM")
        run("PRAGMA wal_checkpoint(TRUNCATE)")


def bytes_of(db: Database) -> int:
    """Return how large the files of a SQLite database are together."""
    return sum(path.stat().st_size for path in files_of(db))


def is_in_bytes(db: Database, spellings: Iterable[str]) -> bool:
    """Tell whether any of the texts stands in the files of a SQLite database, in any case of letters."""
    pattern = re.compile(b"|".join(re.escape(spelling.encode()) for spelling in spellings), re.IGNORECASE)
    return any(_has(path, pattern) for path in files_of(db))


def files_of(db: Database) -> list[Path]:
    """Return the files of a SQLite database that are there; a server's are its own."""
    path = make_url(db.url).database if db.is_sqlite else None
    return [found for end in _FILES if (found := Path(f"{path}{end}")).exists()] if path else []


def _has(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return pattern.search(content) is not None
