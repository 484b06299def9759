"""A customer's way through the running program: form, files, letters, status page, follow-up, lost link."""

from __future__ import annotations

import email
import email.policy
import hashlib
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from liju_contact.domain.keys import NONCE_BYTES, Keyring
from tests.journeys.pages import form_values
from tests.program import SECRET, KeptLetter, Program, running, wait_for
from tests.visitor import FORM, Upload, Visit, token_in, visit_in

DRAWING_BYTES = 20_000_000
PATIENCE_SECONDS = 30.0
TYPED = {
    "en": {
        "name": "Aoife O'Connor-Typed",
        "company": "Typed Dairy & Sons",
        "phone": "+353 1 555 0100 typed",
        "message": "Typed: can your boiler give 2 t/h?\nSee the drawing.",
        "email": "aoife@customer.example",
        "country": "IE",
    },
    "zh-Hans": {
        "name": "王小明手写",
        "company": "手写食品有限公司",
        "phone": "手写 0571-8888 0000",
        "message": "手写 贵司锅炉能否提供每小时两吨蒸汽\n请看图纸。",
        "email": "wang@customer.example",
        "country": "CN",
    },
}
TEAM_SUBJECTS = {"en": "Quotation · Steam boilers", "zh-Hans": "Quotation · Steam boilers"}
CUSTOMER_WORDS = {"en": "First answer by", "zh-Hans": "首次答复"}
ONCE = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Auto-Submitted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """An inquiry that was sent with a drawing, and the two letters about it."""

    program: Program
    language: str
    typed: dict[str, str]
    drawing: bytes
    visit: Visit
    team_letter: KeptLetter
    customer_letter: KeptLetter


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with running(tmp_path_factory.mktemp("journey") / "instance") as running_program:
        yield running_program


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def journey(program: Program, request: pytest.FixtureRequest) -> Journey:
    language: str = request.param
    drawing = b"AC1032" + random.Random(language).randbytes(DRAWING_BYTES - 6)
    details = {"capacity": "2", "capacity_unit": "t_h", "pressure": "10", "pressure_unit": "bar"}
    visit = program.visitor().visit(
        [Upload(f"boiler house {language}.dwg", drawing)], language=language, **TYPED[language], **details
    )
    team_letter, customer_letter = letters_about(program, visit, 2)
    return Journey(
        program=program,
        language=language,
        typed=TYPED[language],
        drawing=drawing,
        visit=visit,
        team_letter=team_letter,
        customer_letter=customer_letter,
    )


def letters_about(program: Program, visit: Visit, count: int) -> list[KeptLetter]:
    """Wait until ``count`` letters whose subject names the inquiry are in the post office."""

    def found() -> list[KeptLetter] | None:
        letters = [letter for letter in program.letters() if visit.reference in letter.headers["Subject"]]
        return letters if len(letters) >= count else None

    return wait_for(found, seconds=PATIENCE_SECONDS, what=f"{count} letters about {visit.reference}")


def read(letter: KeptLetter) -> EmailMessage:
    return email.message_from_bytes(letter.content, policy=email.policy.default)


def text_parts(letter: KeptLetter) -> dict[str, str]:
    parts = read(letter).walk()
    return {part.get_content_type(): part.get_content() for part in parts if part.get_content_maintype() == "text"}


def test_status_page_shows_what_was_sent(journey: Journey) -> None:
    page = journey.program.visitor().get(f"{journey.visit.path}?lang={journey.language}")
    for typed in (journey.typed["name"], journey.typed["company"], journey.typed["phone"]):
        assert typed.replace("'", "&#39;").replace("&amp;", "&").replace(" & ", " &amp; ") in page.text
    assert f"boiler house {journey.language}.dwg" in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "noindex" in page.headers["X-Robots-Tag"]
    wait_for(lambda: page_says_sent(journey), seconds=PATIENCE_SECONDS, what="the letters' fate on the page")


