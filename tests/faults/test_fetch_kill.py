"""Each mail is stored exactly once and leaves the mailbox, however often fetching is killed between the two.

Short here; ``LIJU_KILLS=200``, or ``python -m tests.faults.fetch_kill --kills 200``, is the full length.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from liju_contact.config import Settings
from liju_contact.store.database import Database
from tests.faults.fetch_kill import judge, rage, settle
from tests.mail.imap_server import ImapServer

KILLS = int(os.environ.get("LIJU_KILLS", "5"))
SEED = int(os.environ.get("LIJU_SEED", "1"))


@pytest.mark.timeout(60 + 5 * KILLS)
def test_fetching_killed_again_and_again_stores_each_mail_once(settings: Settings, db: Database) -> None:
    with ImapServer() as server:
        storm = rage(replace(settings, database_url=db.url), server, db, kills=KILLS, seed=SEED)
        settle(storm)

    assert judge(storm) == []
    assert storm.hits["idle"] < KILLS, "nothing was killed at work, so nothing was shown"
