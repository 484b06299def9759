"""The settings: the shipped example holds, and every fault is named with its line, all of them at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liju_contact.config import Settings, load_settings, read_settings
from liju_contact.config_source import line_numbers
from liju_contact.domain.errors import SettingsError
from liju_contact.domain.file_kind import FileKind
from tests.conftest import EXAMPLE, SECRET

TEXT = EXAMPLE.read_text("utf-8").replace("@secret@", SECRET)
HERE = Path("/srv/liju")


def read(text: str = TEXT, **environment: str) -> Settings:
    return read_settings(text, instance=HERE, environment=environment)


def faults(text: str, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        read(text, **environment)
    return [fault.text for fault in refused.value.faults]


def changed(old: str, new: str, text: str = TEXT) -> str:
    """Return the example with ``old`` replaced where it stands first."""
    assert old in text
    return text.replace(old, new, 1)


def line_of(beginning: str, text: str = TEXT, *, nth: int = 1) -> int:
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if line.startswith(beginning)]
    return lines[nth - 1]


# --- what holds ---------------------------------------------------------------------------------------------------


def test_the_example_holds() -> None:
    settings = read()

    assert settings.secret == SECRET
    assert settings.database_url == "sqlite:////srv/liju/liju.db"
    assert (settings.default_language, settings.web.languages) == ("en", ("en", "zh_Hans"))
    assert (settings.mail.is_demo, settings.mail.domain) == (True, "liju.example")
    assert [team.id for team in settings.catalogue.teams] == ["sales", "service"]
    assert [line.id for line in settings.catalogue.product_lines] == [
        "vacuum-hot-water",
        "atmospheric-hot-water",
        "steam",
        "burners-controls",
        "service-parts",
    ]
    assert [topic.id for topic in settings.catalogue.topics] == [
        "quotation",
        "technical",
        "fault",
        "spare-parts",
        "other",
    ]
    assert settings.files.kinds == frozenset(FileKind)


def test_what_the_example_shows_in_comments_holds_too() -> None:
    shown = re.sub(
        r'^# (host|security|username|password|reply_address) = ("[^"]*").*$', r"\1 = \2", TEXT, flags=re.MULTILINE
    )

    mail = read(shown, LIJU_MAIL_PASSWORD="open sesame").mail

    assert (mail.host, mail.port, mail.security, mail.is_demo) == ("smtp.liju.example", 587, "starttls", False)
    assert (mail.password, mail.reply_address) == ("open sesame", "inquiry@liju.example")


def test_what_is_left_out_has_a_default() -> None:
    lines = [
        line
        for line in TEXT.split("\n")
        if not re.match(r"(time_zone|working_|proxy_hops|threads|kinds|drawing)", line)
    ]

    settings = read("\n".join(lines))

    assert settings.company.working_hours.zone.key == "Asia/Shanghai"
    assert (settings.company.working_hours.opens, settings.company.working_hours.closes) == (time(8, 30), time(17, 30))
    assert (settings.web.proxy_hops, settings.web.threads) == (0, 4)
    assert settings.catalogue.product_lines[0].drawing == "other"


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_from_the_security(security: str, port: int) -> None:
    assert read(changed("[mail]", f'[mail]\nsecurity = "{security}"')).mail.port == port


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("sqlite:///liju.db", "sqlite:////srv/liju/liju.db"),
        ("sqlite:///../liju.db", "sqlite:////srv/liju.db"),
        ("sqlite:////var/lib/liju.db", "sqlite:////var/lib/liju.db"),
        ("postgresql://liju:x@db/liju", "postgresql+psycopg://liju:x@db/liju"),
        ("postgres://liju:x@db/liju", "postgresql+psycopg://liju:x@db/liju"),
        ("postgresql+psycopg://db/liju?sslmode=require", "postgresql+psycopg://db/liju?sslmode=require"),
    ],
)
def test_a_database_is_named_with_its_driver_and_an_absolute_path(written: str, url: str) -> None:
    assert read(LIJU_DATABASE_URL=written).database_url == url


def test_a_value_in_the_environment_wins_and_is_read_by_its_type() -> None:
    settings = read(
        LIJU_WEB_THREADS="7",
        LIJU_WEB_BASE_URL="https://contact.liju.example/",
        LIJU_MAIL_PASSWORD="123456",
        LIJU_COMPANY_REFERENCE_PREFIX="ZZ",
        LIJU_SECRET="s" * 32,
        THREADS="9",
        LIJU_UNHEARD_OF="x",
    )

    assert (settings.web.threads, settings.web.base_url) == (7, "https://contact.liju.example")
    assert (settings.mail.password, settings.company.reference_prefix, settings.secret) == ("123456", "ZZ", "s" * 32)


def test_a_label_in_one_language_is_enough_where_one_is_offered() -> None:
    english = re.sub(r', zh_Hans = "[^"]*"', "", TEXT).replace('languages = ["en", "zh_Hans"]', 'languages = ["en"]')

    assert read(english).catalogue.teams[0].label.in_language("zh_Hans") == "Boiler sales"


def test_limits_narrow_what_is_usual() -> None:
    steam = read().catalogue.find_product_line("steam")

    assert steam is not None
    assert steam.limits == {"capacity": (70.0, 28000.0), "pressure": (0.5, 25.0)}


# --- what does not ------------------------------------------------------------------------------------------------

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


# --- the file -----------------------------------------------------------------------------------------------------


def load(instance: Path, content: bytes) -> Settings:
    (instance / "config.toml").write_bytes(content)
    return load_settings(instance, {})


@pytest.mark.parametrize(
    "content", [TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.replace("\n", "\r\n").encode()], ids=["lf", "bom", "crlf"]
)
def test_the_file_is_read_as_editors_write_it(tmp_path: Path, content: bytes) -> None:
    assert load(tmp_path, content).catalogue == read().catalogue


def test_a_fault_in_a_file_with_windows_line_ends_is_named_with_its_line(tmp_path: Path) -> None:
    content = changed("threads = 4", "threads = 400").replace("\n", "\r\n").encode("utf-8-sig")

    with pytest.raises(SettingsError, match=rf"line {line_of('threads')}: web\.threads"):
        load(tmp_path, content)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"config\.toml is not saved as UTF-8"):
        load(tmp_path, TEXT.encode("gb18030"))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"\[config\.file\] Cannot read .*config\.toml: No such file or directory\."
    ):
        load_settings(tmp_path, {})


# --- line numbers -------------------------------------------------------------------------------------------------

BARE = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
QUOTED = st.one_of(
    st.from_regex(r"'[A-Za-z .#=\[\]\"é锅]{0,6}'", fullmatch=True),
    st.from_regex(r'"([A-Za-z .#=\[\]\'é锅]|\\"|\\\\|\\u00e9){0,6}"', fullmatch=True),
)
KEY = st.lists(BARE | QUOTED, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".", " . ", "\t."]).map(lambda dot: dot.join(parts))
)
SCALAR = st.sampled_from(
    ["1", "-0.5", "true", "2026-11-23T02:00:00Z", '""', "''", '"a # [ { = \\" \'"', "'# \" [ \\'", '"""one line"""']
)
MULTI = st.sampled_from(
    [
        '"""\n[not.a.table]\nnot = "a key"\n"""',
        '"""a\\"""\nkey = [ {\n""""',
        "'''\n[[x]]\n# '' no comment\n'''",
        '"""\\\n   folded = "\n"""',
        '"\x85\u2028 is one line"',
    ]
)
ARRAY = st.sampled_from(
    ["[]", "[1, 2]", "[\n  1, # ] no end\n  2,\n]", '[ "]",\n\n[\n"[" ] ]', "[ { a = 1, b = [ 2,\n3 ] },\n'''\n]''' ]"]
)
INLINE = st.sampled_from(
    ["{}", '{ en = "x", zh = "]}" }', "{ a.b = 1, c = { d = [\n1\n] } }", '{ a = """\nx = 1\n""" }']
)
VALUE = st.one_of(SCALAR, MULTI, ARRAY, INLINE)
GAP = st.sampled_from(["", "\n", "# x = 1\n", "  # [[x]] '''\n\n", "\t\n"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A TOML text with a comment ``@`` behind every key and table head that stands on a line of its own."""
    pieces = []
    for _ in range(draw(st.integers(1, 8))):
        pieces.append(draw(GAP))
        kind = draw(st.sampled_from(["key", "key", "key", "table", "array"]))
        key = draw(KEY)
        if kind == "key":
            pieces.append(
                f"{draw(st.sampled_from(['', '  ']))}{key}{draw(st.sampled_from(['=', ' = ']))}{draw(VALUE)}\n"
            )
        else:
            opening, closing = ("[", "]") if kind == "table" else ("[[", "]]")
            pieces.append(f"{opening} {key} {closing} # {draw(BARE)}\n")
    return "".join(pieces)


def flattened(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Return the path of every table, array item and value of a TOML text."""
    found = {path} if path else set()
    items: Mapping[Any, Any] = value if isinstance(value, dict) else {}
    if isinstance(value, list):
        items = dict(enumerate(value))
    return found.union(*(flattened(item, (*path, key)) for key, item in items.items())) if items else found


def is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


@given(documents().filter(is_toml))
def test_lines_are_known_for_what_is_there_and_nothing_else(text: str) -> None:
    lines = line_numbers(text)

    assert set(lines) <= flattened(tomllib.loads(text))
    assert set(lines.values()) <= set(range(1, text.count("\n") + 2))


@given(documents().filter(is_toml), BARE)
def test_what_follows_any_text_is_found_on_its_line(text: str, name: str) -> None:
    """Whatever stands before it, the next table and key are where they are."""
    following = f'{text}[["a table.of its own"]]\n{name} = 1\n["a table.of its own".x]\n\n{name} = 2\n'
    if not is_toml(following):
        return
    here = text.count("\n") + 1

    lines = line_numbers(following)

    table = ("a table.of its own", 0)
    assert (lines[table], lines[*table, name]) == (here, here + 1)
    assert (lines[*table, "x"], lines[*table, "x", name]) == (here + 2, here + 4)


def test_arrays_of_tables_inside_arrays_of_tables_are_numbered_each_from_0() -> None:
    text = "[[a]]\n[[a.b]]\n[[a.b]]\nx = 1\n[a.b.c]\n[[a]]\n[[a.b]]\nx.y = 1\n"

    assert line_numbers(text) == {
        ("a", 0): 1,
        ("a", 0, "b", 0): 2,
        ("a", 0, "b", 1): 3,
        ("a", 0, "b", 1, "x"): 4,
        ("a", 0, "b", 1, "c"): 5,
        ("a", 1): 6,
        ("a", 1, "b", 0): 7,
        ("a", 1, "b", 0, "x", "y"): 8,
    }
