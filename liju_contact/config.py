"""Settings: what the operator decides, read once at start and frozen.

``load_settings`` reports every fault at once, each with the line it stands on. Nothing here looks at the database or
the mail server: that is ``liju-contact check``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from liju_contact.config_calendar import read_working_hours
from liju_contact.config_catalogue import read_catalogue
from liju_contact.config_desk import DeskSettings, read_desk_settings
from liju_contact.config_limits import LimitSettings, read_limit_settings
from liju_contact.config_mail import (
    AlarmSettings,
    InboundSettings,
    MailSettings,
    ReminderSettings,
    read_alarm_settings,
    read_inbound_settings,
    read_mail_settings,
    read_reminder_settings,
)
from liju_contact.config_retention import RetentionSettings, read_retention_settings
from liju_contact.config_scanner import ScannerSettings, read_scanner_settings
from liju_contact.config_source import ConfigSource, Section
from liju_contact.domain.calendar import WorkingHours
from liju_contact.domain.catalogue import Catalogue, Label
from liju_contact.domain.errors import Fault, SettingsError
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.privacy import notice_version

KNOWN_LANGUAGES = ("en", "zh_Hans")
_SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySettings:
    name: Label
    website: str | None
    privacy_notice: Label
    privacy_notice_date: str
    reference_prefix: str
    working_hours: WorkingHours

    @property
    def notice_version(self) -> str:
        return notice_version(self.privacy_notice.texts, self.privacy_notice_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """``base_url`` has no slash at its end; ``proxy_hops`` is how many proxies in front are ours."""

    base_url: str
    languages: tuple[str, ...]
    proxy_hops: int
    processes: int
    threads: int
    form_token_days: int

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    count_limit: int
    total_limit_bytes: int
    kinds: frozenset[FileKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    instance: Path
    secret: str
    database_url: str
    company: CompanySettings
    web: WebSettings
    mail: MailSettings
    inbound: InboundSettings
    alarm: AlarmSettings
    reminders: ReminderSettings
    files: FileSettings
    scanner: ScannerSettings | None
    limits: LimitSettings
    desk: DeskSettings
    retention: RetentionSettings
    catalogue: Catalogue

    @property
    def default_language(self) -> str:
        return self.web.languages[0]

    @property
    def hears_replies(self) -> bool:
        """Whether mail reaches this program at all; without, no letter asks for an answer to a keyed address."""
        return self.mail.is_demo or self.inbound.has_door


def load_settings(instance: Path, environment: Mapping[str, str]) -> Settings:
    """Read ``instance/config.toml``; raises ``SettingsError`` with all faults."""
    path = instance / "config.toml"
    try:
        text = path.read_text("utf-8-sig")  # some editors put a byte order mark before the first line
    except OSError as error:
        raise SettingsError([Fault(id="config.file", text=f"Cannot read {path}: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([Fault(id="config.file", text=f"{path} is not saved as UTF-8: {error}.")]) from error
    return read_settings(text, instance=instance, environment=environment, name=path.name)


def read_settings(text: str, *, instance: Path, environment: Mapping[str, str], name: str = "config.toml") -> Settings:
    """Read settings from a TOML text; a relative SQLite path is taken from ``instance``."""
    source = ConfigSource.parse(text, name=name, environment=environment)
    root = source.root
    web = _web(root.section("web"))
    settings = Settings(
        instance=instance,
        secret=_secret(root),
        database_url=_database_url(root, instance),
        company=(company := _company(root.section("company"), web.languages)),
        web=web,
        mail=read_mail_settings(root.section("mail"), web.languages, instance),
        inbound=read_inbound_settings(root.section("inbound"), instance),
        alarm=read_alarm_settings(root.section("alarm")),
        reminders=read_reminder_settings(root.section("reminders")),
        files=_files(root.section("files")),
        scanner=read_scanner_settings(root.section("scanner")),
        limits=read_limit_settings(root.section("limits")),
        desk=read_desk_settings(root, web.base_url, web.languages),
        retention=read_retention_settings(root.section("retention")),
        catalogue=read_catalogue(root, web.languages, company.working_hours),
    )
    root.finish()
    source.raise_faults()
    return settings


def _secret(root: Section) -> str:
    secret = root.text("secret")
    if len(secret) < _SECRET_LENGTH:
        root.fault("secret", f"must have at least {_SECRET_LENGTH} random characters: every link is signed with it.")
    return secret


def _database_url(root: Section, instance: Path) -> str:
    """Return the URL with the driver this program uses and an absolute SQLite path."""
    url = root.text("database_url", default="sqlite:///liju.db")
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return f"sqlite:///{(instance / rest[1:]).resolve()}"
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    root.fault("database_url", 'must look like "sqlite:///liju.db" or "postgresql://user:password@host/name".')
    return "sqlite://"


def _company(section: Section, languages: tuple[str, ...]) -> CompanySettings:
    prefix = section.text("reference_prefix", default="LJ")
    if not re.fullmatch(r"[A-Z]{2,4}", prefix):
        section.fault("reference_prefix", "must be two to four capital letters A-Z.")
    company = CompanySettings(
        name=section.label("name", languages),
        website=section.optional_text("website"),
        privacy_notice=section.label("privacy_notice", languages),
        privacy_notice_date=_date(section, "privacy_notice_date"),
        reference_prefix=prefix,
        working_hours=read_working_hours(section),
    )
    section.finish()
    return company


def _date(section: Section, key: str) -> str:
    written = section.text(key, default="")
    try:
        return date.fromisoformat(written).isoformat() if written else ""
    except ValueError:
        section.fault(key, 'must be a day like "2026-11-28".')
        return ""


def _web(section: Section) -> WebSettings:
    languages = section.texts("languages", default=KNOWN_LANGUAGES)
    if not languages or not set(languages) <= set(KNOWN_LANGUAGES):
        section.fault("languages", f"must name one or more of {', '.join(KNOWN_LANGUAGES)}.")
        languages = KNOWN_LANGUAGES
    base_url = section.text("base_url").rstrip("/")
    if not _is_base_url(base_url):
        section.fault("base_url", 'must be the address customers use, like "https://contact.liju.example".')
    web = WebSettings(
        base_url=base_url,
        languages=languages,
        proxy_hops=section.integer("proxy_hops", 0, low=0, high=9),
        processes=section.integer("processes", 2, low=1, high=64),
        threads=section.integer("threads", 4, low=1, high=64),
        form_token_days=section.integer("form_token_days", 7, low=1, high=365),
    )
    section.finish()
    return web


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_possible = parts.port != 0
    except ValueError:
        return False
    is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and port_is_possible
    return is_whole and url.isprintable() and not set(url) & set(" ?#@")


def _files(section: Section) -> FileSettings:
    known = {kind.value: kind for kind in FileKind if kind is not FileKind.OTHER}
    names = section.texts("kinds", default=tuple(known))
    if not set(names) <= set(known):
        section.fault("kinds", f"must be some of {', '.join(known)}.")
    files = FileSettings(
        count_limit=section.integer("count_limit", 10, low=0, high=100),
        total_limit_bytes=section.integer("total_limit_mb", 50, low=1, high=1000) * 1_000_000,
        kinds=frozenset(known[name] for name in names if name in known),
    )
    section.finish()
    return files
