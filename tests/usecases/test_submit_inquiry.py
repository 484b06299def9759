"""Sending the form: everything is stored together or not at all, and once however often it is sent."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from liju_contact.domain.catalogue import Catalogue, Team
from liju_contact.domain.errors import FilesGone
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.reference import read_reference
from liju_contact.store.database import Database
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.submit_inquiry import submit_inquiry
from tests.conftest import Clock
from tests.store.statements import Crash, crashing_at, listening
from tests.usecases.stories import NEW, at_once, counts, key_of, rows, staged, status_of, submit

GONE = StagedFile(sha256="0" * 64, name="boiler house.dwg", kind=FileKind.DWG, bytes_count=5)


def with_team(deps: Deps, *recipients: str) -> Deps:
    """Return the same parts with a sales team of these people."""
    catalogue = deps.settings.catalogue
    sales = Team(id="sales", label=catalogue.teams[0].label, recipients=recipients)
    grown: Catalogue = replace(catalogue, teams=(sales, *catalogue.teams[1:]))
    return replace(deps, settings=replace(deps.settings, catalogue=grown))


def with_mail(deps: Deps, **changes: object) -> Deps:
    mail = replace(deps.settings.mail, **changes)  # type: ignore[arg-type]  # the names are those of MailSettings
    return replace(deps, settings=replace(deps.settings, mail=mail))


def addressed(db: Database) -> list[tuple[str, str]]:
    """Return kind and recipient of every delivery, sorted."""
    kinds = {letter["id"]: letter["kind"] for letter in rows(db, "letter")}
    return sorted((kinds[row["letter_id"]], row["recipient_address"]) for row in rows(db, "delivery"))


def test_everything_the_customer_gave_is_stored(deps: Deps, clock: Clock) -> None:
    submitted = submit(deps)

    [inquiry] = rows(deps.db, "inquiry")
    kept = {name: inquiry[name] for name in ("reference", "state", "language", "name", "email", "email_folded")}
    assert kept == {
        "reference": submitted.reference,
        "state": "received",
        "language": "en",
        "name": "Ana Souza",
        "email": "Ana.Souza@usina.example",
        "email_folded": "ana.souza@usina.example",
    }
    assert inquiry["details"] == [NEW.details[0].to_json()]
    assert (inquiry["received_at"], inquiry["changed_at"]) == (clock.at, clock.at)
    assert [row["body"] for row in rows(deps.db, "message")] == [NEW.message]
    assert [(row["kind"], row["actor"]) for row in rows(deps.db, "event")] == [("inquiry_received", "customer")]


def test_one_submission_leaves_one_row_of_each_and_a_delivery_for_each_recipient(deps: Deps) -> None:
    deps = with_team(deps, "one@liju.example", "two@liju.example", "three@liju.example")

    submit(deps, files=(staged(deps, b"first"), staged(deps, b"second")))

    assert counts(deps.db) == {
        "inquiry": 1,
        "message": 1,
        "event": 1,
        "letter": 2,
        "search_due": 1,
        "delivery": 4,
        "file": 2,
        "blob": 2,
        "blob_chunk": 2,
        "thumbnail": 2,
        "scan": 2,
        "spam_sketch": 3,
    }
    assert addressed(deps.db) == [
        ("inquiry_for_team", "one@liju.example"),
        ("inquiry_for_team", "three@liju.example"),
        ("inquiry_for_team", "two@liju.example"),
        ("inquiry_received", "Ana.Souza@usina.example"),
    ]


def test_letters_are_due_at_once(deps: Deps, clock: Clock) -> None:
    submit(deps)

    assert {(row["state"], row["due_at"], row["attempt_count"]) for row in rows(deps.db, "delivery")} == {
        ("queued", clock.at, 0)
    }


def test_the_link_in_the_letter_to_the_customer_opens_the_inquiry(deps: Deps) -> None:
    submitted = submit(deps)

    [letter] = [row for row in rows(deps.db, "letter") if row["kind"] == "inquiry_received"]
    link = f"{deps.settings.web.base_url}/inquiry/{submitted.reference}/{key_of(submitted)}"
    assert (link in letter["text"], link in letter["html"]) == (True, True)
    assert status_of(deps, submitted).reference == submitted.reference


def test_the_same_form_twice_is_one_inquiry_and_no_second_letter(deps: Deps) -> None:
    first = submit(deps)
    before = counts(deps.db)

    second = submit(deps)

    assert second == replace(first, is_new=False)
    assert first.is_new
    assert counts(deps.db) == before


def test_twenty_clicks_at_once_are_one_inquiry(deps: Deps) -> None:
    answers = at_once(20, lambda _turn: submit(deps))

    assert len({answer.reference for answer in answers}) == 1
    assert len({answer.status_path for answer in answers}) == 1
    assert sum(answer.is_new for answer in answers) == 1
    stored = {"inquiry": 1, "message": 1, "event": 1, "letter": 2, "search_due": 1, "delivery": 2, "spam_sketch": 3}
    assert counts(deps.db) == stored


def test_the_same_token_with_another_address_is_another_inquiry(deps: Deps) -> None:
    """Two people who got one form from a shared cache must not see each other's inquiry."""
    ana, bo = submit(deps), submit(deps, email="bo@other.example")

    assert ana.reference != bo.reference
    assert [row["email"] for row in rows(deps.db, "inquiry")] == ["Ana.Souza@usina.example", "bo@other.example"]


