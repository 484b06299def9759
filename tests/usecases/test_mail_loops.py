"""Two complete instances of this program write to each other: it stops by itself, whatever the way strips off."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from liju_contact.app import make_deps
from liju_contact.domain.catalogue import Team
from liju_contact.domain.inbound import Door, Envelope
from liju_contact.domain.reply_key import without_keys
from liju_contact.store.database import Database
from liju_contact.usecases.answer_in_post_office import is_own_address
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.open_by_mail import CONFIRMATIONS_PER_DAY
from liju_contact.usecases.receive_mail import receive_mail
from tests.conftest import ONE_DATABASE, SECRET, Clock
from tests.usecases.carried import Carried, carry_all
from tests.usecases.mails import DirectReader, mail, receive
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE

HERE, THERE = "inquiry@liju.example", "inquiry@other.example"
ROUNDS = 60
_AUTOMATIC = re.compile(
    rb"^(?:Auto-Submitted|X-Auto-Response-Suppress|Precedence|Content-Language): .*\r\n", re.MULTILINE
)
_THREAD = re.compile(rb"^(?:In-Reply-To|References|Reply-To|Message-ID): .*\r\n(?:[ \t].*\r\n)*", re.MULTILINE)


@pytest.fixture
def other(deps: Deps, migrated_file: Path, tmp_path: Path, clock: Clock) -> Iterator[Deps]:
    """Another company that runs the same program, with a secret, a database and addresses of its own."""
    shutil.copy(migrated_file, tmp_path / "other.db")
    settings = replace(deps.settings, secret=SECRET[::-1], database_url=f"sqlite:///{tmp_path / 'other.db'}")
    moved = {
        name: str(getattr(settings.mail, name)).replace("liju.example", "other.example")
        for name in ("sender_address", "public_address", "reply_address", "bounce_address")
        if name in settings.mail.__dataclass_fields__
    }
    settings = replace(settings, mail=replace(settings.mail, **moved))  # type: ignore[arg-type]  # all are texts
    database = Database(settings.database_url)
    made = make_deps(settings, now=clock.now)
    made.db.close()
    yield replace(made, db=database, random_bytes=random.Random(7).randbytes)
    database.close()


def with_teams(deps: Deps, *recipients: str) -> Deps:
    catalogue = deps.settings.catalogue
    teams = tuple(Team(id=team.id, label=team.label, recipients=recipients) for team in catalogue.teams)
    staff = tuple(replace(catalogue.staff[0], address=address, aliases=()) for address in recipients)
    return replace(deps, settings=replace(deps.settings, catalogue=replace(catalogue, teams=teams, staff=staff)))


def untouched(carried: Carried) -> tuple[bytes, str]:
    return carried.raw, carried.sender


def without_signs(carried: Carried) -> tuple[bytes, str]:
    """Take off what says that no person wrote it."""
    return _AUTOMATIC.sub(b"", carried.raw), str(carried.message["From"].addresses[0].addr_spec)


def without_keys_and_signs(carried: Carried) -> tuple[bytes, str]:
    """Take off the thread and the keys as well, as the worst forwarding does."""
    message = mail(str(carried.message["From"]), carried.recipient, without_keys(carried.plain))
    message.replace_header("Subject", str(carried.message["Subject"]))
    return message.as_bytes(), str(carried.message["From"].addresses[0].addr_spec)


def hand_over(carried: list[Carried], to: Deps, strip: Callable[[Carried], tuple[bytes, str]]) -> int:
    """Bring letters to the other instance, as far as they are addressed to it; return how many those were."""
    crossing = [one for one in carried if is_own_address(to.settings.mail, one.recipient)]
    for one in crossing:
        raw, sender = strip(one)
        receive_mail(to, raw, Envelope(door=Door.LMTP, sender=sender, recipients=(one.recipient,)), now=to.now())
    while judge_waiting(to, DirectReader()):
        pass
    return len(crossing)


def run(one: Deps, another: Deps, clock: Clock, strip: Callable[[Carried], tuple[bytes, str]]) -> tuple[int, int]:
    """Let both write to each other until nothing crosses any more; return rounds and letters."""
    count = 0
    for rounds in range(ROUNDS):
        clock.move(minutes=1)
        crossing = hand_over(carry_all(one), another, strip) + hand_over(carry_all(another), one, strip)
        if not crossing:
            return rounds, count
        count += crossing
    return ROUNDS, count


def by_mail(deps: Deps) -> None:
    receive(deps, mail(THERE, HERE, "Hello."))
    while judge_waiting(deps, DirectReader()):
        pass


def by_form(deps: Deps) -> None:
    submit(deps, email=THERE)


@pytest.mark.parametrize("begin", [by_mail, by_form])
@pytest.mark.parametrize(
    ("strip", "most"), [(untouched, (1, 1)), (without_signs, (1, 2)), (without_keys_and_signs, (12, 21))]
)
def test_an_inquiry_in_the_others_name_makes_no_loop(
    deps: Deps,
    other: Deps,
    clock: Clock,
    *,
    begin: Callable[[Deps], None],
    strip: Callable[[Carried], tuple[bytes, str]],
    most: tuple[int, int],
) -> None:
    """Without a key each letter is a stranger's: then the confirmations per address and day end it."""
    begin(deps)

    rounds, letters = run(deps, other, clock, strip)

    assert (rounds <= most[0], 0 < letters <= most[1]) == (True, True)
    confirmations = [row for row in rows(other.db, "letter") if row["kind"] == "inquiry_received"]
    assert len(confirmations) <= CONFIRMATIONS_PER_DAY


@pytest.mark.parametrize("strip", [untouched, without_signs, without_keys_and_signs])
@pytest.mark.parametrize("both_ways", [False, True])
def test_a_team_that_is_the_other_instance_makes_no_loop(
    deps: Deps,
    other: Deps,
    clock: Clock,
    both_ways: bool,  # noqa: FBT001  # a parameter of the test
    strip: Callable[[Carried], tuple[bytes, str]],
) -> None:
    deps = with_teams(deps, THERE)
    other = with_teams(other, HERE) if both_ways else other
    submit(deps)

    rounds, letters = run(deps, other, clock, strip)

    assert (rounds <= 4, 0 < letters <= 8) == (True, True)