def page_says_sent(journey: Journey) -> bool:
    page = journey.program.visitor().get(f"{journey.visit.path}?lang=en").text
    return "Our team was told." in page and "was sent." in page


def test_download_returns_the_same_bytes(journey: Journey) -> None:
    visitor = journey.program.visitor()
    links = re.findall(r'href="([^"]+/file/[^"]+)"', visitor.get(journey.visit.path).text)
    assert len(links) == 1
    answer = visitor.get(links[0])
    assert hashlib.sha256(answer.body).digest() == hashlib.sha256(journey.drawing).digest()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''boiler%20house%20")


def test_team_letter_carries_everything_and_the_drawing(journey: Journey) -> None:
    letter = read(journey.team_letter)
    assert journey.team_letter.envelope.recipients == ("sales@liju.example",)
    assert TEAM_SUBJECTS[journey.language] in letter["Subject"]
    bare = journey.visit.path.split("/")[2].replace("-", "").lower()
    assert re.fullmatch(rf"inquiry\+{bare}\.a\w+\.[0-9a-f]{{26}}@liju\.example", str(letter["Reply-To"]))
    attached = [part.get_content() for part in letter.iter_attachments()]
    assert [hashlib.sha256(content).hexdigest() for content in attached] == [
        hashlib.sha256(journey.drawing).hexdigest()
    ]
    plain = text_parts(journey.team_letter)["text/plain"]
    lines = [*journey.typed["message"].splitlines(), *(journey.typed[field] for field in ("name", "company", "phone"))]
    assert [line for line in lines if line not in plain] == []
    assert "2 t/h" in plain
    assert "10 bar" in plain


def test_customer_letter_is_in_their_language_with_none_of_their_text(journey: Journey) -> None:
    letter = read(journey.customer_letter)
    assert journey.customer_letter.envelope.recipients == (journey.typed["email"],)
    parts = text_parts(journey.customer_letter)
    assert sorted(parts) == ["text/html", "text/plain"]
    for text in parts.values():
        assert CUSTOMER_WORDS[journey.language] in text
        assert f"http://127.0.0.1:{journey.program.port}{journey.visit.path}" in text
    shown = "\n".join([*map(str, letter.values()), *parts.values()])
    typed = [line for field in ("name", "company", "phone", "message") for line in journey.typed[field].splitlines()]
    assert [line for line in typed if line in shown] == []
    assert list(letter.iter_attachments()) == []


def test_letters_have_each_header_once(journey: Journey) -> None:
    for kept in (journey.team_letter, journey.customer_letter):
        letter = read(kept)
        counted = Counter(name.title() for name in letter)
        assert {name: counted[name.title()] for name in ONCE} == dict.fromkeys(ONCE, 1)
        assert [name for name, count in counted.items() if count > 1] == []
        assert letter["Auto-Submitted"] == "auto-generated"
        assert "inquiry@liju.example" in letter["From"]
        assert letter["Message-ID"].endswith("@liju.example>")
        assert abs(parsedate_to_datetime(letter["Date"]) - datetime.now(UTC)) < timedelta(minutes=5)
    bare = journey.visit.path.split("/")[2].replace("-", "").lower()
    assert str(read(journey.customer_letter)["Reply-To"]).startswith(f"inquiry+{bare}.a")


def test_customer_follows_up_closes_and_reopens(program: Program) -> None:
    visitor = program.visitor()
    visit = visitor.visit()
    note = Upload("note.txt", b"Altitude 1 800 m\n")
    sent = visitor.post(
        f"{visit.path}/message", {"token": visitor.open_form(visit.path), "body": "One more thing"}, [note]
    )
    assert (sent.status, sent.location) == (303, visit.path)
    for action, words in (("close", "This inquiry is closed."), ("reopen", "We are working on it.")):
        assert visitor.post(f"{visit.path}/{action}", {"token": visitor.open_form(visit.path)}).status == 303
        assert words in visitor.get(visit.path).text
    page = visitor.get(visit.path).text
    assert "One more thing" in page
    assert "note.txt" in page
    letters = letters_about(program, visit, 5)
    to_team = [letter for letter in letters if letter.envelope.recipients == ("sales@liju.example",)]
    assert [len(list(read(letter).iter_attachments())) for letter in to_team] == [0, 1, 0, 0]


