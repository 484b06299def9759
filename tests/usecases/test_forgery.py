"""Who may speak: each combination of key, place, sender and what the receiving server says (D8)."""

from __future__ import annotations

import pytest

from liju_contact.domain.letter import LetterKind
from liju_contact.domain.reply_key import Place
from liju_contact.usecases.deps import Deps
from tests.conftest import ONE_DATABASE
from tests.usecases.mails import (
    CUSTOMER,
    EVERYWHERE,
    LI,
    LI_AT_HOME,
    PUBLIC,
    WANG,
    as_bytes,
    judged,
    letter_to,
    letters,
    mail,
    messages,
    reply_to,
    with_inbound,
    with_staff,
)
from tests.usecases.stories import rows, submit

pytestmark = ONE_DATABASE

STRANGER = "mallory@elsewhere.example"
FIRST = ("customer", "Ana Souza", "We need two steam boilers, 10 t/h each.")
PLACES = [{Place.ADDRESS}, {Place.ID}, {Place.TEXT}, EVERYWHERE]
DMARC_FAILED = "mx.liju.example; spf=pass smtp.mailfrom=x; dmarc=fail (p=reject) header.from=liju.example"


@pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))
@pytest.mark.parametrize("sender", [LI, LI_AT_HOME, "LI.WEI@liju.example"])
def test_staff_answer_by_any_one_key_from_any_address_of_theirs(
    deps: Deps, places: frozenset[Place], sender: str
) -> None:
    deps = with_staff(deps)
    submit(deps)

    found = judged(deps, reply_to(letter_to(deps, LI), sender, "Two boilers of 10 t/h are fine.", places=places))

    assert (found["state"], found["verdict"]) == ("applied", "answer")
    assert messages(deps) == [FIRST, ("staff", "Li Wei", "Two boilers of 10 t/h are fine.")]
    assert letters(deps)[3:] == [("answer", CUSTOMER), ("answer_for_team", WANG)]


@pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))
def test_the_customer_replies_by_any_one_key(deps: Deps, places: frozenset[Place]) -> None:
    deps = with_staff(deps)
    submit(deps)

    found = judged(deps, reply_to(letter_to(deps, CUSTOMER), CUSTOMER, "And the price?", places=places))

    assert (found["state"], found["verdict"]) == ("applied", "reply")
    assert messages(deps) == [FIRST, ("customer", "Ana Souza", "And the price?")]
    assert letters(deps)[3:] == [("message_for_team", LI), ("message_for_team", WANG)]


@pytest.mark.parametrize("places", PLACES, ids=lambda places: "+".join(sorted(places)))
@pytest.mark.parametrize(
    ("letter_of", "sender", "reason"),
    [
        (LI, STRANGER, "wrong_sender"),  # staff's key leaked
        (LI, WANG, "wrong_sender"),  # a colleague answers a letter that was forwarded
        (LI, CUSTOMER, "wrong_sender"),  # the customer got staff's letter
        (CUSTOMER, LI, "wrong_sender"),  # staff got the customer's letter
        (CUSTOMER, STRANGER, "colleague"),
    ],
)
def test_a_key_from_the_wrong_sender_is_held_and_changes_nothing(
    deps: Deps, places: frozenset[Place], letter_of: str, sender: str, reason: str
) -> None:
    deps = with_staff(deps)
    submitted = submit(deps)

    found = judged(deps, reply_to(letter_to(deps, letter_of), sender, "Let me in.", places=places))

    assert (found["state"], found["reason"]) == ("held", reason)
    assert found["inquiry_id"] == rows(deps.db, "inquiry")[0]["id"]
    assert messages(deps) == [FIRST]
    assert {kind for kind, _ in letters(deps)[3:]} == {"held_for_team"}
    assert submitted.reference == rows(deps.db, "inquiry")[0]["reference"]


@pytest.mark.parametrize(("letter_of", "sender"), [(LI, LI), (CUSTOMER, CUSTOMER)])
def test_a_right_key_does_not_help_when_dmarc_failed(deps: Deps, letter_of: str, sender: str) -> None:
    deps = with_staff(deps)
    submit(deps)
    answer = reply_to(letter_to(deps, letter_of), sender, "It is me.", Authentication_Results=DMARC_FAILED)

    found = judged(deps, answer)

    assert (found["state"], found["reason"]) == ("held", "authentication_failed")
    assert messages(deps) == [FIRST]


def test_only_our_own_server_says_whether_dmarc_failed(deps: Deps) -> None:
    deps = with_inbound(with_staff(deps), authentication_server="mx.liju.example")
    submit(deps)
    elsewhere = DMARC_FAILED.replace("mx.liju.example", "mx.elsewhere.example")

    found = judged(deps, reply_to(letter_to(deps, LI), LI, "Fine.", Authentication_Results=elsewhere))

    assert found["verdict"] == "answer"


