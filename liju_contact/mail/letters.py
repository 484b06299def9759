"""How letters look: one method and one folder of templates (``email/<kind>/``: subject, text, HTML) for each kind.

The customer's own words go to our team and never into a letter to a customer: otherwise anybody could have us mail
their text to anybody. So a customer's letter is not given the inquiry at all, only what it may show. Links
come from the configured base URL only. Values are worded here, once for both forms; the templates hold the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2 import Environment

from liju_contact.config import Settings
from liju_contact.domain.event import EventKind
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.letter import Letter, LetterKind
from liju_contact.domain.message import Message
from liju_contact.domain.text import clean_line
from liju_contact.usecases.deps import FileLine
from liju_contact.wording import Wording, wording_in

# RFC 3834 section 5: what a person did not write says so, and nothing that answers by itself answers it.
_AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
_WHO_LENGTH = 48  # characters of the customer's in a subject; with ours it stays at about 120
_PREVIEW_LENGTH = 160  # what a phone shows of a letter before it is opened
_IN_MAILTO = "@!$'*+-/^_`{|}~."  # RFC 6068 section 2: the rest of an address is percent-encoded in a link
# The customer's name stands before our own words in a subject; without these it cannot turn their order round.
_DIRECTION_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLink:
    """One inquiry in the letter that brings lost links back."""

    reference: str
    product: str
    received: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    name: str
    size: str
    is_attached: bool


class TemplateLetterWriter:
    """The ``LetterWriter`` of the program. Letters to the team are in the settings' first language."""

    def __init__(self, settings: Settings, environments: Mapping[str, Environment]) -> None:
        self._settings = settings
        self._environments = environments
        self._zone = settings.company.working_hours.zone
        self._team_language = settings.default_language
        self._language_names = {
            language: wording_in(language).locale.get_display_name(self._team_language) or language
            for language in environments
        }

    def inquiry_received(self, inquiry: Inquiry, *, status_url: str, team: str) -> Letter:
        language = self._written_language(inquiry.language)
        return self._letter(
            LetterKind.INQUIRY_RECEIVED,
            language,
            reference=inquiry.reference,
            status_url=status_url,
            team=team,
            answer_due=wording_in(language).date_time(inquiry.answer_due_at, self._zone),
        )

    def inquiry_for_team(self, inquiry: Inquiry, *, body: str, files: Sequence[FileLine]) -> Letter:
        wording = wording_in(self._team_language)
        return self._team_letter(
            LetterKind.INQUIRY_FOR_TEAM,
            inquiry,
            answer_due=wording.date_time(inquiry.answer_due_at, self._zone),
            sheet=[wording.sheet_line(detail) for detail in inquiry.details],
            **_writing(body, files, wording),
        )

    def message_for_team(self, inquiry: Inquiry, message: Message, *, files: Sequence[FileLine]) -> Letter:
        written = _writing(message.body, files, wording_in(self._team_language))
        return self._team_letter(LetterKind.MESSAGE_FOR_TEAM, inquiry, **written)

    def state_for_team(self, inquiry: Inquiry, kind: EventKind) -> Letter:
        return self._team_letter(LetterKind.STATE_FOR_TEAM, inquiry, is_closed=kind is EventKind.INQUIRY_CLOSED)

    def status_links(self, inquiries: Sequence[tuple[Inquiry, str]], *, language: str) -> Letter:
        language = self._written_language(language)
        wording = wording_in(language)
        links = [
            StatusLink(
                reference=inquiry.reference,
                product=self._product(inquiry, language),
                received=wording.date(inquiry.received_at.astimezone(self._zone).date()),
                url=url,
            )
            for inquiry, url in inquiries
        ]
        return self._letter(LetterKind.STATUS_LINKS, language, links=links)

    def _team_letter(self, kind: LetterKind, inquiry: Inquiry, **context: Any) -> Letter:
        language = self._team_language
        name, company = clean_line(inquiry.name), clean_line(inquiry.company)
        return self._letter(
            kind,
            language,
            reference=inquiry.reference,
            product=self._product(inquiry, language),
            topic=self._topic(inquiry, language),
            country=wording_in(language).country(inquiry.country),
            who=_who(company or name),
            name=name,
            company_of_customer=company,
            email=clean_line(inquiry.email),
            mailto=f"mailto:{quote(inquiry.email, safe=_IN_MAILTO)}",
            phone=clean_line(inquiry.phone),
            customer_language=self._language_names.get(inquiry.language, inquiry.language),
            staff_url=f"{self._settings.web.base_url}/staff/inquiry/{inquiry.reference}",
            **context,
        )

    def _letter(self, kind: LetterKind, language: str, **context: Any) -> Letter:
        environment = self._environments[language]
        folder = f"email/{kind.value}"
        company = self._settings.company
        context |= {"company": company.name.in_language(language), "website": company.website}
        return Letter(
            kind=kind,
            language=language,
            sender_name=self._settings.mail.sender_name.in_language(language),
            sender_address=self._settings.mail.sender_address,
            subject=clean_line(environment.get_template(f"{folder}/subject.txt").render(context)),
            text=environment.get_template(f"{folder}/body.txt").render(context),
            html=environment.get_template(f"{folder}/body.html").render(context),
            headers=dict(_AUTOMATIC),
        )

    def _written_language(self, language: str) -> str:
        """Return ``language``, or the settings' first when the operator offers it no more."""
        return language if language in self._environments else self._settings.default_language

    def _product(self, inquiry: Inquiry, language: str) -> str:
        product_line = self._settings.catalogue.find_product_line(inquiry.product)
        return product_line.label.in_language(language) if product_line else inquiry.product

    def _topic(self, inquiry: Inquiry, language: str) -> str:
        topic = self._settings.catalogue.find_topic(inquiry.topic)
        return topic.label.in_language(language) if topic else inquiry.topic


def _writing(body: str, files: Sequence[FileLine], wording: Wording) -> dict[str, object]:
    """Return what the customer wrote and sent along, as ``templates/email/message.*`` take it."""
    return {
        "lines": body.splitlines(),
        "preview": _cut(clean_line(body[: 4 * _PREVIEW_LENGTH]), _PREVIEW_LENGTH),
        "files": [
            FileRow(name=clean_line(file.name), size=wording.file_size(file.bytes_count), is_attached=file.is_attached)
            for file in files
        ],
    }


def _who(name: str) -> str:
    """Return a customer's name or company as it may stand in the middle of a subject."""
    return _cut(_DIRECTION_CONTROLS.sub("", name), _WHO_LENGTH)


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
