"""What customers read about what is kept, and the version of the notice that their inquiry remembers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from liju_contact.app import make_app
from liju_contact.domain.catalogue import Label
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_to_retention import remember_notice
from tests.conftest import ONE_DATABASE
from tests.staff_desk import at_the_desk
from tests.usecases.stories import rows
from tests.visitor import FORM

pytestmark = ONE_DATABASE


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def with_notice(deps: Deps, text: str, day: str = "") -> Deps:
    notice = Label({"en": text, "zh_Hans": "隐私"})
    company = replace(deps.settings.company, privacy_notice=notice, privacy_notice_date=day)
    return replace(deps, settings=replace(deps.settings, company=company))


def keeping(deps: Deps, **days: int) -> Deps:
    retention = replace(deps.settings.retention, **days)
    return replace(deps, settings=replace(deps.settings, retention=retention))


def token_of(client: FlaskClient) -> str:
    page = client.get("/").text
    return page.partition('name="token" form="inquiry" value="')[2].partition('"')[0]


def send(client: FlaskClient, **more: Any) -> int:
    return client.post("/", data={**FORM, "token": token_of(client), **more}).status_code


def test_the_page_says_what_the_settings_say(deps: Deps) -> None:
    page = make_app(keeping(deps, closed_days=730, spam_days=1, letter_days=0)).test_client().get("/privacy").text

    assert "its last change: 2 years." in page
    assert "Spam: one day." in page
    assert "What they said: for good." in page
    assert deps.settings.company.privacy_notice.in_language("en") in page


def test_an_inquiry_remembers_the_notice_that_stood_beside_its_form(deps: Deps, client: FlaskClient) -> None:
    """The form may have been opened before the notice was changed; what is no version is not believed."""
    now = deps.settings.company.notice_version

    sent = [send(client, notice=notice) for notice in (now, "2020-01-01-0123abcd", "<script>", "")]

    assert sent == [303] * 4
    assert [row["notice_version"] for row in rows(deps.db, "inquiry")] == [now, "2020-01-01-0123abcd", now, now]
    assert f'name="notice" value="{now}"' in client.get("/").text


def test_a_changed_notice_is_another_version_and_both_are_kept_for_staff(deps: Deps) -> None:
    older, newer = with_notice(deps, "We answer you."), with_notice(deps, "We sell it.", "2026-11-28")
    for each in (older, newer, newer):
        remember_notice(each, now=deps.now())

    versions = {company.notice_version for company in (older.settings.company, newer.settings.company)}

    assert {row["version"] for row in rows(deps.db, "privacy_notice")} == versions
    assert newer.settings.company.notice_version.startswith("2026-11-28-")


def test_staff_see_which_notice_it_was(deps: Deps, client: FlaskClient) -> None:
    send(client)
    desk = at_the_desk(deps, client)
    reference = rows(deps.db, "inquiry")[0]["reference"]

    assert deps.settings.company.notice_version in desk.get(f"/staff/inquiry/{reference}").text
