"""Reply keys: what is written is found again, and proves nothing but what it was made for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.config_mail import KEY
from liju_contact.domain.keys import Keyring
from liju_contact.domain.reference import make_reference
from liju_contact.domain.reply_key import (
    Purpose,
    ReplyKey,
    find_bounce_keys,
    find_reply_keys,
    without_keys,
)

KEYS = Keyring("a secret that only the tests know, and long enough")
REFERENCES = st.builds(make_reference, st.binary(min_size=5, max_size=5), st.sampled_from(["LJ", "ABC", "BOIL"]))
NUMBERS = st.integers(0, 36**12 - 1)  # what a key can hold, and less than what a BIGINT can
LI = "li.wei@liju.example"


def key_for(recipient: str, purpose: Purpose = Purpose.CONVERSATION, number: int = 7) -> ReplyKey:
    return KEYS.reply_key("LJ-7K3F-9Q2X", purpose, number, recipient=recipient)


@given(REFERENCES, st.sampled_from(Purpose), NUMBERS)
def test_a_key_is_read_back_from_all_it_is_written_into(reference: str, purpose: Purpose, number: int) -> None:
    key = KEYS.reply_key(reference, purpose, number, recipient=LI)

    for text in (f"inquiry+{key}@liju.example", f"<{key}@liju.example>", f"{reference} · {key}\n> x", str(key).upper()):
        assert list(find_reply_keys(text)) == [key]


@pytest.mark.parametrize("recipient", ["LI.Wei@liju.example", " li.wei@LIJU.example "])
def test_a_key_is_made_for_every_spelling_of_an_address(recipient: str) -> None:
    assert KEYS.is_made_for(key_for(LI), recipient)


def test_a_key_is_made_for_nobody_else_and_nothing_else() -> None:
    key = key_for(LI)
    others = [
        key_for("wang.fang@liju.example"),
        key_for(LI, Purpose.NOTE),
        key_for(LI, number=8),
        KEYS.reply_key("LJ-7K3F-9Q2Y", Purpose.CONVERSATION, 7, recipient=LI),
        Keyring("another secret that is long enough to be one").reply_key(
            "LJ-7K3F-9Q2X", Purpose.CONVERSATION, 7, recipient=LI
        ),
    ]

    assert len({key.mac, *(other.mac for other in others)}) == 6
    assert not KEYS.is_made_for(others[-1], LI)
    assert not KEYS.is_made_for(key, "wang.fang@liju.example")


def test_an_address_with_the_longest_key_stays_within_what_mail_servers_take() -> None:
    key = KEYS.reply_key("LJ-7K3F-9Q2X", Purpose.CONVERSATION, 36**7, recipient=LI)

    assert len(f"inquiry+{KEY}".replace(KEY, str(key))) <= 64


@given(st.text(max_size=200))
def test_keys_are_taken_out_and_all_else_stays(text: str) -> None:
    key = key_for(LI)

    assert without_keys(f"{text} {key} {text}") == f"{without_keys(text)} … {without_keys(text)}"
    assert list(find_reply_keys(without_keys(f"{key}{text}{key}"))) == []


@pytest.mark.parametrize("text", ["x" + str(key_for(LI)), str(key_for(LI)) + "f", str(key_for(LI))[:-1], ""])
def test_what_only_resembles_a_key_is_none(text: str) -> None:
    found = [key for key in find_reply_keys(text) if KEYS.is_made_for(key, LI)]

    assert found == []


@given(NUMBERS)
def test_a_bounce_key_names_its_delivery_and_cannot_be_made_up(delivery_id: int) -> None:
    key = KEYS.bounce_key(delivery_id)
    [found] = find_bounce_keys(f"INQUIRY+{str(key).upper()}@liju.example")

    assert found == key
    assert KEYS.is_ours(found)
    [forged] = find_bounce_keys(f"bounce+b0.{key.mac}@liju.example")
    assert KEYS.is_ours(forged) == (delivery_id == 0)
