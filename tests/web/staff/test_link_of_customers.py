"""Whoever may only read never gets a customer's status link, whoever wrote it down and wherever it stands (D62)."""

from __future__ import annotations

import io
from email.message import EmailMessage
from typing import Any

import pytest

from liju_contact.app import make_app
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.person import Role
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalReason
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.answer_at_desk import DeskAnswer, answer_at_desk, note_at_desk
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search, rebuild_search
from liju_contact.usecases.note_refusal import note_refusal
from liju_contact.usecases.stage_file import stage_file
from liju_contact.usecases.watch_inquiry import watch_inquiry
from tests.conftest import ONE_DATABASE
from tests.staff_desk import AtTheDesk, account, at_the_desk
from tests.usecases.carried import Carried, carry_all
from tests.usecases.mails import CUSTOMER, LI, PUBLIC, WANG, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.stories import key_of, opened, rows, submit

pytestmark = ONE_DATABASE
READER, AGENT = "reader@liju.example", "agent@liju.example"
ALL_MESSAGES = 2**40


class Office:
    """An inquiry with a customer who has the link, an agent who writes about it, and a reader in a browser."""

    def __init__(self, deps: Deps) -> None:
        self.deps = with_staff(deps)
        self.app = make_app(self.deps)
        self.submitted = submit(self.deps)
        carry_all(self.deps)
        self.agent = account(self.deps, AGENT, name="Zhao Min")
        self.reader = self.at_the_desk(address=READER, role=Role.READER)

    @property
    def key(self) -> str:
        return key_of(self.submitted)

    @property
    def link(self) -> str:
        return self.deps.status_url(self.submitted.reference, 1)

    @property
    def path(self) -> str:
        return f"/staff/inquiry/{self.submitted.reference}"

    def at_the_desk(self, **who: Any) -> AtTheDesk:
        return at_the_desk(self.deps, self.app.test_client(), **who)

    def answer(self, body: str) -> None:
        new = DeskAnswer(body=body, files=(), nonce=body, seen_message_id=ALL_MESSAGES, version=ALL_MESSAGES)
        answer_at_desk(self.deps, self.agent, self.submitted.reference, new, now=self.deps.now())

    def note(self, body: str) -> None:
        reference = self.submitted.reference
        note_at_desk(self.deps, self.agent, reference, body=body, nonce=body, now=self.deps.now())

    def customer_writes(self, body: str, *files: StagedFile) -> None:
        add_customer_message(
            self.deps, *opened(self.submitted), body=body, files=files, nonce=body, now=self.deps.now()
        )

    def watched(self) -> None:
        watch_inquiry(self.deps, self.reader.person, self.submitted.reference, is_watching=True)

    def index(self) -> None:
        while index_search(self.deps):
            pass

    def hits(self, *typed: str) -> list[bool]:
        pages = [self.reader.get("/staff", query_string={"q": words, "view": "all"}).text for words in typed]
        return [self.path in page for page in pages]


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps)


def forwarded(office: Office) -> EmailMessage:
    """Return a customer's mail that has a letter of ours as a file, as mail programs send it along, and a drawing."""
    letter = letter_to(office.deps, CUSTOMER)
    inner = EmailMessage()
    inner["Subject"], inner["From"], inner["To"] = "Boiler", CUSTOMER, CUSTOMER
    inner.set_content(letter["text"])
    written = reply_to(letter, CUSTOMER, "See what you wrote.")
    written.add_attachment(inner)
    written.add_attachment(letter["text"].encode(), maintype="text", subtype="plain", filename="letter.txt")
    written.add_attachment(letter["html"].encode(), maintype="text", subtype="html", filename="letter.html")
    written.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename="plan.pdf")
    return written


def text_file(deps: Deps, text: str) -> StagedFile:
    return stage_file(deps, io.BytesIO(text.encode()), name="letter.txt", kind=FileKind.TXT, now=deps.now())


def test_what_staff_wrote_is_masked_for_a_reader_and_whole_for_who_may_answer(office: Office) -> None:
    office.note(f"They lost it: {office.link}")
    office.answer(f"Follow it here: {office.link}")
    seen = {
        path: (office.key in office.reader.get(path).text, "Follow it here" in office.reader.get(path).text)
        for path in (office.path, "/staff?view=all")
    }
    agent = at_the_desk(office.deps, office.app.test_client(), office.agent)

    assert seen == {office.path: (False, True), "/staff?view=all": (False, True)}
    assert f"Follow it here: {office.link}" in agent.get(office.path).text
    assert f"They lost it: {office.link}" in agent.get(office.path).text


def test_no_excerpt_of_a_hit_holds_the_key_whoever_wrote_it(office: Office) -> None:
    office.customer_writes(f"The quagmire page {office.link} fails")
    office.answer(f"The jackdaw page {office.link} works")
    office.note(f"The wombat page {office.link} is slow")
    office.index()

    pages = [office.reader.get(f"/staff?view=all&q={word}").text for word in ("quagmire", "jackdaw", "wombat")]

    assert [("<mark>" in page, office.key in page, "…" in page) for page in pages] == [(True, False, True)] * 3


def test_search_tells_nothing_of_the_key(office: Office) -> None:
    office.answer(f"Follow it here: {office.link}")
    office.customer_writes(f"I am at {office.link}?lang=en")
    office.index()

    assert office.hits(office.key, f"{office.key[:6]}*", f'"{office.key[:12]}"', "follow*") == [False] * 3 + [True]


