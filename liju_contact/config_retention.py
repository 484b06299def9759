"""Reads how long each kind of thing is kept."""

from __future__ import annotations

from dataclasses import dataclass

from liju_contact.config_source import Section

DAYS_OF_YEAR = 365
_MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """Days, and 0 for good. The times run from the last change of an inquiry, else from when a thing came or was made.

    ``request_days`` is how long a request of the privacy page waits for a second person, and what came of it for being
    fetched.
    """

    closed_days: int
    spam_days: int
    refusal_days: int
    loose_mail_days: int
    raw_mail_days: int
    letter_days: int
    draft_days: int
    visit_days: int
    request_days: int


def read_retention_settings(section: Section) -> RetentionSettings:
    retention = RetentionSettings(
        closed_days=section.integer("closed_years", 10, low=0, high=100) * DAYS_OF_YEAR,
        spam_days=_days(section, "spam_days", 30),
        refusal_days=_days(section, "refusal_days", 14),
        loose_mail_days=_days(section, "loose_mail_days", 90),
        raw_mail_days=_days(section, "raw_mail_days", 730),
        letter_days=_days(section, "letter_days", 730),
        draft_days=_days(section, "draft_days", 90),
        visit_days=_days(section, "visit_days", 90),
        request_days=section.integer("request_days", 14, low=1, high=90),
    )
    section.finish()
    return retention


def _days(section: Section, key: str, default: int) -> int:
    return section.integer(key, default, low=0, high=_MOST_DAYS)
