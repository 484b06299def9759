"""Reads how often the public doors may be used, how much of what they turn away is kept, and where it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from liju_contact.config_source import Section
from liju_contact.domain.public_door import PublicDoor

_MOST = 1_000_000_000
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_KB_PER_MB = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLimits:
    """How often within ``window``; 0 is no limit.

    ``per_subject`` is for whom it is about: an address at the form and where links are asked for, else an inquiry.
    """

    window: timedelta
    per_network: int
    per_subject: int
    in_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalLimits:
    """What the journal takes: entries of a network in an hour, entries and kilobytes of files in all in a day."""

    per_network: int
    in_all: int
    files_kb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofLimits:
    """From how many inquiries in an hour on a form asks for a proof of work; 0 is never."""

    from_network: int
    from_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    doors: Mapping[PublicDoor, DoorLimits]
    refusals: RefusalLimits
    proof: ProofLimits
    redis_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usual:
    """What a door lets through unless the settings say otherwise; ``subject`` is how they call whom it is about."""

    per_network: int
    in_all: int
    subject: str = ""
    per_subject: int = 0


_USUAL = {
    PublicDoor.INQUIRY: _Usual(per_network=300, in_all=3000, subject="per_address", per_subject=60),
    PublicDoor.MESSAGE: _Usual(per_network=600, in_all=6000, subject="per_inquiry", per_subject=120),
    PublicDoor.FIND: _Usual(per_network=60, in_all=1000, subject="per_address", per_subject=3),
    PublicDoor.RATING: _Usual(per_network=120, in_all=3000, subject="per_inquiry", per_subject=20),
    PublicDoor.ADDRESS: _Usual(per_network=120, in_all=3000, subject="per_inquiry", per_subject=20),
    PublicDoor.STATE: _Usual(per_network=300, in_all=6000, subject="per_inquiry", per_subject=60),
    PublicDoor.KEY: _Usual(per_network=100, in_all=0),
}
_UPLOAD_MB = _Usual(per_network=5000, in_all=20_000)


def read_limit_settings(section: Section) -> LimitSettings:
    doors = {door: _door(section.section(door.value), usual) for door, usual in _USUAL.items()}
    settings = LimitSettings(
        doors={**doors, PublicDoor.UPLOAD: _uploads(section.section("upload"))},
        refusals=_refusals(section.section("refused")),
        proof=_proof(section.section("proof")),
        redis_url=_redis_url(section),
    )
    section.finish()
    return settings


def _door(section: Section, usual: _Usual) -> DoorLimits:
    limits = DoorLimits(
        window=_HOUR,
        per_network=section.integer("per_network", usual.per_network, low=0, high=_MOST),
        per_subject=section.integer(usual.subject, usual.per_subject, low=0, high=_MOST) if usual.subject else 0,
        in_all=section.integer("in_all", usual.in_all, low=0, high=_MOST),
    )
    section.finish()
    return limits


def _uploads(section: Section) -> DoorLimits:
    most = _MOST // _KB_PER_MB
    limits = DoorLimits(
        window=_DAY,
        per_network=section.integer("mb_per_network", _UPLOAD_MB.per_network, low=0, high=most) * _KB_PER_MB,
        per_subject=0,
        in_all=section.integer("mb_in_all", _UPLOAD_MB.in_all, low=0, high=most) * _KB_PER_MB,
    )
    section.finish()
    return limits


def _refusals(section: Section) -> RefusalLimits:
    limits = RefusalLimits(
        per_network=section.integer("per_network", 30, low=0, high=_MOST),
        in_all=section.integer("in_all", 1000, low=0, high=_MOST),
        files_kb=section.integer("mb_in_all", 1000, low=0, high=_MOST // _KB_PER_MB) * _KB_PER_MB,
    )
    section.finish()
    return limits


def _proof(section: Section) -> ProofLimits:
    limits = ProofLimits(
        from_network=section.integer("from_network", 10, low=0, high=_MOST),
        from_all=section.integer("from_all", 100, low=0, high=_MOST),
    )
    section.finish()
    return limits


def _redis_url(section: Section) -> str | None:
    url = section.optional_text("redis_url")
    if url and not _is_redis_url(url):
        section.fault(
            "redis_url", 'must look like "redis://127.0.0.1:6379/0", "rediss://…" or "unix:///run/redis.sock".'
        )
        return None
    return url


def _is_redis_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_possible = parts.port != 0
    except ValueError:
        return False
    has_place = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname)
    return parts.scheme in {"redis", "rediss", "unix"} and has_place and port_is_possible