def test_an_index_from_before_is_rid_of_keys_by_writing_it_anew(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.answer(f"Follow it here: {office.link}")
    with monkeypatch.context() as before:
        before.setattr("liju_contact.store.search_texts.without_status_keys", lambda text: text)
        office.index()
    assert office.hits(f"{office.key[:6]}*") == [True]

    rebuild_search(office.deps)
    office.index()

    assert office.hits(f"{office.key[:6]}*", "follow") == [False, True]
    assert office.key not in rows(office.deps.db, "search_document")[0]["body"]


def letters_with_key(office: Office, carried: list[Carried]) -> list[str]:
    staff = [each for each in carried if each.recipient != CUSTOMER]
    return [each.recipient for each in staff if office.key in each.raw.decode().replace("=\r\n", "")]


def test_no_letter_to_staff_holds_the_key(office: Office) -> None:
    office.watched()
    office.customer_writes(f"The page {office.link} fails")
    office.note(f"They mean {office.link}")
    office.answer(f"See {office.link} please")

    carried = carry_all(office.deps)

    assert sum(each.recipient == READER for each in carried) == 3
    assert letters_with_key(office, carried) == []
    assert any(office.key in each.text for each in carried if each.recipient == CUSTOMER)


def test_a_letter_to_a_reader_names_a_file_that_may_hold_the_link_and_carries_none(office: Office) -> None:
    office.watched()
    office.customer_writes("As you wrote", text_file(office.deps, f"Your page: {office.link}"))

    carried = carry_all(office.deps)

    files = {each.recipient: [name for name, _content in each.files] for each in carried}
    assert files == {LI: ["letter.txt"], WANG: ["letter.txt"], READER: []}
    assert ["letter.txt" in each.plain for each in carried] == [True] * 3


def test_a_letter_to_a_reader_carries_a_drawing(office: Office) -> None:
    office.watched()
    plan = stage_file(
        office.deps, io.BytesIO(b"%PDF-1.7 plan"), name="plan.pdf", kind=FileKind.PDF, now=office.deps.now()
    )
    office.customer_writes("The plan", plan)

    files = {each.recipient: [name for name, _content in each.files] for each in carry_all(office.deps)}

    assert files == {LI: ["plan.pdf"], WANG: ["plan.pdf"], READER: ["plan.pdf"]}


def test_what_a_form_that_was_refused_says_is_masked_for_a_reader(office: Office) -> None:
    typed = {"name": "Ana", "email": "a@b.example", "company": office.link, "message": f"My page {office.link} fails"}
    id_ = note_refusal(
        office.deps,
        door=PublicDoor.INQUIRY,
        reason=RefusalReason.STALE_TOKEN,
        typed=typed,
        files=[text_file(office.deps, office.link)],
        network="n",
        language="en",
        now=office.deps.now(),
    )
    agent = at_the_desk(office.deps, office.app.test_client(), office.agent)
    paths = ("/staff/refused", f"/staff/refused/{id_}")

    pages = [office.reader.get(path).text for path in paths]

    assert [("My page" in page, office.key in page, "/file/0/" in page) for page in pages] == [(True, False, False)] * 2
    assert office.reader.get(f"/staff/refused/{id_}/file/0/letter.txt").status_code == 403
    assert [office.key in agent.get(path).text for path in paths] == [True, True]
    assert office.key in agent.get(f"/staff/refused/{id_}/file/0/letter.txt").text


def test_a_mail_that_goes_along_as_a_file_is_for_who_may_answer(office: Office) -> None:
    mail_id = judged(office.deps, forwarded(office))["id"]
    agent = at_the_desk(office.deps, office.app.test_client(), office.agent)
    of_mail = [f"/staff/mail/{mail_id}/file/{position}/x" for position in range(4)]
    of_inquiry = [f"{office.path}/file/{row['id']}/x" for row in rows(office.deps.db, "file")]

    for paths in (of_mail, of_inquiry):
        assert [office.reader.get(path).status_code for path in paths] == [403, 403, 403, 200]
        assert [office.reader.post(path).status_code for path in paths] == [403, 403, 403, 200]
        assert [agent.get(path).status_code for path in paths] == [200] * 4
    for page in (f"/staff/mail/{mail_id}", office.path):
        shown, whole = office.reader.get(page).text, agent.get(page).text
        assert [name in shown for name in ("letter.txt", "letter.html", "plan.pdf")] == [True] * 3
        assert (shown.count("/file/"), whole.count("/file/")) == (1, 4)


def test_the_subject_of_a_mail_is_masked_as_its_text_is(office: Office) -> None:
    letter = letter_to(office.deps, CUSTOMER)
    unasked = mail("Eva <eva@x.example>", PUBLIC, "Hello?", subject=f"Fails: {office.link}", X_Spam_Flag="YES")
    strange = reply_to(letter | {"subject": f"Fails: {office.link}"}, "Rui <rui@usina.example>", "I take over.")
    held = [judged(office.deps, written) for written in (unasked, strange)]
    paths = ["/staff/held", office.path, *(f"/staff/mail/{entry['id']}" for entry in held)]

    pages = [office.reader.get(path).text for path in paths]

    assert [entry["state"] for entry in held] == ["held", "held"]
    assert [("Fails: " in page, office.key in page) for page in pages] == [(True, False)] * 4
