"""The empty form is kept between visitors: what one visitor's link says must not reach the next."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.usecases.deps import Deps

TOKEN = re.compile(r'name="token" form="inquiry" value="([^"]+)"')


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def test_choice_nobody_knows_does_not_enter_the_page_that_is_kept(client: FlaskClient) -> None:
    first = client.get("/", query_string={"product": "evil-product", "topic": "evil-topic"}).text
    second = client.get("/").text

    assert "evil" not in first + second


def test_known_choice_is_made_and_kept_apart(client: FlaskClient) -> None:
    chosen = client.get("/", query_string={"product": "steam", "topic": "fault"}).text
    plain = client.get("/").text

    assert re.findall(r'id="(product-\w+|topic-\w+)"[^>]* checked', chosen) == ["product-steam", "topic-fault"]
    assert re.findall(r'id="(product-\w+|topic-\w+)"[^>]* checked', plain) == []
    assert "product=steam&amp;topic=fault" in chosen


def test_each_visitor_gets_a_token_of_their_own_plain_and_compressed(client: FlaskClient) -> None:
    plain = [client.get("/").text for _ in range(2)]
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})

    pages = [*plain, gzip.decompress(packed.data).decode()]

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len({TOKEN.search(page)[1] for page in pages if TOKEN.search(page)}) == 3  # type: ignore[index]  # searched just before
    assert len({TOKEN.sub("", page) for page in pages}) == 1


def test_page_of_the_form_may_be_found_and_no_other(client: FlaskClient) -> None:
    robots = {path: client.get(path).headers["X-Robots-Tag"] for path in ("/", "/find", "/nowhere")}

    assert robots == {"/": "all", "/find": "noindex", "/nowhere": "noindex"}
