"""What the company offers and who looks after it: product lines, topics, teams. Read from the settings, never written.

Labels are in the operator's hands, so they live in the settings and not in the program's gettext catalogues. A label is
a mapping from language id to text; ``Label.in_language`` falls back to the first language the operator wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from liju_contact.domain.calendar import WorkingHours

_NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Label:
    texts: Mapping[str, str]

    def in_language(self, language: str) -> str:
        return self.texts.get(language) or next(iter(self.texts.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who answer together: who an inquiry is "with", and the addresses its letters go to.

    Without ``working_hours`` of their own they work when the company does.
    """

    id: str
    label: Label
    recipients: tuple[str, ...]
    working_hours: WorkingHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person who answers. ``aliases`` are further addresses they may write from; ``name`` may be without text."""

    address: str
    name: Label
    aliases: tuple[str, ...] = ()

    @property
    def addresses(self) -> frozenset[str]:
        """All of them, as ``fold_address`` gives them."""
        return frozenset(address.strip().casefold() for address in (self.address, *self.aliases))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """``drawing`` names an inline SVG; ``detail_fields`` are ids of ``domain.detail.DETAIL_FIELDS``, in order shown.

    ``limits`` narrows the typical range (canonical units) of a field for this line. ``answer_hours`` and
    ``next_answer_hours`` come before those of a topic, by its id.

    ``quotation_needs`` are those of its fields without which no quotation can be made; empty for the usual ones.
    """

    id: str
    label: Label
    hint: Label
    drawing: str
    team: str
    detail_fields: tuple[str, ...]
    limits: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    quotation_needs: tuple[str, ...] = ()
    answer_hours: Mapping[str, int] = field(default_factory=lambda: _NONE)
    next_answer_hours: Mapping[str, int] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """``answer_hours`` are working hours until the first answer is promised; ``team`` overrides the product line's.

    ``next_answer_hours`` are those to each further answer, None for as many as to the first.
    """

    id: str
    label: Label
    team: str | None
    answer_hours: int
    next_answer_hours: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    teams: tuple[Team, ...]
    product_lines: tuple[ProductLine, ...]
    topics: tuple[Topic, ...]
    staff: tuple[Staff, ...] = ()

    def find_staff(self, address: str) -> Staff | None:
        """Return who writes from ``address``."""
        folded = address.strip().casefold()
        return next((person for person in self.staff if folded in person.addresses), None)

    def find_product_line(self, product_id: str) -> ProductLine | None:
        return next((line for line in self.product_lines if line.id == product_id), None)

    def find_topic(self, topic_id: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def find_team(self, team_id: str) -> Team | None:
        return next((team for team in self.teams if team.id == team_id), None)

    def team_for(self, product_line: ProductLine, topic: Topic) -> Team:
        """Return who gets an inquiry: the topic's team where it names one (service), else the product line's."""
        return next(team for team in self.teams if team.id == (topic.team or product_line.team))

    def first_answer_hours(self, product_id: str, topic: Topic) -> int:
        """Return how many working hours may pass until the first answer: the product line's word comes first."""
        product_line = self.find_product_line(product_id)
        return (product_line.answer_hours if product_line else _NONE).get(topic.id, topic.answer_hours)

    def next_answer_hours(self, product_id: str, topic: Topic) -> int:
        """Return how many may pass until a further answer; where nobody says, as many as until the first."""
        product_line = self.find_product_line(product_id)
        of_line = (product_line.next_answer_hours if product_line else _NONE).get(topic.id)
        return of_line or topic.next_answer_hours or self.first_answer_hours(product_id, topic)
