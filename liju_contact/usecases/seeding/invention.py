"""Invents inquiries one by one: who, about what, how it went, and who of the staff had it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate

from liju_contact.config import Settings
from liju_contact.domain.calendar import due_at
from liju_contact.domain.catalogue import ProductLine, Topic
from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.message import Author
from liju_contact.domain.person import Person
from liju_contact.usecases.seeding.case import Case, Said, Turn
from liju_contact.usecases.seeding.days import Days
from liju_contact.usecases.seeding.happenings import add_happenings
from liju_contact.usecases.seeding.letters import Letters
from liju_contact.usecases.seeding.lives import Life, Promise, life
from liju_contact.usecases.seeding.people import COUNTRIES, Customer, customer
from liju_contact.usecases.seeding.sheets import Sheets
from liju_contact.working_calendar import calendar_of

_REMEMBERED = 3000  # customers who may write again
_REPEATED_SHARE = 0.006
_AGAIN_SHARE = 0.3
_TOPIC_WEIGHTS = (38, 18, 20, 16, 8)
_MOMENTS_KEPT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who and what is there already: staff by team, ids of tags, files as blob id and kind."""

    staff: Mapping[str, Sequence[Person]]
    tag_ids: Sequence[int]
    blobs: Sequence[tuple[int, str]]


