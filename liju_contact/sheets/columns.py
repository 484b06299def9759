"""The columns of an export and the cells of one inquiry, in one language.

One column per technical fact, as the customer gave it. What comes in few forms (labels, countries, facts, tags) is
worded and written once and remembered: of some forty cells of a row only its times and own texts are written for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liju_contact.config import Settings
from liju_contact.domain.detail import DETAIL_FIELDS, Detail
from liju_contact.sheets import words
from liju_contact.sheets.facts import Facts
from liju_contact.sheets.pen import Pen
from liju_contact.store.exported import ExportedInquiry
from liju_contact.wording import Wording, wording_in

_WRITTEN_KEPT = 4096
_WIDTHS = (14, 11, 10, 17, 17, 17, 22, 26, 30, 18, 16, 12, 26, 20, 22, 26, 20, 7, 17, 17, 60)
_NO_FACTS = "[]"


class Columns:
    """``headers`` and ``widths`` (in characters) belong to the cells in their order."""

    def __init__(self, settings: Settings, language: str, pen: Pen) -> None:
        self.wording = wording_in(language)
        self.headers = [*_headers(self.wording, str(settings.company.working_hours.zone)), *_fact_headers(self.wording)]
        self.widths = [*_WIDTHS, *[16] * len(DETAIL_FIELDS)]
        translated, write = self.wording.gettext, pen.text
        self.sheet_name = translated(words.SHEET_NAME)
        self._pen = pen
        self._yes = write(translated(words.YES))
        self._states = {state: write(translated(word)) for state, word in words.STATES.items()}
        self._priorities = {priority: write(translated(word)) for priority, word in words.PRIORITIES.items()}
        catalogue = settings.catalogue
        self._products, self._topics, self._teams = (
            {entry.id: write(entry.label.in_language(language)) for entry in entries}
            for entries in (catalogue.product_lines, catalogue.topics, catalogue.teams)
        )
        self._languages = {known: write(wording_in(known).own_name) for known in settings.web.languages}
        self._countries = {code: write(name) for code, name in self.wording.countries}
        self._places = {field: place for place, field in enumerate(DETAIL_FIELDS)}
        self._no_facts = [""] * len(self._places)
        self._facts = Facts(self._fact)
        self._written = lru_cache(maxsize=_WRITTEN_KEPT)(write)

    def cells(self, inquiry: ExportedInquiry) -> list[str]:
        """Return the cells of a row as they are written, empty where there is nothing to say."""
        facts = self._no_facts.copy()
        if inquiry.details != _NO_FACTS:
            for place, written in self._facts.read(inquiry.details):
                if written:
                    facts[place] = written
        moment = self._pen.moment
        reference, name, company, email, phone, preview = self._pen.own(inquiry)
        return [
            reference,
            self._states[inquiry.state],
            self._priorities[inquiry.priority],
            moment(inquiry.received_at),
            moment(inquiry.answer_due_at),
            moment(inquiry.first_answered_at) if inquiry.first_answered_at else "",
            name,
            company,
            email,
            phone,
            self._countries.get(inquiry.country) or self._other(inquiry.country),
            self._languages.get(inquiry.language) or self._other(inquiry.language),
            self._products.get(inquiry.product) or self._other(inquiry.product),
            self._topics.get(inquiry.topic) or self._other(inquiry.topic),
            self._teams.get(inquiry.team) or self._other(inquiry.team),
            self._other(inquiry.assignee),
            self._other(", ".join(inquiry.tags)),
            self._yes if inquiry.has_files else "",
            moment(inquiry.due_at) if inquiry.due_at else "",
            moment(inquiry.changed_at),
            preview,
            *facts,
        ]

    def _other(self, text: str | None) -> str:
        """Write what few inquiries have of their own; a code that the settings do not know (any more) as it is."""
        return self._written(text) if text else ""

    def _fact(self, stored: Mapping[str, Any]) -> tuple[int, str]:
        """Return the place and cell of a fact, of which the cell is empty where nothing was typed."""
        field, typed = str(stored.get("field") or ""), stored.get("typed")
        if field not in self._places or not typed:
            return 0, ""
        detail = Detail(field=field, typed=typed, unit=stored.get("unit", ""), canonical=stored.get("canonical"))
        given = self.wording.given(detail)
        return self._places[field], self._pen.text(given) if given else ""


def _headers(wording: Wording, zone: str) -> list[str]:
    plain = (words.REFERENCE, words.STATE, words.PRIORITY, words.RECEIVED, words.ANSWER_DUE, words.FIRST_ANSWERED)
    person = (words.NAME, words.COMPANY, words.EMAIL, words.PHONE, words.COUNTRY, words.LANGUAGE)
    subject = (words.PRODUCT, words.TOPIC, words.TEAM, words.ASSIGNEE, words.TAGS, words.FILES)
    rest = (words.DUE, words.CHANGED, words.MESSAGE)
    return [wording.gettext(word) % {"zone": zone} for word in (*plain, *person, *subject, *rest)]


def _fact_headers(wording: Wording) -> list[str]:
    return [wording.field_label(field) for field in DETAIL_FIELDS]
