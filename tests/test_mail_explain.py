"""``mail explain`` as somebody uses it who asks why a mail was taken for what it is: files in, lines of JSON out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from liju_contact.domain.keys import Keyring
from liju_contact.domain.reply_key import Purpose
from liju_contact.usecases.explain_mail import explain_mail
from liju_contact.usecases.mail_reader import Unreadable
from tests.conftest import EXAMPLE, PROJECT, SECRET
from tests.corpora import cases, content
from tests.launcher import run_command

KEYS = {"from", "to", "subject", "date", "text", "folded", "files", "keys", "verdict", "rule", "automatic"} | {
    "failed",
    "temporary",
    "error",
}
CUSTOMER = "ana@there.example"
REFERENCE = "LJ-7K3F-9Q2X"
BOUNCES = "bounce_flufl"
MOST_SECONDS = 20.0
MAIL = f"""From: Ana <{CUSTOMER}>
To: inquiry@liju.example
Subject: =?gb2312?B?ufjCrw==?=
Date: Mon, 23 Nov 2026 10:00:00 +0800
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

两台。

> How many?
--b
Content-Type: image/vnd.dwg; name=plan.dwg
Content-Transfer-Encoding: base64

AAECAw==
--b--
"""


def explain(instance: Path, *files: Path, **variables: str) -> list[dict[str, Any]]:
    run = run_command(*command(instance), *map(str, files), environment=os.environ | variables)
    assert (run.returncode, run.stderr.decode()) == (0, "")
    lines = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert [set(line) for line in lines] == [KEYS] * len(files)
    return lines


def command(instance: Path) -> list[str]:
    return ["mail", "explain", "--instance", str(instance)]


def written(folder: Path, name: str, mail: bytes) -> Path:
    path = folder / name
    path.write_bytes(mail)
    return path


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "config.toml").write_text(EXAMPLE.read_text("utf-8").replace("@secret@", SECRET), "utf-8")
    return folder


def test_mail_is_explained_without_settings_and_without_a_trace(tmp_path: Path) -> None:
    file = written(tmp_path, "mail.eml", MAIL.encode())

    [line] = explain(tmp_path / "nowhere", file)

    assert line == {
        "from": f"Ana <{CUSTOMER}>",
        "to": ["inquiry@liju.example"],
        "subject": "锅炉",
        "date": "2026-11-23T02:00:00+00:00",
        "text": "两台。",
        "folded": "> How many?",
        "files": [
            {
                "name": "plan.dwg",
                "type": "image/vnd.dwg",
                "bytes": 4,
                "sha256": "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8",
            }
        ],
        "keys": [],
        "verdict": "stranger",
        "rule": "no-key",
        "automatic": False,
        "failed": [],
        "temporary": [],
        "error": None,
    }
    assert [path.name for path in tmp_path.iterdir()] == ["mail.eml"]


@pytest.mark.parametrize(
    ("has_settings", "verdict", "rule"), [(True, "reply", "key-address"), (False, "stranger", "no-key")]
)
def test_key_is_proven_where_the_settings_hold_the_secret(
    instance: Path, tmp_path: Path, verdict: str, rule: str, *, has_settings: bool
) -> None:
    key = Keyring(SECRET).reply_key(REFERENCE, Purpose.CONVERSATION, 7, recipient=CUSTOMER)
    forged = Keyring("another secret").reply_key(REFERENCE, Purpose.CONVERSATION, 7, recipient=CUSTOMER)
    addressed = MAIL.replace("To: inquiry@", f"References: <{forged}@liju.example>\nTo: inquiry+{key}@")
    file = written(tmp_path, "mail.eml", addressed.encode())

    [line] = explain(instance if has_settings else tmp_path / "nowhere", file)

    known = {"reference": REFERENCE, "purpose": "conversation"}
    assert line["keys"] == [
        {"place": "address", **known, "proven": has_settings},
        {"place": "id", **known, "proven": False},
    ]
    assert (line["verdict"], line["rule"]) == (verdict, rule)


def test_300_mails_of_the_sets_are_explained_at_once(tmp_path: Path) -> None:
    chosen = [(BOUNCES, case) for case in cases(BOUNCES)]
    chosen += [("mail_rubymail", case) for case in cases("mail_rubymail")]
    chosen += [("spamassassin", case) for case in cases("spamassassin")]
    files = [written(tmp_path, f"{number}.eml", content(*which)) for number, which in enumerate(chosen[:300])]
    began = time.monotonic()

    lines = explain(tmp_path, *files)

    seconds = time.monotonic() - began
    print(f"\n300 mails in {seconds:.1f} s")  # noqa: T201  # the figure
    assert len(lines) == 300
    assert all(line["verdict"] for line in lines)
    bounces = [
        (case["expected"], line) for (corpus, case), line in zip(chosen, lines, strict=False) if corpus == BOUNCES
    ]
    assert {(line["verdict"], line["automatic"]) for _, line in bounces} == {("bounce", True)}
    wrong = [expected for expected, line in bounces if "failed" in expected and not names_who_failed(line, expected)]
    assert len(wrong) <= 0.03 * len(bounces)


def names_who_failed(line: dict[str, Any], expected: dict[str, Any]) -> bool:
    every = set(expected["failed"]) | set(expected["temporary"])
    return set(line["failed"]) == every and set(line["temporary"]) == set(expected["temporary"])


HEAD = b"From: a@b.example\r\nSubject: hostile\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
LAYERS = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (each, each) for each in range(10_000))
HOSTILE = {
    "semicolons": HEAD + b"Content-Type: text/plain" + b";" * 24_000 + b"\r\n\r\nx",
    "anchors": HTML + b"<a " * 20_000,
    "comments": HTML + b"<!--" * 1_250_000,
    "marked sections": HTML + b"<![><img" * 10_000,
    "layers": HEAD + LAYERS,
    "nothing": b"",
    "zeros": bytes(1_000_000),
    "one line": HEAD + b"\r\n" + b"a" * 5_000_000,
}


def test_hostile_mails_are_each_explained_in_time(tmp_path: Path) -> None:
    files = [written(tmp_path, "first.eml", MAIL.encode())]
    files += [written(tmp_path, f"{name}.eml", mail) for name, mail in HOSTILE.items()]
    moments: list[float] = []

    whole_command = [sys.executable, "-m", "liju_contact", *command(tmp_path), *map(str, files)]
    with subprocess.Popen(whole_command, cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            moments.append(time.monotonic())
            assert set(json.loads(line)) == KEYS

    seconds = {name: after - before for name, (before, after) in zip(HOSTILE, pairwise(moments), strict=True)}
    print("\n" + ", ".join(f"{name} {each:.2f} s" for name, each in seconds.items()))  # noqa: T201  # the figures
    assert process.returncode == 0
    assert max(seconds.values()) < MOST_SECONDS


def test_mail_that_cannot_be_read_is_explained_with_the_reason() -> None:
    line = explain_mail(None, Unreadable(words="Reading it takes longer than a mail may.", is_final=True))

    assert set(line) == KEYS
    assert line["error"] == "Reading it takes longer than a mail may."
    assert (line["verdict"], line["text"], line["files"]) == (None, "", [])


def test_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    run = run_command(*command(tmp_path), str(tmp_path / "none.eml"))

    assert (run.returncode, run.stdout) == (2, b"")
    assert b"does not exist" in run.stderr