def test_the_same_token_with_changed_text_is_a_further_message(deps: Deps) -> None:
    first = submit(deps)

    again = submit(deps, message="Make it three.")

    assert again == replace(first, is_new=False)
    assert [row["body"] for row in rows(deps.db, "message")] == [NEW.message, "Make it three."]
    assert [row["kind"] for row in rows(deps.db, "letter")] == [
        "inquiry_for_team",
        "inquiry_received",
        "message_for_team",
    ]


def test_changed_text_sent_twice_is_one_further_message(deps: Deps) -> None:
    submit(deps)

    at_once(5, lambda _turn: submit(deps, message="Make it three."))

    assert [row["body"] for row in rows(deps.db, "message")] == [NEW.message, "Make it three."]


def test_the_same_text_with_another_file_is_a_further_message(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"first"),))

    submit(deps, files=(staged(deps, b"second"),))

    assert [row["body"] for row in rows(deps.db, "message")] == [NEW.message, NEW.message]
    assert len(rows(deps.db, "file")) == 2


def test_a_crash_at_any_statement_leaves_nothing(deps: Deps) -> None:
    new = replace(NEW, files=(staged(deps, b"a drawing"),))
    before = counts(deps.db)
    with listening(deps.db) as said:
        submit_inquiry(deps, replace(new, nonce="n-0"), now=deps.now())
    assert len(said) > 6
    after_one = counts(deps.db)

    for number in range(len(said)):
        with crashing_at(deps.db, number), pytest.raises(Crash):
            submit_inquiry(deps, new, now=deps.now())
        assert counts(deps.db) == after_one, f"statement {number} left something behind: {said[number]}"

    submit_inquiry(deps, new, now=deps.now())  # and the customer who sends it again is served
    assert counts(deps.db)["inquiry"] == 2
    assert before == {"blob": 1, "blob_chunk": 1}


def test_a_submission_costs_the_same_statements_with_three_files_and_recipients_as_with_one(deps: Deps) -> None:
    files = [staged(deps, bytes([number])) for number in range(3)]
    crowd = with_team(deps, "one@liju.example", "two@liju.example", "three@liju.example")

    with listening(deps.db) as with_one:
        submit(deps, files=tuple(files[:1]))
    with listening(deps.db) as with_three:
        submit(crowd, nonce="n-2", files=tuple(files))

    assert len(with_three) == len(with_one)


def test_files_that_are_gone_are_named_and_nothing_is_stored(deps: Deps) -> None:
    kept = staged(deps, b"kept")

    with pytest.raises(FilesGone) as gone:
        submit(deps, files=(kept, GONE))

    assert gone.value.names == ["boiler house.dwg"]
    assert counts(deps.db) == {"blob": 1, "blob_chunk": 1}


def test_files_go_along_with_the_letter_to_the_team_alone(deps: Deps) -> None:
    submit(deps, files=(staged(deps, b"a drawing"),))

    [message] = rows(deps.db, "message")
    assert {row["kind"]: row["message_files_id"] for row in rows(deps.db, "letter")} == {
        "inquiry_for_team": message["id"],
        "inquiry_received": None,
    }


