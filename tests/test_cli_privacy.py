"""``liju-contact privacy``, as an operator mistypes it."""

from __future__ import annotations

from pathlib import Path

from tests.launcher import run_for_text


def test_what_is_no_address_is_said_and_leaves_no_zip(instance: Path, tmp_path: Path) -> None:
    held = tmp_path / "held.zip"

    refused = [
        run_for_text("privacy", *arguments, "--instance", str(instance))
        for arguments in (("export", "", "--to", str(held)), ("erase", ""), ("erase", "", "--yes"))
    ]

    assert [(done.returncode, done.stderr) for done in refused] == [
        (1, "liju-contact: '' is no e-mail address.\n"),
    ] * 3
    assert not held.exists()
