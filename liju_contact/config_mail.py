"""Reads the settings of the post room: letters out, mail in, and whom to alarm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from liju_contact.config_catalogue import read_address
from liju_contact.config_source import Section
from liju_contact.domain.catalogue import Label
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.reminder import ReminderPlan
from liju_contact.domain.reply_key import MAC_DIGITS

KEY = "{key}"
_MOST_REMINDER_HOURS = 40  # a working week
_LONGEST_KEY = len("lj7k3f9q2x.a1234567.") + MAC_DIGITS
_LONGEST_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """``host`` None means the demo: letters go to the embedded post office on ``post_office_port``.

    ``reply_address`` and ``bounce_address`` hold ``{key}`` where the key of a letter goes, if the provider delivers
    such addresses; without it they are plain and a letter is known by its ids and the token in its text.
    """

    host: str | None
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str | None
    password: str | None
    ca_file: Path | None
    sender_name: Label
    sender_address: str
    reply_address: str | None
    bounce_address: str | None
    timeout_seconds: int
    letter_limit_seconds: int
    attach_limit_bytes: int
    post_office_port: int

    @property
    def is_demo(self) -> bool:
        return self.host is None

    @property
    def domain(self) -> str:
        return self.sender_address.rpartition("@")[2]

    @property
    def public_address(self) -> str:
        """The address people write to without any key."""
        bare = (self.reply_address or "").replace(f"+{KEY}", "")
        return bare if bare and KEY not in bare else self.sender_address

    @property
    def own_addresses(self) -> frozenset[str]:
        """What a letter of ours is from, folded: nobody else writes from there."""
        return frozenset({fold_address(self.sender_address), fold_address(self.public_address)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """``token_command`` prints an OAuth2 access token; ``afterwards`` is what becomes of a mail that is stored."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str
    password: str | None
    token_command: tuple[str, ...]
    ca_file: Path | None
    folder: str
    afterwards: Literal["keep", "seen", "delete", "move"]
    move_to: str
    poll_seconds: int
    timeout_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSettings:
    """By which doors mail comes in, and how it is judged. ``authentication_server`` signs Authentication-Results."""

    pipe: bool
    imap: ImapSettings | None
    lmtp_listen: str | None
    authentication_server: str | None
    new_inquiries: bool
    colleagues: Literal["hold", "join"]
    mails_per_sender: int
    size_limit_bytes: int

    @property
    def has_door(self) -> bool:
        return self.pipe or self.imap is not None or self.lmtp_listen is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """Who hears of trouble, by letter, and a command that gets the same sentence on its standard input."""

    recipients: tuple[str, ...]
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSettings:
    """When letters remind of a promise; ``escalation`` is who hears of one that is long past.

    When it names nobody, those who hear of trouble do.
    """

    plan: ReminderPlan
    escalation: tuple[str, ...]


def read_mail_settings(section: Section, languages: tuple[str, ...], instance: Path) -> MailSettings:
    security = section.choice("security", ("starttls", "tls", "none"), "starttls")
    ports = {"starttls": 587, "tls": 465, "none": 25}
    reply_address = _keyed_address(section, "reply_address")
    mail = MailSettings(
        host=section.optional_text("host"),
        port=section.integer("port", ports[security], low=1, high=65535),
        security=cast("Literal['none', 'starttls', 'tls']", security),
        username=section.optional_text("username"),
        password=section.optional_text("password"),
        ca_file=_file(section, "ca_file", instance),
        sender_name=section.label("sender_name", languages),
        sender_address=read_address(section, "sender_address", section.text("sender_address")),
        reply_address=reply_address,
        bounce_address=_keyed_address(section, "bounce_address") or reply_address,
        timeout_seconds=section.integer("timeout_seconds", 30, low=1, high=600),
        letter_limit_seconds=section.integer("letter_limit_seconds", 120, low=1, high=3600),
        attach_limit_bytes=section.integer("attach_limit_mb", 25, low=0, high=200) * 1_000_000,
        post_office_port=section.integer("post_office_port", 0, low=0, high=65535),
    )
    if mail.username and not mail.password:
        section.fault("password", "is missing although there is a username; LIJU_MAIL_PASSWORD can carry it.")
    section.finish()
    return mail


