"""The transport and servers on loopback that refuse, break, stall and lie; faults are also recovered from."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from liju_contact.domain.delivery import Answer, Deferred, Delivered, Outcome, Refused, Stage, Unknown
from liju_contact.mail.transport import MailFile, Transport
from tests.mail.letters import LETTER
from tests.mail.smtp_scripts import (
    ACCEPTED,
    HURRIED,
    HangUp,
    Script,
    ScriptedServer,
    closes,
    drips,
    floods,
    is_silent,
    script,
    server_at,
    signing_in,
)

MOMENTS = [
    ("greeting", Stage.CONNECT),
    ("ehlo", Stage.CONNECT),
    ("auth", Stage.SIGN_IN),
    ("mail", Stage.MAIL),
    ("rcpt", Stage.RCPT),
    ("data", Stage.DATA),
    ("dot", Stage.DOT),
]
BEFORE_MAIL = {Stage.CONNECT, Stage.SIGN_IN}


@pytest.mark.parametrize(("moment", "stage"), MOMENTS)
@pytest.mark.parametrize("code", [451, 554])
def test_negative_reply_is_judged_by_its_stage(moment: str, stage: Stage, code: int) -> None:
    bad = script(
        moment, (f"{code} 4.0.0 not now", f"{code} 4.0.0 not now") if moment == "ehlo" else f"{code} 4.0.0 not now"
    )

    with ScriptedServer(bad, Script()) as server, Transport(signing_in(server.port)) as transport:
        outcome = transport.send(LETTER)

    answer = Answer(stage=stage, code=code, words="4.0.0 not now")
    expected: Outcome = Refused(answer) if code == 554 and stage not in BEFORE_MAIL else Deferred(answer)
    assert outcome == expected


@pytest.mark.parametrize(
    ("moment", "stage", "fault"),
    [(*moment, fault) for moment in MOMENTS for fault in (closes, is_silent)]
    + [("greeting", Stage.CONNECT, drips), ("rcpt", Stage.RCPT, drips), ("dot", Stage.DOT, drips)],
)
def test_broken_connection_is_judged_by_its_stage_and_replaced(moment: str, stage: Stage, fault: Any) -> None:
    with (
        ScriptedServer(script(moment, fault), Script()) as server,
        Transport(signing_in(server.port, **HURRIED)) as transport,
    ):
        outcome = transport.send(LETTER)
        after = transport.send(LETTER)

    assert type(outcome) is (Unknown if stage is Stage.DOT else Deferred)
    assert (outcome.answer.stage, outcome.answer.code) == (stage, 0)
    assert str(server.port) in outcome.answer.words
    assert after == ACCEPTED
    assert len(server.wires) == 2


@pytest.mark.parametrize("fault", [closes, is_silent])
def test_connection_lost_before_the_final_dot_is_left_is_a_letter_not_taken(fault: Any) -> None:
    """Only a letter that overflows the buffers in between can be seen not to have left."""
    large = replace(LETTER, files=(MailFile(name="x", media_type="image/png", content=bytes(10_000_000)),))

    with (
        ScriptedServer(Script(first_line=fault), Script()) as server,
        Transport(server_at(server.port, **HURRIED)) as transport,
    ):
        outcomes = [transport.send(large), transport.send(LETTER)]

    assert isinstance(outcomes[0], Deferred)
    assert outcomes[0].answer.stage is Stage.DATA
    assert outcomes[1] == ACCEPTED


@pytest.mark.parametrize("fault", [closes, is_silent, drips])
def test_small_letter_cut_off_by_the_server_may_have_been_taken(fault: Any) -> None:
    with (
        ScriptedServer(Script(first_line=fault), Script()) as server,
        Transport(server_at(server.port, **HURRIED)) as transport,
    ):
        outcomes = [transport.send(LETTER), transport.send(LETTER)]

    assert isinstance(outcomes[0], Unknown)
    assert outcomes[1] == ACCEPTED


def test_server_gets_the_whole_limit_to_answer_the_final_dot() -> None:
    def thinks_it_over(wire: Any) -> None:
        wire.stopping.wait(0.6)
        wire.say("250 queued as 4711")

    patient = {"timeout_seconds": 0.2, "letter_limit_seconds": 20}
    with (
        ScriptedServer(Script(dot=thinks_it_over)) as server,
        Transport(server_at(server.port, **patient)) as transport,
    ):
        outcome = transport.send(LETTER)

    assert outcome == ACCEPTED


def test_endless_reply_is_cut_off() -> None:
    with ScriptedServer(Script(rcpt=floods), Script()) as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)
        after = transport.send(LETTER)

    assert isinstance(outcome, Deferred)
    assert outcome.answer.words.endswith("the server's reply has no end")
    assert after == ACCEPTED


def test_overlong_reply_line_is_no_refusal() -> None:
    with ScriptedServer(Script(rcpt="250 " + "x" * 9000)) as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)

    assert isinstance(outcome, Deferred)
    assert (outcome.answer.stage, outcome.answer.code) == (Stage.RCPT, 0)


@pytest.mark.parametrize("reply", ["nonsense", "", "1", "666 beast"])
def test_reply_nobody_understands_is_never_success(reply: str) -> None:
    with ScriptedServer(Script(rcpt=f"{reply}\r\n")) as server, Transport(server_at(server.port)) as transport:
        at_rcpt = transport.send(LETTER)
    with ScriptedServer(Script(dot=f"{reply}\r\n")) as server, Transport(server_at(server.port)) as transport:
        at_dot = transport.send(LETTER)

    assert (type(at_rcpt), type(at_dot)) == (Deferred, Unknown)


def test_any_positive_reply_to_the_dot_is_success() -> None:
    with ScriptedServer(Script(dot="252 taken, somehow")) as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)

    assert outcome == Delivered(Answer(stage=Stage.ACCEPTED, code=252, words="taken, somehow"))


@pytest.mark.parametrize("code", [530, 535])
def test_server_that_wants_a_sign_in_does_not_refuse_the_letter(code: int) -> None:
    demanding = Script(mail=f"{code} authentication required")
    with ScriptedServer(demanding) as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)

    assert outcome == Deferred(Answer(stage=Stage.MAIL, code=code, words="authentication required"))


def test_letter_too_large_is_refused() -> None:
    with (
        ScriptedServer(Script(mail="552 5.3.4 message too big")) as server,
        Transport(server_at(server.port)) as transport,
    ):
        outcome = transport.send(LETTER)

    assert outcome == Refused(Answer(stage=Stage.MAIL, code=552, words="5.3.4 message too big"))


def test_words_of_the_server_are_readable_and_short() -> None:
    rude = Script(rcpt="550-No\x07 such\r\n550 用户 " + "x" * 900)
    with ScriptedServer(rude) as server, Transport(server_at(server.port)) as transport:
        outcome = transport.send(LETTER)

    assert outcome.answer.words.startswith("No such 用户 xxx")
    assert len(outcome.answer.words) == 500


def test_refused_connection_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    outcome = Transport(server_at(port)).send(LETTER)

    words = f"localhost:{port} refuses connections"
    assert outcome == Deferred(Answer(stage=Stage.CONNECT, code=0, words=words))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".invalid"])
def test_unknown_host_name_is_named(host: str) -> None:
    outcome = Transport(replace(server_at(25), host=host)).send(LETTER)

    assert isinstance(outcome, Deferred)
    assert host in outcome.answer.words


def test_limit_grows_with_the_letter() -> None:
    server = server_at(25, letter_limit_seconds=120)

    assert server.limit_seconds(0) == 120
    assert server.limit_seconds(64 * 1024 * 60) == 180


def test_server_that_takes_a_letter_in_sips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def sips(wire: Any) -> None:
        while not wire.stopping.wait(0.1):
            wire.sock.recv(100_000)
        raise HangUp

    monkeypatch.setattr("liju_contact.mail.conversation.SLOWEST_UPLINK_BYTES_PER_SECOND", 10**9)
    large = replace(LETTER, files=(MailFile(name="x", media_type="image/png", content=bytes(10_000_000)),))

    only_the_limit = {"timeout_seconds": 60, "letter_limit_seconds": 1.5}
    with (
        ScriptedServer(Script(first_line=sips)) as server,
        Transport(server_at(server.port, **only_the_limit)) as transport,
    ):
        outcome = transport.send(large)

    assert isinstance(outcome, Deferred)
    assert outcome.answer.stage is Stage.DATA
