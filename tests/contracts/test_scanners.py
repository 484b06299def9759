"""What our client of clamd keeps to: held against ClamAV's own daemon and against the fake that the other tests use."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from liju_contact.domain.file_scan import Clean, Infected, Unscanned
from liju_contact.scanner.clamd import ClamdScanner
from tests.scanner.daemons import EICAR, SIGNATURE, STREAM_LIMIT, fake_clamd, real_clamd, settings_of

_DAEMONS = {"fake": fake_clamd, "clamd": real_clamd}


@pytest.fixture(scope="module", params=["fake", "fake tcp", "clamd", "clamd tcp"])
def scanner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdScanner]:
    name, _, tcp = str(request.param).partition(" ")
    with _DAEMONS[name](tmp_path_factory.mktemp("clamd"), is_tcp=bool(tcp)) as address:
        yield ClamdScanner(settings_of(address))


def test_daemon_that_is_there_has_no_fault(scanner: ClamdScanner) -> None:
    assert scanner.fault() == ""


def test_clean_files_of_any_size_are_clean(scanner: ClamdScanner) -> None:
    large = random.Random(3).randbytes(STREAM_LIMIT // 2)

    for chunks in ([], [b""], [b"a drawing"], [large[:1_000_000], large[1_000_000:]]):
        assert scanner.scan(chunks) == Clean()


def test_test_virus_is_found_wherever_chunks_part_it(scanner: ClamdScanner) -> None:
    for chunks in ([EICAR], [EICAR[:20], EICAR[20:]], [b"x" * 300_000, EICAR]):
        assert scanner.scan(chunks) == Infected(signature=f"{SIGNATURE}.UNOFFICIAL")


def test_file_larger_than_the_daemon_takes_is_not_answered_about_and_the_next_is(scanner: ClamdScanner) -> None:
    answer = scanner.scan(b"x" * 262_144 for _ in range(4 * STREAM_LIMIT // 262_144))

    assert isinstance(answer, Unscanned)
    assert scanner.scan([EICAR]) == Infected(signature=f"{SIGNATURE}.UNOFFICIAL")


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: OK", b"stream: OK and more\0", b"stream:  FOUND\0", b"nonsense\0", b"\xff" * 9000],
    ids=["hangs up", "cut", "more", "no name", "nonsense", "endless"],
)
def test_answer_that_says_neither_is_none(tmp_path: Path, answer: bytes) -> None:
    with fake_clamd(tmp_path, lambda _content: answer) as address:
        found = ClamdScanner(settings_of(address)).scan([b"x"])

    assert isinstance(found, Unscanned)


def test_daemon_that_hangs_is_waited_for_no_longer_than_the_settings_say(tmp_path: Path) -> None:
    with fake_clamd(tmp_path, lambda _content: time.sleep(3) or b"stream: OK\0") as address:  # type: ignore[func-returns-value]  # it waits, and then answers
        found = ClamdScanner(settings_of(address, timeout_seconds=1)).scan([b"x"])

    assert found == Unscanned(words="TimeoutError: timed out")


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd.ctl", "127.0.0.1:1"])
def test_daemon_that_is_away_is_told_as_a_fault(address: str) -> None:
    scanner = ClamdScanner(settings_of(address))

    assert isinstance(scanner.scan([b"x"]), Unscanned)
    assert scanner.fault().startswith(("FileNotFoundError", "ConnectionRefusedError"))
