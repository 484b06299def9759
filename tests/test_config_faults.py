"""Faults in the settings: each is named with its line, once, and all of them together."""

from __future__ import annotations

import pytest

from liju_contact.domain.errors import SettingsError
from tests.conftest import SECRET
from tests.settings_texts import TEXT, changed, faults, line_of, read

UNITS = "must be a known field with two numbers, the smaller first."
ADDRESS = 'must be the address customers use, like "https://contact.liju.example".'
URL = 'must look like "sqlite:///liju.db" or "postgresql://user:password@host/name".'
HOURS = 'must be two times, the earlier first, like ["08:30", "17:30"].'
FAULTS = [
    # old text, new text, beginning of the line named, the fault
    ('secret = "', 'secret = "short" # ', "secret", "secret must have at least 32 random characters"),
    ('secret = "', "secret = 5 # ", "secret", "secret must be a text in quotes."),
    ('database_url = "sqlite:///', 'database_url = "mysql://', "database_url", f"database_url {URL}"),
    ("sqlite:///liju.db", "sqlite://", "database_url", f"database_url {URL}"),
    ("sqlite:///liju.db", "postgresql+psycopg2://db/x", "database_url", f"database_url {URL}"),
    ('"Asia/Shanghai"', '"Asia/Atlantis"', "time_zone", "company.time_zone is not a known time zone: 'Asia/Atlantis'."),
    ('"Asia/Shanghai"', '""', "time_zone", "company.time_zone is not a known time zone: ''."),
    ('"Asia/Shanghai"', '"/etc/passwd"', "time_zone", "company.time_zone is not a known time zone: '/etc/passwd'."),
    ('"08:30", "17:30"', '"17:30", "08:30"', "working_hours", f"company.working_hours {HOURS}"),
    ('"08:30", "17:30"', '"08:30"', "working_hours", f"company.working_hours {HOURS}"),
    ('"08:30", "17:30"', '"08:30", "17:30+02:00"', "working_hours", f"company.working_hours {HOURS}"),
    ('"08:30", "17:30"', "8, 17", "working_hours", "company.working_hours must be a list of texts in quotes."),
    ('["mon",', '["moon",', "working_days", "company.working_days must name one or more of mon, tue,"),
    ('"LJ"', '"lj"', "reference_prefix", "company.reference_prefix must be two to four capital letters A-Z."),
    ("http://127.0.0.1:8000", "liju.example", "base_url", f"web.base_url {ADDRESS}"),
    ("http://127.0.0.1:8000", "ftp://liju.example", "base_url", f"web.base_url {ADDRESS}"),
    ("http://127.0.0.1:8000", "https://[::1", "base_url", f"web.base_url {ADDRESS}"),
    ("http://127.0.0.1:8000", "https://liju.example:port", "base_url", f"web.base_url {ADDRESS}"),
    ("http://127.0.0.1:8000", "https://liju.example/?x=1", "base_url", f"web.base_url {ADDRESS}"),
    ("http://127.0.0.1:8000", "https://liju.example /x", "base_url", f"web.base_url {ADDRESS}"),
    ('["en", "zh_Hans"]', '["en", "tlh"]', "languages", "web.languages must name one or more of en, zh_Hans."),
    ("proxy_hops = 0", "proxy_hops = 10", "proxy_hops", "web.proxy_hops must be a whole number from 0 to 9."),
    ("threads = 4", 'threads = "4"', "threads", "web.threads must be a whole number."),
    ("threads = 4", "threads = 4.0", "threads", "web.threads must be a whole number."),
    ("threads = 4", "threads = true", "threads", "web.threads must be a whole number from 1 to 64."),
    ("[web]", "[web]\nspeed = 5", "speed", "web.speed is not a setting of this program; is it misspelled?"),
    (
        "[mail]",
        '[mail]\nsecurity = "ssl"',
        "security",
        "mail.security must be one of starttls, tls, none; it is 'ssl'.",
    ),
    ("[mail]", '[mail]\nusername = "x"', "[mail]", "mail.password is missing although there is a username;"),
    ('ss = "inquiry@', 'ss = "inquiry at ', "sender_address", "mail.sender_address is no e-mail address: "),
    ('"pdf", ', '"pfd", ', "kinds", "files.kinds must be some of pdf, dwg,"),
    (
        'id = "quotation"',
        'id = "Offer!"',
        'id = "O',
        "topic.0.id must be lower-case letters, digits and hyphens, at most 40.",
    ),
    ('"sales@liju.example"', '"sales"', "recipients", "team.0.recipients is no e-mail address: "),
    ('["sales@liju.example"]', "[]", "recipients", "team.0.recipients is missing: nobody would hear of an inquiry."),
    ('["sales@liju.example"]', "5", "recipients", "team.0.recipients must be a list of texts in quotes."),
    (
        '["sales@liju.example"]',
        '["sales@liju.example", "sales@liju.example"]',
        "recipients",
        "team.0.recipients names somebody twice, who would get every letter twice.",
    ),
    ('en = "Boiler sales", ', "", "label", "team.0.label has no text for en."),
    (
        '{ en = "Boiler sales", zh_Hans = "锅炉销售部" }',
        '"Sales"',
        "label",
        "team.0.label must be a text per language.",
    ),
    (
        'details = ["model"',
        'details = ["colour"',
        'details = ["c',
        "product.4.details names an unknown field 'colour'; there are quantity,",
    ),
    ('drawing = "vacuum"', 'drawing = "cat"', "drawing", "product.0.drawing must be one of vacuum, hot-water,"),
    ("pressure = [0.5, 25]", "pressure = [25, 0.5]", "pressure", f"product.2.limits.pressure {UNITS}"),
    ("pressure = [0.5, 25]", "pressure = 25", "pressure", f"product.2.limits.pressure {UNITS}"),
    ("pressure = [0.5, 25]", "pressure = [nan, 25]", "pressure", f"product.2.limits.pressure {UNITS}"),
    ("pressure = [0.5, 25]", "pressure = [0.5, inf]", "pressure", f"product.2.limits.pressure {UNITS}"),
    ("pressure = [0.5, 25]", "pressure = [true, 25]", "pressure", f"product.2.limits.pressure {UNITS}"),
    ("pressure = [0.5, 25]", "pressure = [0.5, 'ten', 25]", "pressure", f"product.2.limits.pressure {UNITS}"),
    ("pressure = [0.5, 25]", "weight = [0.5, 25]", "weight", f"product.2.limits.weight {UNITS}"),
    ("answer_hours = 4", "answer_hours = 0", "answer_hours = 0", "topic.2.answer_hours must be a whole number from 1"),
]


