"""The operator erases a customer of the running program: by the command, down to the bytes and the letters on disk."""

from __future__ import annotations

from pathlib import Path

from tests.program import Program, running, wait_for
from tests.visitor import Upload

NAME, EMAIL, TEXT = "Zoltan Quixwoz", "zoltan@plughfarm.example", "The grumblewort leaks"
FILE = Upload("frobnitzim.pdf", b"%PDF-1.7 grumblewort", "application/pdf")


def test_the_command_shows_what_would_go_and_then_takes_it(tmp_path: Path) -> None:
    with running(tmp_path / "instance") as program:
        program.visitor().visit(name="Eva", email="eva@elsewhere.example", message="Good day")
        program.visitor().visit([FILE], name=NAME, email=EMAIL, message=TEXT)
        wait_for(lambda: len(program.letters()) == 4, seconds=60, what="the letters")
        exported = program.run("privacy", "export", EMAIL, "--to", str(tmp_path / "held.zip"))
        shown = program.run("privacy", "erase", EMAIL)
        before = _found(program)

        erased = program.run("privacy", "erase", EMAIL.upper(), "--yes")

        after, left = _found(program), len(list((program.instance / "post" / "new").iterdir()))

    assert (exported.returncode, (tmp_path / "held.zip").stat().st_size > 500) == (0, True)
    assert "1  inquiries, whole" in shown.stdout
    assert "Nothing was changed" in shown.stdout
    assert {word for word, _file in before} == {"plughfarm", "grumblewort"}
    assert (erased.returncode, erased.stderr) == (0, "")
    assert (after, left) == (set(), 2)


def _found(program: Program) -> set[tuple[str, str]]:
    """Return which words stand in which file of the instance, the letters that the post office kept included."""
    files = [(path.name, path.read_bytes().lower()) for path in program.instance.rglob("*") if path.is_file()]
    return {(word, name) for word in ("plughfarm", "grumblewort") for name, held in files if word.encode() in held}
