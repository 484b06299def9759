"""``check``: everything that is wrong with an installation, at once, each with a stable id."""

from __future__ import annotations

from pathlib import Path

import pytest

from liju_contact.cli import _check_database
from liju_contact.config import read_settings
from liju_contact.store import database
from liju_contact.store.database import Database
from liju_contact.store.schema import migrate
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.report_health import report_health
from tests.conftest import EXAMPLE, ONE_DATABASE, SECRET
from tests.launcher import run_for_text


def write_settings(instance: Path, mail: str) -> None:
    text = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET).replace("[mail]\n", f"[mail]\n{mail}\n", 1)
    text = text.replace('# holidays = "CN"', 'holidays = "none"', 1)  # what is known of them depends on the day
    (instance / "config.toml").write_text(text, "utf-8")


def check(instance: Path) -> tuple[int, list[str]]:
    """Return the exit code and the ids of the faults that were told."""
    done = run_for_text("check", "--instance", str(instance))
    return done.returncode, [line.partition("]")[0].strip("[") for line in done.stderr.splitlines()]


def test_check_tells_every_fault_at_once(tmp_path: Path) -> None:
    mail = 'host = "127.0.0.1"\nport = 1\nsecurity = "none"\nusername = "me@163.example"\npassword = "x"'
    write_settings(tmp_path, mail)

    assert check(tmp_path) == (1, ["database.schema", "mail.server", "mail.sender"])


def test_check_tells_of_a_mailbox_that_cannot_be_read(tmp_path: Path) -> None:
    write_settings(tmp_path, 'host = "127.0.0.1"\nport = 1\nsecurity = "none"')
    path = tmp_path / "config.toml"
    box = '[inbound.imap]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nusername = "x"\npassword = "y"\n\n[alarm]\n'
    path.write_text(path.read_text("utf-8").replace("[alarm]\n", box, 1), "utf-8")

    assert check(tmp_path) == (1, ["database.schema", "mail.server", "mail.imap"])


def test_check_of_a_sound_demo_is_well(tmp_path: Path) -> None:
    write_settings(tmp_path, "")
    text = (tmp_path / "config.toml").read_text("utf-8")
    migrate(Database(read_settings(text, instance=tmp_path, environment={}).database_url))

    assert check(tmp_path) == (0, [])


@ONE_DATABASE
def test_check_tells_of_a_disk_that_is_nearly_full(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes ``/healthz`` say 503 is not all well."""
    enough = _check_database(deps)
    monkeypatch.setattr(database, "ROOM_BYTES", 2**62)  # more than this disk has

    assert (enough, [fault.id for fault in _check_database(deps)]) == ([], ["database.room"])
    assert not report_health(deps, now=deps.now()).database_is_well
