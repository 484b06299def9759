"""What somebody wants to see of the inquiries: a view, filters, an order and a place in it, as an address says it.

Addresses are typed, shortened, kept for years and made up by scanners: whatever is no word or value of ours is left
out, and what remains is a list. A page is a place between two rows and not a number of rows to skip, so rows that come
or go meanwhile neither repeat nor hide another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Self, TypeVar
from urllib.parse import parse_qsl, urlencode

from liju_contact.domain.change import clean_tag
from liju_contact.domain.inquiry import InquiryState, awaits_answer, is_over
from liju_contact.domain.priority import Priority

NOBODY = "nobody"
"""As ``person``: what nobody has."""
ME = "me"
"""As ``person``: whoever reads the list, so that a shared view is everybody's own."""
NO_PRODUCT = "none"
"""As ``product``: what came by mail and has no product line yet."""

PLACE = ("after", "before")
"""The words of an address that say where in the list a page begins."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{2,8})?")
_CURSOR = re.compile(r"(?:([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)Z~)?([0-9]{1,18})")
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_LONGEST = 200  # characters of a search, an address or a tag
_Word = TypeVar("_Word", bound=StrEnum)


class View(StrEnum):
    """The lists that are always there."""

    NEEDS_ANSWER = "needs_answer"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    WAITING = "waiting"
    MAIL_TROUBLE = "mail_trouble"
    SPAM = "spam"
    CLOSED = "closed"
    ALL = "all"


class Sort(StrEnum):
    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED = "changed"


AWAITED = frozenset(state for state in InquiryState if awaits_answer(state))
GOING_ON = frozenset(state for state in InquiryState if not is_over(state))
COUNTED = frozenset(InquiryState) - {InquiryState.SPAM, InquiryState.MERGED}
"""Spam is nobody's inquiry, and a merged one is counted where it goes on."""
STATES_OF: Mapping[View, frozenset[InquiryState]] = MappingProxyType(
    {
        View.NEEDS_ANSWER: AWAITED,
        View.MINE: GOING_ON,
        View.UNASSIGNED: AWAITED,
        View.WAITING: frozenset({InquiryState.ANSWERED}),
        # Nor does anybody want to know that our letters to the others do not arrive.
        View.MAIL_TROUBLE: COUNTED,
        View.SPAM: frozenset({InquiryState.SPAM}),
        View.CLOSED: frozenset({InquiryState.CLOSED}),
        View.ALL: frozenset(InquiryState),
    }
)
_OWN_SORT = {View.NEEDS_ANSWER: Sort.DUE, View.MINE: Sort.DUE, View.UNASSIGNED: Sort.DUE, View.ALL: Sort.NEWEST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place between two rows: the row it is beside, and on which side of it the page lies.

    ``at`` is what the list is sorted by, None where that is the id itself.
    """

    id: int
    at: datetime | None = None
    is_backward: bool = False

    @classmethod
    def read(cls, text: str, *, is_backward: bool = False) -> Self | None:
        """Read ``2026-11-23T02:00:00.5Z~17`` or ``17``; None for anything else."""
        match = _CURSOR.fullmatch(text)
        if match is None:
            return None
        try:
            at = datetime.fromisoformat(match[1]).replace(tzinfo=UTC) if match[1] else None
        except ValueError:
            return None
        return cls(id=int(match[2]), at=at, is_backward=is_backward)

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z~{self.id}" if self.at else str(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; all that is given has to hold.

    ``person`` is an address, ``NOBODY`` or ``ME``; days are on the company's clock, both included. ``is_counted`` are
    the inquiries that the insight page counts for whoever reads the list: of the product lines they serve, also where
    another one is assigned to them.
    """

    state: InquiryState | None = None
    product: str = ""
    topic: str = ""
    person: str = ""
    country: str = ""
    language: str = ""
    tag: str = ""
    priority: Priority | None = None
    received_from: date | None = None
    received_to: date | None = None
    has_files: bool = False
    is_overdue: bool = False
    is_counted: bool = False

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        return cls(
            state=_word(InquiryState, args.get("state", "")),
            product=_matching(_SLUG, args.get("product", "")),
            topic=_matching(_SLUG, args.get("topic", "")),
            person=_text(args.get("person", "")),
            country=_matching(_COUNTRY, args.get("country", "").upper()),
            language=_matching(_LANGUAGE, args.get("language", "")),
            tag=clean_tag(args.get("tag", ""))[:_LONGEST],
            priority=_word(Priority, args.get("priority", "")),
            received_from=_day(args.get("from", "")),
            received_to=_day(args.get("to", "")),
            has_files=args.get("files", "") == "1",
            is_overdue=args.get("overdue", "") == "1",
            is_counted=args.get("counted", "") == "1",
        )

    def words(self) -> dict[str, str]:
        """Return what is given, by its word in an address."""
        words = {
            "state": self.state or "",
            "product": self.product,
            "topic": self.topic,
            "person": self.person,
            "country": self.country,
            "language": self.language,
            "tag": self.tag,
            "priority": self.priority or "",
            "from": self.received_from.isoformat() if self.received_from else "",
            "to": self.received_to.isoformat() if self.received_to else "",
            "files": "1" if self.has_files else "",
            "overdue": "1" if self.is_overdue else "",
            "counted": "1" if self.is_counted else "",
        }
        return {word: str(value) for word, value in words.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A list as its address says it; ``sort`` is None for the view's own order. Begins where ``cursor`` stands."""

    view: View = View.NEEDS_ANSWER
    filters: Filters = field(default_factory=Filters)
    sort: Sort | None = None
    cursor: Cursor | None = None
    q: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Read the words of an address. Who searches or filters without naming a view means all inquiries."""
        filters, q = Filters.read(args), _text(args.get("q", ""))
        elsewhere = View.ALL if q or filters != Filters() else View.NEEDS_ANSWER
        return cls(
            view=_word(View, args.get("view", "")) or elsewhere,
            filters=filters,
            sort=_word(Sort, args.get("sort", "")),
            cursor=Cursor.read(args.get("after", "")) or Cursor.read(args.get("before", ""), is_backward=True),
            q=q,
        )

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Read a query string, as ``to_query`` writes it."""
        return cls.read(dict(parse_qsl(query)))

    @property
    def states(self) -> frozenset[InquiryState]:
        """The states a row of this list can be in; none where view and filter exclude each other."""
        wanted = STATES_OF[self.view]
        if self.filters.is_overdue:
            wanted &= AWAITED
        if self.filters.is_counted:
            wanted &= COUNTED
        return wanted & {self.filters.state} if self.filters.state else wanted

    @property
    def offers_due(self) -> bool:
        """Whether it can be sorted by promise: every row has one, or it is one's own list, where the others come last.

        An inquiry that is answered or over promises nothing any more.
        """
        return self.states <= AWAITED or self.view is View.MINE

    @property
    def order(self) -> Sort:
        """The order the rows come in."""
        if self.sort is None or (self.sort is Sort.DUE and not self.offers_due):
            return self._own_order
        return self.sort

    @property
    def _own_order(self) -> Sort:
        """The order where none is asked for. What is overdue comes by its promise, whatever the view."""
        return Sort.DUE if self.filters.is_overdue else _OWN_SORT.get(self.view, Sort.CHANGED)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q) or self.filters != Filters()

    def words(self) -> dict[str, str]:
        """Return what an address has to say for this list, and nothing that goes without saying."""
        words = {"view": self.view.value, **self.filters.words()}
        if self.sort and self.sort is not self._own_order:
            words["sort"] = self.sort.value
        if self.q:
            words["q"] = self.q
        if self.cursor:
            words["before" if self.cursor.is_backward else "after"] = str(self.cursor)
        return words

    def to_query(self) -> str:
        """Return the query string, without the question mark; ``read`` of it is this list again."""
        return urlencode(self.words())

    def without(self, word: str) -> ListQuery:
        """Return the first page of the list without one of its filters, given by its word in an address."""
        words = {name: value for name, value in self.words().items() if name not in {word, *PLACE}}
        return ListQuery.read(words)

    def at(self, cursor: Cursor | None) -> ListQuery:
        return replace(self, cursor=cursor)


def _word(words: type[_Word], text: str) -> _Word | None:
    try:
        return words(text)
    except ValueError:
        return None


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _text(text: str) -> str:
    """Return what somebody typed as one line; characters that no database takes go."""
    kept = "".join(character for character in text if character.isprintable() or character.isspace())
    return " ".join(kept.split())[:_LONGEST].strip()


def _day(text: str) -> date | None:
    """Read a day that every clock and database can still count from."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
