"""``liju-contact spam`` on a small folder of marked texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from liju_contact.spam_lists import read_prior
from tests.conftest import EXAMPLE, SECRET
from tests.launcher import run_for_text

SPAM = "Guest post, high quality backlinks, first page of Google, casino bonus!!! http://8.8.8.8/x number {}"
HONEST = "We need boiler number {} with 10 bar for our laundry, when can you deliver?"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Twenty lines of each kind and two mails, kept as the public sets are."""
    lines, mails = tmp_path / "corpora" / "sms_spam", tmp_path / "corpora" / "spamassassin"
    lines.mkdir(parents=True)
    mails.mkdir()
    rows = [
        {"i": 2 * n + is_spam, "label": ("ham", "spam")[is_spam], "text": (HONEST, SPAM)[is_spam].format(n)}
        for n in range(20)
        for is_spam in (0, 1)
    ]
    (lines / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    cases = [{"id": label, "files": {"jsonl": "rows.jsonl"}} for label in ("ham", "spam")]
    (lines / "manifest.json").write_text(json.dumps({"cases": cases}), "utf-8")
    for label, text in (("ham", HONEST), ("spam", SPAM)):
        (mails / f"{label}.eml").write_text(f"From: a@{label}.example\nSubject: Hello\n\n{text}\n", "utf-8")
    cases = [
        {"id": label, "files": {"message": f"{label}.eml"}, "expected": {"label": label}} for label in ("ham", "spam")
    ]
    (mails / "manifest.json").write_text(json.dumps({"cases": cases}), "utf-8")
    return lines.parent


def test_texts_are_judged_and_a_prior_is_written(corpus: Path, tmp_path: Path) -> None:
    instance, prior = tmp_path / "instance", tmp_path / "prior.tsv"
    instance.mkdir()
    (instance / "config.toml").write_text(EXAMPLE.read_text("utf-8").replace("@secret@", SECRET), "utf-8")
    places = ("--corpus", str(corpus), "--instance", str(instance))

    shipped = run_for_text("spam", "evaluate", "--shipped", *places)
    missing = run_for_text("spam", "evaluate", "--set", "enron", *places)
    taught = run_for_text("spam", "teach", "--write", str(prior), *places)

    assert shipped.stdout.splitlines() == [
        "spamassassin: 0 of 1 honest held (0.00 %), 1 of 1 spam held (100.0 %); goals reached",
        "sms_spam: 0 of 20 honest held (0.00 %), 20 of 20 spam held (100.0 %); goals reached",
        "all: 0 of 21 honest held (0.00 %), 21 of 21 spam held (100.0 %); goals reached",
    ]
    assert (missing.returncode, "enron/manifest.json" in missing.stderr) == (1, True)
    assert (taught.returncode, "of 42 texts" in taught.stdout) == (0, True)
    assert read_prior(prior.read_text("utf-8")).text.words["guest post"] > 0
