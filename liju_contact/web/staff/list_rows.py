"""The rows of the list as HTML, each written once and kept: whoever looks at a list sees the same rows many times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup

from liju_contact.config import Settings
from liju_contact.domain.excerpt import Excerpt
from liju_contact.domain.inquiry import awaits_answer, fold_address
from liju_contact.domain.inquiry_list import NO_PRODUCT, Sort
from liju_contact.domain.kept_for_a_day import KeptForADay
from liju_contact.domain.priority import Priority
from liju_contact.domain.quotation import needed_for_quotation
from liju_contact.usecases.list_inquiries import ListedInquiry, ListPage
from liju_contact.web.rendering import macro_of
from liju_contact.web.staff.list_words import list_words
from liju_contact.web.staff.spam_words import against, word_of
from liju_contact.wording import wording_in

_MOST_KEPT = 1000  # rows, of some 3 kB each with all they were written from
_MOST_REASONS = 2
# Where an excerpt goes in a row that is kept without it, because each search has others. Nobody's text can be taken for
# this: all text in a row is escaped.
_EXCERPT_PLACE = Markup("<!--excerpt-->")


class _Glance(NamedTuple):
    """What of a page its rows depend on; ``today`` is the day on the company's clock."""

    language: str
    order: Sort
    may_choose: bool
    today: date


class _Facts(NamedTuple):
    """What a row is written from beside the glance."""

    row: ListedInquiry
    assignee: str
    is_late: bool


_Place = tuple[_Glance, int, bool]  # which inquiry, and whether an excerpt goes into its row


@dataclass(frozen=True, slots=True)
class ListRow:
    """``told`` of the ``needed`` details for a quotation are given; ``priority`` is empty where it is the usual one.

    ``excerpt_place`` stands where an excerpt goes, and is empty where none does. ``moment`` is the time the list is
    sorted by, or that of the inquiry; ``reasons`` say why it was held as spam.
    """

    inquiry: ListedInquiry
    state: str
    country: str
    product: str
    priority: str
    assignee: str
    is_late: bool
    told: int
    needed: int
    moment: Markup
    reasons: list[str]
    excerpt_place: str


class WrittenRows:
    """Writes rows, and keeps those that were written last.

    A row depends on the settings and on what ``_write`` is given, and on nothing else: where anything of it changes,
    another is written in its place. None is kept beyond its day.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._zone = settings.company.working_hours.zone
        self._needs = {line.id: needed_for_quotation(line) for line in settings.catalogue.product_lines}
        # Found by its inquiry and then compared: to compare all that a row shows takes a sixth of hashing it.
        self._kept: KeptForADay[_Place, tuple[_Facts, Markup]] = KeptForADay(_MOST_KEPT)

    def __len__(self) -> int:
        """Return how many rows are kept."""
        return len(self._kept)

    def html_of(
        self, page: ListPage, language: str, *, may_choose: bool, chosen: Collection[str] = (), now: datetime
    ) -> Markup:
        """Return the rows of a page, in which those whose references are ``chosen`` are ticked."""
        glance = _Glance(language, page.listed.order, may_choose, now.astimezone(self._zone).date())
        self._kept.begin(glance.today)
        names = {fold_address(address): name for address, name in page.names.items()}
        rows = []
        for row in page.rows:
            assignee = names.get(fold_address(row.assignee), row.assignee) if row.assignee else ""
            is_late = awaits_answer(row.state) and row.answer_due_at < now
            excerpt = page.excerpts.get(row.id)
            written = self._row((glance, row.id, excerpt is not None), _Facts(row, assignee, is_late))
            written = _with_excerpt(written, excerpt, language) if excerpt else written
            rows.append(_ticked(written, row.reference) if row.reference in chosen else written)
        return Markup("".join(rows))  # noqa: S704  # each is written by the template

    def _row(self, place: _Place, facts: _Facts) -> Markup:
        kept = self._kept.find(place)
        if kept is not None and kept[0] == facts:
            return kept[1]
        written = self._write(place[0], facts, has_excerpt=place[2])
        self._kept.keep(place, (facts, written))
        return written

    def _write(self, glance: _Glance, facts: _Facts, *, has_excerpt: bool) -> Markup:
        row = facts.row
        words, wording = list_words(self._settings, glance.language), wording_in(glance.language)
        needed = self._needs.get(row.product, ())
        line = ListRow(
            inquiry=row,
            state=words.states[row.state],
            country=wording.country(row.country),
            product=words.options["product"].texts.get(row.product or NO_PRODUCT, row.product),
            priority="" if row.priority is Priority.NORMAL else words.priorities[row.priority],
            assignee=facts.assignee,
            is_late=facts.is_late,
            told=len(row.given_fields.intersection(needed)),
            needed=len(needed),
            moment=wording.brief_moment(_shown_moment(row, glance.order), self._zone, glance.today),
            reasons=[wording.gettext(word_of(reason)) for reason in against(row.spam_reasons)[:_MOST_REASONS]],
            excerpt_place=_EXCERPT_PLACE if has_excerpt else "",
        )
        write = macro_of("staff/macros/rows.html", "row", glance.language)
        return write(line, may_choose=glance.may_choose, order=glance.order)


def _with_excerpt(row: Markup, excerpt: Excerpt, language: str) -> Markup:
    written = macro_of("staff/macros/rows.html", "excerpt", language)(excerpt.parts)
    return Markup(str.replace(row, _EXCERPT_PLACE, written, 1))  # noqa: S704  # both are written by the template


def _shown_moment(row: ListedInquiry, order: Sort) -> datetime:
    """Where nothing is promised any more, a list by promise shows when the inquiry came."""
    if order is Sort.CHANGED:
        return row.changed_at
    return row.answer_due_at if order is Sort.DUE and awaits_answer(row.state) else row.received_at


def _ticked(row: Markup, reference: str) -> Markup:
    box = f'name="references" value="{reference}"'  # nothing that was typed holds a bare quotation mark in a row
    return Markup(str.replace(row, box, f"{box} checked", 1))  # noqa: S704  # the row is written by the template