@pytest.mark.parametrize(("old", "new", "beginning", "fault"), FAULTS)
def test_a_fault_is_named_with_its_line(old: str, new: str, beginning: str, fault: str) -> None:
    text = changed(old, new)

    [found] = faults(text)
    assert found.startswith(f"config.toml, line {line_of(beginning, text)}: {fault}")


def test_a_table_that_is_misspelled_is_named_and_what_it_leaves_missing_too() -> None:
    text = changed("[mail]", "[mial]")

    assert faults(text) == [
        "config.toml: mail.sender_name is missing.",
        "config.toml: mail.sender_address is missing.",
        f"config.toml, line {line_of('[mial]', text)}: mial is not a setting of this program; is it misspelled?",
    ]


@pytest.mark.parametrize(
    ("beginning", "nth", "fault"),
    [
        ("secret", 1, "config.toml: secret is missing."),
        ("base_url", 1, "config.toml, line {above}: web.base_url is missing."),
        ("sender_address", 1, "config.toml, line {above}: mail.sender_address is missing."),
        ("id", 1, "config.toml, line {above}: team.0.id is missing."),
        ("label", 2, "config.toml, line {above}: team.1.label is missing."),
        ("recipients", 2, "config.toml, line {above}: team.1.recipients is missing: nobody would hear of an inquiry."),
    ],
)
def test_what_is_missing_is_said_once_with_the_line_of_its_table(beginning: str, nth: int, fault: str) -> None:
    lines = TEXT.split("\n")
    number = line_of(beginning, nth=nth)
    above = max((n for n in range(1, number) if lines[n - 1].startswith("[")), default=0)

    found = faults("\n".join(line for n, line in enumerate(lines, start=1) if n != number))

    assert fault.format(above=above) in found
    assert len([one for one in found if fault.partition(": ")[2].split()[0] in one]) == 1


