"""The whole program with a virus scanner: a request is answered before it has looked, and no virus goes on by mail."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.program import running, wait_for
from tests.scanner.daemons import EICAR, SIGNATURE, fake_clamd, honest
from tests.visitor import Upload


def test_virus_of_the_form_is_marked_and_the_teams_letter_comes_without_it(tmp_path: Path) -> None:
    with fake_clamd(tmp_path, honest) as address, running(tmp_path / "in", LIJU_SCANNER_ADDRESS=address) as program:
        visitor = program.visitor()

        visit = visitor.visit([Upload("bad.txt", EICAR), Upload("plan.pdf", b"%PDF-1.7 fine")])

        marked = f"virus found: {SIGNATURE}.UNOFFICIAL"
        wait_for(lambda: marked in visitor.get(visit.path).text, seconds=30, what="the mark")
        wait_for(lambda: len(program.letters()) == 2, seconds=30, what="both letters")
        assert visitor.get(f"{visit.path}/file/1/bad.txt").status == 451
        assert visitor.get(f"{visit.path}/file/2/plan.pdf").body == b"%PDF-1.7 fine"
        [with_files] = [letter.content for letter in program.letters() if b"plan.pdf" in letter.content]
        assert b"bad.txt.txt" in with_files
        assert EICAR[:20] not in with_files
        assert base64.b64encode(EICAR)[:20] not in with_files
