"""What every ``Carrier`` keeps to: held against the one tests use and the one that speaks SMTP, so they are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from liju_contact.domain.delivery import Delivered, Outcome, Refused, Stage
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.letter import Addressee
from liju_contact.mail.carrier import SmtpCarrier
from liju_contact.store.deliveries import Claimed
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import AttachedFile, Carrier, Deps
from tests.mail.smtp_scripts import Script, ScriptedServer, closes, script, server_at
from tests.usecases.outbox import LETTER, post
from tests.usecases.stories import DEFERRED, DELIVERED, REFUSED, UNKNOWN, UNSENDABLE, ScriptedCarrier, rows

ANA = "ana@there.example"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CLAIMED = Claimed(
    delivery_id=1,
    letter=LETTER,
    addressee=Addressee(name="Ana", address=ANA),
    message_id="<4711@liju.example>",
    message_files_id=None,
    attempt_count=0,
    queued_at=AT,
    written_at=AT,
    lease_until=AT + timedelta(minutes=5),
)
# What a server does that the outcome stands for; without one, the letter itself is at fault.
CONVERSATIONS: dict[str, tuple[Outcome, Script]] = {
    "delivered": (DELIVERED, script("dot", "250 queued as 4711")),
    "deferred": (DEFERRED, script("rcpt", "451 try later")),
    "refused": (REFUSED, script("rcpt", "550 no such user")),
    "unknown": (UNKNOWN, script("dot", closes)),
    "unsendable": (UNSENDABLE, script("dot", "250 queued as 4711")),
}
STATES = {
    "delivered": "delivered",
    "deferred": "queued",
    "refused": "refused",
    "unknown": "queued",
    "unsendable": "parked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    expected: Outcome
    carrier: Carrier
    claimed: Claimed


def scripted(name: str, _stack: ExitStack) -> Carrier:
    return ScriptedCarrier(script={ANA: [CONVERSATIONS[name][0]]})


def by_smtp(name: str, stack: ExitStack) -> Carrier:
    server = stack.enter_context(ScriptedServer(CONVERSATIONS[name][1]))
    carrier = SmtpCarrier(server_at(server.port))
    stack.callback(carrier.close)
    return carrier


KINDS: list[Callable[[str, ExitStack], Carrier]] = [scripted, by_smtp]


@contextmanager
def case_of(name: str, kind: Callable[[str, ExitStack], Carrier]) -> Iterator[Case]:
    letter = replace(LETTER, subject="two\nlines") if name == "unsendable" else LETTER
    with ExitStack() as stack:
        yield Case(
            name=name,
            expected=CONVERSATIONS[name][0],
            carrier=kind(name, stack),
            claimed=replace(CLAIMED, letter=letter),
        )


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Callable[[str, ExitStack], Carrier]:
    chosen: Callable[[str, ExitStack], Carrier] = request.param
    return chosen


@pytest.fixture(params=list(CONVERSATIONS))
def case(request: pytest.FixtureRequest, kind: Callable[[str, ExitStack], Carrier]) -> Iterator[Case]:
    with case_of(request.param, kind) as made:
        yield made


def test_an_attempt_ends_in_its_outcome_at_its_stage(case: Case) -> None:
    outcome = case.carrier.carry(case.claimed, [])

    assert type(outcome) is type(case.expected)
    assert (outcome.answer.stage, outcome.answer.code) == (case.expected.answer.stage, case.expected.answer.code)
    assert outcome.answer.words


def test_the_servers_own_words_are_kept(kind: Callable[[str, ExitStack], Carrier]) -> None:
    with case_of("refused", kind) as case:
        assert case.carrier.carry(case.claimed, []) == REFUSED
    with case_of("delivered", kind) as case:
        assert case.carrier.carry(case.claimed, []) == DELIVERED


def test_a_second_attempt_comes_to_the_same(case: Case) -> None:
    first, second = (case.carrier.carry(case.claimed, []) for _ in range(2))

    assert type(first) is type(second) is type(case.expected)


def test_a_carrier_can_be_closed_twice_and_used_again(case: Case) -> None:
    case.carrier.carry(case.claimed, [])
    case.carrier.close()
    case.carrier.close()

    assert type(case.carrier.carry(case.claimed, [])) is type(case.expected)


def test_a_carrier_that_never_carried_can_be_closed(kind: Callable[[str, ExitStack], Carrier]) -> None:
    with case_of("delivered", kind) as case:
        case.carrier.close()


def test_files_go_along(kind: Callable[[str, ExitStack], Carrier]) -> None:
    drawing = AttachedFile(name="锅炉房.pdf", kind=FileKind.PDF, content=b"%PDF-1.7" + bytes(range(256)) * 100)

    with case_of("delivered", kind) as case:
        assert isinstance(case.carrier.carry(case.claimed, [drawing]), Delivered)


@pytest.mark.parametrize("name", list(CONVERSATIONS))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_outbox_comes_to_the_same_state_with_either(
    deps: Deps, kind: Callable[[str, ExitStack], Carrier], name: str
) -> None:
    if name == "unsendable":
        with deps.db.begin() as tx:
            breaking = "UPDATE letter SET subject = 'two' || char(10) || 'lines'"
            tx.exec_driver_sql(f"CREATE TRIGGER two_lines AFTER INSERT ON letter BEGIN {breaking}; END")
    post(deps, ANA)

    with case_of(name, kind) as case:
        deliver_letters(deps, case.carrier, holder="w1")

    [row] = rows(deps.db, "delivery")
    assert (row["state"], row["attempt_count"]) == (STATES[name], 1)


def test_only_an_answer_for_good_is_a_refusal() -> None:
    """The real carrier alone: a server that is full says 452, and that passes."""
    with ScriptedServer(script("rcpt", ("452 mailbox full", "550 gone"))) as server:
        carrier = SmtpCarrier(server_at(server.port))
        full, gone = (carrier.carry(CLAIMED, []) for _ in range(2))
        carrier.close()

    assert (type(full), type(gone)) == (type(DEFERRED), Refused)
    assert full.answer.stage is Stage.RCPT
