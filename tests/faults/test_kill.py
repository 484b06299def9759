"""Nothing acknowledged is lost, and no letter is left out or sent more often than crashes explain.

Short here; ``LIJU_KILLS=200``, or ``python -m tests.faults.kill --kills 200``, is the full length.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.kill import LETTER_LIMIT_SECONDS, judge, rage, settle
from tests.limits import UNLIMITED
from tests.program import running

KILLS = int(os.environ.get("LIJU_KILLS", "12"))
SEED = int(os.environ.get("LIJU_SEED", "1"))


def test_program_killed_again_and_again_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    with running(
        tmp_path / "instance", LIJU_MAIL_LETTER_LIMIT_SECONDS=str(LETTER_LIMIT_SECONDS), **UNLIMITED
    ) as program:
        storm = rage(program, kills=KILLS, seed=SEED)
        settle(program)
        faults = judge(program, storm)
    assert faults == []
    assert len(storm.promises) > KILLS, "the writers hardly got through, so nothing was shown"
