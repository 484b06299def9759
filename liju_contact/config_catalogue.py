"""Reads the catalogue (teams, product lines, topics) out of the settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import TypeVar

from email_validator import EmailNotValidError, validate_email

from liju_contact.config_calendar import read_working_hours
from liju_contact.config_source import Section
from liju_contact.domain.calendar import WorkingHours
from liju_contact.domain.catalogue import Catalogue, Label, ProductLine, Staff, Team, Topic
from liju_contact.domain.detail import DETAIL_FIELDS

DRAWINGS = ("vacuum", "hot-water", "steam", "burner", "service", "other")
_Entry = TypeVar("_Entry", Team, ProductLine, Topic)
_MOST_ANSWER_HOURS = 400
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def read_catalogue(root: Section, languages: tuple[str, ...], company_hours: WorkingHours) -> Catalogue:
    """Read what the company offers; ``company_hours`` are those of a team that says nothing of its own."""
    teams = _each(root, "team", lambda section: _team(section, languages, company_hours))
    team_ids = frozenset(team.id for team in teams)
    topics = _each(root, "topic", lambda section: _topic(section, languages, team_ids))
    topic_ids = frozenset(topic.id for topic in topics)
    return Catalogue(
        teams=teams,
        staff=_staff(root, teams, languages),
        product_lines=_each(root, "product", lambda section: _product_line(section, languages, team_ids, topic_ids)),
        topics=topics,
    )


def _each(root: Section, key: str, read: Callable[[Section], _Entry]) -> tuple[_Entry, ...]:
    """Read every ``[[key]]`` of the settings; there is at least one and no id stands twice."""
    sections = root.sections(key)
    if not sections:
        root.fault(key, f"is missing: the settings need at least one [[{key}]].")
    entries = []
    seen: set[str] = set()
    for section in sections:
        entry = read(section)
        if not _ID.fullmatch(entry.id):
            section.fault("id", "must be lower-case letters, digits and hyphens, at most 40.")
        if entry.id in seen:
            section.fault("id", f"stands twice: {entry.id!r}.")
        seen.add(entry.id)
        section.finish()
        entries.append(entry)
    return tuple(entries)


def _team(section: Section, languages: tuple[str, ...], company_hours: WorkingHours) -> Team:
    recipients = tuple(read_address(section, "recipients", address) for address in section.texts("recipients"))
    if not recipients:
        section.fault("recipients", "is missing: nobody would hear of an inquiry.")
    if len(set(recipients)) < len(recipients):
        section.fault("recipients", "names somebody twice, who would get every letter twice.")
    return Team(
        id=section.text("id"),
        label=section.label("label", languages),
        recipients=recipients,
        working_hours=read_working_hours(section, company_hours),
    )


def _staff(root: Section, teams: Sequence[Team], languages: tuple[str, ...]) -> tuple[Staff, ...]:
    """Read ``[[staff]]``; a team's recipient who has none is somebody without a name and without aliases."""
    staff: list[Staff] = []
    for section in root.sections("staff"):
        person = Staff(
            address=read_address(section, "address", section.text("address")),
            name=section.label("name", languages),
            aliases=tuple(read_address(section, "aliases", alias) for alias in section.texts("aliases")),
        )
        if any(person.addresses & known.addresses for known in staff):
            section.fault("address", "or an alias is somebody else's already: an answer could be either's.")
        section.finish()
        staff.append(person)
    known_addresses = {address for person in staff for address in person.addresses}
    unnamed = Label(dict.fromkeys(languages, ""))
    recipients = dict.fromkeys(address for team in teams for address in team.recipients)
    others = [address for address in recipients if address.casefold() not in known_addresses]
    return (*staff, *(Staff(address=address, name=unnamed) for address in others))


def _product_line(
    section: Section, languages: tuple[str, ...], team_ids: frozenset[str], topic_ids: frozenset[str]
) -> ProductLine:
    fields = section.texts("details")
    for unknown in sorted(set(fields) - set(DETAIL_FIELDS)):
        section.fault("details", f"names an unknown field {unknown!r}; there are {', '.join(DETAIL_FIELDS)}.")
    needs = section.texts("quotation_needs")
    for stray in sorted(set(needs) - set(fields)):
        section.fault("quotation_needs", f"names {stray!r}, which is none of this product line's details.")
    return ProductLine(
        id=section.text("id"),
        label=section.label("label", languages),
        hint=section.label("hint", languages, required=False),
        drawing=section.choice("drawing", DRAWINGS, "other"),
        team=_team_id(section, section.text("team"), team_ids),
        detail_fields=tuple(name for name in fields if name in DETAIL_FIELDS),
        limits=_limits(section.section("limits")),
        quotation_needs=needs,
        answer_hours=_hours_by_topic(section, "answer_hours", topic_ids),
        next_answer_hours=_hours_by_topic(section, "next_answer_hours", topic_ids),
    )


def _hours_by_topic(section: Section, key: str, topic_ids: frozenset[str]) -> dict[str, int]:
    """Read what a product line promises otherwise than its topics do, as ``answer_hours = { fault = 2 }``."""
    table = section.section(key)
    for unknown in sorted(set(table.values) - topic_ids):
        section.fault(key, f"names no [[topic]]: {unknown!r}.")
    return {
        topic: table.integer(topic, 1, low=1, high=_MOST_ANSWER_HOURS) for topic in table.values if topic in topic_ids
    }


def _limits(section: Section) -> dict[str, tuple[float, float]]:
    """Read ``[product.limits]``: the typical range of a field in canonical units, as ``pressure = [1, 25]``."""
    limits = {}
    for name, value in section.values.items():
        section.seen.add(name)
        ends = value if isinstance(value, list) and all(map(_is_number, value)) else []
        if name not in DETAIL_FIELDS or len(ends) != 2 or ends[0] > ends[1]:  # noqa: PLR2004  # a range has two ends
            section.fault(name, "must be a known field with two numbers, the smaller first.")
            continue
        limits[name] = (float(ends[0]), float(ends[1]))
    return limits


def _is_number(value: object) -> bool:
    """Tell a number that can be an end; TOML also has ``nan`` and ``inf``, and ``true`` counts as 1 in Python."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _topic(section: Section, languages: tuple[str, ...], team_ids: frozenset[str]) -> Topic:
    team = section.optional_text("team")
    return Topic(
        id=section.text("id"),
        label=section.label("label", languages),
        team=_team_id(section, team, team_ids) if team else None,
        answer_hours=section.integer("answer_hours", 8, low=1, high=_MOST_ANSWER_HOURS),
        next_answer_hours=_next_answer_hours(section),
    )


def _next_answer_hours(section: Section) -> int | None:
    if "next_answer_hours" not in section.values:
        return None
    return section.integer("next_answer_hours", 8, low=1, high=_MOST_ANSWER_HOURS)


def _team_id(section: Section, team: str, team_ids: frozenset[str]) -> str:
    if team not in team_ids:
        section.fault("team", f"names no [[team]]: {team!r}.")
    return team


def read_address(section: Section, key: str, address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        section.fault(key, f"is no e-mail address: {error}")
        return address
