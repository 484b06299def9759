"""The furnished house, on SQLite alone: what strangers may do is no matter of the database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.hasher import Argon2Hasher
from liju_contact.usecases.deps import Deps
from tests.attacks.house import House, furnish
from tests.conftest import Clock


@pytest.fixture
def deps(settings: Settings, migrated_file: Path, tmp_path: Path, clock: Clock) -> Iterator[Deps]:
    shutil.copy(migrated_file, tmp_path / "liju.db")
    made = make_deps(settings, now=clock.now)
    yield replace(made, hasher=Argon2Hasher(memory_kib=8, passes=1))
    made.db.close()


@pytest.fixture
def house(deps: Deps) -> House:
    return furnish(deps)
