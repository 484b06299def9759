"""The furnished house, on SQLite alone: what strangers may do is no matter of the database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liju_contact.app import make_app, make_deps
from liju_contact.config import Settings
from liju_contact.hasher import Argon2Hasher
from liju_contact.usecases.deps import Deps
from tests.attacks.house import House, furnish, with_passkeys
from tests.conftest import Clock, shipped_settings
from tests.usecases.mails import with_staff


@pytest.fixture
def deps(settings: Settings, migrated_file: Path, tmp_path: Path, clock: Clock) -> Iterator[Deps]:
    shutil.copy(migrated_file, tmp_path / "liju.db")
    made = make_deps(settings, now=clock.now)
    yield replace(made, hasher=Argon2Hasher(memory_kib=8, passes=1))
    made.db.close()


@pytest.fixture(scope="session")
def furnished(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, House]:
    """A database with the house in it, to be copied, and the house: furnishing takes longer than most attacks."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copy(migrated_file, folder / "liju.db")
    settings = replace(shipped_settings(), instance=folder, database_url=f"sqlite:///{folder / 'liju.db'}")
    house = furnish(replace(make_deps(settings, now=Clock().now), hasher=Argon2Hasher(memory_kib=8, passes=1)))
    house.deps.db.close()  # what stands in the log of changes goes into the file
    return folder / "liju.db", house


@pytest.fixture
def house(deps: Deps, furnished: tuple[Path, House]) -> House:
    path, model = furnished
    shutil.copy(path, deps.settings.instance / "liju.db")
    deps = with_staff(with_passkeys(deps))
    return replace(model, deps=deps, app=make_app(deps))
