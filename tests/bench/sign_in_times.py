"""Measures whether the time of a sign-in tells that there is an account: many tries, one after the other, interleaved.

``python -m tests.bench.sign_in_times`` prints the median of each kind and how far it is from that of a wrong password.
What the suite asserts is that the same work is done (``tests/attacks/test_strangers.py``); times are only measured.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from liju_contact.app import make_app, make_deps
from liju_contact.config import read_settings
from liju_contact.store.schema import migrate
from liju_contact.store.staff import change_account
from liju_contact.usecases.deps import Deps
from liju_contact.web.form_token import new_form_token
from tests.conftest import EXAMPLE, SECRET
from tests.staff_desk import account
from tests.web.staff.door import PASSWORD, with_password

BEGUN_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TRIES = {
    "wrong password": ("li.wei@liju.example", "wrong password of somebody"),
    "unknown address": ("nobody@liju.example", "wrong password of somebody"),
    "disabled account": ("gone@liju.example", PASSWORD),
    "invited, no password": ("invited@liju.example", "wrong password of somebody"),
}


class Hours:
    """A clock that stands still but for an hour between two rounds, so that no try is one too many."""

    def __init__(self) -> None:
        self.at = BEGUN_AT

    def now(self) -> datetime:
        return self.at


def measure(deps: Deps, hours: Hours, rounds: int) -> dict[str, list[float]]:
    client = make_app(deps).test_client()
    seconds = defaultdict(list)
    for number in range(rounds + 5):
        hours.at += timedelta(hours=2)
        for name, (address, password) in TRIES.items():
            form = {"token": new_form_token(deps), "address": address, "password": password}
            begun = time.perf_counter()
            answer = client.post("/staff/sign-in", data=form)
            took = time.perf_counter() - begun
            assert answer.status_code == 422  # the form came back
            if number >= 5:  # the first rounds load what is loaded at first use
                seconds[name].append(took)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sign_in_times")
    parser.add_argument("--tries", type=int, default=100)
    rounds = parser.parse_args().tries
    hours = Hours()
    with tempfile.TemporaryDirectory() as folder:
        text = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
        settings = read_settings(text, instance=Path(folder), environment={})
        deps = make_deps(replace(settings, database_url=f"sqlite:///{folder}/liju.db"), now=hours.now)
        migrate(deps.db)
        with_password(deps, address="li.wei@liju.example")
        gone = with_password(deps, address="gone@liju.example")
        account(deps, "invited@liju.example")
        with deps.db.begin() as tx:
            change_account(tx, gone.id, disabled_at=deps.now())
        medians = {name: statistics.median(times) for name, times in measure(deps, hours, rounds).items()}
        deps.db.close()
    known = medians["wrong password"]
    for name, median in medians.items():
        print(f"{name:22} {1000 * median:7.1f} ms {100 * (median / known - 1):+6.1f} %")  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
