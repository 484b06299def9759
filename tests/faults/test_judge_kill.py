"""Each mail is applied exactly once, however often the worker is killed while it judges, and none is parked for that.

Short here; ``LIJU_KILLS=200``, or ``python -m tests.faults.judge_kill --kills 200``, is the full length.
"""

from __future__ import annotations

import os

import pytest

from liju_contact.config import Settings
from liju_contact.store.database import Database
from tests.faults.judge_kill import judge, rage, settle

KILLS = int(os.environ.get("LIJU_KILLS", "3"))
SEED = int(os.environ.get("LIJU_SEED", "1"))


@pytest.mark.timeout(120 + 10 * KILLS)
def test_judging_killed_again_and_again_applies_each_mail_once(settings: Settings, db: Database) -> None:
    storm = rage(settings, db, kills=KILLS, seed=SEED)
    settle(storm)

    assert judge(storm) == []
    assert storm.hits["at work"] > KILLS // 3, "hardly anything was killed at work, so nothing was shown"