def test_a_team_that_does_not_exist_is_named_where_it_is_wanted() -> None:
    text = changed('team = "service"\nanswer_hours = 4', 'team = "servce"\nanswer_hours = 4')

    assert faults(text) == [
        f"config.toml, line {line_of('team = ', text)}: topic.2.team names no [[team]]: 'servce'.",
    ]


def test_an_id_that_stands_twice_is_named_at_the_second() -> None:
    text = changed('id = "service"', 'id = "sales"')

    found = faults(text)

    assert found[0] == f"config.toml, line {line_of('id', nth=2)}: team.1.id stands twice: 'sales'."
    assert len(found) == 4  # and three that want the service team


def test_settings_without_any_product_say_so() -> None:
    text = TEXT[: TEXT.index("[[product]]")]

    assert faults(text) == ["config.toml: product is missing: the settings need at least one [[product]]."]


def test_all_faults_are_told_at_once_in_the_order_they_are_read() -> None:
    text = changed("threads = 4", "threads = 400")
    text = changed('"LJ"', '"lj"', text)
    text = changed('id = "sales"', 'id = "Sales"', text)
    text = changed("count_limit = 10", "count_limit = -1", text)

    found = faults(text, LIJU_SECRET="short")

    assert [one.split(": ")[1].split()[0] for one in found if "[[team]]" not in one] == [
        "web.threads",
        "secret",
        "company.reference_prefix",
        "files.count_limit",
        "team.0.id",
    ]


def test_a_fault_has_an_id_that_stays_when_lines_move() -> None:
    with pytest.raises(SettingsError) as refused:
        read(changed("threads = 4", "threads = 400"))

    assert [fault.id for fault in refused.value.faults] == ["config.web.threads"]
    assert str(refused.value) == (
        f"[config.web.threads] config.toml, line {line_of('threads')}: web.threads must be a whole number from 1 to 64."
    )


@pytest.mark.parametrize("value", ["four", "4.0", "", " 4", "4_0", "٤", "999", "1e3", "0x4", "9" * 5000])
def test_a_number_in_the_environment_that_is_none_is_a_fault_of_the_environment(value: str) -> None:
    found = faults(TEXT, LIJU_WEB_THREADS=value)

    assert found == ["the environment's LIJU_WEB_THREADS: web.threads must be a whole number from 1 to 64."]


def test_a_short_secret_in_the_environment_is_a_fault_of_the_environment() -> None:
    [fault] = faults(TEXT, LIJU_SECRET="short")

    assert fault.startswith("the environment's LIJU_SECRET: secret must have at least 32 random characters")


def test_no_secret_is_ever_repeated_in_a_fault() -> None:
    text = changed("[mail]", '[mail]\npassword = "open sesame"\nsecurity = "x"', changed(SECRET, "not for your eyes"))

    assert not [fault for fault in faults(text) if "sesame" in fault or "eyes" in fault]


def test_a_text_that_is_no_toml_says_where() -> None:
    [fault] = faults(changed("[company]", "[company"))

    assert fault.startswith("config.toml is not TOML: Expected ']' at the end of a table declaration (at line ")
