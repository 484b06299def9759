"""Payloads in a real browser: no dialog, no script that ran, no request to elsewhere, no complaint about the policy.

All at once: one house holds a payload in every field there is, and every page of it is opened.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Request
from werkzeug.serving import make_server

from liju_contact.app import make_deps
from liju_contact.config import Settings
from liju_contact.usecases.staff_session import begin_session
from tests.attacks.house import House, furnish
from tests.attacks.test_payloads import values
from tests.browser.conftest import NewPage
from tests.browser.test_desk_inquiry import _Quiet
from tests.staff_desk import COOKIE

# Elements that payloads bring along and no page of ours has.
_FOREIGN = "document.querySelectorAll('script:not([src]), iframe[srcdoc], object, embed, base, math').length"


@pytest.fixture
def hostile(settings: Settings, migrated_file: Path, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A house full of payloads, and its address."""
    shutil.copy(migrated_file, tmp_path / "hostile.db")
    deps = make_deps(replace(settings, database_url=f"sqlite:///{tmp_path / 'hostile.db'}"))
    house = furnish(deps, next(values(1)))
    server = make_server("127.0.0.1", 0, house.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield house, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    deps.db.close()


def watch(page: Page, base_url: str) -> list[str]:
    """Return a list that fills with whatever a payload could bring about; the policy's reports fail ``new_page``."""
    seen: list[str] = []

    def note_dialog(dialog: Dialog) -> None:
        seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def note_request(request: Request) -> None:
        if not request.url.startswith(base_url):
            seen.append(request.url)

    page.on("dialog", note_dialog)
    page.on("request", note_request)
    page.on("popup", lambda popup: seen.append(f"popup {popup.url}"))
    page.on("download", lambda download: seen.append(f"download {download.url}"))
    return seen


def test_payloads_stay_text_on_every_page(new_page: NewPage, hostile: tuple[House, str]) -> None:
    house, base_url = hostile
    with house.deps.db.begin() as tx:
        token = begin_session(house.deps, tx, house.person.id, browser="", network="", now=house.deps.now())
    page = new_page(base_url=base_url)
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": base_url}])
    seen = watch(page, base_url)
    client, opened = house.client(), 0
    client.set_cookie(COOKIE, token)
    for endpoint, path in house.addresses():
        with client.get(path, buffered=True) as answer:
            is_page = answer.mimetype == "text/html" and answer.status_code == 200
        if not is_page:
            continue
        page.goto(path, wait_until="load")
        assert page.evaluate(_FOREIGN) == 0, endpoint
        assert (endpoint, seen) == (endpoint, [])
        opened += 1

    assert opened > 15
