"""Reads the settings of the virus scanner that files are shown to, if there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from liju_contact.config_source import Section

_ADDRESS = re.compile(r"unix:/.+|(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerSettings:
    """``address`` is ``unix:/path`` or ``host:port``; ``timeout_seconds`` is for one file, all told.

    A letter with files waits for the scanner no longer than ``letter_wait_seconds``. What is larger than
    ``size_limit_bytes`` is not asked about.
    """

    address: str
    timeout_seconds: int
    letter_wait_seconds: int
    size_limit_bytes: int


def read_scanner_settings(section: Section) -> ScannerSettings | None:
    address = section.optional_text("address")
    if address is None and not section.values:
        return None
    address = address or section.text("address")
    if address and not _is_address(address):
        section.fault("address", 'must look like "unix:/run/clamav/clamd.ctl" or "127.0.0.1:3310".')
    scanner = ScannerSettings(
        address=address,
        timeout_seconds=section.integer("timeout_seconds", 60, low=1, high=600),
        letter_wait_seconds=section.integer("letter_wait_seconds", 300, low=0, high=86_400),
        size_limit_bytes=section.integer("size_limit_mb", 100, low=1, high=2000) * 1_000_000,
    )
    section.finish()
    return scanner


def _is_address(address: str) -> bool:
    if _ADDRESS.fullmatch(address) is None:
        return False
    return address.startswith("unix:") or 0 < int(address.rpartition(":")[2]) <= _HIGHEST_PORT