def test_a_key_of_one_inquiry_does_not_open_another(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    other = submit(deps, nonce="n-2", email="eva@there.example")
    letter = letter_to(deps, CUSTOMER)
    bare = rows(deps.db, "inquiry")[0]["reference"].replace("-", "").lower()
    forged = {
        **letter,
        "message_id": "<unknown@liju.example>",
        "reply_to": letter["reply_to"].replace(bare, other.reference.replace("-", "").lower()),
        "reply_key": letter["reply_key"].replace(bare, other.reference.replace("-", "").lower()),
        "text": letter["text"],
    }

    found = judged(deps, reply_to(forged, CUSTOMER, "Show me theirs."))

    assert found["verdict"] == "stranger"
    assert len(rows(deps.db, "inquiry")) == 3
    assert [row["inquiry_id"] for row in rows(deps.db, "message")] == [1, 2, 3]


def test_keys_of_two_inquiries_in_one_mail_are_held(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    first = letter_to(deps, LI)
    submit(deps, nonce="n-2", email="eva@there.example")
    second = letter_to(deps, LI)
    mixed = reply_to(first, LI, f"Which one? Key {second['reply_key']}", places={Place.ADDRESS})

    found = judged(deps, mixed)

    assert (found["state"], found["reason"]) == ("held", "keys_disagree")
    assert len(messages(deps)) == 2


@pytest.mark.parametrize("quoted", ["reference", "message_id", "root"])
def test_a_stranger_who_quotes_what_is_public_opens_nothing_and_learns_nothing(deps: Deps, quoted: str) -> None:
    deps = with_staff(deps)
    reference = submit(deps).reference
    ids = {"reference": "<x@y.example>", "message_id": letter_to(deps, CUSTOMER)["message_id"]}
    ids["root"] = f"<{reference.replace('-', '').lower()}@liju.example>"
    wanted = mail(STRANGER, PUBLIC, f"About {reference}, please.", subject=reference, In_Reply_To=ids[quoted])

    found = judged(deps, wanted)

    if quoted == "message_id":  # 136 bit nobody can guess: somebody got the customer's letter
        assert (found["state"], found["reason"]) == ("held", "colleague")
        return
    assert found["verdict"] == "stranger"
    assert [row["inquiry_id"] for row in rows(deps.db, "message")] == [1, 2]
    to_them = letter_to(deps, STRANGER)
    assert reference not in to_them["subject"] + to_them["text"] + to_them["html"]
    assert "Ana" not in to_them["text"]


def test_the_same_mail_again_is_one_entry_and_one_answer(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    raw = as_bytes(reply_to(letter_to(deps, LI), LI, "Fine."))

    first, again = judged(deps, raw), judged(deps, raw)

    assert first == again
    assert len(messages(deps)) == 2
    assert letters(deps)[3:] == [("answer", CUSTOMER), ("answer_for_team", WANG)]


def test_the_same_message_id_with_other_bytes_is_another_mail(deps: Deps) -> None:
    deps = with_staff(deps)
    submit(deps)
    answer = reply_to(letter_to(deps, LI), LI, "Fine.")
    raw = as_bytes(answer)

    judged(deps, raw)
    judged(deps, raw.replace(b"Fine.", b"Also."))

    assert [body for _, _, body in messages(deps)] == [FIRST[2], "Fine.", "Also."]


def test_a_colleague_of_the_customer_joins_by_configuration(deps: Deps) -> None:
    deps = with_inbound(with_staff(deps), colleagues="join")
    submit(deps)
    colleague = "Rui <rui@usina.example>"

    judged(deps, reply_to(letter_to(deps, CUSTOMER), colleague, "I take over."))
    judged(deps, reply_to(letter_to(deps, LI, LetterKind.MESSAGE_FOR_TEAM), LI, "Welcome."))

    assert messages(deps)[1:] == [("customer", "Rui", "I take over."), ("staff", "Li Wei", "Welcome.")]
    assert [to for kind, to in letters(deps) if kind == "answer"] == [CUSTOMER, "rui@usina.example"]


def test_what_staff_write_without_a_key_is_held(deps: Deps) -> None:
    deps = with_staff(deps)

    found = judged(deps, mail(LI, PUBLIC, "Where is my inquiry?"))

    assert (found["state"], found["reason"]) == ("held", "staff_without_key")
    assert rows(deps.db, "inquiry") == []


def test_a_mail_from_our_own_address_is_never_answered(deps: Deps) -> None:
    deps = with_staff(deps)

    found = judged(deps, mail(PUBLIC, PUBLIC, "Hello, me."))

    assert (found["state"], found["rule"]) == ("noted", "own-address")
    assert letters(deps) == []
