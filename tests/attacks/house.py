"""A house with something in every room, so that an attack on any address meets something that could leak or change.

What strangers and staff typed may be any text: ``furnish`` puts it into every field there is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from liju_contact.app import make_app
from liju_contact.domain.change import Change
from liju_contact.domain.export import ExportFormat
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inquiry_list import ListQuery, View
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.person import Person, Role
from liju_contact.domain.picture import Picture
from liju_contact.domain.text import clean_line, clean_text, is_blank
from liju_contact.passkey_check import WebauthnCheck
from liju_contact.store.password_resets import add_reset
from liju_contact.store.thumbnails import settle_thumbnail
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.answer_at_desk import DeskAnswer, answer_at_desk, note_at_desk
from liju_contact.usecases.ask_for_export import ask_for_export, list_exports
from liju_contact.usecases.attend_inquiry import keep_what_was_typed
from liju_contact.usecases.canned_replies import write_reply
from liju_contact.usecases.change_inquiry import change_inquiry
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.index_search import index_search
from liju_contact.usecases.reset_password import LINK_LIFETIME
from liju_contact.usecases.reset_password import _digest as digest_of_reset
from liju_contact.usecases.save_view import save_view
from liju_contact.usecases.submit_inquiry import Submitted
from liju_contact.usecases.write_export import write_next_export
from tests.staff_desk import account
from tests.usecases.carried import carry_all
from tests.usecases.mails import CUSTOMER, PUBLIC, judged, letter_to, mail, reply_to, with_staff
from tests.usecases.stories import NEW, key_of, rows, staged, submit

RESET = "a-token-that-a-letter-brought"
PICTURE = Picture(content=b"RIFF\0\0\0\0WEBPVP8 ", width=480, height=320)
Typed = Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class House:
    deps: Deps
    app: Flask
    submitted: Submitted
    person: Person
    held_id: int

    @property
    def key(self) -> str:
        return key_of(self.submitted)

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def values(self) -> dict[str, Any]:
        """Return what stands for each part of an address, all of it there."""
        exports = list_exports(self.deps, self.person)
        return {
            "reference": self.submitted.reference,
            "key": self.key,
            "file_id": 1,
            "name": exports[0].name if exports else "x",
            "inbound_id": self.held_id,
            "delivery_id": 1,
            "message_id": 1,
            "reply_id": 1,
            "staff_id": self.person.id,
            "view_id": 1,
            "export_id": exports[0].id if exports else 1,
            "session_id": 1,
            "position": 0,
            "index": 0,
            "letter_id": "x",
            "digest": "0" * 64,
            "token": RESET,
        }

    def addresses(self, method: str = "GET", /, **changed: Any) -> Iterator[tuple[str, str]]:
        """Return endpoint and address of every route that takes ``method``; ``changed`` are other parts."""
        values = self.values() | changed
        for rule in self.app.url_map.iter_rules():
            if method in (rule.methods or ()):
                yield rule.endpoint, self.address(rule, values)

    def address(self, rule: Rule, values: dict[str, Any]) -> str:
        given = {name: values.get(name, 1 if "_id" in name else "x") for name in rule.arguments}
        if rule.endpoint == "assets.asset":
            _, _, given["digest"], given["name"] = self.app.extensions["liju_assets"].url("desk.css").split("/")
        if rule.endpoint == "insight.table":
            given["name"] = "months"
        adapter = self.app.url_map.bind("localhost")
        return str(adapter.build(rule.endpoint, given))


def furnish(deps: Deps, typed: Sequence[str] = ("plain words",)) -> House:
    """Return a house in which ``typed`` stands wherever somebody can type, one value after another."""
    deps = with_staff(with_passkeys(deps))
    person = account(deps, "admin@liju.example", name="Chen", role=Role.ADMINISTRATOR)
    number = itertools.count()
    line = _taking(typed, lambda value: clean_line(value).strip()[:150])
    text = _taking(typed, lambda value: clean_text(value).strip()[:BODY_LIMIT])
    submitted = submit(
        deps,
        nonce=f"first {next(number)}",
        name=line(),
        company=line(),
        phone=line(),
        message=text(),
        details=tuple(replace(detail, typed=line()) for detail in NEW.details),
        files=(_file(deps, line()),),
    )
    with deps.db.begin() as tx:
        settle_thumbnail(tx, 1, PICTURE, deps.now())
    carry_all(deps)
    _talk(deps, person, submitted, line, text)
    held_id = _hold(deps, line, text)
    _keep(deps, person, line, text)
    while index_search(deps):
        pass
    return House(deps=deps, app=make_app(deps), submitted=submitted, person=person, held_id=held_id)


def with_passkeys(deps: Deps) -> Deps:
    settings = replace(deps.settings, desk=replace(deps.settings.desk, has_passkeys=True))
    return replace(deps, settings=settings, passkeys=WebauthnCheck.at(settings.web.base_url, company="LIJU"))


def with_https(deps: Deps) -> Deps:
    web = replace(deps.settings.web, base_url="https://contact.liju.example")
    return replace(deps, settings=replace(deps.settings, web=web))


def _taking(typed: Sequence[str], cleaned: Callable[[str], str]) -> Typed:
    """Return a way to take one value after another, without those of which nothing is left."""
    usable = [kept for value in typed if not is_blank(kept := cleaned(value))]
    values = itertools.cycle(usable or ["plain"])
    return lambda: next(values)


def _file(deps: Deps, name: str) -> Any:
    return replace(staged(deps, b"%PDF-1.7 drawing"), name=f"{name[:40]}.pdf", kind=FileKind.PDF)


def _talk(deps: Deps, person: Person, submitted: Submitted, line: Typed, text: Typed) -> None:
    reference, key = submitted.reference, key_of(submitted)
    add_customer_message(deps, reference, key, body=text(), files=(), nonce="m", now=deps.now())
    answer = DeskAnswer(body=text(), files=(), nonce="a", seen_message_id=99, version=99, closes=False, takes=True)
    answer_at_desk(deps, person, reference, answer, now=deps.now())
    note_at_desk(deps, person, reference, body=text(), nonce="n", now=deps.now())
    tags = tuple(dict.fromkeys(tag[:40] for _ in range(2) if (tag := line().replace(",", " ").strip()[:40])))
    change_inquiry(deps, person, reference, Change(add_tags=tags), version=None, now=deps.now())
    keep_what_was_typed(deps, person, reference, kind="answer", body=text(), version=1, now=deps.now())


def _hold(deps: Deps, line: Typed, text: Typed) -> int:
    """Receive a reply from the customer, one from somebody else, which is held, and one that opens an inquiry."""
    letter = letter_to(deps, CUSTOMER)
    judged(deps, _with_file(reply_to(letter, _named(line()), text()), line()))
    held = judged(deps, _with_file(reply_to(letter, _named(line(), "rui@usina.example"), text()), line()))
    assert held["state"] == "held"
    judged(deps, mail(_named(line(), "eva@stranger.example"), PUBLIC, text(), subject=_ascii(line())))
    return int(held["id"])


def _named(name: str, address: str = CUSTOMER) -> str:
    quoted = _ascii(name).replace("\\", " ").replace('"', "'")
    return f'"{quoted}" <{address}>'


def _with_file(message: Any, name: str) -> Any:
    message.add_attachment(b"%PDF-1.7 plan", maintype="application", subtype="pdf", filename=f"{_ascii(name)[:40]}.pdf")
    return message


def _ascii(value: str) -> str:
    """Leave out what the standard library's mail writer itself refuses; reading mail has tests of its own."""
    return "".join(character for character in value if " " <= character <= "~") or "x"


def _keep(deps: Deps, person: Person, line: Typed, text: Typed) -> None:
    texts = {language: text().replace("{", "(").replace("}", ")") for language in deps.settings.web.languages}
    write_reply(deps, person, None, title=line()[:80], texts=texts, now=deps.now())
    save_view(deps, person, ListQuery(view=View.ALL), name=line()[:60], is_shared=True, now=deps.now())
    account(deps, "wu@liju.example", name=line())
    ask_for_export(
        deps,
        person,
        query=ListQuery(view=View.ALL),
        references=(),
        format_=ExportFormat.CSV,
        language="en",
        now=deps.now(),
    )
    assert write_next_export(deps, holder="tests")
    with deps.db.begin() as tx:
        add_reset(tx, person.id, digest=digest_of_reset(RESET), ends_at=deps.now() + LINK_LIFETIME)
    assert rows(deps.db, "saved_view")
