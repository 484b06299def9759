"""Runs the operator's own command in an alarm: the way to somebody that needs neither mailbox nor mail server."""

from __future__ import annotations

import logging
import subprocess
import threading

_SECONDS = 30.0
_log = logging.getLogger(__name__)


def run_alarm_command(command: tuple[str, ...], text: str) -> None:
    """Start ``command`` with ``text`` on its standard input and go on; nothing without a command.

    It runs beside the caller, who may hold a transaction, and what goes wrong with it is logged.
    """
    if command:
        threading.Thread(target=_run, args=(command, text), name="alarm", daemon=True).start()


def _run(command: tuple[str, ...], text: str) -> None:
    try:
        ended = subprocess.run(  # noqa: S603  # the operator's own command, from the settings
            command, input=text.encode(), timeout=_SECONDS, check=False, stdout=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("The alarm command did not work: %s", error)
    else:
        if ended.returncode:
            _log.warning("The alarm command ended with status %d.", ended.returncode)
