"""The insight page: charts and their tables, files for a spreadsheet, and links to the lists behind the figures."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from itertools import product as product_of

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from liju_contact.app import make_app
from liju_contact.domain.inquiry import InquiryState
from liju_contact.store.insight import forget_months_of
from liju_contact.store.tables import InquiryRow
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.measure_insight import measure_insight
from tests.conftest import ONE_DATABASE, Clock
from tests.staff_desk import AtTheDesk, at_the_desk
from tests.usecases.stories import submit

pytestmark = ONE_DATABASE
DASH = "\N{EN DASH}"


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


@pytest.fixture
def desk(deps: Deps, client: FlaskClient) -> AtTheDesk:
    for number in range(3):
        submit(deps, nonce=str(number), topic="fault")
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(topic="=cmd|' /C calc'!A0").where(InquiryRow.id == 3))
    measure_insight(deps, now=deps.now())
    return at_the_desk(deps, client)


def test_the_page_shows_each_figure_as_a_chart_and_as_a_table(desk: AtTheDesk) -> None:
    page = desk.get("/staff/insight").text

    assert page.count("<svg") >= 3
    of_steam = "/staff?view=all&amp;product=steam&amp;from=2025-12-01&amp;to=2026-11-30&amp;counted=1"
    assert f'href="{of_steam}">3</a>' in page
    assert "style=" not in page
    assert "As of <time" in page


@pytest.mark.parametrize("served", [[], ["steam"]])
@pytest.mark.parametrize("product", ["", "steam", "none"])
def test_each_figure_opens_exactly_the_inquiries_it_counts(
    deps: Deps, client: FlaskClient, served: list[str], product: str
) -> None:
    """Spam and what was merged are not counted, nor is what somebody has of a line that they do not serve."""
    kinds = list(product_of(InquiryState, ["steam", "", "service-parts"]))
    for number, (state, line) in enumerate(kinds, 1):
        submit(deps, nonce=str(number), country=["DE", "BR"][number % 2], email=f"c{number}@dairy.example")
        values = {"state": state, "product": line, "assignee": "li.wei@liju.example"}
        with deps.db.begin() as tx:
            tx.execute(update(InquiryRow).where(InquiryRow.id == number).values(values))
    measure_insight(deps, now=deps.now())
    li = at_the_desk(deps, client, product_lines=served)

    page = li.get(f"/staff/insight?product={product}").text
    figures = [(unescape(url), int(count)) for url, count in re.findall(r'<a href="(/staff\?[^"]*)">(\d+)</a>', page)]

    assert len(figures) > 12 + 3
    assert [(url, count) for url, count in figures if li.get(url).text.count('id="row-') != count] == []


def test_the_list_behind_a_figure_says_what_it_is(desk: AtTheDesk) -> None:
    page = desk.get("/staff?view=all&product=steam&counted=1").text

    assert "Counted in Insight" in page
    assert '<input type="checkbox" name="counted" value="1" checked>' in page


def test_what_came_by_mail_can_be_chosen(deps: Deps, desk: AtTheDesk) -> None:
    with deps.db.begin() as tx:
        tx.execute(update(InquiryRow).values(product="").where(InquiryRow.id == 3))
    submit(deps, nonce="by mail")
    measure_insight(deps, now=deps.now())

    everything = desk.get("/staff/insight").text
    by_mail = desk.get("/staff/insight?product=none").text

    assert '<option value="none">inquiry by e-mail</option>' in everything
    assert '<option value="none" selected>inquiry by e-mail</option>' in by_mail
    assert 'href="/staff/insight/topics.csv?first=2025-12&amp;last=2026-11&amp;product=none"' in by_mail
    assert "product=steam" not in by_mail


def test_a_time_before_that_is_not_wholly_counted_is_a_dash(deps: Deps, desk: AtTheDesk, clock: Clock) -> None:
    clock.move(days=31)
    later = at_the_desk(deps, desk.client, desk.person)  # the session has ended
    submit(deps, nonce="later", topic="fault")
    with deps.db.begin() as tx:
        forget_months_of(tx, [1])
    measure_insight(deps, now=deps.now())

    page = later.get("/staff/insight?first=2026-12").text
    table = later.get("/staff/insight/topics.csv?first=2026-12").get_data().decode("utf-8-sig")
    measure_insight(deps, now=deps.now())
    counted = later.get("/staff/insight?first=2026-12").text

    assert page.count(f'<td class="count before">{DASH}</td>') == 3  # of one product line, one topic, one country
    assert page.count(f"before: {DASH}") == 3
    assert list(csv.reader(io.StringIO(table)))[1:] == [["Service or fault", "1", "1", ""]]
    assert "before: 3" in counted


def test_a_page_without_inquiries_says_so(deps: Deps, client: FlaskClient) -> None:
    page = at_the_desk(deps, client).get("/staff/insight?first=nonsense&last=&product=none").text

    assert "Nothing in this time." in page
    assert "This is still being counted; look again in a minute." in page


@pytest.mark.parametrize("name", ["months", "products", "topics", "countries", "returning", "ratings"])
def test_each_table_can_be_taken_along(desk: AtTheDesk, name: str) -> None:
    answer = desk.get(f"/staff/insight/{name}.csv")

    text = answer.get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


def test_there_is_no_other_table(desk: AtTheDesk) -> None:
    assert desk.get("/staff/insight/inquiries.csv").status_code == 404
