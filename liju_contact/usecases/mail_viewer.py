"""The port through which the HTML of a mail is made harmless: within limits of time and memory."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class NoView(Enum):
    """Why there is no HTML to show."""

    NONE_THERE = "none there"
    TOO_MUCH = "too much"  # of time or memory, or it ended the process


MailViewer = Callable[[bytes], str | NoView]
"""Returns a harmless fragment of HTML; never raises for what a mail contains."""
