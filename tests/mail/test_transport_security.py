"""The transport's certificates, passwords and its probe for the ``check`` command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liju_contact.domain.delivery import Answer, Deferred, Stage
from liju_contact.mail.transport import Transport, probe
from tests.mail.letters import LETTER
from tests.mail.smtp_scripts import (
    ACCEPTED,
    CERTIFICATES,
    HURRIED,
    Script,
    ScriptedServer,
    closes,
    drips,
    is_silent,
    script,
    server_at,
    signing_in,
)

# An encrypted connection takes its time to begin, on a busy machine above all.
PATIENT: dict[str, Any] = {"timeout_seconds": 10, "letter_limit_seconds": 20}


@pytest.mark.parametrize("security", ["starttls", "tls"])
class TestCertificates:
    def test_trusted_one_is_accepted(self, security: str) -> None:
        secured = Script(tls_from_the_start=security == "tls")
        trusting = PATIENT | {"security": security, "ca_file": CERTIFICATES / "localhost.pem"}

        with ScriptedServer(secured) as server, Transport(server_at(server.port, **trusting)) as transport:
            outcomes = [transport.send(LETTER), transport.send(LETTER)]

        assert outcomes == [ACCEPTED] * 2
        assert len(server.wires) == 1

    @pytest.mark.parametrize(
        ("certificate", "ca_file", "reason"),
        [
            ("localhost", None, "self-signed certificate"),
            ("elsewhere", CERTIFICATES / "elsewhere.pem", "Hostname mismatch"),
        ],
    )
    def test_wrong_one_ends_it_before_anything_is_said(
        self, security: str, certificate: str, ca_file: Any, reason: str
    ) -> None:
        secured = Script(tls_from_the_start=security == "tls", certificate=certificate)
        demanding = PATIENT | {"security": security, "ca_file": ca_file, "username": "liju", "password": "open sesame"}

        with ScriptedServer(secured) as server, Transport(server_at(server.port, **demanding)) as transport:
            outcome = transport.send(LETTER)

        assert isinstance(outcome, Deferred)
        assert outcome.answer.stage is Stage.CONNECT
        assert f"is not trusted: {reason}" in outcome.answer.words
        assert not {"auth", "mail"} & set(server.commands[0])

    @pytest.mark.parametrize("fault", [is_silent, drips, closes])
    def test_server_that_never_gets_to_tls_is_left(self, security: str, fault: Any) -> None:
        stalled = Script(greeting=fault) if security == "tls" else Script(starttls=fault)

        with ScriptedServer(stalled) as server:
            outcome = Transport(server_at(server.port, security=security, **HURRIED)).send(LETTER)

        assert isinstance(outcome, Deferred)
        assert outcome.answer.stage is Stage.CONNECT


def test_server_without_starttls_gets_no_password() -> None:
    plain = Script(ehlo="250-script.example\r\n250 AUTH PLAIN")

    with ScriptedServer(plain) as server:
        outcome = Transport(replace(signing_in(server.port), security="starttls")).send(LETTER)

    assert isinstance(outcome, Deferred)
    assert "STARTTLS extension not supported" in outcome.answer.words
    assert server.commands == [["ehlo"]]


def test_password_outside_ascii_is_named_but_not_shown() -> None:
    with ScriptedServer() as server:
        outcome = Transport(server_at(server.port, username="liju", password="密码")).send(LETTER)

    assert isinstance(outcome, Deferred)
    assert outcome.answer.stage is Stage.SIGN_IN
    assert "plain ASCII" in outcome.answer.words
    assert not set("密码") & set(outcome.answer.words)


def test_probe_says_nothing_when_all_is_well() -> None:
    with ScriptedServer() as server:
        answer = probe(signing_in(server.port))

    assert answer is None
    assert server.commands == [["ehlo", "auth", "quit"]]


def test_probe_names_the_stage_that_failed() -> None:
    with ScriptedServer(Script(auth="535 5.7.8 wrong password")) as server:
        answer = probe(signing_in(server.port))

    assert answer == Answer(stage=Stage.SIGN_IN, code=535, words="5.7.8 wrong password")


@pytest.mark.parametrize(
    ("moment", "stage"), [("greeting", Stage.CONNECT), ("ehlo", Stage.CONNECT), ("auth", Stage.SIGN_IN)]
)
@pytest.mark.parametrize("fault", [closes, is_silent])
def test_probe_survives_a_broken_connection(moment: str, stage: Stage, fault: Any) -> None:
    with ScriptedServer(script(moment, fault)) as server:
        answer = probe(signing_in(server.port, **HURRIED))

    assert answer is not None
    assert (answer.stage, answer.code) == (stage, 0)


def test_password_is_not_printed() -> None:
    assert "sesame" not in repr(signing_in(25))
