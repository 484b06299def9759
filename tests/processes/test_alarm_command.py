"""The operator's own alarm: it gets the sentence, and what goes wrong with it harms nobody."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from liju_contact.processes.alarm_command import run_alarm_command
from tests.processes.families import wait_until

WRITES = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read(), 'utf-8')"


def test_the_command_gets_the_text_on_its_standard_input(tmp_path: Path) -> None:
    told = tmp_path / "told"

    run_alarm_command((sys.executable, "-c", WRITES, str(told)), "No mail comes in.\n邮件收不到。")

    wait_until(lambda: told.exists() and told.read_text("utf-8") == "No mail comes in.\n邮件收不到。", "the text")


@pytest.mark.parametrize(
    "command", [("/nowhere/at/all",), (sys.executable, "-c", "raise SystemExit(3)")], ids=["missing", "failing"]
)
def test_a_command_that_does_not_work_is_logged(command: tuple[str, ...], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        run_alarm_command(command, "x")
        wait_until(lambda: "alarm command" in caplog.text, "the log")


def test_without_a_command_nothing_is_run() -> None:
    run_alarm_command((), "x")
