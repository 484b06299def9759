"""The reading process: within its limits of time and memory, with nothing of ours, and gone when it should be."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.mail.guarded_reader import GuardedReader
from liju_contact.usecases.mail_reader import Unreadable
from tests.conftest import PROJECT
from tests.program import still_runs, wait_for

FULL = os.environ.get("LIJU_TEST_FULL") == "1"
MAIL = b"From: ana@there.example\r\nSubject: boilers\r\n\r\nTwo of them, please.\r\n"
HEAD = b"From: a@b.example\r\nSubject: hostile\r\n"
TOO_LONG = Unreadable(words="Reading it takes longer than a mail may.", is_final=True)
TOO_LARGE = Unreadable(words="Reading it takes more memory than a mail may.", is_final=True)
ENDED = Unreadable(words="The process that reads mail ended unexpectedly.", is_final=False)
MEGABYTE = 1024 * 1024

# The real process, in which mails with the subject "hostile" meet a reader with a fault.
FAULTY = """
from liju_contact.mail.reading import mail

def faulty(raw, read=mail.read_mail):
    if b"Subject: hostile" not in raw:
        return read(raw)
    {fault}

mail.read_mail = faulty
import liju_contact.mail.reading.__main__
"""

Start = Callable[..., GuardedReader]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that makes readers, which are closed in the end."""
    readers: list[GuardedReader] = []

    def started(*command: str, wall_seconds: float = 20) -> GuardedReader:
        readers.append(GuardedReader(command, wall_seconds=wall_seconds) if command else GuardedReader())
        return readers[-1]

    yield started
    for reader in readers:
        reader.close()


def faulty(fault: str) -> tuple[str, ...]:
    return sys.executable, "-c", FAULTY.format(fault=fault)


def pid_of(reader: GuardedReader) -> int:
    assert reader._process is not None
    return reader._process.pid


def assert_well(reader: GuardedReader) -> None:
    mail = reader.read(MAIL)
    assert isinstance(mail, InboundMail)
    assert mail.text == "Two of them, please."


def test_one_process_reads_one_mail_after_the_other(start: Start) -> None:
    reader = start()
    assert_well(reader)
    first = pid_of(reader)

    assert_well(reader)

    assert pid_of(reader) == first


def test_mail_that_computes_too_long_is_given_up_for_good_and_the_next_is_read(start: Start) -> None:
    reader = start(*faulty("while True: pass"))
    assert_well(reader)
    first, began = pid_of(reader), time.monotonic()

    assert reader.read(HEAD) == TOO_LONG

    print(f"\ngiven up after {time.monotonic() - began:.1f} s")  # noqa: T201  # the figure
    assert_well(reader)
    assert pid_of(reader) != first


@pytest.mark.parametrize("fault", ["bytearray(400_000_000)", "[bytearray(1_000_000) for _ in range(400)]"])
def test_mail_that_takes_too_much_memory_is_given_up_for_good_and_the_next_is_read(start: Start, fault: str) -> None:
    reader = start(*faulty(fault))

    assert reader.read(HEAD) == TOO_LARGE

    assert_well(reader)


def test_mail_larger_than_the_memory_is_given_up_for_good_and_the_next_is_read(start: Start) -> None:
    reader = start()

    assert reader.read(HEAD + b"\r\n" + bytes(310 * MEGABYTE)) == TOO_LARGE

    assert_well(reader)


@pytest.mark.parametrize("fault", ["import os; os.kill(os.getpid(), 9)", "raise AssertionError('a mistake')"])
def test_process_that_ends_in_the_middle_is_no_fault_of_the_mail(start: Start, fault: str) -> None:
    reader = start(*faulty(fault))

    assert reader.read(HEAD) == ENDED

    assert_well(reader)


def test_process_that_was_killed_while_idle_is_started_anew(start: Start) -> None:
    reader = start()
    assert_well(reader)

    psutil.Process(pid_of(reader)).kill()

    wait_for(lambda: not still_runs(psutil.Process(pid_of(reader))), seconds=5, what="its end")
    assert_well(reader)


@pytest.mark.parametrize(
    "command", [("cat",), ("yes",), ("true",), ("echo", "No such thing as a mail."), ("head", "-c", "8", "/dev/zero")]
)
@pytest.mark.parametrize("raw", [MAIL, MAIL * 10_000], ids=["small", "larger than a pipe"])
def test_nonsense_is_no_answer(start: Start, command: tuple[str, ...], raw: bytes) -> None:
    reader = start(*command, wall_seconds=1)

    assert reader.read(raw) == ENDED


@pytest.mark.parametrize("raw", [MAIL, MAIL * 10_000], ids=["silent", "taking nothing"])
def test_process_that_hangs_is_waited_for_in_vain_and_killed(start: Start, raw: bytes) -> None:
    reader = start("sleep", "60", wall_seconds=0.2)
    began = time.monotonic()

    assert reader.read(raw) == ENDED

    assert time.monotonic() - began < 30
    assert reader._process is None


