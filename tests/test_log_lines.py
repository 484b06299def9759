"""What the log says, and what it must never say."""

from __future__ import annotations

import logging
import sys

import pytest
from sqlalchemy import text

from liju_contact.domain.errors import Conflict, LijuError
from liju_contact.log_lines import FORMAT, QuietFormatter, masked, request_id
from liju_contact.store.database import Database

SECRETS = ("ana@usina.example", "Ana Souza", "grumblewort")


def line_of(error: BaseException, message: str = "It failed.", *args: object) -> str:
    """Return what the log says of an error that was raised here."""
    try:
        raise error  # noqa: TRY301  # so that it has passed through a line of code
    except BaseException:  # noqa: BLE001  # whatever the test raises
        record = logging.LogRecord("liju", logging.ERROR, __file__, 1, message, args, sys.exc_info())
        return QuietFormatter(FORMAT).format(record)


@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, RuntimeError, UnicodeError, AssertionError, OSError, LookupError]
)
def test_what_an_exception_quotes_is_not_said(kind: type[Exception]) -> None:
    line = line_of(kind(f"cannot read {', '.join(map(repr, SECRETS))}"))

    assert kind.__name__ in line
    assert "test_log_lines.py" in line
    assert [secret for secret in SECRETS if secret in line] == []


def test_an_exception_among_the_words_of_a_line_says_no_more() -> None:
    line = line_of(OSError(), "It failed: %s", ValueError("ana@usina.example said grumblewort"))

    assert "It failed: ValueError" in line
    assert "grumblewort" not in line


def test_what_the_code_itself_names_is_said() -> None:
    missing = LijuError("a sentence of ours")

    with pytest.raises(AttributeError) as caught:
        missing.no_such_name  # type: ignore[attr-defined]  # noqa: B018  # that is the point

    line = line_of(caught.value)
    assert "'no_such_name'" in line
    assert "a sentence of ours" in line_of(missing)


def test_the_values_of_a_row_are_not_said(db: Database) -> None:
    """PostgreSQL names them in the detail of its errors, which SQLAlchemy does not hide."""
    add = text("INSERT INTO tag (name, name_folded) VALUES ('grumblewort', 'grumblewort')")

    with db.begin() as tx:
        tx.execute(add)
    with pytest.raises(Conflict) as caught, db.begin() as tx:
        tx.execute(add)

    line = line_of(caught.value)
    assert "IntegrityError" in line
    assert "grumblewort" not in line.replace("VALUES ('grumblewort', 'grumblewort')", "")


@pytest.mark.parametrize(
    "secret",
    [
        "li.wei@liju.example",
        "用户@例子.公司",
        "0123456789abcdef0123456789abcdef01",
        "lj7k3f9q2x.a1z.0123456789abcdef0123456789",
        "AbCdEf_123-456AbCdEf_123-456AbCdEf_123-456Ab",
        "secret-0123456789-abcdef",
    ],
)
def test_addresses_and_keys_are_struck_out_wherever_they_stand(secret: str) -> None:
    assert secret not in masked(f"Sent to <{secret}>, and to {secret}.")


def test_public_numbers_and_places_stay() -> None:
    said = "Inquiry LJ-7K3F-9Q2X in /srv/liju_contact/store/inquiries.py, delivery 4711 at 2026-11-28T05:00:00"

    assert masked(said) == said


def test_a_line_names_its_request() -> None:
    token = request_id.set("0123456789ab")

    try:
        assert "[0123456789ab]" in line_of(ValueError())
    finally:
        request_id.reset(token)
