"""Addresses a letter about an account to its owner."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from liju_contact.domain.letter import Addressee, Letter
from liju_contact.domain.person import Person
from liju_contact.store.letters import Posting, post_letters
from liju_contact.usecases.deps import Deps


def post_account_letter(deps: Deps, tx: Connection, person: Person, letter: Letter, *, now: datetime) -> None:
    addressee = Addressee(name=person.name, address=person.address)
    message_id = f"<account.{deps.random_bytes(12).hex()}@{deps.settings.mail.domain}>"
    post_letters(tx, [Posting(letter=letter, addressees=[(addressee, message_id)])], inquiry_id=None, now=now)
