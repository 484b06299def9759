"""The columns of an export and the cells of one inquiry, in one language.

One column per technical fact, as the customer gave it. What comes in few forms (labels, countries, facts) is worded and
written once and remembered: of some forty cells of a row only those of ``FREE_TEXTS`` and ``MOMENTS`` are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from liju_contact.config import Settings
from liju_contact.domain.detail import DETAIL_FIELDS, Detail
from liju_contact.sheets import words
from liju_contact.store.exported import ExportedInquiry
from liju_contact.wording import Wording, wording_in

Cell = str | datetime | None
Write = Callable[[str], str]
"""How a format writes a text into a cell."""
_FACTS_KEPT = 16_384
PHONE_PLACE = 9
"""Where the phone number stands: it must stay a text."""
FREE_TEXTS = (0, 6, 7, 8, PHONE_PLACE, 15, 16, 20)
"""The places of texts that come in any form; they are as they were typed."""
MOMENTS = (3, 4, 5, 18, 19)
"""The places of times."""
_WIDTHS = (14, 11, 10, 17, 17, 17, 22, 26, 30, 18, 16, 12, 26, 20, 22, 26, 20, 7, 17, 17, 60)


class Columns:
    """``headers`` and ``widths`` (in characters) belong to the cells in their order."""

    def __init__(self, settings: Settings, language: str, write: Write) -> None:
        self.wording = wording_in(language)
        self.zone: tzinfo = settings.company.working_hours.zone
        self.headers = [*_headers(self.wording, str(self.zone)), *_fact_headers(self.wording)]
        self.widths = [*_WIDTHS, *[16] * len(DETAIL_FIELDS)]
        translated, self._write = self.wording.gettext, write
        self.sheet_name = translated(words.SHEET_NAME)
        self._yes = write(translated(words.YES))
        self._states = {state: write(translated(word)) for state, word in words.STATES.items()}
        self._priorities = {priority: write(translated(word)) for priority, word in words.PRIORITIES.items()}
        self._labels = {key: write(label) for key, label in _labels(settings, language).items()}
        self._languages = {known: write(wording_in(known).own_name) for known in settings.web.languages}
        self._countries = {code: write(name) for code, name in self.wording.countries}
        self._places = {field: place for place, field in enumerate(DETAIL_FIELDS)}
        self._fact = lru_cache(maxsize=_FACTS_KEPT)(self._worded_fact)

    def cells(self, inquiry: ExportedInquiry) -> list[Cell]:
        """Return the cells of a row, None where there is nothing to say; all but the row's own are written."""
        facts: list[Cell] = [None] * len(self._places)
        for detail in inquiry.details:
            place = self._places.get(detail.get("field", ""))
            if place is not None and detail.get("typed"):
                facts[place] = self._fact(
                    detail["field"], detail["typed"], detail.get("unit", ""), detail.get("canonical")
                )
        return [
            inquiry.reference,
            self._states[inquiry.state],
            self._priorities[inquiry.priority],
            inquiry.received_at,
            inquiry.answer_due_at,
            inquiry.first_answered_at,
            inquiry.name,
            inquiry.company,
            inquiry.email,
            inquiry.phone,
            self._countries.get(inquiry.country) or self._other(inquiry.country),
            self._languages.get(inquiry.language) or self._other(inquiry.language),
            self._labels.get(("product", inquiry.product)) or self._other(inquiry.product),
            self._labels.get(("topic", inquiry.topic)) or self._other(inquiry.topic),
            self._labels.get(("team", inquiry.team)) or self._other(inquiry.team),
            inquiry.assignee,
            ", ".join(inquiry.tags),
            self._yes if inquiry.has_files else None,
            inquiry.due_at,
            inquiry.changed_at,
            inquiry.preview,
            *facts,
        ]

    def _other(self, code: str) -> str | None:
        """Write a code that the settings do not know (any more) as it is."""
        return self._write(code) if code else None

    def _worded_fact(self, field: str, typed: str, unit: str, canonical: Any) -> str:
        given = self.wording.sheet_line(Detail(field=field, typed=typed, unit=unit, canonical=canonical)).given
        return self._write(given) if given else ""


def _headers(wording: Wording, zone: str) -> list[str]:
    plain = (words.REFERENCE, words.STATE, words.PRIORITY, words.RECEIVED, words.ANSWER_DUE, words.FIRST_ANSWERED)
    person = (words.NAME, words.COMPANY, words.EMAIL, words.PHONE, words.COUNTRY, words.LANGUAGE)
    subject = (words.PRODUCT, words.TOPIC, words.TEAM, words.ASSIGNEE, words.TAGS, words.FILES)
    rest = (words.DUE, words.CHANGED, words.MESSAGE)
    return [wording.gettext(word) % {"zone": zone} for word in (*plain, *person, *subject, *rest)]


def _fact_headers(wording: Wording) -> list[str]:
    return [wording.field_label(field) for field in DETAIL_FIELDS]


def _labels(settings: Settings, language: str) -> Mapping[tuple[str, str], str]:
    catalogue = settings.catalogue
    kinds = (("product", catalogue.product_lines), ("topic", catalogue.topics), ("team", catalogue.teams))
    return {(kind, entry.id): entry.label.in_language(language) for kind, entries in kinds for entry in entries}
