"""Hostile values through every field: stored as they are, shown as text, and never more than text in page or letter.

By default samples of both; ``LIJU_TEST_FULL=1`` puts every value through every field.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import islice
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pytest

from liju_contact.domain.detail import DETAIL_FIELDS
from liju_contact.domain.detail_field import DetailKind
from liju_contact.domain.text import clean_line, clean_text, is_blank
from tests.corpora import hostile_values, rows
from tests.journeys.inside import Inside
from tests.journeys.pages import Shape, form_values, shape_of, text_of, tree_of
from tests.visitor import FORM, Upload

FULL = os.environ.get("LIJU_TEST_FULL") == "1"
VALUES = sorted(set(hostile_values()))
LINES = ("name", "company", "phone")
DETAILS = tuple(id_ for id_, field in DETAIL_FIELDS.items() if field.kind is not DetailKind.FLAG)
FIELDS = (*LINES, "message", *DETAILS)
# How many POSTs apart the values of neighbouring fields lie; odd and large, so that a value meets fields of each kind.
STRIDE = 769
LONGEST_LINE, LONGEST_MESSAGE, LONG_DETAIL = 200, 20_000, 300


def cleaned(field: str, value: str) -> str:
    """Return what is kept of a value by the rules that the form documents."""
    if field == "message" or (field in DETAIL_FIELDS and DETAIL_FIELDS[field].max_length > LONG_DETAIL):
        return clean_text(value).strip()
    return clean_line(value).strip()


def longest(field: str) -> int:
    if field == "message":
        return LONGEST_MESSAGE
    return DETAIL_FIELDS[field].max_length if field in DETAIL_FIELDS else LONGEST_LINE


def fitting(field: str, value: str) -> str:
    """Return the value, or something harmless where the form rightly refuses it (too long, or nothing to see)."""
    kept = cleaned(field, value)
    refused = len(kept) > longest(field) or (field in {"name", "message"} and is_blank(kept))
    return FORM.get(field, "plain") if refused else value


def forms(part: float) -> Iterator[dict[str, str]]:
    """Fill every field of every form with another value, so that all values pass through ``part`` of the fields."""
    size = len(VALUES)
    for number in range(int(size * part)):
        yield {
            field: fitting(field, VALUES[(number + position * STRIDE) % size]) for position, field in enumerate(FIELDS)
        }


def clean_forms() -> list[dict[str, str]]:
    """Return harmless forms that make use of everything a page or letter can show."""
    quantities = dict.fromkeys(DETAILS, "1")
    return [
        {"company": "Dairy", "phone": "1", **dict.fromkeys(DETAILS, "about ten")},
        {"company": "Dairy", "phone": "1", **quantities, "message": "First line\n\nthird line"},
        {"company": "Dairy", "phone": "1", **dict.fromkeys(DETAILS, "10 \n20"), "needed_by": "2027-03-01"},
    ]


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    content: str = part.get_content()
    return content


def test_values_are_stored_exactly_and_shown_as_text(inside: Inside) -> None:
    clean_shape: Shape = frozenset().union(
        *(shape_of(inside.client.get(inside.submit(form)).text) for form in clean_forms())
    )
    for form in forms(1 if FULL else 1 / len(FIELDS)):
        path = inside.submit(form)
        assert stored(inside, path) == {field: kept for field in FIELDS if (kept := cleaned(field, form[field]))}
        page = inside.client.get(path)
        assert page.status_code == 200
        tree = tree_of(page.text)
        assert shape_of(tree) - clean_shape == set(), form
        assert_shown(tree, form)


def stored(inside: Inside, path: str) -> dict[str, str]:
    statement = "SELECT name, company, phone, details, id FROM inquiry WHERE reference = :reference"
    (*lines, details, inquiry_id) = inside.rows(statement, reference=path.split("/")[2])[0]
    body = inside.rows("SELECT body FROM message WHERE inquiry_id = :id", id=inquiry_id)
    kept = {**dict(zip(LINES, lines, strict=True)), "message": body[0][0]}
    kept |= {detail["field"]: detail["typed"] for detail in json.loads(details)}
    return {field: value for field, value in kept.items() if value}


def assert_shown(tree: Element, form: dict[str, str]) -> None:
    """The message and the lines stand in the page to the letter, once the browser has read the markup."""
    bodies = [text_of(element) for element in tree.iter("div") if element.get("class") == "body"]
    assert bodies == [cleaned("message", form["message"])]
    isolated = {text_of(element) for element in tree.iter("bdi")}
    assert {kept for field in LINES if (kept := cleaned(field, form[field]))} <= isolated


def test_values_change_neither_headers_nor_markup_of_letters(inside: Inside) -> None:
    for form in clean_forms():
        inside.submit(form)
    clean = inside.mails()
    headers = {mail["To"].addresses[0].addr_spec: mail.keys() for mail in clean}
    clean_shape: Shape = frozenset().union(*(shape_of(html_of(mail)) for mail in clean))
    wanted = forms(1 if FULL else 1 / len(FIELDS))
    while batch := list(islice(wanted, 10)):
        for form in batch:
            inside.submit(form)
        mails = inside.mails()
        assert len(mails) == 2 * len(batch)
        for mail in mails:
            (recipient,) = mail["To"].addresses
            assert mail.keys() == headers[recipient.addr_spec]
            assert [part.defects for part in mail.walk() if part.defects] == []
            assert shape_of(html_of(mail)) - clean_shape == set(), str(mail["Subject"])


CHOSEN = ("email", "country", "product", "topic", "token", "confirmed", "kept_file", "capacity_unit", "x")


def test_values_where_a_choice_belongs_bring_the_form_back(inside: Inside) -> None:
    clean = inside.post("/", {**FORM, **dict.fromkeys(CHOSEN, "plain"), "token": "plain", "capacity": "2"})
    blank = inside.post("/", {"token": inside.token(), "capacity": "1"})
    chosen = inside.post("/", {**FORM, "token": "plain"})
    clean_shape = shape_of(clean.text) | shape_of(blank.text) | shape_of(chosen.text)
    values = VALUES if FULL else VALUES[::10]
    for start in range(0, len(values), len(CHOSEN)):
        given = dict(zip(CHOSEN, values[start:], strict=False))
        answer = inside.post("/", {**FORM, "token": inside.token(), "country": "nowhere", "capacity": "2", **given})
        assert answer.status_code == 422, given
        assert shape_of(answer.text) - clean_shape == set(), given


def test_values_in_addresses_and_other_forms_are_no_fault(inside: Inside) -> None:
    path = inside.submit({})
    for value in VALUES if FULL else VALUES[::24]:
        question = {"lang": value, "product": value, "topic": value}
        answers = [
            inside.client.get("/", query_string={**question}),
            inside.client.get(f"{path}/file/1/{quote(value, safe='', errors='replace')}"),
            inside.post("/find", {"token": value, "typed": value}),
            inside.post(f"{path}/message", {"token": value, "body": value, "kept_file": value}),
        ]
        assert [answer.status_code for answer in answers[:1]] == [200], value
        # 308: an address with two slashes in a row leads to the one with one.
        assert {answer.status_code for answer in answers[1:]} <= {308, 404, 422}, value
        if not is_blank(clean_text(value).strip()):
            assert form_values(answers[3].text, "answer")["body"] == clean_text(value).strip(), value


@pytest.mark.parametrize("category", ["filename", "traversal"])
def test_hostile_file_names_are_kept_harmless(inside: Inside, category: str) -> None:
    names = rows("payload_fuzzdb", category)
    clean_shape = shape_of(inside.client.get(inside.submit({}, [Upload("a.txt", b"text")])).text)
    for start in range(0, len(names), 10):
        uploads = [Upload(f"{name} drawing.txt", b"text") for name in names[start : start + 10]]
        path = inside.submit({}, uploads)
        page = inside.client.get(path)
        assert shape_of(page.text) - clean_shape == set()
        links = [link.get("href", "") for link in tree_of(page.text).iter("a") if "/file/" in link.get("href", "")]
        assert len(links) == len(uploads)
        disposition = inside.client.get(links[0]).headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename*=UTF-8''")
    for (kept,) in inside.rows("SELECT name FROM file"):
        assert kept.endswith(".txt")
        assert len(kept) <= 120
        assert not set(kept) & set('/\\<>:"|?*')
        assert [character for character in kept if unicodedata.category(character) == "Cc"] == []


@pytest.mark.parametrize("category", ["filename", "mimetypes"])
def test_hostile_file_names_that_are_refused_are_shown_as_text(inside: Inside, category: str) -> None:
    names = rows("payload_fuzzdb", category)
    refused = inside.post("/", {**FORM, "token": inside.token()}, [Upload("a.exe", b"MZ")])
    clean_shape = shape_of(refused.text)
    for start in range(0, len(names), 50):
        uploads = [Upload(f"{name}.exe", b"MZ", media_type="text/plain") for name in names[start : start + 50]]
        answer = inside.post("/", {**FORM, "token": inside.token()}, uploads)
        assert answer.status_code == 422
        assert shape_of(answer.text) - clean_shape == set()