def test_files_above_the_limit_stay_here(deps: Deps) -> None:
    deps = with_mail(deps, attach_limit_bytes=8)

    submit(deps, files=(staged(deps, b"9 bytes.."),))

    assert [row["message_files_id"] for row in rows(deps.db, "letter")] == [None, None]
    assert len(rows(deps.db, "file")) == 1


def test_a_taken_reference_is_thrown_again(deps: Deps) -> None:
    throws = itertools.chain([b"same!", b"same!", b"same!"], [b"other"])
    loaded = replace(deps, random_bytes=lambda _count: next(throws))

    references = [submit(loaded, nonce=nonce).reference for nonce in ("n-1", "n-2")]

    assert len(set(references)) == 2
    assert [read_reference(reference) for reference in references] == references


def test_dice_that_always_fall_alike_are_a_fault_of_ours(deps: Deps) -> None:
    loaded = replace(deps, random_bytes=lambda count: b"x" * count)
    submit(loaded)

    with pytest.raises(AssertionError, match="is random_bytes random"):
        submit(loaded, nonce="n-2")

    assert counts(deps.db)["inquiry"] == 1


def test_message_ids_are_made_of_the_letter_and_its_recipient(deps: Deps) -> None:
    deps = with_team(deps, "one@liju.example", "two@liju.example")
    submitted = submit(deps)

    ids = {row["recipient_address"]: row["message_id"] for row in rows(deps.db, "delivery")}
    expected = {
        recipient: deps.keys.message_id(
            reference=submitted.reference, letter_key=letter_key, recipient=recipient, domain="liju.example"
        )
        for recipient, letter_key in (
            ("one@liju.example", "inquiry_for_team"),
            ("two@liju.example", "inquiry_for_team"),
            ("Ana.Souza@usina.example", "inquiry_received"),
        )
    }
    assert ids == expected
    assert len(set(ids.values())) == 3


def test_a_reply_of_the_team_goes_to_an_address_of_its_own_each(deps: Deps) -> None:
    deps = with_mail(
        with_team(deps, "one@liju.example", "two@liju.example"), reply_address="inquiry+{key}@liju.example"
    )
    submitted = submit(deps)

    reply_to = {row["recipient_address"]: row["reply_to"] for row in rows(deps.db, "delivery")}
    bare = submitted.reference.replace("-", "").lower()
    assert reply_to["Ana.Souza@usina.example"].startswith(f"inquiry+{bare}.")
    assert len(set(reply_to.values())) == 3
    assert reply_to["one@liju.example"].startswith(f"inquiry+{bare}.")


def test_without_a_reply_address_a_reply_goes_straight_to_the_customer(deps: Deps) -> None:
    submit(with_mail(deps, reply_address=None))

    assert {row["recipient_address"]: row["reply_to"] for row in rows(deps.db, "delivery")} == {
        "sales@liju.example": "Ana.Souza@usina.example",
        "Ana.Souza@usina.example": None,
    }


@pytest.mark.parametrize(
    ("product", "topic", "team"),
    [
        ("steam", "quotation", "sales"),
        ("steam", "fault", "service"),
        ("service-parts", "quotation", "service"),
        ("vacuum-hot-water", "spare-parts", "service"),
    ],
)
def test_the_topic_routes_before_the_product_line(deps: Deps, product: str, topic: str, team: str) -> None:
    submit(deps, product=product, topic=topic)

    assert rows(deps.db, "inquiry")[0]["team"] == team
    assert f"{team}@liju.example" in {row["recipient_address"] for row in rows(deps.db, "delivery")}


def test_the_answer_is_promised_in_working_hours(deps: Deps, clock: Clock) -> None:
    """A fault reported on Friday at 16:30 in Shanghai: one hour is left that day, three follow on Monday."""
    clock.at = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)

    submit(deps, topic="fault")

    assert rows(deps.db, "inquiry")[0]["answer_due_at"] == datetime(2026, 11, 30, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize("unknown", [{"product": "teapots"}, {"topic": "weather"}])
def test_what_the_form_should_have_refused_is_a_fault_of_ours(deps: Deps, unknown: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="unknown product line or topic"):
        submit(deps, **unknown)

    assert counts(deps.db) == {}
