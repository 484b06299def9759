"""The form on the status page that asks how we did: when it is there, what comes back, and what it leaves."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps
from liju_contact.web.form_token import new_form_token
from tests.conftest import ONE_DATABASE
from tests.usecases.stories import rows
from tests.usecases.test_rate_inquiry import in_state

pytestmark = ONE_DATABASE
FORM = 'id="rating"'


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


@pytest.mark.parametrize(
    ("state", "asks"), [("received", False), ("open", False), ("answered", True), ("closed", True)]
)
def test_it_asks_once_we_have_answered(client: FlaskClient, deps: Deps, state: str, asks: bool) -> None:  # noqa: FBT001  # a column of the table
    page = client.get(in_state(deps, state).status_path).text

    assert (FORM in page) == asks
    assert len(re.findall(r'type="radio"', page)) == (5 if asks else 0)


def test_what_was_said_is_kept_and_shown_as_it_was(client: FlaskClient, deps: Deps) -> None:
    path = in_state(deps, "answered").status_path
    fields = {"token": new_form_token(deps), "stars": "2", "words": "Too <b>slow</b>."}

    answer = client.post(f"{path}/rating?lang=zh-Hans", data=fields)

    assert (answer.status_code, answer.location) == (303, f"{path}?lang=zh-Hans#rating")
    page = client.get(path).text
    assert re.findall(r'value="(\d)" checked', page) == ["2"]
    assert "Too &lt;b&gt;slow&lt;/b&gt;." in page
    assert "Thank you for telling us." in page


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"words": "Nobody called."}, 422, "Please choose one of the five."),
        ({"words": "Nobody called.", "stars": "6"}, 422, "Please choose one of the five."),
        ({"words": "Nobody called." + "!" * 1000, "stars": "1"}, 422, "Please shorten this to 1000 characters."),
        ({"words": "Nobody called.", "stars": "1", "token": "old"}, 422, "This page was open for a long time."),
    ],
)
def test_what_cannot_be_accepted_comes_back_with_everything_typed(
    client: FlaskClient, deps: Deps, fields: dict[str, str], status: int, sentence: str
) -> None:
    path = in_state(deps, "answered").status_path

    answer = client.post(f"{path}/rating", data={"token": new_form_token(deps), **fields})

    assert answer.status_code == status
    assert sentence in answer.text
    assert "Nobody called." in answer.text
    assert ('value="1" checked' in answer.text) == (fields.get("stars") == "1")
    assert rows(deps.db, "rating") == []


def test_who_rates_what_was_opened_again_meanwhile_keeps_what_they_typed(client: FlaskClient, deps: Deps) -> None:
    path = in_state(deps, "open").status_path

    answer = client.post(f"{path}/rating", data={"token": new_form_token(deps), "stars": "5", "words": "Thanks!"})

    assert answer.status_code == 409
    assert "once we have answered" in answer.text
    assert 'value="5" checked' in answer.text
    assert "Thanks!" in answer.text
