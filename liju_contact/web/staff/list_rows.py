"""The rows of the list in words: all that a template would otherwise look up or work out fifty times over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from liju_contact.config import Settings
from liju_contact.domain.excerpt import Excerpt
from liju_contact.domain.inquiry import awaits_answer, fold_address
from liju_contact.domain.inquiry_list import NO_PRODUCT, Sort
from liju_contact.domain.priority import Priority
from liju_contact.domain.quotation import needed_for_quotation
from liju_contact.usecases.list_inquiries import ListedInquiry, ListPage
from liju_contact.web.staff.list_words import ListWords
from liju_contact.wording import Wording


@dataclass(frozen=True, slots=True)
class ListRow:
    """``told`` of the ``needed`` details for a quotation are given; ``priority`` is empty where it is the usual one.

    ``moment`` is the time the list is sorted by, or that of the inquiry.
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
    tags: Sequence[str]
    excerpt: Excerpt | None


def rows_in_words(
    page: ListPage, words: ListWords, wording: Wording, settings: Settings, *, now: datetime
) -> Iterator[ListRow]:
    products, zone = words.options["product"].texts, settings.company.working_hours.zone
    needs = {line.id: needed_for_quotation(line) for line in settings.catalogue.product_lines}
    people = {fold_address(address): name for address, name in page.people.items()}
    order = page.listed.order
    for row in page.rows:
        is_awaited = awaits_answer(row.state)
        needed = needs.get(row.product, ())
        yield ListRow(
            row,
            words.states[row.state],
            wording.country(row.country),
            products.get(row.product or NO_PRODUCT, row.product),
            "" if row.priority is Priority.NORMAL else words.priorities[row.priority],
            people.get(fold_address(row.assignee), row.assignee) if row.assignee else "",
            is_awaited and row.answer_due_at < now,
            len(row.given_fields.intersection(needed)),
            len(needed),
            wording.brief_moment(_shown_moment(row, order, is_awaited=is_awaited), zone, now),
            page.tags.get(row.id, ()),
            page.excerpts.get(row.id),
        )


def _shown_moment(row: ListedInquiry, order: Sort, *, is_awaited: bool) -> datetime:
    """Where nothing is promised any more, a list by promise shows when the inquiry came."""
    if order is Sort.CHANGED:
        return row.changed_at
    return row.answer_due_at if order is Sort.DUE and is_awaited else row.received_at
