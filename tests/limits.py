"""Narrow limits, so that a test reaches them with a few steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from liju_contact.config import Settings
from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.deps import Deps

# For runs that send more in a minute than a company in a day, by their names in the environment.
UNLIMITED = {
    f"LIJU_LIMITS_{door}_{scope}": "0"
    for door, subject in (("INQUIRY", "PER_ADDRESS"), ("MESSAGE", "PER_INQUIRY"))
    for scope in ("PER_NETWORK", subject, "IN_ALL")
} | {"LIJU_LIMITS_UPLOAD_MB_PER_NETWORK": "0", "LIJU_LIMITS_UPLOAD_MB_IN_ALL": "0"}


def without_limits(settings: Settings) -> Settings:
    """Return settings under which a test may send as much as it likes."""
    doors = {
        door: replace(limits, per_network=0, per_subject=0, in_all=0) for door, limits in settings.limits.doors.items()
    }
    return replace(settings, limits=replace(settings.limits, doors=doors))


def with_limits(deps: Deps, door: PublicDoor, **limits: Any) -> Deps:
    """Return the parts with other limits at one door: ``per_network``, ``per_subject``, ``in_all``."""
    settings = deps.settings.limits
    doors = {**settings.doors, door: replace(settings.doors[door], **limits)}
    return replace(deps, settings=replace(deps.settings, limits=replace(settings, doors=doors)))


def with_journal(deps: Deps, **limits: int) -> Deps:
    """Return the parts with another bound for the journal: ``per_network``, ``in_all``, ``files_kb``."""
    settings = deps.settings.limits
    changed = replace(settings, refusals=replace(settings.refusals, **limits))
    return replace(deps, settings=replace(deps.settings, limits=changed))


def with_proof(deps: Deps, **limits: int) -> Deps:
    """Return the parts with another measure of loudness: ``from_network``, ``from_all``."""
    settings = deps.settings.limits
    changed = replace(settings, proof=replace(settings.proof, **limits))
    return replace(deps, settings=replace(deps.settings, limits=changed))
