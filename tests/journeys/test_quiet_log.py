"""The real program through good and bad days: nothing that customers wrote, and no key, stands in what it prints."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

from tests.launcher import run_command
from tests.program import Program, running, wait_for
from tests.visitor import FORM, Visit, Visitor

NAME, EMAIL, TEXT = "Zoltan Quixwoz", "zoltan@plughfarm.example", "The grumblewort leaks"
_DEAD_PORT = "9"


def test_nothing_that_customers_wrote_stands_in_the_log(tmp_path: Path) -> None:
    variables = {"LIJU_MAIL_HOST": "127.0.0.1", "LIJU_MAIL_PORT": _DEAD_PORT, "LIJU_MAIL_SECURITY": "none"}
    with running(tmp_path / "instance", **variables, LIJU_INBOUND_PIPE="yes") as program:
        visitor = program.visitor()
        token = visitor.open_form()
        visit = visitor.visit(name=NAME, email=EMAIL, message=TEXT)
        _walk(visitor, visit)
        _receive(program)
        wait_for(lambda: program.rows("SELECT id FROM attempt"), seconds=20, what="a letter that fails")
        request_ids = _break(program, visitor, token)
        wait_for(lambda: "A step of the worker failed" in program.output(), seconds=20, what="the worker's complaint")
        program.stop()
        output = program.output()

    secrets = (NAME, "quixwoz", EMAIL, "plughfarm", TEXT, "grumblewort", visit.key, token)
    assert [secret for secret in secrets if secret.casefold() in output.casefold()] == []
    assert "OperationalError" in output
    assert all(re.search(rf"ERROR .*\[{request_id}\]", output) for request_id in request_ids)
    assert len(set(request_ids)) == len(request_ids)


def _walk(visitor: Visitor, visit: Visit) -> None:
    """Do what customers and guessers do: look, write, look for the link, try a link that is wrong."""
    token = visitor.open_form(visit.path)
    visitor.post(f"{visit.path}/message", {"token": token, "body": TEXT})
    visitor.post("/find", {"token": visitor.open_form("/find"), "typed": EMAIL})
    visitor.get(f"{visit.path[:-1]}x")
    visitor.post("/", {**FORM, "token": token, "email": "zoltan@plughfarm", "message": TEXT})


def _receive(program: Program) -> None:
    mail = f"From: {NAME} <{EMAIL}>\r\nTo: inquiry@liju.example\r\nSubject: {TEXT}\r\n\r\n{TEXT}\r\n"
    command = program._command("mail", "receive")
    assert run_command(*command, typed=mail.encode(), environment=program._environment()).returncode == 0


def _break(program: Program, visitor: Visitor, token: str) -> list[str]:
    """Take a table away, as a fault of ours would, and return the ids of the requests that met it."""
    with contextlib.closing(sqlite3.connect(program.instance / "liju.db", timeout=30)) as connection:
        connection.execute("DROP TABLE link_request")
        connection.execute("DROP TABLE message")
        connection.commit()
    broken = [
        visitor.post("/find", {"token": visitor.open_form("/find"), "typed": EMAIL}),
        visitor.post("/", {**FORM, "token": token, "name": NAME, "email": EMAIL, "message": TEXT}),
    ]
    assert [answer.status for answer in broken] == [500, 500]
    return [str(answer.headers["X-Request-Id"]) for answer in broken]
