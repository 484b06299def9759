"""The page of exports: asking, looking how far it is, fetching, deleting; and only one's own."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.person import Role
from liju_contact.usecases.ask_for_export import list_exports
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.write_export import write_next_export
from tests.conftest import ONE_DATABASE
from tests.staff_desk import AtTheDesk, at_the_desk
from tests.usecases.stories import submit

PAGE = "/staff/exports"
pytestmark = ONE_DATABASE


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


@pytest.fixture
def desk(deps: Deps, client: FlaskClient) -> AtTheDesk:
    return at_the_desk(deps, client)


def written(deps: Deps, desk: AtTheDesk, **fields: str) -> str:
    """Ask for an export, have it written, and return where it is."""
    answer = desk.post(PAGE, {"query": "view=all", "format": "csv", **fields})
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert write_next_export(deps, holder="tests")
    export = list_exports(deps, desk.person)[0]
    return f"{PAGE}/{export.id}/{export.name}"


def test_a_list_is_asked_for_and_fetched(deps: Deps, desk: AtTheDesk) -> None:
    reference = submit(deps, company="力聚").reference

    address = written(deps, desk, query="?view=all&country=BR")
    page, answer = desk.get(PAGE), desk.get(address)

    assert address in page.text
    assert (page.status_code, answer.status_code) == (200, 200)
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert (row["Reference"], row["Company"]) == (reference, "力聚")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''inquiries-2026-11-23-")
    assert "no-store" in answer.headers["Cache-Control"]


def test_chosen_inquiries_are_exported_alone(deps: Deps, desk: AtTheDesk) -> None:
    chosen = submit(deps, nonce="a").reference
    submit(deps, nonce="b")

    answer = desk.get(written(deps, desk, references=f"{chosen} nonsense"))

    assert [row["Reference"] for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))] == [chosen]
    assert "1 inquiry chosen" in desk.get(PAGE).text


def test_a_list_in_the_address_is_offered_and_nothing_is_asked_for_yet(deps: Deps, desk: AtTheDesk) -> None:
    page = desk.get(f"{PAGE}?view=closed&country=DE&after=17").text

    assert 'name="query" value="view=closed&amp;country=DE"' in page
    assert page.count('name="format"') == 3
    assert list_exports(deps, desk.person) == []


def test_what_is_chosen_in_the_list_comes_without_a_format_and_is_asked_for_it(deps: Deps, desk: AtTheDesk) -> None:
    reference = submit(deps).reference

    answer = desk.post(PAGE, {"query": "view=all", "references": reference})

    assert answer.status_code == 200
    assert f'name="references" value="{reference}"' in answer.text
    assert "Please choose a format." not in answer.text
    assert list_exports(deps, desk.person) == []


def test_an_unknown_format_is_said_and_the_choice_comes_back(desk: AtTheDesk) -> None:
    answer = desk.post(PAGE, {"query": "view=all", "references": "LJ-0000-0000", "format": "exe"})

    assert answer.status_code == 422
    assert "Please choose a format." in answer.text


def test_a_sixth_unfinished_export_is_refused_until_one_is_cancelled(deps: Deps, desk: AtTheDesk) -> None:
    fields = {"query": "view=all", "format": "xlsx"}
    statuses = [desk.post(PAGE, fields).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [422]

    id_ = list_exports(deps, desk.person)[0].id
    assert desk.post(f"{PAGE}/{id_}/delete").status_code == 303

    assert "data-unfinished" in desk.get(PAGE).text
    assert desk.post(PAGE, fields).status_code == 303


def test_somebody_elses_export_is_not_there(deps: Deps, desk: AtTheDesk) -> None:
    submit(deps)
    address = written(deps, desk)
    colleague = at_the_desk(deps, make_app(deps).test_client(), address="chen@liju.example", name="Chen")

    assert colleague.get(address).status_code == 404
    assert colleague.post(f"{address.rsplit('/', 1)[0]}/delete").status_code == 404
    assert address not in colleague.get(PAGE).text
    assert desk.get(address).status_code == 200


def test_a_file_that_is_not_ready_is_not_there(deps: Deps, desk: AtTheDesk) -> None:
    desk.post(PAGE, {"query": "view=all", "format": "csv"})
    (export,) = list_exports(deps, desk.person)

    assert desk.get(f"{PAGE}/{export.id}/{export.name}").status_code == 404


def test_a_reader_may_not_export_and_nobody_without_signing_in(deps: Deps, client: FlaskClient) -> None:
    fields = {"query": "view=all", "format": "csv"}
    assert client.post(PAGE, data=fields).status_code == 401
    reader = at_the_desk(deps, client, address="li.na@liju.example", name="Li Na", role=Role.READER)

    assert reader.get(PAGE).status_code == 403
    assert reader.post(PAGE, fields).status_code == 403
    assert list_exports(deps, reader.person) == []


def test_asking_without_the_token_of_the_session_is_refused(deps: Deps, desk: AtTheDesk) -> None:
    assert desk.client.post(PAGE, data={"query": "view=all", "format": "csv"}).status_code == 403
    assert list_exports(deps, desk.person) == []
