"""``run.py`` and the command line as a newcomer meets them.

``LIJU_TEST_FRESH=1`` also sets up a fresh copy of the project, which needs a network and a minute.
"""

from __future__ import annotations

import ast
import importlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import run
from liju_contact import __version__
from liju_contact.app import main
from tests.launcher import PROJECT
from tests.program import START_SECONDS, wait_for
from tests.visitor import Visitor

FRESH = os.environ.get("LIJU_TEST_FRESH") == "1"
COLD_SECONDS, WARM_SECONDS = 30.0, 1.5


def run_py(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "run.py"), *arguments]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, timeout=60)


def test_help_lists_the_commands() -> None:
    result = run_py("--help")
    assert result.returncode == 0, result.stderr
    for command in ("serve", "worker", "migrate", "check", "outbox"):
        assert f"\n  {command} " in result.stdout


def test_options_alone_are_those_of_serve() -> None:
    result = run_py("--bind", "nowhere", "--instance", "/dev/null/instance")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("liju-contact: ")


def test_unknown_command_exits_with_2() -> None:
    result = run_py("sevre")
    assert result.returncode == 2
    assert "No such command 'sevre'" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["serve", "--sideways"], ["outbox", "retry"], ["outbox", "retry", "x"], ["outbox"]]
)
def test_wrong_use_of_a_command_exits_with_2(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["liju-contact", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "Usage: liju-contact" in capsys.readouterr().err


def test_version_is_that_of_the_project(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["liju-contact", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert ended.value.code == 0
    assert __version__ == project["version"]
    assert __version__ in capsys.readouterr().out


def test_old_python_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit) as ended:
        run.main([])
    assert ended.value.code == 1
    assert capsys.readouterr().err == "run.py: Python 3.11 or newer is needed; this is 3.10.\n"


def test_run_py_is_readable_by_an_old_python() -> None:
    """The sentence above can only be said by a Python that gets through the file."""
    ast.parse((PROJECT / "run.py").read_text("utf-8"), feature_version=(3, 7))


def test_command_named_in_the_project_exists() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, function = project["scripts"]["liju-contact"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.skipif(not FRESH, reason="needs a network and a minute: LIJU_TEST_FRESH=1")
def test_fresh_copy_is_ready_in_time(tmp_path: Path) -> None:
    copy_tracked_files(tmp_path / "fresh")
    cold_seconds = seconds_until_well(tmp_path / "fresh", "18541")
    warm_seconds = seconds_until_well(tmp_path / "fresh", "18541")
    sys.stdout.write(f"cold {cold_seconds:.1f} s, warm {warm_seconds:.2f} s\n")
    assert cold_seconds < COLD_SECONDS
    assert warm_seconds < WARM_SECONDS


def copy_tracked_files(target: Path) -> None:
    listed = subprocess.run(["/usr/bin/git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    for name in listed.decode().rstrip("\0").split("\0"):
        if (PROJECT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, target / name)


def seconds_until_well(folder: Path, port: str) -> float:
    """Start ``run.py`` as a newcomer would, with the system's Python, and stop it again once it is well."""
    python = os.path.realpath(sys.executable)
    began_at = time.monotonic()
    command = [python, "run.py", "--bind", f"127.0.0.1:{port}", "--instance", str(folder / "instance")]
    process = subprocess.Popen(command, cwd=folder)
    try:
        wait_for(lambda: is_well(process, int(port)), seconds=10 * START_SECONDS, what="/healthz to be 200")
        return time.monotonic() - began_at
    finally:
        process.terminate()
        process.wait(60)


def is_well(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "it ended"
    try:
        return Visitor(port, timeout=5).get("/healthz").status == 200
    except OSError:
        return False