def read_inbound_settings(section: Section, instance: Path) -> InboundSettings:
    inbound = InboundSettings(
        pipe=section.choice("pipe", ("yes", "no"), "no") == "yes",
        imap=_imap(section.section("imap"), instance),
        lmtp_listen=section.optional_text("lmtp_listen"),
        authentication_server=section.optional_text("authentication_server"),
        new_inquiries=section.choice("new_inquiries", ("yes", "no"), "yes") == "yes",
        colleagues=cast("Literal['hold', 'join']", section.choice("colleagues", ("hold", "join"), "hold")),
        mails_per_sender=section.integer("mails_per_sender", 10, low=1, high=1000),
        size_limit_bytes=section.integer("size_limit_mb", 75, low=1, high=200) * 1_000_000,
    )
    section.finish()
    return inbound


def read_alarm_settings(section: Section) -> AlarmSettings:
    recipients = tuple(read_address(section, "recipients", address) for address in section.texts("recipients"))
    alarm = AlarmSettings(recipients=recipients, command=section.texts("command"))
    section.finish()
    return alarm


def read_reminder_settings(section: Section) -> ReminderSettings:
    plan = ReminderPlan(
        before_hours=section.integer("before_hours", 2, low=0, high=_MOST_REMINDER_HOURS),
        overdue=section.choice("overdue", ("yes", "no"), "yes") == "yes",
        escalate_hours=section.integer("escalate_hours", 8, low=0, high=_MOST_REMINDER_HOURS),
    )
    reminders = ReminderSettings(
        plan=plan,
        escalation=tuple(read_address(section, "escalation", address) for address in section.texts("escalation")),
    )
    section.finish()
    return reminders


def _imap(section: Section, instance: Path) -> ImapSettings | None:
    host = section.optional_text("host")
    if host is None and not section.values:
        return None
    security = section.choice("security", ("tls", "starttls", "none"), "tls")
    afterwards = section.choice("afterwards", ("keep", "seen", "delete", "move"), "seen")
    imap = ImapSettings(
        host=section.text("host"),
        port=section.integer("port", 993 if security == "tls" else 143, low=1, high=65535),
        security=cast("Literal['none', 'starttls', 'tls']", security),
        username=section.text("username"),
        password=section.optional_text("password"),
        token_command=section.texts("token_command"),
        ca_file=_file(section, "ca_file", instance),
        folder=section.text("folder", default="INBOX"),
        afterwards=cast("Literal['keep', 'seen', 'delete', 'move']", afterwards),
        move_to=section.text("move_to", default="Archive"),
        poll_seconds=section.integer("poll_seconds", 60, low=5, high=600),
        timeout_seconds=section.integer("timeout_seconds", 30, low=1, high=300),
    )
    if not imap.password and not imap.token_command:
        section.fault("password", "is missing, and there is no token_command; LIJU_INBOUND_IMAP_PASSWORD can carry it.")
    section.finish()
    return imap


def _file(section: Section, key: str, instance: Path) -> Path | None:
    name = section.optional_text(key)
    return instance / name if name else None


def _keyed_address(section: Section, key: str) -> str | None:
    """Return an address pattern such as ``inquiry+{key}@liju.example`` or ``{key}@reply.liju.example``."""
    pattern = section.optional_text(key)
    if pattern is None:
        return None
    local, _, domain = pattern.rpartition("@")
    if local.count(KEY) > 1 or KEY in domain:
        section.fault(key, f"may hold {KEY} once, and only before the @.")
        return None
    if len(local.replace(KEY, "k" * _LONGEST_KEY)) > _LONGEST_LOCAL_PART:
        section.fault(key, f"is too long before the @: with a key in it there are more than {_LONGEST_LOCAL_PART}.")
        return None
    sample = read_address(section, key, pattern.replace(KEY, "k"))
    return pattern if KEY in pattern else sample
