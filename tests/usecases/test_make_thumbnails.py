"""The worker makes each file's small picture once, whatever the file does to its maker; the next gets its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.picture import NoPicture, Picture
from liju_contact.pictures.maker import GuardedPictureMaker
from liju_contact.store.thumbnails import Thumbnail, thumbnails_of
from liju_contact.usecases import make_thumbnails
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.make_thumbnails import TRIES, make_thumbnail
from liju_contact.usecases.picture_maker import PictureMaker
from tests.conftest import ONE_DATABASE
from tests.pictures.samples import encoded, nested_forms, one_page, photo, png_bomb
from tests.store.statements import listening
from tests.usecases.mails import PUBLIC, judged, mail
from tests.usecases.stories import rows, staged, submit

PICTURE = Picture(content=b"RIFF....WEBP", width=480, height=320)


@dataclass
class ScriptedMaker:
    """A ``PictureMaker`` that answers as a test says, then with a picture; ``seen`` is what it was given."""

    answers: list[NoPicture] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)
    closed_count: int = 0

    def make(self, content: bytes) -> Picture | NoPicture:
        self.seen.append(content)
        return self.answers.pop(0) if self.answers else PICTURE

    def close(self) -> None:
        self.closed_count += 1


@pytest.fixture
def real_maker() -> Iterator[GuardedPictureMaker]:
    maker = GuardedPictureMaker()
    yield maker
    maker.close()


def staged_as(deps: Deps, content: bytes, name: str, kind: FileKind) -> StagedFile:
    file = staged(deps, content, name)
    return StagedFile(sha256=file.sha256, name=name, kind=kind, bytes_count=file.bytes_count)


def make_all(deps: Deps, maker: PictureMaker) -> int:
    count = 0
    while make_thumbnail(deps, maker, now=deps.now()):
        count += 1
    return count


def sizes(deps: Deps, inquiry_id: int = 1) -> dict[int, Thumbnail]:
    with deps.db.read() as tx:
        return thumbnails_of(tx, inquiry_id)


def test_each_file_gets_its_picture_once_and_the_newest_first(deps: Deps) -> None:
    maker = ScriptedMaker()
    files = [staged_as(deps, content, "a.png", FileKind.PNG) for content in (b"one", b"two", b"one")]
    submit(deps, files=tuple(files))
    submit(deps, nonce="n-2", files=(files[0],))

    made_count = make_all(deps, maker)

    assert (made_count, maker.seen, maker.closed_count) == (2, [b"two", b"one"], 1)
    size = Thumbnail(width=480, height=320)
    assert (sizes(deps), sizes(deps, 2)) == ({1: size, 2: size, 3: size}, {4: size})
    assert make_thumbnail(deps, maker, now=deps.now()) is False


def test_only_what_can_have_a_picture_is_looked_at(deps: Deps) -> None:
    kinds = [("a.pdf", FileKind.PDF), ("a.dwg", FileKind.DWG), ("a.heic", FileKind.HEIC), ("b.tiff", FileKind.OTHER)]
    kinds += [("c.exe", FileKind.OTHER), ("d.zip", FileKind.ZIP)]
    files = [staged_as(deps, name.encode(), name, kind) for name, kind in kinds]
    submit(deps, files=tuple(files))
    maker = ScriptedMaker()

    make_all(deps, maker)

    assert sorted(maker.seen) == [b"a.pdf", b"b.tiff"]
    assert sorted(sizes(deps)) == [1, 4]


def test_file_without_a_picture_is_remembered_and_not_looked_at_again(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"torn"),))
    maker = ScriptedMaker([NoPicture(words="It is torn.", is_final=True)])

    assert make_all(deps, maker) == 1

    [row] = rows(deps.db, "thumbnail")
    assert (row["content"], row["width"], row["attempt_count"], row["made_at"]) == (None, 0, 1, deps.now())
    assert sizes(deps) == {}


@pytest.mark.parametrize(("failure_count", "has_picture"), [(TRIES - 1, True), (TRIES, False)])
def test_maker_that_ends_is_asked_again_but_not_for_ever(
    deps: Deps,
    failure_count: int,
    has_picture: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    submit(deps, files=(staged(deps, b"%PDF-1.7"),))
    ended = NoPicture(words="It ended.", is_final=False)
    maker = ScriptedMaker([ended] * failure_count)

    assert make_all(deps, maker) == TRIES

    assert (len(maker.seen), bool(sizes(deps))) == (TRIES, has_picture)


def test_file_that_killed_the_worker_each_time_is_given_up_unseen(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"%PDF-1.7"),))
    with deps.db.begin() as tx:
        tx.execute(text("UPDATE thumbnail SET attempt_count = :tries"), {"tries": TRIES})
    maker = ScriptedMaker()

    assert make_all(deps, maker) == 1

    assert (maker.seen, sizes(deps)) == ([], {})


@ONE_DATABASE
def test_file_larger_than_any_that_is_looked_at_has_none(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_thumbnails, "MOST_BYTES", 7)
    submit(deps, files=(staged(deps, b"%PDF-1.7"),))
    maker = ScriptedMaker()

    assert (make_all(deps, maker), maker.seen) == (1, [])


@ONE_DATABASE
def test_hostile_files_end_within_their_limits_and_the_honest_one_gets_its_picture(
    deps: Deps, real_maker: GuardedPictureMaker
) -> None:
    honest = [encoded(photo(), "PNG"), one_page()]
    hostile = [png_bomb(90_000, 90_000), encoded(photo(), "PNG")[:60], nested_forms(60)]
    files = [staged(deps, content, f"{number}.pdf") for number, content in enumerate([*honest, *hostile], 1)]
    submit(deps, files=tuple(files))

    assert make_all(deps, real_maker) == 5

    assert sizes(deps) == {1: Thumbnail(width=480, height=320), 2: Thumbnail(width=480, height=240)}


def test_file_of_a_mail_gets_one_and_a_signatures_picture_none(deps: Deps) -> None:
    written = mail("eva@there.example", PUBLIC, "Two boilers, please.")
    written.add_attachment(b"GIF89a plan", maintype="image", subtype="gif", filename="plan.gif")
    judged(deps, written)

    assert len(rows(deps.db, "thumbnail")) == 1
    assert make_all(deps, ScriptedMaker()) == 1
    assert list(sizes(deps)) == [1]


def test_looking_for_work_reads_the_index_of_what_waits_alone(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"%PDF-1.7"),))
    make_all(deps, ScriptedMaker())

    with listening(deps.db) as said:
        make_thumbnail(deps, ScriptedMaker(), now=deps.now())

    assert len(said) == 1
    if deps.db.is_sqlite:
        with deps.db.read() as tx:
            plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0]}", (1, 0)).all()
        assert "ix_thumbnail_blob_id" in str(plan)