class Invention:
    """Gives cases in order of their arrival; the same dice give the same cases."""

    def __init__(self, settings: Settings, cast: Cast, count: int, seed: int, now: datetime) -> None:
        random_ = random.Random(seed)  # noqa: S311  # invented, not secret
        self._dice = random_.random
        self._choices = random_.choices
        self._settings, self._cast, self._count, self._now = settings, cast, count, now
        self._days = Days(now)
        catalogue = settings.catalogue
        self._lines, self._topics = catalogue.product_lines, catalogue.topics
        self._line_weights = list(accumulate(max(1, 30 - 4 * place) for place in range(len(self._lines))))
        weights = (*_TOPIC_WEIGHTS, *[5] * len(self._topics))[: len(self._topics)]
        self._topic_weights = list(accumulate(weights))
        self._country_weights = list(accumulate(country.weight for country in COUNTRIES))
        self._sheets = Sheets(self._lines, self._dice, now.date())
        self._letters = Letters(list(self._lines), [topic.id for topic in self._topics], self._sheets, self._dice)
        self._promise = _promises(settings)
        self._known: deque[Customer] = deque(maxlen=_REMEMBERED)
        self._number = 0

    def case(self, place: int, before: Case | None) -> Case:
        """Return the ``place``-th inquiry of all; ``before`` is the one that it may repeat."""
        dice = self._dice
        received_at = self._days.at((place + dice()) / self._count)
        is_repeated = before is not None and not before.is_repeated and self._may_repeat(before)
        who = before.customer if before and is_repeated else self._customer()
        line, topic = self._line_and_topic()
        if before and is_repeated:
            line_id, topic_id = before.product, before.topic
            line = next(known for known in self._lines if known.id == line_id)
            topic = next(known for known in self._topics if known.id == topic_id)
        rank = self._count - 1 - place
        made = life(rank, self._count, received_at=received_at, now=self._now, promise=self._promise, dice=dice)
        if is_repeated:
            made = Life(state=InquiryState.CLOSED, turns=[(Author.CUSTOMER, received_at)], ended_at=None)
        case = self._begun(who, line, topic, made, is_repeated=is_repeated)
        self._converse(case)
        add_happenings(case, self._cast.tag_ids, self._count - place, self._now, dice)
        return case

    def _may_repeat(self, before: Case) -> bool:
        return before.life.state is not InquiryState.SPAM and self._dice() < _REPEATED_SHARE

    def _customer(self) -> Customer:
        dice = self._dice
        if self._known and dice() < _AGAIN_SHARE:
            return self._known[int(len(self._known) * dice())]
        self._number += 1
        country = self._choices(COUNTRIES, cum_weights=self._country_weights)[0]
        who = customer(country, self._number, dice)
        self._known.append(who)
        return who

    def _line_and_topic(self) -> tuple[ProductLine, Topic]:
        """Return what it is about: faults and spare parts belong to the line that is looked after by their team."""
        line = self._choices(self._lines, cum_weights=self._line_weights)[0]
        topic = self._choices(self._topics, cum_weights=self._topic_weights)[0]
        return line, topic

    def _begun(self, who: Customer, line: ProductLine, topic: Topic, made: Life, *, is_repeated: bool) -> Case:
        dice, languages = self._dice, self._settings.web.languages
        wanted = "zh_Hans" if who.language == "zh" else "en"
        team = self._settings.catalogue.team_for(line, topic).id
        person = self._someone(team)
        received_at = made.turns[0][1]
        catalogue, last_at = self._settings.catalogue, made.turns[-1][1]
        first = self._promise(received_at, catalogue.first_answer_hours(line.id, topic))
        again = self._promise(last_at, catalogue.next_answer_hours(line.id, topic))
        return Case(
            customer=who,
            language=wanted if wanted in languages else languages[0],
            product=line.id,
            topic=topic.id,
            team=team,
            details=self._sheets.of(line.id, received_at.date(), dice),
            life=made,
            first_answer_due_at=first,
            answer_due_at=again if made.state is InquiryState.OPEN else first,
            staff_name=person.name,
            staff_address=person.address,
            is_repeated=is_repeated,
        )

    def _someone(self, team: str) -> Person:
        people = self._cast.staff[team]
        return people[int(len(people) * self._dice() * self._dice())]

    def _converse(self, case: Case) -> None:
        """Write the messages, with files here and there, and a note at times."""
        dice, letters = self._dice, self._letters
        key = (case.product, case.topic)
        is_closed = case.life.state is InquiryState.CLOSED
        last = len(case.life.turns) - 1
        for place, (author, at) in enumerate(case.life.turns):
            turn = Turn(author=author, at=at, body="")
            if case.life.state is InquiryState.SPAM:
                turn.body = letters.spam(dice)
            elif not place:
                turn.body = letters.inquiry(case.customer, *key, dice)
            elif author is Author.STAFF:
                turn.body = letters.answer(case.customer, *key, case.staff_name, dice)
                turn.name, turn.address = case.staff_name, case.staff_address
            elif is_closed and place == last:
                turn.body = letters.thanks(case.customer, dice)
            else:
                turn.body = letters.reply(case.customer, *key, dice)
            if dice() < (0.15 if place else 0.22):
                turn.files = self._files(case.customer)
            case.turns.append(turn)
        if dice() < 0.25 and last:  # noqa: PLR2004  # every fourth has a note
            at = case.life.turns[1][1]
            case.notes.append(
                Said(at=at, name=case.staff_name, address=case.staff_address, body=letters.note(case.customer, dice))
            )

    def _files(self, who: Customer) -> list[tuple[int, str, str]]:
        dice, files = self._dice, []
        for _ in range(1 + int(3 * dice() * dice())):
            blob_id, kind = self._cast.blobs[int(len(self._cast.blobs) * dice())]
            files.append((blob_id, f"{self._letters.file_name(who, dice)}.{kind}", kind))
        return files


def _promises(settings: Settings) -> Promise:
    """Return what works out working hours, for whole hours: neighbours in time ask for the same again and again."""
    calendar = calendar_of(settings.company.working_hours)

    @lru_cache(maxsize=_MOMENTS_KEPT)
    def of_hour(hour: datetime, hours: int) -> datetime:
        return due_at(hour, hours, calendar)

    def promise(at: datetime, hours: int) -> datetime:
        return of_hour(at.replace(minute=0, second=0, microsecond=0), hours).replace(minute=at.minute, second=at.second)

    return promise
