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
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.judge_mail import judge_waiting
from liju_contact.usecases.receive_mail import receive_mail
from tests.conftest import SECRET, Clock
from tests.usecases.carried import Carried, carry_all
from tests.usecases.mails import DirectReader, mail, receive
from tests.usecases.stories import NEW, submit

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
    addresses = ("sender_address", "public_address", "reply_address", "bounce_address", "domain")
    known = {name: getattr(settings.mail, name) for name in addresses if isinstance(getattr(settings.mail, name), str)}
    stored = {name for name in known if name in settings.mail.__dataclass_fields__}
    moved = {name: known[name].replace("liju.example", "other.example") for name in stored}
    settings = replace(settings, mail=replace(settings.mail, **moved))
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
    domain = to.settings.mail.sender_address.partition("@")[2]
    crossing = [one for one in carried if one.recipient.endswith(f"@{domain}")]
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


@pytest.mark.parametrize("strip", [untouched, without_signs, without_keys_and_signs])
def test_a_mail_in_the_others_name_makes_no_loop(
    deps: Deps, other: Deps, clock: Clock, strip: Callable[[Carried], tuple[bytes, str]]
) -> None:
    receive(deps, mail(THERE, HERE, "Hello."))
    while judge_waiting(deps, DirectReader()):
        pass

    rounds, letters = run(deps, other, clock, strip)

    expected = {untouched: (1, 1), without_signs: (2, 2)}
    assert (rounds, letters) == expected[strip] if strip in expected else letters <= 20


@pytest.mark.parametrize("strip", [untouched, without_signs, without_keys_and_signs])
def test_the_form_with_the_others_address_makes_no_loop(
    deps: Deps, other: Deps, clock: Clock, strip: Callable[[Carried], tuple[bytes, str]]
) -> None:
    submit(deps, email=THERE)

    rounds, letters = run(deps, other, clock, strip)

    expected = {untouched: (1, 1), without_signs: (2, 2)}
    assert (rounds, letters) == expected[strip] if strip in expected else letters <= 20


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
    submit(deps, email=NEW.email)

    rounds, letters = run(deps, other, clock, strip)

    print("LOOP", strip.__name__, both_ways, rounds, letters)
    assert rounds < ROUNDS
