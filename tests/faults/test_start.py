"""Starting and ending: what cannot start says why in one sentence; what ends takes everything of its own with it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from liju_contact.app import main
from tests.launcher import PROJECT
from tests.program import SECRET, Program, running, still_runs, wait_for
from tests.visitor import FORM, multipart

MOUNT, UNMOUNT = "/bin/mount", "/bin/umount"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


Refusal = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_here(instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Run a command that comes to nothing in this process: a refusal needs no second interpreter."""
    monkeypatch.setenv("LIJU_SECRET", SECRET)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["liju-contact", *arguments, "--instance", str(instance)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return subprocess.CompletedProcess([], int(ended.value.code or 0), captured.out, captured.err)

    return run


def write_config(instance: Path, **changes: str) -> None:
    """Write the example; ``changes`` replaces whole lines by the key they begin with."""
    lines = (PROJECT / "instance" / "config.example.toml").read_text("utf-8").splitlines()
    changed = [changes.get(line.partition(" =")[0], line) for line in lines]
    instance.mkdir(exist_ok=True)
    (instance / "config.toml").write_text("\n".join(changed), "utf-8")


def assert_says_only(result: subprocess.CompletedProcess[str], *parts: str) -> None:
    """It ended with 1 and one line of stderr, in which all ``parts`` stand."""
    lines = result.stderr.splitlines()
    assert (result.returncode, len(lines)) == (1, 1), result.stderr
    assert [part for part in parts if part not in lines[0]] == [], lines[0]


@contextlib.contextmanager
def read_only_folder(path: Path) -> Iterator[None]:
    """Mount an empty folder that even root cannot write into."""
    path.mkdir()
    mounted = subprocess.run(
        [MOUNT, "-t", "tmpfs", "-o", "ro,size=1m", "liju-test", str(path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a read-only folder: {mounted.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run([UNMOUNT, str(path)], check=True)


def test_start_on_taken_port_says_so(instance: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = Program(instance).run("serve", "--bind", address)
    assert_says_only(result, address, "in use", "--bind")


@pytest.mark.parametrize("address", ["8000", "localhost:", "127.0.0.1:65536", "256.1.1.1:80", ":8000"])
def test_start_on_impossible_address_says_so(run_here: Refusal, address: str) -> None:
    assert_says_only(run_here("serve", "--bind", address), address)


def test_start_below_a_file_says_that_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    result = Program(tmp_path / "file" / "instance").run("serve", "--bind", "127.0.0.1:0")
    assert_says_only(result, str(tmp_path / "file" / "instance" / "config.toml"), "--instance")


def test_start_in_read_only_folder_says_that_it_cannot_write(instance: Path) -> None:
    with read_only_folder(instance):
        result = Program(instance).run("serve", "--bind", "127.0.0.1:0")
    assert_says_only(result, str(instance / "config.toml"), "Read-only", "--instance")


def test_start_with_database_in_read_only_folder_says_so(instance: Path, tmp_path: Path) -> None:
    write_config(instance)
    with read_only_folder(tmp_path / "data"):
        url = f"sqlite:///{tmp_path / 'data' / 'liju.db'}"
        result = Program(instance, {"LIJU_DATABASE_URL": url}).run("serve", "--bind", "127.0.0.1:0")
    assert_says_only(result, "database")


def test_start_with_several_faults_tells_each_with_its_line(instance: Path, run_here: Refusal) -> None:
    write_config(instance, proxy_hops="proxy_hops = 77", time_zone='time_zone = "Mars/Base"', threads="thread = 4")
    lines = (instance / "config.toml").read_text("utf-8").splitlines()
    result = run_here("serve", "--bind", "127.0.0.1:0")
    told = result.stderr.splitlines()
    assert (result.returncode, len(told)) == (1, 3), result.stderr
    for key, id_ in (
        ("proxy_hops", "[config.web.proxy_hops]"),
        ("time_zone", "[config.company.time_zone]"),
        ("thread", "[config.web.thread]"),
    ):
        number = next(n for n, line in enumerate(lines, start=1) if line.startswith(f"{key} ="))
        assert any(line.startswith(id_) and f"line {number}:" in line for line in told), (key, told)


@pytest.mark.parametrize("content", [b"secret = ", b'secret = "\xff\xfe"'])
def test_start_with_unreadable_config_says_so(instance: Path, run_here: Refusal, content: bytes) -> None:
    instance.mkdir()
    (instance / "config.toml").write_bytes(content)
    assert_says_only(run_here("serve", "--bind", "127.0.0.1:0"), "config.toml")


def test_start_with_config_that_is_a_folder_says_so(instance: Path, run_here: Refusal) -> None:
    (instance / "config.toml").mkdir(parents=True)
    assert_says_only(run_here("serve", "--bind", "127.0.0.1:0"), "config.toml")


@pytest.mark.parametrize("command", [["worker"], ["check"], ["migrate"], ["outbox", "list"]])
def test_command_without_config_says_what_is_missing(instance: Path, run_here: Refusal, command: list[str]) -> None:
    assert_says_only(run_here(*command), str(instance / "config.toml"))


def test_worker_without_schema_asks_for_migration(instance: Path, run_here: Refusal) -> None:
    write_config(instance)
    assert_says_only(run_here("worker"), "liju-contact migrate")


def test_outbox_without_schema_asks_for_migration(instance: Path, run_here: Refusal) -> None:
    write_config(instance)
    assert_says_only(run_here("outbox", "list"), "liju-contact migrate")


@pytest.mark.parametrize("command", [["serve", "--bind", "127.0.0.1:0"], ["worker"], ["migrate"]])
def test_start_with_newer_database_is_refused(instance: Path, command: list[str]) -> None:
    write_config(instance)
    with contextlib.closing(sqlite3.connect(instance / "liju.db")) as connection:
        connection.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999');"
        )
    assert_says_only(Program(instance).run(*command), "newer program", "9999")


def test_start_with_file_that_is_no_database_says_so(instance: Path) -> None:
    write_config(instance)
    (instance / "liju.db").write_bytes(b"This is a letter to my aunt. " * 100)
    assert_says_only(Program(instance).run("serve", "--bind", "127.0.0.1:0"), "database")


def test_worker_killed_is_started_again(instance: Path) -> None:
    with running(instance) as program:
        killed = program.pid_of("worker")
        assert killed
        os.kill(killed, signal.SIGKILL)
        again = wait_for(lambda: _another(program, "worker", killed), seconds=10, what="another worker")
        program.visitor().visit()
        wait_for(lambda: len(program.letters()) == 2, seconds=10, what="the letters")
        assert again in program.children()
        assert program.is_well()


def test_worker_gives_way_to_customers_but_not_to_everybody(instance: Path) -> None:
    """Starved by programs that compute all the time, it would hold SQLite's one writer's place for as long."""
    with running(instance) as program:
        worker, web = (wait_for(partial(program.pid_of, role), seconds=10, what=role) for role in ("worker", "web-1"))
        usual = psutil.Process(web).nice()
        given_way = wait_for(lambda: psutil.Process(worker).nice() - usual, seconds=10, what="the worker to give way")

    assert 0 < given_way <= 5


def _another(program: Program, role: str, killed: int) -> int | None:
    pid = program.pid_of(role)
    return pid if pid != killed else None


def test_parent_killed_leaves_no_orphan(instance: Path) -> None:
    with running(instance) as program:
        roles = program.children()
        assert {"web-1", "web-2", "worker", "post-office"} <= set(roles.values())
        children = [psutil.Process(pid) for pid in roles]
        program.kill()
        wait_for(lambda: not any(map(still_runs, children)), seconds=2, what="all children to end")


def test_stop_answers_the_request_under_way(instance: Path) -> None:
    with running(instance) as program:
        children = program.children()
        token = program.visitor().open_form()
        boundary = secrets.token_hex(16)
        body = multipart(boundary, {**FORM, "token": token}.items())
        head = (
            f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", program.port), timeout=20) as slow:
            slow.sendall(head.encode() + body[:100])
            time.sleep(0.3)
            program.process.send_signal(signal.SIGTERM)
            time.sleep(1.0)
            slow.sendall(body[100:])
            answer = b"".join(iter(lambda: slow.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 303"), answer[:300]
        assert program.process.wait(20) == 0
        assert not any(map(psutil.pid_exists, children))
        assert program.rows("SELECT count(*) FROM inquiry") == [(1,)]


def test_second_start_goes_on_from_the_database(instance: Path) -> None:
    with running(instance) as program:
        visit = program.visitor().visit()
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(20) == 0
        program.start()
        assert program.visitor().get(visit.path).status == 200
        assert "Traceback" not in program.output()
        assert visit.key not in program.output()
