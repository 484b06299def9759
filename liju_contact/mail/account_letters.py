"""Letters to the people of the desk about their own accounts: a way to a password, and news of what was changed.

Nobody answers them: they carry no reply key. What they show of a person is what an administrator wrote, and of whoever
asked for a letter nothing but the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jinja2 import Environment

from liju_contact.config import Settings
from liju_contact.domain.letter import Letter, LetterKind
from liju_contact.domain.person import Person
from liju_contact.domain.text import clean_line
from liju_contact.mail.letter_text import name_in_subject
from liju_contact.wording import wording_in

# RFC 3834 section 5: what a person did not write says so, and nothing that answers by itself answers it.
_AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class TemplateAccountLetterWriter:
    """The ``AccountLetterWriter`` of the program."""

    def __init__(self, settings: Settings, environments: Mapping[str, Environment]) -> None:
        self._settings = settings
        self._environments = environments
        self._zone = settings.company.working_hours.zone

    def password_reset(self, person: Person, *, url: str, ends_at: datetime, language: str) -> Letter:
        return self._letter(LetterKind.PASSWORD_RESET, person, language, url=url, at=ends_at)

    def invitation(self, person: Person, *, url: str, ends_at: datetime, invited_by: str) -> Letter:
        return self._letter(LetterKind.INVITATION, person, url=url, at=ends_at, invited_by=name_in_subject(invited_by))

    def password_changed(self, person: Person, *, at: datetime, network: str) -> Letter:
        return self._letter(LetterKind.PASSWORD_CHANGED, person, at=at, network=clean_line(network))

    def second_factor_off(self, person: Person, *, at: datetime, network: str) -> Letter:
        return self._letter(LetterKind.SECOND_FACTOR_OFF, person, at=at, network=clean_line(network))

    def passkey_added(self, person: Person, *, at: datetime, network: str) -> Letter:
        return self._letter(LetterKind.PASSKEY_ADDED, person, at=at, network=clean_line(network))

    def administrator_added(self, person: Person, *, at: datetime, added: Person, by: str) -> Letter:
        address = clean_line(added.address)
        who = f"{name_in_subject(added.name)} <{address}>" if added.name else address
        return self._letter(LetterKind.ADMINISTRATOR_ADDED, person, at=at, added=who, by=name_in_subject(by))

    def _letter(
        self, kind: LetterKind, person: Person, language: str | None = None, *, at: datetime, **context: Any
    ) -> Letter:
        wished = person.language or language or ""
        chosen = wished if wished in self._environments else self._settings.default_language
        company = self._settings.company
        context |= {
            "name": name_in_subject(person.name),
            "address": clean_line(person.address),
            "at": wording_in(chosen).date_time(at, self._zone),
            "desk_url": f"{self._settings.web.base_url}/staff",
            "company": company.name.in_language(chosen),
            "website": company.website,
            "reference": "",
            "reply_key": "",
        }
        subject, text, html = (
            self._environments[chosen].get_template(f"email/{kind.value}/{form}").render(context)
            for form in ("subject.txt", "body.txt", "body.html")
        )
        return Letter(
            kind=kind,
            language=chosen,
            sender_name=self._settings.mail.sender_name.in_language(chosen),
            sender_address=self._settings.mail.sender_address,
            subject=clean_line(subject),
            text=text,
            html=html,
            headers=dict(_AUTOMATIC),
        )
