"""Answers and notes from the desk: sent once, on what their author had seen, and never over somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from liju_contact.domain.change import Change, StaleChange
from liju_contact.domain.errors import Conflict, FilesGone, NotFound
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.letter import LetterKind
from liju_contact.domain.person import Person
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.answer_at_desk import DeskAnswer, SpokenMeanwhile, answer_at_desk, note_at_desk
from liju_contact.usecases.attend_inquiry import keep_what_was_typed
from liju_contact.usecases.canned_replies import delete_reply, fill_reply, write_reply
from liju_contact.usecases.change_inquiry import change_inquiry, undo_events
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.merge_inquiries import merge_inquiries
from liju_contact.usecases.preview_answer import preview_answer, previewed_letter
from liju_contact.usecases.show_inquiry import show_inquiry
from tests.conftest import Clock
from tests.staff_desk import account
from tests.usecases.mails import CUSTOMER, LI, WANG, letter_to, letters, messages, with_staff
from tests.usecases.stories import at_once, opened, rows, staged, submit


def answer(deps: Deps, person: Person, reference: str, **changes: Any) -> DeskAnswer:
    """Return an answer of somebody who sees the inquiry as it stands now."""
    seen = show_inquiry(deps, person, reference, language="en", now=deps.now())
    usual = {
        "body": "Which voltage?",
        "files": (),
        "nonce": "a-1",
        "seen_message_id": seen.newest_message_id,
        "version": seen.inquiry.version,
    }
    return DeskAnswer(**{**usual, **changes})


def send(deps: Deps, person: Person, reference: str, **changes: Any) -> tuple[int, ...]:
    new = answer(deps, person, reference, **changes)
    return answer_at_desk(deps, person, reference, new, now=deps.now()).event_ids


def inquiry(deps: Deps) -> dict[str, Any]:
    return rows(deps.db, "inquiry")[0]


def test_an_answer_goes_to_the_customer_with_its_files(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps)
    reference, _key = opened(submit(deps))

    send(deps, li, reference, files=(staged(deps, b"a sheet", "SZS10.pdf"),))

    assert messages(deps)[-1] == ("staff", "Li Wei", "Which voltage?")
    letter = letter_to(deps, CUSTOMER, LetterKind.ANSWER)
    assert "Which voltage?" in letter["text"]
    assert "SZS10.pdf" in letter["text"]
    assert letter["message_files_id"] is not None
    assert inquiry(deps)["state"] == "answered"


def test_somebody_the_settings_do_not_name_answers_by_the_name_of_their_account(deps: Deps) -> None:
    new = account(deps, "new@liju.example", name="Neu Ling")
    reference, _key = opened(submit(deps))

    send(deps, new, reference)

    assert messages(deps)[-1][1] == "Neu Ling"
    assert "Neu Ling" in letter_to(deps, CUSTOMER, LetterKind.ANSWER)["sender_name"]


def test_a_double_click_is_one_answer(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps)
    reference, _key = opened(submit(deps))
    new = answer(deps, li, reference)

    at_once(4, lambda _turn: answer_at_desk(deps, li, reference, new, now=deps.now()))

    assert [author for author, _name, _body in messages(deps)] == ["customer", "staff"]
    assert letters(deps).count(("answer", CUSTOMER)) == 1


def test_the_second_click_is_no_conflict_though_a_colleague_answered_between(deps: Deps) -> None:
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, _key = opened(submit(deps))
    new = answer(deps, li, reference)
    answer_at_desk(deps, li, reference, new, now=deps.now())
    send(deps, wang, reference, body="Me too", nonce="w")

    answer_at_desk(deps, li, reference, new, now=deps.now())

    assert [body for _author, _name, body in messages(deps)][1:] == ["Which voltage?", "Me too"]


@pytest.mark.parametrize("speaker", ["colleague", "customer"])
def test_an_answer_to_a_conversation_that_has_gone_on_is_not_sent(deps: Deps, speaker: str) -> None:
    deps = with_staff(deps)
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, key = opened(submit(deps))
    mine = answer(deps, li, reference)
    if speaker == "colleague":
        send(deps, wang, reference, body="It is solved.", nonce="w")
    else:
        add_customer_message(deps, reference, key, body="It is solved.", files=(), nonce="c", now=deps.now())
    before = len(rows(deps.db, "letter"))

    with pytest.raises(SpokenMeanwhile) as caught:
        answer_at_desk(deps, li, reference, mine, now=deps.now())

    assert [message.body for message in caught.value.messages] == ["It is solved."]
    assert len(rows(deps.db, "letter")) == before
    assert send(deps, li, reference, nonce="a-1") == ()
    assert messages(deps)[-1][2] == "Which voltage?"


def test_ones_own_answer_in_another_tab_is_no_conflict(deps: Deps) -> None:
    li = account(deps)
    reference, _key = opened(submit(deps))
    mine = answer(deps, li, reference, nonce="tab-2", body="And which frequency?")
    send(deps, li, reference, nonce="tab-1")

    answer_at_desk(deps, li, reference, mine, now=deps.now())

    assert len(messages(deps)) == 3


def test_an_answer_can_close_and_take_the_inquiry_and_that_is_taken_back(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps)
    reference, _key = opened(submit(deps))

    event_ids = send(deps, li, reference, closes=True, takes=True)

    assert (inquiry(deps)["state"], inquiry(deps)["assignee"]) == ("closed", LI)
    undo_events(deps, li, reference, event_ids, now=deps.now())
    assert (inquiry(deps)["state"], inquiry(deps)["assignee"]) == ("answered", None)
    assert len(messages(deps)) == 2


def test_an_answer_takes_nothing_from_a_colleague_who_took_it_meanwhile(deps: Deps) -> None:
    deps = with_staff(deps)
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, _key = opened(submit(deps))
    mine = answer(deps, li, reference, takes=True)
    change_inquiry(deps, wang, reference, Change(assignee=WANG), version=None, now=deps.now())

    with pytest.raises(StaleChange):
        answer_at_desk(deps, li, reference, mine, now=deps.now())

    assert (inquiry(deps)["assignee"], len(messages(deps))) == (WANG, 1)


def test_what_was_sent_is_no_draft_any_more(deps: Deps) -> None:
    li = account(deps)
    reference, _key = opened(submit(deps))
    for kind in ("answer", "note"):
        keep_what_was_typed(deps, li, reference, kind=kind, body="begun", version=1, now=deps.now())

    send(deps, li, reference)

    assert [draft["kind"] for draft in rows(deps.db, "draft")] == ["note"]
    note_at_desk(deps, li, reference, body="begun", nonce="n", now=deps.now())
    assert rows(deps.db, "draft") == []


def test_a_note_twice_is_one_and_is_noticed_by_who_has_the_inquiry_open(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps)
    reference, _key = opened(submit(deps))
    version = inquiry(deps)["version"]

    for _click in range(2):
        note_at_desk(deps, li, reference, body="They pay late.", nonce="n", now=deps.now())

    assert [note["body"] for note in rows(deps.db, "note")] == ["They pay late."]
    assert inquiry(deps)["version"] == version + 1
    assert ("note_for_team", WANG) in letters(deps)
    assert ("note_for_team", CUSTOMER) not in letters(deps)


def test_a_file_that_is_gone_is_asked_for_again_and_nothing_is_sent(deps: Deps) -> None:
    li = account(deps)
    reference, _key = opened(submit(deps))
    gone = StagedFile(sha256="0" * 64, name="gone.pdf", kind=FileKind.PDF, bytes_count=1)

    with pytest.raises(FilesGone):
        send(deps, li, reference, files=(gone,))

    assert len(messages(deps)) == 1


def test_a_preview_is_the_letter_that_is_sent_and_sends_nothing(deps: Deps, clock: Clock) -> None:
    deps = with_staff(deps)
    li, wang = account(deps), account(deps, WANG, name="Wang Fang")
    reference, _key = opened(submit(deps))
    files = (staged(deps, b"a sheet", "SZS10.pdf"),)
    before = len(rows(deps.db, "letter"))

    preview = preview_answer(deps, li, reference, body="Which <b>voltage</b>?", files=files, version=1, now=deps.now())
    shown = previewed_letter(deps, li, reference, preview.digest)

    assert len(rows(deps.db, "letter")) == before
    assert "Which &lt;b&gt;voltage&lt;/b&gt;?" in shown
    assert "SZS10.pdf" in shown
    with pytest.raises(NotFound):
        previewed_letter(deps, wang, reference, preview.digest)
    with pytest.raises(NotFound):
        previewed_letter(deps, li, reference, "0" * 64)
    clock.move(minutes=1)
    send(deps, li, reference, body="Which <b>voltage</b>?", files=files)
    sent = letter_to(deps, CUSTOMER, LetterKind.ANSWER)
    assert (preview.subject, preview.recipients) == (sent["subject"], (CUSTOMER,))
    assert sent["html"].replace("%reply-key%", "…") == shown


def test_a_canned_reply_is_filled_in_the_language_of_the_customer(deps: Deps) -> None:
    deps = with_staff(deps)
    li = account(deps)
    submitted = submit(deps, language="zh_Hans", name="{me} 王")
    texts = {"en": "Dear {name}", "zh_Hans": "{name}，{reference}，{product}，{me}，{status_link}，{other}"}
    reply_id = write_reply(deps, li, None, title="Hello", texts=texts, now=deps.now())

    filled = fill_reply(deps, li, submitted.reference, reply_id)

    link = f"{deps.settings.web.base_url}{submitted.status_path}"
    assert filled == f"{{me}} 王，{submitted.reference}，蒸汽锅炉，李伟，{link}，{{other}}"
    delete_reply(deps, reply_id)
    with pytest.raises(NotFound):
        fill_reply(deps, li, submitted.reference, reply_id)


def test_an_inquiry_that_goes_on_in_another_takes_no_answer(deps: Deps) -> None:
    li = account(deps)
    reference, _key = opened(submit(deps))
    other, _key = opened(submit(deps, nonce="other"))
    mine = answer(deps, li, reference)
    merge_inquiries(deps, li, reference, into=other, now=deps.now())

    with pytest.raises(Conflict):
        answer_at_desk(deps, li, reference, mine, now=deps.now())

    assert letters(deps).count(("answer", CUSTOMER)) == 0
