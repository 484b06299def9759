"""The page of an inquiry: nothing typed is ever lost, nobody overwrites anybody, and nothing leaks."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from liju_contact.app import make_app
from liju_contact.domain.change import Change
from liju_contact.domain.person import Role
from liju_contact.domain.priority import Priority
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.submit_inquiry import Submitted
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import AtTheDesk, account, at_the_desk
from tests.usecases.mails import CUSTOMER, WANG, judged, letter_to, letters, messages, reply_to, with_staff
from tests.usecases.stories import NEW, REFUSED, ScriptedCarrier, opened, rows, submit

HOSTILE = '</textarea><script>alert("1")</script>'
TYPED = "Dear Ms Souza,\n\nwhich voltage do you have?\n\nLi Wei"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Desk:
    """An inquiry, and people who have its page open, each in a browser of their own."""

    def __init__(self, deps: Deps, **inquiry: Any) -> None:
        self.deps = with_staff(deps)
        self.app = make_app(self.deps)
        self.submitted: Submitted = submit(self.deps, **inquiry)
        self.path = f"/staff/inquiry/{self.submitted.reference}"

    @property
    def reference(self) -> str:
        return self.submitted.reference

    def li(self, **who: Any) -> AtTheDesk:
        return at_the_desk(self.deps, self.app.test_client(), **who)

    def wang(self, **who: Any) -> AtTheDesk:
        return at_the_desk(self.deps, self.app.test_client(), account(self.deps, WANG, name="Wang Fang", **who))

    def customer_writes(self, body: str = "380 V") -> None:
        add_customer_message(self.deps, *opened(self.submitted), body=body, files=(), nonce=body, now=self.deps.now())

    def post(self, who: AtTheDesk, to: str, page: TestResponse, **fields: Any) -> TestResponse:
        """Send a form of ``page``."""
        hidden = {name: field(page.text, name) for name in ("token", "version", "seen")}
        return who.post(f"{self.path}{to}", {**hidden, **fields})


@pytest.fixture
def desk(deps: Deps) -> Desk:
    return Desk(deps)


def field(page: str, name: str) -> str:
    """Return what the first field of that name holds."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def text_in(page: str, id_: str) -> str:
    found = re.search(rf'<textarea id="{id_}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, f"no text field {id_}"
    return unescape(found[1])


def followed(who: AtTheDesk, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return who.get(answer.location.partition("#")[0]).text


def test_an_answer_is_sent_once_however_often_the_button_is_pressed(desk: Desk) -> None:
    li = desk.li()
    page = li.get(desk.path)

    first = desk.post(li, "/answer", page, body=TYPED, step="send")
    second = desk.post(li, "/answer", page, body=TYPED, step="send")

    assert (first.status_code, second.status_code) == (303, 303)
    assert messages(desk.deps)[1:] == [("staff", "Li Wei", TYPED)]
    assert "Your answer is on its way." in followed(li, first)
    assert letters(desk.deps).count(("answer", CUSTOMER)) == 1


def test_an_answer_beside_a_colleagues_comes_back_with_theirs_and_is_ready_again(desk: Desk) -> None:
    li, wang = desk.li(), desk.wang()
    mine, theirs = li.get(desk.path), wang.get(desk.path)
    desk.post(wang, "/answer", theirs, body="It is 380 V <b>here</b>.", step="send")
    file = (io.BytesIO(PDF), "sheet.pdf")

    met = desk.post(li, "/answer", mine, body=TYPED, step="send", closes="1", files=file)

    assert met.status_code == 409
    assert "somebody wrote meanwhile" in met.text
    assert met.text.index("It is 380 V &lt;b&gt;here&lt;/b&gt;.", met.text.index("somebody wrote meanwhile"))
    assert text_in(met.text, "body") == TYPED
    assert re.search(r'name="closes" value="1" checked', met.text)
    assert len(messages(desk.deps)) == 2
    kept = field(met.text, "kept_file")
    again = desk.post(li, "/answer", met, body=TYPED, step="send", kept_file=kept)
    assert again.status_code == 303
    assert [body for _a, _n, body in messages(desk.deps)][2] == TYPED
    assert [row["name"] for row in rows(desk.deps.db, "file")] == ["sheet.pdf"]


@ONE_DATABASE
@pytest.mark.parametrize("step", ["preview", "edit", "insert", "send"])
def test_a_form_that_comes_back_still_knows_what_its_author_had_seen(desk: Desk, step: str) -> None:
    """Only a page that shows what is new counts as having shown it."""
    li = desk.li()
    page = li.get(desk.path)
    desk.customer_writes()

    answer = desk.post(li, "/answer", page, body="" if step == "send" else TYPED, step=step)
    sent = desk.post(li, "/answer", answer, body=TYPED, step="send")

    assert answer.status_code == (422 if step == "send" else 200)
    assert sent.status_code == 409
    assert len(messages(desk.deps)) == 2


@ONE_DATABASE
def test_a_preview_shows_subject_recipients_and_the_letter_in_a_sandbox(desk: Desk) -> None:
    li = desk.li()
    page = li.get(desk.path)

    preview = desk.post(li, "/answer", page, body=TYPED, step="preview", closes="1", files=(io.BytesIO(PDF), "a.pdf"))

    assert preview.status_code == 200
    assert f"<bdi>Re: [{desk.reference}]" in preview.text
    assert f"<bdi>{CUSTOMER}</bdi>" in preview.text
    assert "frame-src 'self'" in preview.headers["Content-Security-Policy"]
    frame = re.search(r'<iframe src="([^"]+)"[^>]* sandbox="([^"]*)"', preview.text)
    assert frame
    assert "allow-scripts" not in frame[2]
    letter = li.get(frame[1])
    assert "which voltage do you have?" in letter.text
    assert "a.pdf" in letter.text
    assert letter.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in letter.headers["Content-Security-Policy"]
    assert messages(desk.deps)[1:] == []
    sent = desk.post(
        li,
        "/answer",
        preview,
        body=field(preview.text, "body"),
        step="send",
        kept_file=field(preview.text, "kept_file"),
    )
    assert sent.status_code == 303
    assert messages(desk.deps)[1][2] == TYPED
    assert li.get(frame[1]).status_code == 404


def test_changes_on_an_old_sight_meet_and_can_be_done_all_the_same(desk: Desk) -> None:
    li, wang = desk.li(), desk.wang()
    mine, theirs = li.get(desk.path), wang.get(desk.path)
    desk.post(wang, "/change", theirs, priority="high", priority_was="normal")

    other = desk.post(li, "/change", mine, tags="dairy， Brazil", tags_was="")
    met = desk.post(li, "/change", mine, priority="urgent", priority_was="normal")

    assert other.status_code == 303
    assert met.status_code == 409
    assert "<bdi>Wang Fang</bdi> set the priority to: high." in met.text
    assert field(met.text, "priority") == "urgent"
    assert rows(desk.deps.db, "inquiry")[0]["priority"] == "high"
    again = li.post(
        f"{desk.path}/change", {"priority": "urgent", "priority_was": "normal", "version": field(met.text, "version")}
    )
    assert again.status_code == 303
    assert rows(desk.deps.db, "inquiry")[0]["priority"] == "urgent"
    assert sorted(tag["name"] for tag in rows(desk.deps.db, "tag")) == ["Brazil", "dairy"]


@ONE_DATABASE
def test_a_refused_change_comes_back_with_all_that_was_chosen(desk: Desk) -> None:
    li = desk.li()
    account(desk.deps, WANG, name="Wang Fang")
    page = li.get(desk.path)
    chosen = {"state": "closed", "assignee": WANG, "priority": "urgent", "due": "2026-12-01"}

    refused = desk.post(li, "/change", page, **chosen, tags="x" * 50)

    assert refused.status_code == 422
    form = refused.text.partition('<form class="set"')[2].partition("</form>")[0]
    assert re.findall(r'<option value="([^"]*)" selected>', form) == ["closed", WANG, "urgent"]
    assert (field(form, "state_was"), field(form, "due")) == ("received", "2026-12-01")


@ONE_DATABASE
def test_a_tag_with_a_comma_goes_away_on_the_page(desk: Desk) -> None:
    li = desk.li()
    wished = Change(add_tags=("a,b", "fair"))
    change_inquiry(desk.deps, li.person, desk.reference, wished, version=None, now=desk.deps.now())
    page = li.get(desk.path)

    told = followed(li, desk.post(li, "/change", page, tags="fair, b", tags_was=field(page.text, "tags_was")))

    assert field(told, "tags") == "b, fair"
    same = desk.post(li, "/change", page, tags="b, fair", tags_was="b\r\nfair")
    assert "said=nothing" in same.location


def test_what_was_just_done_is_told_and_taken_back(desk: Desk) -> None:
    li = desk.li()
    page = li.get(desk.path)

    done = followed(li, desk.post(li, "/act", page, act="close"))

    assert rows(desk.deps.db, "inquiry")[0]["state"] == "closed"
    assert "<bdi>Li Wei</bdi> closed the inquiry." in done
    undone = followed(li, li.post(f"{desk.path}/undo", {"events": field(done, "events")}))
    assert rows(desk.deps.db, "inquiry")[0]["state"] == "received"
    assert "It was taken back." in undone
    assert re.search(r"<del>\s*<bdi>Li Wei</bdi> closed the inquiry", undone)


def test_a_draft_comes_back_on_any_device_and_goes_when_it_is_sent(desk: Desk) -> None:
    li, wang = desk.li(), desk.wang()
    page = li.get(desk.path)
    body = {"kind": "answer", "body": HOSTILE, "version": "1"}

    kept = li.client.post(f"{desk.path}/draft", data=body, headers={"X-CSRF": li.csrf})
    elsewhere = at_the_desk(desk.deps, desk.app.test_client(), li.person)

    assert kept.status_code == 200
    assert text_in(elsewhere.get(desk.path).text, "body") == HOSTILE
    assert "Your draft of" in elsewhere.get(desk.path).text
    assert text_in(wang.get(desk.path).text, "body") == ""
    desk.post(li, "/answer", page, body=HOSTILE, step="send")
    assert text_in(elsewhere.get(desk.path).text, "body") == ""


def test_a_draft_overwrites_none_that_its_author_has_not_seen(desk: Desk) -> None:
    li = desk.li()

    def keep(body: str, known: str) -> TestResponse:
        return li.post(f"{desk.path}/draft", {"kind": "answer", "body": body, "version": "1", "known": known})

    first = keep("Dear", "@1").json
    assert first is not None
    blind = keep("Hello", "@1")
    again = keep("Dear", "@1")
    empty = keep("", "@1")
    seen = keep("Dear Ana", first["stamp"])

    assert (blind.status_code, blind.json) == (409, {"stamp": first["stamp"], "other": "Dear"})
    assert (again.status_code, empty.status_code, seen.status_code) == (200, 409, 200)
    page = li.get(desk.path).text
    assert text_in(page, "body") == "Dear Ana"
    assert f'data-stamp="{seen.json["stamp"]}"' in page  # type: ignore[index]  # an answer with a stamp


@pytest.mark.parametrize("was_kept", [False, True])
def test_a_draft_that_is_overtaken_by_its_message_does_not_come_back(desk: Desk, *, was_kept: bool) -> None:
    li = desk.li()
    page = li.get(desk.path)

    def keep(body: str, known: str) -> TestResponse:
        return li.post(f"{desk.path}/draft", {"kind": "answer", "body": body, "version": "1", "known": known})

    assert 'data-stamp="@1"' in page.text
    known = keep("Dear", "@1").json["stamp"] if was_kept else "@1"  # type: ignore[index]  # an answer with a stamp
    desk.post(li, "/answer", page, body="Dear Ana", step="send")
    late = keep("Dear A", known)
    assert rows(desk.deps.db, "draft") == []
    again = keep("One thing more", late.json["stamp"])  # type: ignore[index]  # as above

    assert (late.status_code, late.json["other"], again.status_code) == (409, "", 200)  # type: ignore[index]  # as above
    assert [row["body"] for row in rows(desk.deps.db, "draft")] == ["One thing more"]


def test_two_people_see_each_other_and_that_something_happened(desk: Desk, clock: Clock) -> None:
    li, wang = desk.li(), desk.wang()

    wang.post(f"{desk.path}/presence", {"typed": "1"})
    around = li.post(f"{desk.path}/presence", {"typed": "0"})

    assert around.json == {"nearby": ["Wang Fang is writing here."], "version": 1, "newest": 1}
    assert "<bdi>Wang Fang</bdi> is writing here." in li.get(desk.path).text
    assert "<bdi>Li Wei</bdi> is here too." in wang.get(desk.path).text
    desk.customer_writes()
    clock.move(seconds=31)
    later = li.post(f"{desk.path}/presence", {"typed": "0"}).json
    assert later is not None
    assert (later["nearby"], later["newest"]) == ([], 2)
    assert later["version"] > 1
    assert "is writing here" not in li.get(desk.path).text


@ONE_DATABASE
def test_reading_changes_nothing(desk: Desk) -> None:
    li = desk.li()
    before = {table: rows(desk.deps.db, table) for table in ("inquiry", "event", "presence", "draft", "letter")}

    for path in ("", "/answer", "/note", "/act", "/change", "/merge", "/address", "/mail/1", "/letter/1"):
        assert li.get(f"{desk.path}{path}").status_code in {200, 303}

    assert {table: rows(desk.deps.db, table) for table in before} == before


@ONE_DATABASE
def test_a_form_left_open_for_long_comes_back_with_everything(desk: Desk, clock: Clock) -> None:
    li = desk.li()
    page = li.get(desk.path)
    clock.move(days=2)
    li.get(desk.path)
    clock.move(days=2)
    li.get(desk.path)
    clock.move(days=4)
    li = at_the_desk(desk.deps, desk.app.test_client(), li.person)

    answer = desk.post(li, "/answer", page, body=TYPED, step="send", takes="1", files=(io.BytesIO(PDF), "a.pdf"))

    assert answer.status_code == 422
    assert "please send once more" in answer.text
    assert text_in(answer.text, "body") == TYPED
    assert field(answer.text, "kept_file")
    note = desk.post(li, "/note", page, body="A note")
    assert (note.status_code, text_in(note.text, "note-body")) == (422, "A note")


@ONE_DATABASE
def test_a_session_that_ended_in_the_middle_of_an_answer_loses_nothing(desk: Desk) -> None:
    li = desk.li()
    page = li.get(desk.path)
    li.client.delete_cookie("liju-staff")

    met = desk.post(li, "/answer", page, body=TYPED, step="send")
    draft = li.client.post(f"{desk.path}/draft", data={"kind": "answer"}, headers={"X-CSRF": li.csrf})

    assert (met.status_code, draft.status_code) == (401, 401)
    assert len(messages(desk.deps)) == 1
    again = at_the_desk(desk.deps, li.client, li.person)
    resumed = again.post(f"{desk.path}/answer", {"body": TYPED, "step": "send", "version": "1", "seen": "1"})
    assert (resumed.status_code, text_in(resumed.text, "body")) == (422, TYPED)


@ONE_DATABASE
def test_canned_replies_are_kept_in_each_language_and_put_into_the_answer(desk: Desk) -> None:
    li = desk.li()

    wrong = li.post("/staff/replies/new", {"title": "Hello", "text-en": "Dear {nobody}"})
    kept = li.post(
        "/staff/replies/new", {"title": HOSTILE, "text-en": "Dear {name}, {reference}", "text-zh_Hans": "好"}
    )

    assert wrong.status_code == 422
    assert text_in(wrong.text, "text-en") == "Dear {nobody}"
    assert "There is no placeholder {nobody}." in unescape(wrong.text)
    assert HOSTILE in unescape(followed(li, kept))
    page = li.get(desk.path)
    filled = desk.post(li, "/answer", page, body="Hello!", step="insert", reply="1")
    assert text_in(filled.text, "body") == f"Hello!\n\nDear {NEW.name}, {desk.reference}"
    plain = li.get(f"{desk.path}/reply/1")
    assert (plain.text, plain.mimetype) == (f"Dear {NEW.name}, {desk.reference}", "text/plain")
    li.post("/staff/replies/1", {"title": "Other", "text-en": "Changed"})
    assert [row["texts"] for row in rows(desk.deps.db, "canned_reply")] == [{"en": "Changed"}]
    li.post("/staff/replies/1/delete")
    assert rows(desk.deps.db, "canned_reply") == []


@ONE_DATABASE
def test_a_reader_reads_and_can_do_nothing_else(desk: Desk) -> None:
    reader = desk.li(role=Role.READER)

    page = reader.get(desk.path)

    assert page.status_code == 200
    for id_ in ("body", "note-body", "state", "into", "email"):
        assert f'id="{id_}"' not in page.text
    for path in ("answer", "note", "draft", "act", "change", "undo", "merge", "unmerge", "move-back", "address"):
        assert reader.post(f"{desk.path}/{path}").status_code == 403, path
    for path in ("message/1/move", "mail/1", "letter/1"):
        assert reader.post(f"{desk.path}/{path}").status_code == 403, path
    assert reader.post("/staff/replies/new").status_code == 403


@ONE_DATABASE
def test_another_product_line_is_nowhere(desk: Desk) -> None:
    other = desk.wang(product_lines=["vacuum-hot-water"])

    for path in ("", "/preview/x", "/reply/1"):
        assert other.get(f"{desk.path}{path}").status_code == 404
    for path in ("answer", "note", "draft", "presence", "act", "watch", "merge", "unmerge", "address"):
        fields = {"body": "x", "kind": "note", "act": "close", "into": "x", "email": "a@b.example", "step": "insert"}
        answer = other.post(f"{desk.path}/{path}", fields)
        assert answer.status_code in {404, 422}, path
        assert NEW.name not in answer.text
    assert other.post(f"{desk.path}/letter/1").status_code in {404, 409}


@ONE_DATABASE
def test_everything_anybody_typed_is_text(deps: Deps) -> None:
    desk = Desk(deps, name=HOSTILE, message=HOSTILE, company=HOSTILE, phone=HOSTILE)
    li = desk.li(name=HOSTILE)
    desk.post(li, "/note", li.get(desk.path), body=HOSTILE)
    change_inquiry(desk.deps, li.person, desk.reference, Change(add_tags=("<script>x",)), version=None, now=deps.now())
    judged(desk.deps, reply_to(letter_to(desk.deps, CUSTOMER), "boss@usina.example", HOSTILE))

    page = li.get(desk.path).text

    assert "alert(&#34;1&#34;)" in page
    assert "<script>alert" not in page
    assert "<script>x" not in page
    assert page.count("<script") == 2  # desk.js and desk_inquiry.js


def test_letters_and_held_mail_and_the_address_are_tended_on_the_page(desk: Desk) -> None:
    li = desk.li()
    deliver_letters(desk.deps, ScriptedCarrier(script={CUSTOMER: [REFUSED]}), holder="w")
    judged(desk.deps, reply_to(letter_to(desk.deps, CUSTOMER), "boss@usina.example", "I decide."))
    page = li.get(desk.path).text
    delivery = letter_to(desk.deps, CUSTOMER)

    assert "550 no such user" in page
    assert "It answers a letter to the customer, but comes from another address." in page
    assert "The letter goes again at once." in followed(
        li, li.post(f"{desk.path}/letter/{delivery['id']}", {"act": "resend"})
    )
    assert "The letter was dropped." in followed(li, li.post(f"{desk.path}/letter/{delivery['id']}", {"act": "drop"}))
    assert letter_to(desk.deps, CUSTOMER)["state"] == "dropped"
    wrong = li.post(f"{desk.path}/address", {"email": "nobody"})
    assert (wrong.status_code, field(wrong.text, "email")) == (422, "nobody")
    followed(li, li.post(f"{desk.path}/address", {"email": "ana@usina.example"}))
    assert letter_to(desk.deps, "ana@usina.example")["kind"] == "inquiry_received"
    followed(li, li.post(f"{desk.path}/mail/1", {"act": "discard"}))
    assert rows(desk.deps.db, "inbound")[0]["state"] == "discarded"
    followed(li, li.post(f"{desk.path}/mail/1", {"act": "undo"}))
    followed(li, li.post(f"{desk.path}/mail/1", {"act": "join"}))
    assert rows(desk.deps.db, "inbound")[0]["decision"] == "join"
    assert li.post(f"{desk.path}/mail/1", {"act": "accept"}).status_code == 409


def test_inquiries_merge_and_messages_move_and_both_come_back(desk: Desk) -> None:
    li = desk.li()
    other = submit(desk.deps, nonce="other", message="The same once more")
    desk.customer_writes()

    wrong = li.post(f"{desk.path}/merge", {"into": "nothing"})
    assert (wrong.status_code, field(wrong.text, "into")) == (422, "nothing")
    moved = followed(li, li.post(f"{desk.path}/message/3/move", {"to": other.reference.lower(), "act": "move"}))
    assert "moved a message" in moved
    event = re.search(r'name="event" value="(\d+)"', moved)
    assert event
    assert "back where it was" in followed(li, li.post(f"{desk.path}/move-back", {"event": event[1]}))
    merged = li.post(f"{desk.path}/merge", {"into": other.reference})
    target = followed(li, merged)
    assert f"/staff/inquiry/{other.reference}?" in merged.location
    assert "merged into this one" in target
    assert f'action="{desk.path}/unmerge"' in target
    source = li.get(desk.path).text
    assert "goes on in" in source
    assert 'id="body"' not in source
    followed(li, li.post(f"{desk.path}/unmerge"))
    assert 'id="body"' in li.get(desk.path).text


def test_an_inquiry_of_another_customer_is_asked_about_before_it_is_merged(desk: Desk) -> None:
    li, eva = desk.li(), "eva@there.example"
    other = submit(desk.deps, nonce="other", email=eva, name=HOSTILE).reference

    asked = li.post(f"{desk.path}/merge", {"into": other.lower()})
    question = li.get(asked.location).text
    merged_before = [row["merged_into_id"] for row in rows(desk.deps.db, "inquiry")]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', question))
    merged = li.post(asked.location, {"into": hidden["into"], "others": "join"})

    assert asked.location == f"{desk.path}/merge?into={other}"
    assert "Merge inquiries of different customers?" in question
    assert (eva in question, HOSTILE in question, f'href="{desk.path}"' in question) == (True, False, True)
    assert merged_before == [None, None]
    assert merged.location == f"/staff/inquiry/{other}?said=merged&from={desk.reference}"
    assert [row["merged_into_id"] for row in rows(desk.deps.db, "inquiry")] == [2, None]
    assert [row["address"] for row in rows(desk.deps.db, "participant")] == ["Ana.Souza@usina.example"]


@pytest.mark.parametrize("into", ["", "nothing", "itself"])
def test_a_question_that_nobody_has_to_answer_leads_back(desk: Desk, into: str) -> None:
    answer = desk.li().get(f"{desk.path}/merge?into={desk.reference if into == 'itself' else into}")

    assert (answer.status_code, answer.location) == (303, desk.path)


def test_the_page_says_what_staff_set_and_a_due_day(desk: Desk) -> None:
    li = desk.li()
    page = li.get(desk.path)

    done = followed(
        li,
        desk.post(li, "/change", page, due="2026-12-01", due_was="", assignee=WANG, assignee_was="", state="answered"),
    )

    inquiry = rows(desk.deps.db, "inquiry")[0]
    assert (inquiry["assignee"], inquiry["state"]) == (WANG, "answered")
    assert "<bdi>Li Wei</bdi> set the due date to 1 Dec 2026." in done
    assert "<bdi>Li Wei</bdi> gave it to <bdi>Wang Fang</bdi>." in done
    assert field(done, "due") == "2026-12-01"
    long = desk.post(li, "/change", li.get(desk.path), tags="x" * 41, tags_was="")
    assert (long.status_code, field(long.text, "tags")) == (422, "x" * 41)
    watched = followed(li, li.post(f"{desk.path}/watch", {"watch": "yes"}))
    assert "You watch this inquiry from now on." in watched


def test_a_due_day_is_taken_back_on_the_companys_clock(desk: Desk) -> None:
    """The end of a working day in Shanghai is another hour in the database, and the same moment."""
    li = desk.li()
    assert desk.deps.settings.company.working_hours.zone.key == "Asia/Shanghai"
    done = followed(li, desk.post(li, "/change", li.get(desk.path), due="2026-12-04", due_was=""))
    stored = rows(desk.deps.db, "inquiry")[0]["due_at"]

    undone = followed(li, desk.post(li, "/undo", li.get(desk.path), events=field(done, "events")))

    assert stored == datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
    assert "It was taken back." in undone
    assert rows(desk.deps.db, "inquiry")[0]["due_at"] is None


def test_status_links_and_notes_stay_with_staff(desk: Desk) -> None:
    li = desk.li()
    desk.post(li, "/note", li.get(desk.path), body="They pay late.")
    customer: FlaskClient = desk.app.test_client()
    change_inquiry(
        desk.deps, li.person, desk.reference, Change(priority=Priority.URGENT), version=None, now=desk.deps.now()
    )

    page = customer.get(desk.submitted.status_path).text

    assert "They pay late." in li.get(desk.path).text
    assert f'{desk.submitted.status_path}"' in li.get(desk.path).text
    for secret in ("They pay late.", "urgent", li.person.address):
        assert secret not in page
