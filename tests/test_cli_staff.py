"""``liju-contact staff`` and the demo's own account, as an operator meets them."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from liju_contact.hasher import Argon2Hasher
from tests.launcher import run_for_text
from tests.program import Program, running

LI = "li.wei@liju.example"
BROKEN = os.fsdecode("\u674e".encode("gbk"))  # as a terminal sends it that is not in UTF-8


def staff(instance: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run_for_text("staff", *arguments, "--instance", str(instance), typed=typed)


def column(instance: Path, name: str) -> list[object]:
    with closing(sqlite3.connect(instance / "liju.db")) as connection:
        return [row[0] for row in connection.execute(f"SELECT {name} FROM staff ORDER BY id")]  # noqa: S608  # our own words


def test_accounts_are_added_listed_disabled_and_given_passwords(instance: Path) -> None:
    added = staff(instance, "add", LI, "--name", "Li Wei", "--role", "administrator", "--product-line", "steam")
    password = re.findall(r"^One-time password: (\S{19})$", added.stdout, re.MULTILINE)
    assert (added.returncode, len(password)) == (0, 1)
    [digest] = column(instance, "password_digest")
    assert Argon2Hasher().verify(str(digest), password[0])
    assert column(instance, "password_is_temporary") == [1]

    refused = [
        staff(instance, "add", LI.upper()),
        staff(instance, "add", "no address"),
        staff(instance, "add", "chen@liju.example", "--product-line", "nonsense"),
        staff(instance, "disable", LI),
        staff(instance, "password", LI, "--stdin", typed="1234567890\n"),
        staff(instance, "password", "nobody@liju.example"),
        staff(instance, "add", "chen@liju.example", "--name", "Chen\nBcc: all@liju.example"),
        staff(instance, "add", "chen@liju.example", "--name", BROKEN),
        staff(instance, "add", "chen@liju.example", "--name", "C" * 101),
        staff(instance, "password", f"{BROKEN}@liju.example"),
        staff(instance, "disable", f"{BROKEN}@liju.example"),
        staff(instance, "enable", f"{BROKEN}@liju.example"),
    ]
    assert [done.returncode for done in refused] == [1] * len(refused)
    assert [
        done for done in refused if "Traceback" in done.stderr or not done.stderr.startswith("liju-contact: ")
    ] == []

    chosen = staff(instance, "password", LI, "--stdin", typed="seventeen blue kettles\n")
    assert (chosen.returncode, "seventeen" in chosen.stdout) == (0, False)
    assert column(instance, "password_is_temporary") == [0]
    assert "li.wei@liju.example  administrator  Li Wei  for steam" in staff(instance, "list").stdout


def test_demo_tells_its_password_once(tmp_path: Path) -> None:
    with running(tmp_path / "instance") as program:
        first = _desk_lines(program)
        sign_in = program.visitor().get("/staff/account")
        program.stop()
        program.start()
        lines = _desk_lines(program)

    assert len(first) == 1
    assert re.search(r"/staff   \(sales@liju\.example, one-time password \S{19}\)$", first[0])
    assert (sign_in.status, 'name="password"' in sign_in.text) == (200, True)
    assert lines[1].endswith("(a new password: run.py staff password ADDRESS)")


def _desk_lines(program: Program) -> list[str]:
    return re.findall(r"^The staff desk: .*$", program.output(), re.MULTILINE)
