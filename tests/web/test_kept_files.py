"""Files that are here already stay with a form that comes back, whatever brings it back, and only within the limits."""

from __future__ import annotations

import io
import re
from contextlib import ExitStack
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from liju_contact.app import make_app
from liju_contact.store.database import Database
from liju_contact.usecases.deps import Deps
from liju_contact.web.form_token import new_form_token
from tests.usecases.stories import rows

KEPT = re.compile(r'name="kept_file" value="([^"]+)"')
FORM = {"name": "Ana", "email": "ana@usina.example", "country": "BR", "product": "steam", "message": "Two boilers."}


@pytest.fixture
def client(deps: Deps) -> FlaskClient:
    return make_app(deps).test_client()


def staged(client: FlaskClient, deps: Deps, *names: str) -> list[str]:
    """Send a form that comes back, and return what it keeps."""
    files = [(io.BytesIO(b"%PDF-1.7 " + name.encode()), name) for name in names]
    page = client.post("/", data={**FORM, "name": "", "token": new_form_token(deps), "files": files}).text
    return KEPT.findall(page)


def test_kept_files_count_towards_the_limit_and_each_once(deps: Deps) -> None:
    settings = replace(deps.settings, files=replace(deps.settings.files, count_limit=2))
    client = make_app(replace(deps, settings=settings)).test_client()
    kept = staged(client, deps, "a.pdf", "b.pdf")
    more = staged(client, deps, "c.pdf")

    client.post("/", data={**FORM, "token": new_form_token(deps), "kept_file": [*kept, *kept, *more]})

    assert [row["name"] for row in rows(deps.db, "file")] == ["a.pdf", "b.pdf"]


def test_a_busy_database_keeps_the_files_that_are_here(deps: Deps) -> None:
    impatient = replace(deps, db=Database(deps.db.url, busy_seconds=0.1))
    client = make_app(impatient).test_client()
    kept = staged(client, deps, "a.pdf")
    with ExitStack() as lock:
        tx = lock.enter_context(deps.db.begin())
        if not deps.db.is_sqlite:
            tx.execute(text("LOCK TABLE inquiry IN ACCESS EXCLUSIVE MODE"))
        answer = client.post("/", data={**FORM, "token": new_form_token(deps), "kept_file": kept})
    impatient.db.close()

    assert (answer.status_code, KEPT.findall(answer.text)) == (503, kept)


def test_a_file_that_is_gone_is_asked_for_and_the_others_stay(client: FlaskClient, deps: Deps) -> None:
    kept = staged(client, deps, "a.pdf", "b.pdf")
    with deps.db.begin() as tx:
        tx.execute(text("DELETE FROM refusal"))  # which keeps what it came with
        tx.execute(text("DELETE FROM blob WHERE id = (SELECT min(id) FROM blob)"))

    answer = client.post("/", data={**FORM, "token": new_form_token(deps), "kept_file": kept})

    assert (answer.status_code, KEPT.findall(answer.text)) == (422, kept[1:])
    assert "Please attach “a.pdf” once more." in answer.text
