"""Files are shown to the scanner after they are stored; what it finds is marked, kept, and not handed out by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.file_scan import Clean, Infected, ScanAnswer, Unscanned
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalReason
from liju_contact.processes.file_scanner import FileScanner
from liju_contact.processes.worker import Stopping
from liju_contact.scanner.clamd import ClamdScanner, check_scanner
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.note_refusal import note_refusal
from liju_contact.usecases.scan_files import TRIES, ScanStep, scan_next_file
from tests.conftest import ONE_DATABASE, Clock
from tests.scanner.daemons import EICAR, SIGNATURE, fake_clamd, honest, real_clamd, settings_of
from tests.staff_desk import at_the_desk
from tests.usecases.mails import CUSTOMER, as_bytes, judged, letter_to, reply_to, with_staff
from tests.usecases.stories import ScriptedCarrier, key_of, rows, staged, submit

NAME = f"{SIGNATURE}.UNOFFICIAL"
AWAY = Unscanned(words="ConnectionRefusedError")


@dataclass
class ScriptedScanner:
    """A ``VirusScanner`` that finds the test virus; ``is_away`` and ``is_silent_about`` are what a test sets."""

    is_away: bool = False
    is_silent_about: bytes = b"silence"
    seen: list[bytes] = field(default_factory=list)

    def scan(self, chunks: Iterable[bytes]) -> ScanAnswer:
        if self.is_away:
            return AWAY
        content = b"".join(chunks)
        self.seen.append(content)
        if content == self.is_silent_about:
            return Unscanned(words="TimeoutError")
        return Infected(signature=NAME) if EICAR in content else Clean()

    def fault(self) -> str:
        return "ConnectionRefusedError" if self.is_away else ""


def with_scanner(deps: Deps, address: str = "unix:/nowhere", **changes: int) -> Deps:
    return replace(deps, settings=replace(deps.settings, scanner=settings_of(address, **changes)))


def scan_all(deps: Deps, scanner: ScriptedScanner | ClamdScanner) -> ScanStep:
    while (step := scan_next_file(deps, scanner)) is ScanStep.DONE:
        pass
    return step


def states(deps: Deps) -> list[tuple[str, str]]:
    return [(row["state"], row["signature"]) for row in rows(deps.db, "scan")]


def test_each_file_is_looked_at_once_and_the_newest_first(deps: Deps) -> None:
    scanner = ScriptedScanner()
    submit(deps, files=(staged(deps, b"one"), staged(deps, EICAR), staged(deps, b"one")))
    submit(deps, nonce="n-2", files=(staged(deps, EICAR), staged(deps, b"three")))

    assert (states(deps), scan_all(deps, scanner)) == ([("unscanned", "")] * 3, ScanStep.IDLE)

    assert scanner.seen == [b"three", EICAR, b"one"]
    assert states(deps) == [("clean", ""), ("infected", NAME), ("clean", "")]


def test_scanner_that_is_away_leaves_files_unscanned_and_they_are_tried_again(deps: Deps) -> None:
    scanner = ScriptedScanner(is_away=True)
    submit(deps, files=(staged(deps, EICAR),))

    steps = [scan_next_file(deps, scanner) for _ in range(2 * TRIES)]
    before = states(deps)
    scanner.is_away = False
    scan_all(deps, scanner)

    assert (set(steps), before) == ({ScanStep.AWAY}, [("unscanned", "")])
    assert states(deps) == [("infected", NAME)]


def test_file_that_the_scanner_is_silent_about_holds_up_no_other_and_is_given_up(deps: Deps) -> None:
    scanner = ScriptedScanner()
    submit(deps, files=(staged(deps, b"fine"), staged(deps, b"silence")))

    scan_all(deps, scanner)

    assert scanner.seen == [b"silence", b"fine", *[b"silence"] * (TRIES - 1)]
    assert states(deps) == [("clean", ""), ("unscannable", "")]


@ONE_DATABASE
def test_scanner_that_stays_away_raises_one_alarm(deps: Deps, clock: Clock) -> None:
    submit(deps, files=(staged(deps, EICAR),))
    watch = FileScanner(deps, Stopping(), ScriptedScanner(is_away=True))

    for _ in range(5):
        watch.step()
        clock.move(minutes=4)

    alarms = [letter["text"] for letter in rows(deps.db, "letter") if letter["kind"] == "alarm"]
    assert len(alarms) == 1
    assert "The virus scanner cannot be asked since 2026-11-23 02:00 UTC; 1 files wait." in alarms[0]


# --- letters -------------------------------------------------------------------------------------------------------


def carried(deps: Deps, carrier: ScriptedCarrier) -> list[tuple[str, list[tuple[str, bytes]]]]:
    """Have letters delivered and return those with files: to whom, and the files."""
    deliver_letters(deps, carrier, holder="w1")
    found = zip(carrier.recipients, carrier.files, strict=True)
    return [(to, [(file.name, file.content) for file in files]) for to, files in found if files]


def test_letter_with_files_waits_for_the_scanner_and_carries_no_infected_file(deps: Deps, clock: Clock) -> None:
    deps, carrier = with_scanner(deps), ScriptedCarrier()
    submit(deps, files=(staged(deps, b"%PDF fine", "fine.pdf"), staged(deps, EICAR, "bad.pdf")))

    before = carried(deps, carrier)
    scan_all(deps, ScriptedScanner())
    clock.move(seconds=3)
    [(to, files)] = carried(deps, carrier)

    assert (before, to) == ([], "sales@liju.example")
    assert carrier.recipients == ["Ana.Souza@usina.example", "sales@liju.example"]
    assert [name for name, _ in files] == ["fine.pdf", "bad.pdf.txt"]
    assert (files[0][1], EICAR in files[1][1], NAME.encode() in files[1][1]) == (b"%PDF fine", False, True)
    assert [row["attempt_count"] for row in rows(deps.db, "delivery")] == [1, 1]


def test_letter_waits_no_longer_than_the_settings_say(deps: Deps, clock: Clock) -> None:
    deps, carrier = with_scanner(deps, letter_wait_seconds=60), ScriptedCarrier()
    submit(deps, files=(staged(deps, b"%PDF fine", "fine.pdf"),))

    seen = []
    for _ in range(3):
        seen.append(len(carried(deps, carrier)))
        clock.move(seconds=30)

    assert seen == [0, 0, 1]


def test_letter_without_a_scanner_waits_for_none(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"%PDF fine", "fine.pdf"),))

    assert len(carried(deps, ScriptedCarrier())) == 1


# --- who gets an infected file -------------------------------------------------------------------------------------


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(with_scanner(deps)).test_client()


@ONE_DATABASE
def test_infected_file_is_marked_for_the_customer_and_not_handed_out(deps: Deps, client: FlaskClient) -> None:
    submitted = submit(deps, files=(staged(deps, b"fine", "fine.pdf"), staged(deps, EICAR, "bad.pdf")))
    path = f"/inquiry/{submitted.reference}/{key_of(submitted)}"
    before = client.get(path).text
    scan_all(deps, ScriptedScanner())

    page, bad = client.get(path).text, client.get(f"{path}/file/2/bad.pdf")

    assert before.count("not checked for viruses yet") == 2
    assert (page.count("no virus found"), page.count(f"virus found: {NAME}")) == (1, 1)
    assert (f"{path}/file/1/fine.pdf" in page, f"{path}/file/2/" in page) == (True, False)
    assert (bad.status_code, EICAR in bad.data) == (451, False)
    assert "A virus was found in this file" in bad.text
    assert client.get(f"{path}/file/1/fine.pdf").data == b"fine"


@ONE_DATABASE
def test_staff_get_an_infected_file_by_asking_for_exactly_that(deps: Deps, client: FlaskClient) -> None:
    reference = submit(deps, files=(staged(deps, EICAR, "bad.pdf"),)).reference
    scan_all(deps, ScriptedScanner())
    li = at_the_desk(deps, client)
    path = f"/staff/inquiry/{reference}/file/1/bad.pdf"

    page, asked, file = li.get(f"/staff/inquiry/{reference}").text, li.get(path), li.post(path)

    assert f"virus found: {NAME}" in page
    assert (asked.status_code, EICAR in asked.data, NAME in asked.text) == (451, False, True)
    assert (file.status_code, file.data, file.mimetype) == (200, EICAR, "application/octet-stream")
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''bad.pdf.infected"
    assert client.post(path).status_code == 403


@ONE_DATABASE
def test_infected_file_of_a_mail_is_held_back_and_so_is_the_whole_mail(deps: Deps) -> None:
    deps = with_scanner(with_staff(deps))
    client = make_app(deps).test_client()
    submit(deps)
    written = reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "Here it is.")
    written.add_attachment(EICAR, maintype="application", subtype="pdf", filename="bad.pdf")
    inbound_id = judged(deps, written)["id"]
    scan_all(deps, ScriptedScanner())
    li = at_the_desk(deps, client)

    for path, content in (("file/0/bad.pdf", EICAR), ("source.eml", as_bytes(written))):
        asked, given = li.get(f"/staff/mail/{inbound_id}/{path}"), li.post(f"/staff/mail/{inbound_id}/{path}")
        assert (asked.status_code, content in asked.data, given.data) == (451, False, content)
    assert f"virus found: {NAME}" in li.get(f"/staff/mail/{inbound_id}").text


@ONE_DATABASE
def test_infected_file_of_a_form_that_was_turned_away_is_held_back_as_well(deps: Deps, client: FlaskClient) -> None:
    """Nobody but the form has sent it, so that it is looked at for its own sake."""
    refusal_id = turned_away(deps, staged(deps, b"fine", "fine.pdf"), staged(deps, EICAR, "bad.pdf"))
    li, path = at_the_desk(deps, client), f"/staff/refused/{refusal_id}"
    before = li.get(path).text
    scan_all(deps, ScriptedScanner())

    page, listed, asked = li.get(path).text, li.get("/staff/refused").text, li.get(f"{path}/file/1/bad.pdf")
    file = li.post(f"{path}/file/1/bad.pdf")

    assert before.count("not checked for viruses yet") == 2
    assert (page.count("no virus found"), page.count(f"virus found: {NAME}")) == (1, 1)
    assert listed.count(f"virus found: {NAME}") == 1
    links = re.findall(r'/file/(\d)/\w+\.pdf"( download)?', page)
    assert links == [("0", " download"), ("1", "")], "otherwise the page that says why would be saved"
    assert (asked.status_code, EICAR in asked.data, f'<a href="{path}">' in asked.text) == (451, False, True)
    assert (file.status_code, file.data, file.mimetype) == (200, EICAR, "application/octet-stream")
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''bad.pdf.infected"
    assert client.post(f"{path}/file/1/bad.pdf").status_code == 403
    assert li.get(f"{path}/file/0/fine.pdf").data == b"fine"


def turned_away(deps: Deps, *files: StagedFile) -> int | None:
    return note_refusal(
        deps,
        door=PublicDoor.INQUIRY,
        reason=RefusalReason.STALE_TOKEN,
        typed={"name": "Ana", "email": "ana@usina.example"},
        files=files,
        network="203.0.113.0/24",
        now=deps.now(),
    )


# --- a real daemon -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["fake", "clamd"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("clamd")
    started: dict[str, Callable[[], object]] = {}
    started |= {"fake": lambda: fake_clamd(folder, honest), "clamd": lambda: real_clamd(folder)}
    with started[request.param]() as found:  # type: ignore[attr-defined]  # both are context managers
        yield found


@ONE_DATABASE
def test_test_virus_through_every_door_is_found_by_the_daemon(deps: Deps, address: str) -> None:
    deps = with_scanner(with_staff(deps), address)
    submit(deps, files=(staged(deps, EICAR + b" by the form", "bad.txt"),))
    written = reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "And one more.")
    written.add_attachment(EICAR + b" by mail", maintype="application", subtype="pdf", filename="bad.pdf")
    written.add_attachment(b"fine", maintype="application", subtype="pdf", filename="fine.pdf")
    judged(deps, written)
    scanner = deps.new_scanner()

    assert scanner is None, "the parts were put together before the settings were changed"
    assert deps.settings.scanner is not None
    assert scan_all(deps, ClamdScanner(deps.settings.scanner)) is ScanStep.IDLE

    assert states(deps) == [("infected", NAME), ("infected", NAME), ("clean", "")]


@ONE_DATABASE
def test_check_tells_of_a_scanner_that_is_away(deps: Deps, address: str) -> None:
    there = check_scanner(with_scanner(deps, address).settings.scanner)
    away = check_scanner(with_scanner(deps, "unix:/nowhere/clamd.ctl").settings.scanner)

    assert (check_scanner(deps.settings.scanner), there) == ([], [])
    assert [fault.id for fault in away] == ["scanner"]
    assert "unix:/nowhere/clamd.ctl: FileNotFoundError" in away[0].text
