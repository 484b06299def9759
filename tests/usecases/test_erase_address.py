"""After an erasure the address and the words are nowhere: not in a row, not in the search, not in the bytes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import make_url

from liju_contact.domain.errors import Unfit
from liju_contact.domain.person import Person, Role
from liju_contact.domain.privacy import mention_of
from liju_contact.store.database import Database
from liju_contact.store.holdings import BELONGS, KEEPS_NOTHING
from liju_contact.store.table import Table
from liju_contact.usecases.clean_up import clean_up_at_once
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.erase_address import erase_address, erase_again, look_up_address
from liju_contact.usecases.erasure_log import log_erasure, log_path
from liju_contact.usecases.export_address import export_address
from tests.conftest import ONE_DATABASE, Clock
from tests.processes.test_worker import worker_of
from tests.staff_desk import account
from tests.usecases.mails import LI, with_staff
from tests.usecases.planted import ADDRESS, EVA, WORDS, found_in_bytes, plant
from tests.usecases.stories import counts, rows, staged, submit


@pytest.fixture
def office(deps: Deps) -> Deps:
    return with_staff(deps)


@pytest.fixture
def admin(office: Deps) -> Person:
    return account(office, "boss@liju.example", name="Boss", role=Role.ADMINISTRATOR)


def test_every_table_is_erased_or_says_why_not() -> None:
    """A new table has to be entered in ``BELONGS`` or, with its reason, in ``KEEPS_NOTHING``."""
    assert {*BELONGS, *KEEPS_NOTHING} == set(Table.metadata.tables)
    referring = {
        table.name
        for table in Table.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in BELONGS and key.ondelete != "CASCADE"
    }
    assert referring - BELONGS.keys() == set()


def test_after_an_erasure_nothing_is_left_anywhere(office: Deps, admin: Person) -> None:
    plant(office, admin)
    planted = found_in_bytes(office.db)

    held = look_up_address(office, ADDRESS, now=office.now())
    erase_address(office, ADDRESS.upper(), actor="", now=office.now())
    is_clean = clean_up_at_once(office, ADDRESS)

    assert planted == set(WORDS)
    assert held.counts["inquiries"] == len(held.references) == 2
    assert is_clean
    assert found_in_bytes(office.db) == set()
    assert not office.post_office or office.post_office.list_letters(10) == ()
    assert look_up_address(office, ADDRESS, now=office.now()).counts == {}


@ONE_DATABASE
def test_a_file_too_large_to_be_written_anew_is_clean_too(office: Deps, admin: Person) -> None:
    """Overwriting what is deleted, merging the index and emptying the log do it alone."""
    plant(office, admin)

    erase_address(office, ADDRESS, actor="", now=office.now())
    is_clean = clean_up_at_once(office, ADDRESS, rewritten_bytes=0)

    assert (is_clean, found_in_bytes(office.db)) == (True, set())


def test_what_is_somebody_elses_stays(office: Deps, admin: Person) -> None:
    plant(office, admin)

    erase_address(office, ADDRESS, actor="", now=office.now())

    emails = [row["email"] for row in rows(office.db, "inquiry")]
    said = [row["body"] for row in rows(office.db, "message")]
    assert emails == [EVA, EVA]
    assert said[:2] == ["Nothing of interest.", "Please write to [erased] too."]
    assert [row["body"] for row in rows(office.db, "note")] == ["See [erased]."]
    assert rows(office.db, "canned_reply")[0]["texts"]["zh_Hans"] == "您好"
    assert {row["address"] for row in rows(office.db, "staff")} == {admin.address}
    assert "erasures.log" not in {*WORDS}
    assert ADDRESS.casefold() not in log_path(office.settings.instance).read_text("ascii").casefold()


def test_what_an_erasure_takes_is_only_looked_at_before(office: Deps, admin: Person) -> None:
    plant(office, admin)
    before = counts(office.db)

    look_up_address(office, ADDRESS, now=office.now())

    assert counts(office.db) == before


@ONE_DATABASE
def test_our_own_people_are_not_erased(office: Deps) -> None:
    with pytest.raises(Unfit):
        erase_address(office, LI, actor="", now=office.now())


@ONE_DATABASE
@pytest.mark.parametrize(
    "typed", ["", " ", "steam", "@", "@usina.example", "ana@", "a b@usina.example", "ana\udcff@b.cn"]
)
def test_what_is_no_address_is_nobodys(office: Deps, admin: Person, typed: str) -> None:
    """Nothing at all stands in every row that names nobody, and a word in everybody's texts."""
    plant(office, admin)
    before = counts(office.db)

    with pytest.raises(Unfit):
        erase_address(office, typed, actor="", now=office.now())
    with pytest.raises(Unfit):
        look_up_address(office, typed, now=office.now())
    with pytest.raises(Unfit):
        export_address(office, typed, BytesIO(), now=office.now())

    assert counts(office.db) == before
    assert not log_path(office.settings.instance).exists()


