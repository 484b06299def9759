"""A letter: an e-mail we mean to send, rendered once and kept whole (D5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

KEY_PLACE = "%reply-key%"
"""Stands in a letter's text where each recipient gets their own reply key (D8); a letter without a key has none."""


class LetterKind(StrEnum):
    """One template folder ``templates/email/<kind>/`` each."""

    INQUIRY_RECEIVED = "inquiry_received"  # to the customer: we have it
    INQUIRY_FOR_TEAM = "inquiry_for_team"
    MESSAGE_FOR_TEAM = "message_for_team"
    STATE_FOR_TEAM = "state_for_team"
    STATUS_LINKS = "status_links"  # to the customer who asked for them
    NEW_STATUS_LINK = "new_status_link"  # to the customer: all old links open nothing any more
    ANSWER = "answer"  # to the customer: what staff wrote
    ANSWER_FOR_TEAM = "answer_for_team"  # the same to the colleagues, so that nobody answers twice
    NOTE_FOR_TEAM = "note_for_team"
    FAILURE_FOR_TEAM = "failure_for_team"  # a letter to the customer did not arrive
    ABSENCE_FOR_TEAM = "absence_for_team"
    ASSIGNED_FOR_TEAM = "assigned_for_team"  # to whom a colleague gave an inquiry
    HELD_FOR_TEAM = "held_for_team"  # a mail waits for a decision
    REMINDER_FOR_TEAM = "reminder_for_team"  # of an answer that is promised
    REMINDER_LIST = "reminder_list"  # the same of many inquiries at once
    RATING_FOR_TEAM = "rating_for_team"  # the customer is not content
    ALARM = "alarm"  # to whoever looks after the program
    PASSWORD_RESET = "password_reset"  # noqa: S105  # the name of a letter
    INVITATION = "invitation"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of a letter
    SECOND_FACTOR_OFF = "second_factor_off"
    PASSKEY_ADDED = "passkey_added"
    ADMINISTRATOR_ADDED = "administrator_added"  # to the other administrators

    @property
    def is_for_customer(self) -> bool:
        return self in {
            LetterKind.INQUIRY_RECEIVED,
            LetterKind.STATUS_LINKS,
            LetterKind.NEW_STATUS_LINK,
            LetterKind.ANSWER,
        }

    @property
    def is_about_account(self) -> bool:
        """Whether it is about somebody's account and no inquiry at all."""
        return self in {
            LetterKind.PASSWORD_RESET,
            LetterKind.INVITATION,
            LetterKind.PASSWORD_CHANGED,
            LetterKind.SECOND_FACTOR_OFF,
            LetterKind.PASSKEY_ADDED,
            LetterKind.ADMINISTRATOR_ADDED,
        }

    @property
    def is_known_to_customer(self) -> bool:
        """Whether the status page may say that there was such a letter; what staff tell each other is theirs."""
        team = {LetterKind.INQUIRY_FOR_TEAM, LetterKind.MESSAGE_FOR_TEAM, LetterKind.STATE_FOR_TEAM}
        return self.is_for_customer or self in team


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every recipient gets alike. ``headers`` come on top of those the mail room always writes."""

    kind: LetterKind
    language: str
    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who gets a letter, and the address an answer of theirs should go to (None: the sender's).

    ``reply_key`` proves such an answer (D8); it is empty where none is expected.
    """

    name: str
    address: str
    reply_to: str | None = None
    reply_key: str = ""
