"""A database to count in."""

from __future__ import annotations

import pytest

from liju_contact.store.database import Database
from tests.store.counting import START


@pytest.fixture
def counting(db: Database) -> Database:
    """A database with one row, ``n``, that counts."""
    with db.begin() as tx:
        tx.execute(START)
    return db
