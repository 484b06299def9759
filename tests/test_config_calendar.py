"""When teams work and what is promised, as the settings say it: for the company, for a team, for a product line."""

from __future__ import annotations

from datetime import date, time

import pytest

from liju_contact.config_calendar import USUAL
from liju_contact.domain.calendar import WorkingHours
from liju_contact.domain.reminder import ReminderPlan
from tests.settings_texts import changed, faults, line_of, read

DAY = (time(8, 30), time(17, 30))
MORNING = (time(9), time(12))
SERVICE = 'recipients = ["service@liju.example"]'


def service_hours(settings_text: str) -> WorkingHours | None:
    return read(settings_text).catalogue.teams[1].working_hours


def test_a_team_that_says_nothing_works_when_the_company_does() -> None:
    settings = read()

    assert [team.working_hours for team in settings.catalogue.teams] == [settings.company.working_hours] * 2
    assert settings.company.working_hours == USUAL


def test_a_team_says_only_what_differs() -> None:
    company = changed("# closed_days", 'closed_days = ["2026-12-24", "2027-02-20"] #')

    hours = service_hours(
        changed(SERVICE, f'{SERVICE}\ntime_zone = "Europe/Berlin"\nopen_days = ["2027-02-20"]', company)
    )

    assert hours is not None
    assert (hours.zone.key, hours.week, hours.holidays) == ("Europe/Berlin", USUAL.week, "CN")
    assert (hours.closed_days, hours.open_days) == (
        frozenset({date(2026, 12, 24)}),
        frozenset({date(2027, 2, 20)}),
    )


@pytest.mark.parametrize(
    ("said", "week"),
    [
        ('working_days = ["mon", "sat"]', (DAY, None, None, None, None, DAY, None)),
        ('working_hours = ["09:00", "12:00"]', (*[MORNING] * 5, None, None)),
        ('working_hours = { mon = ["08:30", "17:30"], sat = ["09:00", "12:00"] }', (DAY, *[None] * 4, MORNING, None)),
    ],
)
def test_a_week_is_said_by_days_by_hours_or_by_both(said: str, week: tuple[object, ...]) -> None:
    hours = service_hours(changed(SERVICE, f"{SERVICE}\n{said}"))

    assert hours is not None
    assert hours.week == week


def test_what_a_product_line_promises_comes_before_what_its_topics_do() -> None:
    text = changed("[product.limits]", "answer_hours = { fault = 2 }\n[product.limits]")
    text = changed("# next_answer_hours = 8", "next_answer_hours = 8", text)
    text = changed('id = "service-parts"', 'id = "service-parts"\nnext_answer_hours = { fault = 1 }', text)
    catalogue = read(text).catalogue
    fault, quotation = catalogue.topics[2], catalogue.topics[0]

    promised = [
        (catalogue.first_answer_hours(product, topic), catalogue.next_answer_hours(product, topic))
        for product in ("vacuum-hot-water", "service-parts", "steam", "")
        for topic in (fault, quotation)
    ]

    assert promised == [(2, 8), (16, 16), (4, 1), (16, 16), (4, 8), (16, 16), (4, 8), (16, 16)]


def test_reminders_have_defaults_and_may_be_left_out() -> None:
    usual = read().reminders
    text = changed("# before_hours = 2", "before_hours = 0")
    text = changed('# overdue = "yes"', 'overdue = "no"', text)
    text = changed("# escalation", "escalation", text)

    assert (usual.plan, usual.escalation) == (ReminderPlan(before_hours=2, overdue=True, escalate_hours=8), ())
    assert read(text).reminders.plan == ReminderPlan(before_hours=0, overdue=False, escalate_hours=8)
    assert read(text).reminders.escalation == ("head.of.sales@liju.example",)


@pytest.mark.parametrize(
    ("old", "new", "beginning", "fault"),
    [
        (
            '# holidays = "CN"',
            'holidays = "XX"',
            "holidays",
            'company.holidays must be the code of a country, like "CN"',
        ),
        ("# closed_days", 'closed_days = ["soon"] #', "closed_days", "company.closed_days must be days like"),
        ("# closed_days", "closed_days = [2027-02-11] #", "closed_days", "company.closed_days must be a list of texts"),
        (
            "# closed_days",
            'open_days = ["2027-02-11"]\nclosed_days = ["2027-02-11"] #',
            "open_days",
            "company.open_days names a day that closed_days names too: 2027-02-11.",
        ),
        (SERVICE, f'{SERVICE}\ntime_zone = "Mars"', 'time_zone = "Mars"', "team.1.time_zone is not a known time zone"),
        (
            SERVICE,
            f"{SERVICE}\nworking_hours = {{}}",
            "working_hours = {",
            "team.1.working_hours must name one or more",
        ),
        (
            SERVICE,
            f'{SERVICE}\nworking_hours = {{ mon = ["12:00", "09:00"] }}',
            "working_hours = {",
            "team.1.working_hours.mon must be two times, the earlier first",
        ),
        (
            SERVICE,
            f'{SERVICE}\nworking_days = ["mon"]\nworking_hours = {{ mon = ["08:00", "09:00"] }}',
            'working_days = ["mon"]',
            "team.1.working_days is said by working_hours already",
        ),
        ("# before_hours = 2", "before_hours = 41", "before_hours", "reminders.before_hours must be a whole number"),
        ('# overdue = "yes"', 'overdue = "maybe"', "overdue", "reminders.overdue must be one of yes, no"),
        ("# escalation = [", 'escalation = ["nobody",', "escalation", "reminders.escalation is no e-mail address: "),
        (
            "[product.limits]",
            "answer_hours = { falt = 2 }\n[product.limits]",
            "answer_hours = {",
            "product.0.answer_hours names no [[topic]]: 'falt'.",
        ),
        (
            "[product.limits]",
            "answer_hours = { fault = 0 }\n[product.limits]",
            "answer_hours = {",
            "product.0.answer_hours.fault must be a whole number from 1 to 400.",
        ),
        ("# next_answer_hours = 8", "next_answer_hours = 0", "next_answer_hours", "topic.2.next_answer_hours must be"),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, beginning: str, fault: str) -> None:
    text = changed(old, new)

    [found] = faults(text)
    assert found.startswith(f"config.toml, line {line_of(beginning, text)}: {fault}")
