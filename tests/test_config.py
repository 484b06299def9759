"""The settings: the shipped example holds, what the environment says wins, and the file is read as editors write it."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from liju_contact.config import Settings, load_settings
from liju_contact.domain.errors import SettingsError
from liju_contact.domain.file_kind import FileKind
from tests.conftest import SECRET
from tests.settings_texts import TEXT, changed, line_of, read


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
    assert settings.files.kinds == frozenset(FileKind) - {FileKind.OTHER}
    assert (settings.mail.reply_address, settings.mail.public_address) == (
        "inquiry+{key}@liju.example",
        "inquiry@liju.example",
    )
    assert settings.hears_replies


def test_what_the_example_shows_in_comments_holds_too() -> None:
    shown = re.sub(
        r'^# (\[inbound.imap\]|(?:host|security|username|password|bounce_address|pipe) = "[^"]*").*$',
        r"\1",
        TEXT,
        flags=re.MULTILINE,
    )

    settings = read(shown, LIJU_MAIL_PASSWORD="open sesame", LIJU_INBOUND_IMAP_PASSWORD="sesame")
    mail, imap = settings.mail, settings.inbound.imap

    assert (mail.host, mail.port, mail.security, mail.is_demo) == ("smtp.liju.example", 587, "starttls", False)
    assert (mail.password, mail.bounce_address) == ("open sesame", "bounce+{key}@liju.example")
    assert imap is not None
    assert (imap.host, imap.port, imap.password, imap.afterwards) == ("imap.liju.example", 993, "sesame", "seen")
    assert settings.inbound.pipe


def test_what_is_left_out_has_a_default() -> None:
    lines = [
        line
        for line in TEXT.split("\n")
        if not re.match(r"(time_zone|working_|proxy_hops|threads|kinds|drawing)", line)
    ]

    settings = read("\n".join(lines))

    assert settings.company.working_hours.zone.key == "Asia/Shanghai"
    assert settings.company.working_hours.week == (*[(time(8, 30), time(17, 30))] * 5, None, None)
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