def test_closing_ends_the_process_and_a_closed_reader_reads_again(start: Start) -> None:
    reader = start()
    assert_well(reader)
    process = psutil.Process(pid_of(reader))

    reader.close()
    reader.close()

    assert not process.is_running()
    assert_well(reader)


def test_process_has_no_secret_and_no_descriptor_of_ours(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIJU_SECRET", "a secret")
    monkeypatch.setenv("LIJU_MAIL_PASSWORD", "a password")
    with Path(__file__).open() as ours:
        os.set_inheritable(ours.fileno(), True)  # noqa: FBT003  # it takes no name
        reader = start()
        assert_well(reader)
    process = Path("/proc") / str(pid_of(reader))

    assert b"LIJU_" not in process.joinpath("environ").read_bytes()
    assert b"PATH=" in process.joinpath("environ").read_bytes()
    assert sorted(path.name for path in process.joinpath("fd").iterdir()) == ["0", "1", "2"]


@pytest.mark.parametrize("where", ["idle", "in the middle of a mail"])
def test_process_ends_when_its_parent_is_killed(where: str, tmp_path: Path) -> None:
    pid_file, raw = tmp_path / "pid", MAIL if where == "idle" else HEAD
    fault = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(0.5); return read(raw)"
    program = (
        "import time; from liju_contact.mail.guarded_reader import GuardedReader\n"
        f"reader = GuardedReader({faulty(fault)!r}); reader.read({raw!r})\n"
        f"open({str(pid_file)!r}, 'w').write(str(reader._process.pid)); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT) as parent:
        wait_for(lambda: pid_file.exists() and pid_file.read_text(), seconds=20, what="the process")
        reading = psutil.Process(int(pid_file.read_text()))

        parent.kill()

    wait_for(lambda: not still_runs(reading), seconds=5, what="the end of the reading process")


def test_interrupt_from_the_terminal_is_for_the_parent(start: Start) -> None:
    reader = start()
    assert_well(reader)
    first = pid_of(reader)

    os.kill(first, signal.SIGINT)

    assert_well(reader)
    assert pid_of(reader) == first


def test_nothing_of_an_answer_is_lost_when_the_process_is_stopped_and_goes_on(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")  # as containers do
    drawing = random.Random(2).randbytes(20 * MEGABYTE)
    reader = start()
    assert_well(reader)
    with stopped_again_and_again(pid_of(reader)):
        mail = reader.read(with_file(drawing))

    assert isinstance(mail, InboundMail), mail
    assert [file.content for file in mail.files] == [drawing]


@contextmanager
def stopped_again_and_again(pid: int) -> Iterator[None]:
    is_over = threading.Event()

    def disturb() -> None:
        while not is_over.wait(0.002):
            os.kill(pid, signal.SIGSTOP)
            time.sleep(0.002)
            os.kill(pid, signal.SIGCONT)

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    try:
        yield
    finally:
        is_over.set()
        disturbing.join()


def test_largest_mail_with_a_drawing_is_within_the_limits(start: Start) -> None:
    drawing = random.Random(1).randbytes(33 * MEGABYTE)
    reader = start()
    assert_well(reader)
    raw = with_file(drawing)
    process, began = psutil.Process(pid_of(reader)), time.monotonic()

    mail = reader.read(raw)

    seconds, computing = time.monotonic() - began, sum(process.cpu_times()[:2])
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    peak = {name: int(status[name].split()[0]) // 1024 for name in ("VmHWM", "VmPeak")}
    figures = f"{len(raw) / MEGABYTE:.0f} MB in {seconds:.2f} s, {computing:.2f} s computing, {peak} MB"
    print(f"\n{figures}")  # noqa: T201  # the figures
    assert isinstance(mail, InboundMail)
    assert [hashlib.sha256(file.content).digest() for file in mail.files] == [hashlib.sha256(drawing).digest()]
    assert (mail.text, mail.faults) == ("Here it is.", ())


def with_file(content: bytes) -> bytes:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    text = b"--b\r\n\r\nHere it is.\r\n--b\r\nContent-Type: image/vnd.dwg; name=plan.dwg\r\n"
    head = b"From: ana@there.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + text + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded + b"--b--\r\n"


HOSTILE = {
    "escapes": HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B" * 500_000,
    "soft breaks": HEAD
    + b"Content-Type: image/png\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"= \r\n" * 1_000_000,
    "uuencoded files": HEAD
    + b"Content-Type: image/png\r\nContent-Transfer-Encoding: uuencode\r\n\r\n"
    + b"begin 644 a\r\n!!!\r\n" * 100_000,
} | (
    {
        "delimiters": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 9 * MEGABYTE,
        "layers": HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 19 + b"\n" + b"--b\n" * 11 * MEGABYTE,
    }
    if FULL
    else {}
)


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_mail_is_read_or_given_up_for_good(start: Start, raw: bytes) -> None:
    reader = start()

    read = reader.read(raw)

    print(f"\n{read.words if isinstance(read, Unreadable) else read.faults}")  # noqa: T201  # which of both
    assert isinstance(read, InboundMail) or read in {TOO_LONG, TOO_LARGE}
    assert_well(reader)