def test_a_longer_address_that_ends_alike_is_another_one() -> None:
    pattern = mention_of("ana@b.cn")

    assert [bool(pattern.search(text)) for text in ("<ANA@b.cn>", "q=ana%40b.cn", "ana@b.cn.")] == [True] * 3
    assert [bool(pattern.search(text)) for text in ("joana@b.cn", "ana@b.cn.example", "ana@b.cnx")] == [False] * 3


def test_a_file_that_somebody_else_sent_too_stays(office: Deps) -> None:
    drawing = staged(office, b"%PDF-1.7 the same drawing")
    submit(office, nonce="a", email=ADDRESS, files=(drawing,))
    submit(office, nonce="b", email=EVA, files=(drawing,))

    erase_address(office, ADDRESS, actor="", now=office.now())

    assert (counts(office.db)["blob"], counts(office.db)["file"]) == (1, 1)


@ONE_DATABASE
def test_a_restored_backup_learns_what_was_erased(office: Deps, clock: Clock, tmp_path: Path) -> None:
    """Backup, erase, write again, restore: what was before the erasure goes once more, what came after it stays."""
    submit(office, nonce="old", email=ADDRESS, message="grumblewort")
    path = Path(make_url(office.db.url).database or "")
    office.db.close()
    shutil.copy(path, tmp_path / "backup.db")
    clock.move(hours=1)
    erase_address(office, ADDRESS, actor="", now=clock.now())
    office.db.close()
    shutil.copy(tmp_path / "backup.db", path)
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    restored = replace(office, db=Database(office.db.url))
    clock.move(hours=1)
    submit(restored, nonce="new", email=ADDRESS, message="Good day again")

    worker_of(restored).step()
    once_more = erase_again(restored, now=clock.now())

    messages = [row["body"] for row in rows(restored.db, "message")]
    steps = [row["step"] for row in rows(restored.db, "privacy_event")]
    restored.db.close()
    assert (messages, once_more) == (["Good day again"], [])
    assert steps == ["erased_again", "erased", "cleaned"]


def test_what_somebody_wrote_since_their_erasure_stays(office: Deps, clock: Clock) -> None:
    """The same on both databases, with the register of the database put back as a backup does it."""
    submit(office, nonce="old", email=ADDRESS, message="grumblewort")
    log_erasure(office.settings.instance, office.keys.erasure_digest(ADDRESS), clock.now() + timedelta(minutes=1))
    clock.move(hours=1)
    submit(office, nonce="new", email=ADDRESS, message="Good day again")

    returned = erase_again(office, now=clock.now())

    assert returned == [ADDRESS.casefold()]
    assert [row["body"] for row in rows(office.db, "message")] == ["Good day again"]
    assert [row["email"] for row in rows(office.db, "inquiry")] == [ADDRESS]


@ONE_DATABASE
def test_a_lost_register_is_written_anew_from_the_database(office: Deps) -> None:
    submit(office, email=ADDRESS)
    erase_address(office, ADDRESS, actor="", now=office.now())
    written = log_path(office.settings.instance).read_text("ascii")
    log_path(office.settings.instance).unlink()

    erase_again(office, now=office.now())

    assert log_path(office.settings.instance).read_text("ascii") == written
