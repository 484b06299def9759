"""The program inside the test's process, on SQLite: ``tests/store`` shows that both databases keep text alike."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liju_contact.app import make_deps
from liju_contact.config import Settings
from tests.conftest import Clock
from tests.journeys.inside import Inside
from tests.limits import without_limits


@pytest.fixture
def inside(settings: Settings, clock: Clock, tmp_path: Path, migrated_file: Path) -> Iterator[Inside]:
    shutil.copy(migrated_file, tmp_path / "liju.db")
    settings = replace(without_limits(settings), database_url=f"sqlite:///{tmp_path / 'liju.db'}")
    made = make_deps(settings, now=clock.now)
    deps = replace(made, random_bytes=random.Random(20261123).randbytes)
    yield Inside(deps)
    deps.db.close()
