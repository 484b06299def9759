"""Names, telephone numbers and addresses of real people are never refused, and kept to the letter."""

from __future__ import annotations

from typing import Any

from tests.corpora import cases
from tests.journeys.inside import Inside
from tests.visitor import FORM

# The list holds "Name <address>" both as valid and as invalid; the form takes the address out of it.
WITH_DISPLAY_NAME = {
    "DisplayName <me@example.com>",
    '"Display Name" <me@example.com>',
    '"Display.Name" <me@example.com>',
}
PHONE_FORMS = ("e164", "international", "national")


def test_names_companies_and_addresses_are_kept_and_reach_the_letters(inside: Inside) -> None:
    people = cases("i18n_names")[::2]
    for person in people:
        inside.submit({"name": person["name"], "company": person["company"], "message": person["address"]})
    given = [(person["name"], person["company"], person["address"]) for person in people]
    query = "SELECT name, company, body FROM inquiry JOIN message ON inquiry_id = inquiry.id ORDER BY inquiry.id"
    assert inside.rows(query) == given
    letters = [mail for mail in inside.mails() if mail["To"].addresses[0].addr_spec == "sales@liju.example"]
    assert len(letters) == len(people)
    for person, letter in zip(people, letters, strict=True):
        plain = letter.get_body(("plain",))
        assert plain is not None
        text = plain.get_content()
        assert person["name"] in text
        assert person["company"] in text
        assert [line for line in person["address"].splitlines() if line not in text] == []


def test_phones_are_kept_as_typed(inside: Inside) -> None:
    typed = sorted({case[form] for case in cases("i18n_phones") for form in PHONE_FORMS if form in case})
    for phone in typed[::5]:
        inside.submit({"phone": phone})
    assert [phone for (phone,) in inside.rows("SELECT phone FROM inquiry ORDER BY id")] == typed[::5]


def test_every_phone_passes_the_form(inside: Inside) -> None:
    """Without storing each: one form that comes back for another reason has nothing to say about the phone."""
    typed = sorted({case[form] for case in cases("i18n_phones") for form in PHONE_FORMS if form in case})
    for phone in typed[::7]:
        page = inside.post("/", {**FORM, "name": "", "phone": phone, "token": inside.token()}).text
        assert 'id="name-error"' in page
        assert 'id="phone-error"' not in page


def address_cases(test: str) -> list[dict[str, Any]]:
    return [case for case in cases("i18n_email_addresses") if case["expected"]["test"] == test]


def answer_to(inside: Inside, address: str) -> tuple[int, str | None]:
    """Return the status, and the address that was stored if it was accepted."""
    answer = inside.post("/", {**FORM, "email": address, "token": inside.token()})
    if answer.status_code != 303:
        assert 'id="email-error"' in answer.text
        return answer.status_code, None
    reference = answer.headers["Location"].split("/")[2]
    return 303, inside.rows("SELECT email FROM inquiry WHERE reference = :reference", reference=reference)[0][0]


def test_valid_addresses_are_accepted_and_normalised(inside: Inside) -> None:
    valid = [case for case in cases("i18n_email_addresses") if case["expected"]["valid"]]
    differing = [
        case["id"] for case in valid if answer_to(inside, case["value"]) != (303, case["expected"]["normalized"])
    ]
    assert differing == []


def test_invalid_addresses_are_refused_beside_their_field(inside: Inside) -> None:
    invalid = [case for case in cases("i18n_email_addresses") if case["expected"]["valid"] is False]
    accepted = {case["value"] for case in invalid if answer_to(inside, case["value"])[0] == 303}
    assert accepted == WITH_DISPLAY_NAME


def test_addresses_with_an_opinion_by_isemail_are_never_a_fault(inside: Inside) -> None:
    for address, verdict in (case["value"] for case in address_cases("test_pyisemail_tests")):
        status, _stored = answer_to(inside, address)
        assert status == 303 if verdict == "ISEMAIL_VALID" else status in {303, 422}, address
