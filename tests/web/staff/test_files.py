"""Files of an inquiry at the desk: downloads and small pictures, each only for who serves the inquiry."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from liju_contact.app import make_app
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.person import Role
from liju_contact.domain.picture import Picture
from liju_contact.store.file_tables import FileRow
from liju_contact.store.same_files import SameFile, same_files
from liju_contact.store.staff import change_account
from liju_contact.store.thumbnails import settle_thumbnail
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.open_for_staff import open_for_staff
from liju_contact.web.download import FILE_POLICY
from tests.conftest import ONE_DATABASE
from tests.staff_desk import AtTheDesk, at_the_desk
from tests.store.statements import listening
from tests.usecases.stories import rows, staged, submit

HOSTILE = b"<svg onload=alert(1)>" + bytes(300_000)
PICTURE = Picture(content=b"RIFF\0\0\0\0WEBPVP8 ", width=480, height=320)


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def with_picture(deps: Deps) -> None:
    with deps.db.begin() as tx:
        settle_thumbnail(tx, 1, PICTURE, deps.now())


@ONE_DATABASE
def test_file_is_a_download_whatever_it_contains(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, files=(staged(deps, HOSTILE, "план <1>.pdf"),)).reference
    li = at_the_desk(deps, client, role=Role.READER)

    answer = li.get(f"/staff/inquiry/{reference}/file/1/x.html")

    assert (answer.status_code, answer.data) == (200, HOSTILE)
    assert answer.content_length == len(HOSTILE)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%BF")
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@ONE_DATABASE
def test_thumbnail_is_a_picture_that_the_browser_asks_about_each_time(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, files=(staged(deps, b"%PDF-1.7"),)).reference
    li = at_the_desk(deps, client)
    before = li.get(f"/staff/inquiry/{reference}/thumbnail/1")
    with_picture(deps)

    answer = li.get(f"/staff/inquiry/{reference}/thumbnail/1")

    assert (before.status_code, answer.status_code, answer.data) == (404, 200, PICTURE.content)
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = li.get(f"/staff/inquiry/{reference}/thumbnail/1", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert again.headers["Cache-Control"] == "private, no-cache"


@ONE_DATABASE
def test_kept_thumbnail_ends_with_the_right_to_see_it(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, files=(staged(deps, b"%PDF-1.7"),)).reference
    li = at_the_desk(deps, client)
    with_picture(deps)
    path = f"/staff/inquiry/{reference}/thumbnail/1"
    kept = {"If-None-Match": li.get(path).headers["ETag"]}

    with deps.db.begin() as tx:
        change_account(tx, li.person.id, product_lines=["vacuum-hot-water"])
    narrowed = li.get(path, headers=kept)
    with deps.db.begin() as tx:
        change_account(tx, li.person.id, product_lines=[])
    li.post("/staff/sign-out")

    assert narrowed.status_code == 404
    at_the_door = li.get(path, headers=kept)
    assert (at_the_door.status_code, at_the_door.mimetype) == (200, "text/html"), "the page to sign in"


@ONE_DATABASE
def test_files_of_another_inquiry_and_of_another_persons_are_not_there(deps: Deps, client: FlaskClient) -> None:
    own = submit(deps, files=(staged(deps, b"%PDF-1.7 own"),)).reference
    other = submit(deps, nonce="n-2", product="vacuum-hot-water", files=(staged(deps, b"%PDF-1.7 a secret"),)).reference
    with_picture(deps)
    with deps.db.begin() as tx:
        settle_thumbnail(tx, 2, PICTURE, deps.now())
    li = at_the_desk(deps, client, product_lines=["steam"])
    paths = [(own, 1, 200), (own, 2, 404), (other, 2, 404), (own, 3, 404), (own, 2**63 - 1, 404), ("LJ-0", 1, 404)]

    for reference, file_id, status in paths:
        for path in (f"file/{file_id}/a.pdf", f"thumbnail/{file_id}"):
            answer = li.get(f"/staff/inquiry/{reference}/{path}")
            assert (path, answer.status_code) == (path, status)
            assert b"a secret" not in answer.data


@ONE_DATABASE
def test_nobody_gets_a_file_without_signing_in(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, files=(staged(deps, b"%PDF-1.7 a secret"),)).reference

    answer = client.get(f"/staff/inquiry/{reference}/file/1/a.pdf")

    assert b"a secret" not in answer.data


# --- the same drawing from somebody else ---------------------------------------------------------------------------


def drawing(deps: Deps, byte: bytes = b"d", kind: FileKind = FileKind.DWG, size: int = 30_000) -> StagedFile:
    file = staged(deps, b"AC1032" + byte * size)
    return StagedFile(sha256=file.sha256, name="plan.dwg", kind=kind, bytes_count=file.bytes_count)


def seen_by(deps: Deps, person: AtTheDesk, reference: str) -> list[SameFile]:
    with deps.db.read() as tx:
        inquiry = open_for_staff(tx, person.person, reference)
        return same_files(tx, inquiry.id, person=person.person)


def test_same_drawing_of_another_company_is_found_both_ways(deps: Deps, client: FlaskClient) -> None:
    one = submit(deps, files=(drawing(deps), drawing(deps, b"e"))).reference
    other = submit(deps, nonce="n-2", email="b@rival.example", company="Rival", files=(drawing(deps),)).reference
    submit(deps, nonce="n-3", email="c@third.example", company="Third", files=(drawing(deps, b"f"),))
    li = at_the_desk(deps, client)

    assert seen_by(deps, li, one) == [SameFile(name="plan.dwg", reference=other, company="Rival")]
    assert seen_by(deps, li, other) == [SameFile(name="plan.dwg", reference=one, company="Usina Verde")]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("changes", "is_alert"),
    [
        ({"email": "carla@usina.example", "company": "Other words"}, False),
        ({"email": "x@elsewhere.example", "company": "usina  VERDE"}, False),
        ({"email": "x@elsewhere.example", "company": ""}, True),
        ({"email": "x@elsewhere.example", "company": "Rival", "product": "vacuum-hot-water"}, False),
    ],
    ids=["same domain", "same company", "no company", "not theirs to see"],
)
def test_same_house_is_no_alert_and_what_is_not_ones_own_stays_unseen(
    deps: Deps, client: FlaskClient, changes: dict[str, str], *, is_alert: bool
) -> None:
    one = submit(deps, files=(drawing(deps),)).reference
    submit(deps, nonce="n-2", files=(drawing(deps),), **changes)
    li = at_the_desk(deps, client, product_lines=["steam"])

    assert bool(seen_by(deps, li, one)) is is_alert


@ONE_DATABASE
def test_two_who_share_a_public_provider_are_two(deps: Deps, client: FlaskClient) -> None:
    one = submit(deps, email="a@qq.com", company="", files=(drawing(deps),)).reference
    submit(deps, nonce="n-2", email="b@qq.com", company="", files=(drawing(deps),))

    assert len(seen_by(deps, at_the_desk(deps, client), one)) == 1


@ONE_DATABASE
def test_logos_and_photos_are_no_drawings(deps: Deps, client: FlaskClient) -> None:
    files = (drawing(deps, b"s", size=10_000), drawing(deps, b"p", FileKind.JPEG))
    one = submit(deps, files=files).reference
    submit(deps, nonce="n-2", email="b@rival.example", company="Rival", files=files)

    assert seen_by(deps, at_the_desk(deps, client), one) == []


@pytest.mark.parametrize(("copies", "is_found"), [(198, True), (199, False)])
def test_of_a_file_that_very_many_sent_the_newest_are_looked_at(
    deps: Deps, client: FlaskClient, copies: int, *, is_found: bool
) -> None:
    one = submit(deps, files=(drawing(deps),)).reference
    third = submit(deps, nonce="n-2", email="c@third.example", company="Third", files=(drawing(deps),)).reference
    rival = submit(deps, nonce="n-3", email="b@rival.example", company="Rival", files=(drawing(deps),)).reference
    [newest] = [row for row in rows(deps.db, "file") if row["message_id"] == 3]
    with deps.db.begin() as tx:
        values = [{**newest, "id": newest["id"] + more, "position": more} for more in range(1, copies + 1)]
        tx.execute(insert(FileRow), values)

    found = [same.reference for same in seen_by(deps, at_the_desk(deps, client), one)]

    assert found == [rival, third][: 1 + is_found]


def test_looking_for_the_same_drawing_is_one_query_by_indexes(deps: Deps, client: FlaskClient) -> None:
    one = submit(deps, files=(drawing(deps),)).reference
    for number in range(3):
        submit(deps, nonce=f"n-{number + 2}", email=f"b@{number}.example", company="", files=(drawing(deps),))
    person = at_the_desk(deps, client).person

    with deps.db.read() as tx, listening(deps.db) as said:
        found = same_files(tx, 1, person=person)

    assert (len(found), len(said)) == (3, 1)
    if deps.db.is_sqlite:
        with deps.db.read() as tx:
            plan = str(tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0]}", (0,) * said[0].count("?")).all())
        assert "SCAN" not in plan.replace("SCAN own", ""), plan
    assert rows(deps.db, "inquiry")[0]["reference"] == one