@pytest.mark.parametrize("by", ["reference", "address"])
def test_lost_link_comes_by_letter(program: Program, by: str) -> None:
    visitor = program.visitor()
    address = f"lost-{by}@customer.example"
    visit = visitor.visit(email=address)
    typed = visit.reference.lower().replace("-", " ") if by == "reference" else address.upper()
    answer = visitor.post("/find", {"token": visitor.open_form("/find"), "typed": typed})
    assert answer.status == 200
    assert visit.key not in answer.text
    wait_for(
        lambda: len(letters_to(program, address)) == 2, seconds=PATIENCE_SECONDS, what="confirmation and lost link"
    )
    for letter in letters_to(program, address):
        assert visit.path in text_parts(letter)["text/plain"]
        assert letter.headers["Auto-Submitted"] == "auto-generated"


def letters_to(program: Program, address: str) -> list[KeptLetter]:
    return [letter for letter in program.letters() if letter.envelope.recipients == (address,)]


def test_form_sent_twice_is_one_inquiry(program: Program) -> None:
    visitor = program.visitor()
    fields = {**FORM, "token": visitor.open_form(), "message": "Sent twice"}
    first, second = visitor.post("/", fields), visitor.post("/", fields)
    assert (first.status, second.status, first.location) == (303, 303, second.location)
    assert program.rows("SELECT count(*) FROM message WHERE body = 'Sent twice'") == [(1,)]


def test_twenty_parallel_clicks_are_one_inquiry(program: Program) -> None:
    visitor = program.visitor()
    fields = {**FORM, "token": visitor.open_form(), "message": "Twenty clicks"}
    with ThreadPoolExecutor(20) as clicks:
        answers = list(clicks.map(lambda _: visitor.post("/", fields), range(20)))
    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert program.rows("SELECT count(*) FROM message WHERE body = 'Twenty clicks'") == [(1,)]
    letters = letters_about(program, visit_in(answers[0]), 2)
    assert len(letters) == 2


@pytest.mark.parametrize("kind", ["stale", "from another installation", "missing", "cut"])
def test_form_with_bad_token_comes_back_filled_and_one_click_sends_it(program: Program, kind: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=30)
    nonce = os.urandom(NONCE_BYTES)
    token = {
        "stale": Keyring(SECRET).make_form_token(nonce, long_ago),
        "from another installation": Keyring("another secret, as long as ours is").make_form_token(
            nonce, datetime.now(UTC)
        ),
        "missing": "",
        "cut": Keyring(SECRET).make_form_token(nonce, datetime.now(UTC))[:-3],
    }[kind]
    visitor = program.visitor()
    message = f'Typed in an <old> form & "{kind}"\nwith a second line'
    answer = visitor.post("/", {**FORM, "token": token, "message": message, "capacity": "2", "capacity_unit": "MW"})
    assert answer.status == 422
    filled = form_values(answer.text, "inquiry")
    assert {**FORM, "message": message}.items() <= filled.items()
    assert (filled["capacity"], filled["capacity_unit"]) == ("2", "MW")
    assert visitor.post("/", filled).status == 303


def test_file_of_a_form_that_comes_back_need_not_be_sent_again(program: Program) -> None:
    visitor = program.visitor()
    fields = {**FORM, "token": visitor.open_form(), "email": "not an address", "message": "Kept file"}
    answer = visitor.post("/", fields, [Upload("kept.txt", b"Water analysis\n")])
    assert answer.status == 422
    filled = {**form_values(answer.text, "inquiry"), "email": FORM["email"]}
    sent = visitor.post("/", filled)
    assert sent.status == 303
    assert "kept.txt" in visitor.get(sent.location).text
    assert token_in(answer) == fields["token"]
