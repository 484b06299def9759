"""The shipped example as a text to change, and what reading it comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from liju_contact.config import Settings, read_settings
from liju_contact.domain.errors import SettingsError
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
