"""What a customer does with the status link: follow up, close, open again; and what a wrong link comes to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from liju_contact.domain.errors import FilesGone, NotFound
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import InquiryState, StagedFile
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.close_inquiry import close_inquiry, reopen_inquiry
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.fetch_file import fetch_file
from liju_contact.usecases.show_status import show_status
from liju_contact.usecases.submit_inquiry import Submitted
from tests.conftest import Clock
from tests.store.statements import Crash, crashing_at, listening
from tests.usecases.stories import NEW, at_once, counts, key_of, opened, rows, staged, status_of, submit

GONE = StagedFile(sha256="0" * 64, name="boiler house.dwg", kind=FileKind.DWG, bytes_count=5)


def write(
    deps: Deps, submitted: Submitted, body: str, *files: StagedFile, nonce: str = "m-1", key: str | None = None
) -> None:
    reference, right_key = opened(submitted)
    add_customer_message(deps, reference, key or right_key, body=body, files=files, nonce=nonce, now=deps.now())


def state_of(deps: Deps) -> str:
    return str(rows(deps.db, "inquiry")[0]["state"])


def kinds(deps: Deps, table: str) -> list[str]:
    return [row["kind"] for row in rows(deps.db, table)]


def test_a_message_is_stored_with_its_files_its_event_and_the_teams_letter(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    clock.move(hours=1)

    write(deps, submitted, "When can you come?", staged(deps, b"a photo"))

    page = status_of(deps, submitted)
    assert [(message.body, message.written_at, len(message.files)) for message in page.messages] == [
        (NEW.message, submitted_at(deps), 0),
        ("When can you come?", clock.at, 1),
    ]
    assert kinds(deps, "event") == ["inquiry_received", "message_added"]
    assert kinds(deps, "letter") == ["inquiry_for_team", "inquiry_received", "message_for_team"]
    assert rows(deps.db, "letter")[-1]["message_files_id"] == page.messages[1].id
    assert [row["recipient_address"] for row in rows(deps.db, "delivery")][-1] == "sales@liju.example"


def submitted_at(deps: Deps) -> object:
    return rows(deps.db, "inquiry")[0]["received_at"]


def test_ten_clicks_at_once_are_one_message(deps: Deps) -> None:
    submitted = submit(deps)

    at_once(10, lambda _turn: write(deps, submitted, "When can you come?"))

    assert [row["body"] for row in rows(deps.db, "message")] == [NEW.message, "When can you come?"]
    assert kinds(deps, "letter").count("message_for_team") == 1


def test_an_old_form_with_new_text_is_a_new_message(deps: Deps) -> None:
    """Somebody sends, goes back, writes something else and sends: the token is the same, the text must not be lost."""
    submitted = submit(deps)
    write(deps, submitted, "When can you come?")

    write(deps, submitted, "And what does it cost?")

    assert [row["body"] for row in rows(deps.db, "message")][1:] == ["When can you come?", "And what does it cost?"]


def test_a_form_kept_by_a_cache_writes_into_two_inquiries(deps: Deps) -> None:
    first, second = submit(deps), submit(deps, nonce="n-2")

    write(deps, first, "Hello?", nonce="cached")
    write(deps, second, "Hello?", nonce="cached")

    assert [row["body"] for row in rows(deps.db, "message")] == [NEW.message, NEW.message, "Hello?", "Hello?"]


def test_a_message_with_a_file_that_is_gone_is_not_stored(deps: Deps) -> None:
    submitted = submit(deps)
    before = counts(deps.db)

    with pytest.raises(FilesGone):
        write(deps, submitted, "See the drawing.", GONE)

    assert counts(deps.db) == before


def test_a_crash_at_any_statement_leaves_no_half_message(deps: Deps) -> None:
    submitted = submit(deps)
    photo = staged(deps, b"a photo")
    with listening(deps.db) as said:
        write(deps, submitted, "first", photo, nonce="m-0")
    before = counts(deps.db)

    for number in range(len(said)):
        with crashing_at(deps.db, number), pytest.raises(Crash):
            write(deps, submitted, "second", photo)
        assert counts(deps.db) == before, f"statement {number} left something behind: {said[number]}"


@pytest.mark.parametrize(
    ("before", "after"),
    [("received", "received"), ("open", "open"), ("answered", "open"), ("closed", "open")],
)
def test_a_customer_who_writes_expects_an_answer(deps: Deps, before: str, after: str) -> None:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(state=before))

    write(deps, submitted, "One more thing.")

    assert state_of(deps) == after


def test_closing_is_told_to_the_team_once(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)

    for _ in range(2):
        clock.move(minutes=1)
        close_inquiry(deps, *opened(submitted), now=deps.now())

    assert state_of(deps) == "closed"
    assert kinds(deps, "event") == ["inquiry_received", "inquiry_closed"]
    assert kinds(deps, "letter").count("state_for_team") == 1


def test_closing_at_once_in_eight_windows_is_told_once(deps: Deps) -> None:
    submitted = submit(deps)

    at_once(8, lambda _turn: close_inquiry(deps, *opened(submitted), now=deps.now()))

    assert kinds(deps, "event") == ["inquiry_received", "inquiry_closed"]


def test_reopening_what_was_closed_is_told_to_the_team(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)
    close_inquiry(deps, *opened(submitted), now=deps.now())
    clock.move(minutes=1)

    for _ in range(2):
        reopen_inquiry(deps, *opened(submitted), now=deps.now())

    assert state_of(deps) == "open"
    assert kinds(deps, "event") == ["inquiry_received", "inquiry_closed", "inquiry_reopened"]
    assert kinds(deps, "letter").count("state_for_team") == 2


@pytest.mark.parametrize(
    ("before", "is_renewed"), [("received", False), ("open", False), ("answered", True), ("closed", True)]
)
def test_a_promise_that_still_stands_is_not_moved(deps: Deps, clock: Clock, before: str, is_renewed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    submitted = submit(deps)
    promised = status_of(deps, submitted).answer_due_at
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(state=before))
    clock.move(days=7)

    write(deps, submitted, "One more thing.")

    week = timedelta(days=7) if is_renewed else timedelta()
    assert status_of(deps, submitted).answer_due_at == promised + week


def test_reopening_what_is_open_changes_nothing(deps: Deps) -> None:
    submitted = submit(deps)
    before = counts(deps.db)

    reopen_inquiry(deps, *opened(submitted), now=deps.now())

    assert (counts(deps.db), state_of(deps)) == (before, "received")


def attempts(deps: Deps, reference: str, key: str) -> list[str]:
    """Try every door with a reference and a key, and return what each said."""
    now = deps.now()
    said = []
    for attempt in (
        lambda: show_status(deps, reference, key, language="en", now=deps.now()),
        lambda: fetch_file(deps, reference, key, 1),
        lambda: add_customer_message(deps, reference, key, body="x", files=(), nonce="m", now=now),
        lambda: close_inquiry(deps, reference, key, now=now),
        lambda: reopen_inquiry(deps, reference, key, now=now),
    ):
        with pytest.raises(NotFound) as refused:
            attempt()
        said.append(str(refused.value))
    return said


def test_a_wrong_key_and_an_unknown_reference_are_told_the_same(deps: Deps) -> None:
    submitted = submit(deps, files=(staged(deps, b"a drawing"),))
    other = submit(deps, nonce="n-2")
    before = counts(deps.db)

    wrong_key = attempts(deps, submitted.reference, "a" * 28)
    foreign_key = attempts(deps, submitted.reference, key_of(other))
    unknown = attempts(deps, "LJ-0000-0000", key_of(submitted))
    hostile = attempts(deps, "' OR 1=1 --", "鍵\ud800")

    assert wrong_key == foreign_key == unknown == hostile == ["This link opens no inquiry."] * 5
    assert counts(deps.db) == before


def test_a_wrong_key_and_an_unknown_reference_ask_the_database_the_same(deps: Deps) -> None:
    submitted = submit(deps)

    with listening(deps.db) as for_wrong_key, pytest.raises(NotFound):
        show_status(deps, submitted.reference, "a" * 28, language="en", now=deps.now())
    with listening(deps.db) as for_unknown, pytest.raises(NotFound):
        show_status(deps, "LJ-0000-0000", "a" * 28, language="en", now=deps.now())

    assert for_wrong_key == for_unknown
    assert len(for_wrong_key) == 1


def test_a_key_in_capitals_opens_too(deps: Deps) -> None:
    submitted = submit(deps)

    page = show_status(deps, submitted.reference, key_of(submitted).upper(), language="en", now=deps.now())

    assert page.status_path == submitted.status_path


def test_a_new_key_version_revokes_the_old_link(deps: Deps) -> None:
    submitted = submit(deps)
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(key_version=2))

    with pytest.raises(NotFound):
        status_of(deps, submitted)

    fresh = deps.keys.status_key(submitted.reference, 2)
    assert show_status(deps, submitted.reference, fresh, language="en", now=deps.now()).state is InquiryState.RECEIVED
