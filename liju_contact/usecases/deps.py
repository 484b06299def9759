"""What the stories need from outside, as one frozen bundle that ``app`` puts together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from liju_contact.config import Settings
from liju_contact.domain.delivery import Outcome
from liju_contact.domain.event import EventKind
from liju_contact.domain.file_kind import FileKind
from liju_contact.domain.inbound import HoldReason
from liju_contact.domain.inquiry import Inquiry
from liju_contact.domain.keys import Keyring
from liju_contact.domain.letter import Letter, LetterKind
from liju_contact.domain.message import Message
from liju_contact.domain.person import Person
from liju_contact.domain.rating import Rating
from liju_contact.domain.reminder import ReminderStep
from liju_contact.store.database import Database
from liju_contact.store.deliveries import Claimed
from liju_contact.store.kept_rows import KeptRows
from liju_contact.usecases.identity_provider import IdentityProvider
from liju_contact.usecases.mail_reader import MailReader
from liju_contact.usecases.mail_viewer import MailViewer
from liju_contact.usecases.mailbox import Mailbox
from liju_contact.usecases.noise import Noise
from liju_contact.usecases.passkey_port import PasskeyCheck
from liju_contact.usecases.picture_maker import PictureMaker
from liju_contact.usecases.rate_counter import RateCounter
from liju_contact.usecases.read_post_office import PostOffice
from liju_contact.usecases.sheet import NewPageWriter, NewSheet
from liju_contact.usecases.virus_scanner import VirusScanner


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    name: str
    kind: FileKind
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file as a letter lists it; ``is_attached`` False means it was too big to go along."""

    name: str
    bytes_count: int
    is_attached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """What a letter with an answer shows the customer.

    ``author_name`` may be empty: then the letter is from the company. ``thread_subject`` is the subject the customer's
    own mail had, empty when they wrote on the form. ``quoted`` is what is being answered, None to quote nothing.
    """

    author_name: str
    body: str
    thread_subject: str
    quoted: Message | None
    status_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFailure:
    """A letter to the customer that did not arrive: what it was, to whom, and what the mail servers said."""

    kind: LetterKind
    recipient: str
    words: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A mail that waits for staff. ``answered_by`` names the colleague who was faster, for a late answer."""

    inbound_id: int
    reason: HoldReason
    sender: str
    subject: str
    body: str
    answered_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """A promise that staff are reminded of, or the date that they set for an inquiry."""

    inquiry: Inquiry
    step: ReminderStep
    promised_at: datetime


class LetterWriter(Protocol):
    """Renders letters; one method and one template folder each."""

    def inquiry_received(self, inquiry: Inquiry, *, status_url: str, team: str) -> Letter: ...

    def inquiry_for_team(self, inquiry: Inquiry, *, body: str, files: Sequence[FileLine]) -> Letter: ...

    def message_for_team(self, inquiry: Inquiry, message: Message, *, files: Sequence[FileLine]) -> Letter: ...

    def state_for_team(self, inquiry: Inquiry, kind: EventKind) -> Letter: ...

    def status_links(self, inquiries: Sequence[tuple[Inquiry, str]], *, language: str) -> Letter: ...

    def new_status_link(self, inquiry: Inquiry, *, status_url: str) -> Letter: ...

    def answer(self, inquiry: Inquiry, answer: Answering, *, files: Sequence[FileLine]) -> Letter: ...

    def answer_for_team(self, inquiry: Inquiry, message: Message, *, files: Sequence[FileLine]) -> Letter: ...

    def note_for_team(self, inquiry: Inquiry, *, author_name: str, body: str, files: Sequence[FileLine]) -> Letter: ...

    def assigned_for_team(self, inquiry: Inquiry, *, author_name: str, body: str) -> Letter: ...

    def failure_for_team(self, inquiry: Inquiry, failure: LetterFailure) -> Letter: ...

    def absence_for_team(self, inquiry: Inquiry, *, name: str, words: str) -> Letter: ...

    def held_for_team(self, inquiry: Inquiry | None, held: HeldMail) -> Letter: ...

    def reminder_for_team(self, reminding: Reminding) -> Letter: ...

    def reminder_list(self, remindings: Sequence[Reminding]) -> Letter: ...

    def rating_for_team(self, inquiry: Inquiry, rating: Rating) -> Letter: ...

    def alarm(self, sentences: Sequence[str]) -> Letter: ...


class AccountLetterWriter(Protocol):
    """Renders letters to people of the desk about their accounts; ``language`` is what they read when they say none."""

    def password_reset(self, person: Person, *, url: str, ends_at: datetime, language: str) -> Letter: ...

    def invitation(self, person: Person, *, url: str, ends_at: datetime, invited_by: str) -> Letter: ...

    def password_changed(self, person: Person, *, at: datetime, network: str) -> Letter: ...

    def second_factor_off(self, person: Person, *, at: datetime, network: str) -> Letter: ...

    def passkey_added(self, person: Person, *, at: datetime, network: str) -> Letter: ...

    def administrator_added(self, person: Person, *, at: datetime, added: Person, by: str) -> Letter: ...


class Hasher(Protocol):
    """Turns passwords into digests. Both ways take tens of milliseconds on purpose: never within a transaction.

    ``digest_of_nobody`` fits no password and takes as long to find out as any other.
    """

    @property
    def digest_of_nobody(self) -> str: ...

    def digest(self, password: str) -> str: ...

    def verify(self, digest: str, password: str) -> bool: ...

    def is_outdated(self, digest: str) -> bool: ...


class Carrier(Protocol):
    """Carries one letter to one recipient; never raises for what a network or a mail server does."""

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """``random_bytes(n)`` returns n unpredictable bytes, ``pause`` waits so many seconds.

    ``new_carrier`` opens nothing until its first letter, ``new_mail_reader`` nothing until its first mail,
    ``new_picture_maker`` nothing until its first file.
    ``country_names(code)`` returns what a country is called in the languages of the house.
    ``passkeys`` is None where the settings have none.
    ``identity_providers`` are the services people may sign in with, by the id of their settings.
    ``new_mailbox`` is the one that mail is fetched from, ``new_scanner`` the one that files are shown to, if any.
    ``tell_operator`` runs the operator's own alarm.
    ``counter`` counts for the limits of the public doors, ``noise`` is what this process has met of that.
    ``kept_rows`` are the rows of the list that this process has read last.
    """

    settings: Settings
    db: Database
    keys: Keyring
    random_bytes: Callable[[int], bytes]
    now: Callable[[], datetime]
    pause: Callable[[float], None]
    letters: LetterWriter
    account_letters: AccountLetterWriter
    hasher: Hasher
    counter: RateCounter
    country_names: Callable[[str], Sequence[str]]
    new_carrier: Callable[[], Carrier]
    new_mail_reader: Callable[[], MailReader]
    new_picture_maker: Callable[[], PictureMaker]
    view_mail: MailViewer
    new_mailbox: Callable[[], Mailbox | None]
    new_scanner: Callable[[], VirusScanner | None]
    tell_operator: Callable[[str], None]
    post_office: PostOffice | None
    new_page_writer: NewPageWriter
    new_sheet: NewSheet
    passkeys: PasskeyCheck | None
    identity_providers: Mapping[str, IdentityProvider]
    noise: Noise = field(default_factory=Noise)
    kept_rows: KeptRows = field(default_factory=KeptRows)

    def status_url(self, reference: str, key_version: int) -> str:
        """Return the secret way in to an inquiry; made from the configured base URL and nothing else."""
        return f"{self.settings.web.base_url}{self.status_path(reference, key_version)}"

    def status_path(self, reference: str, key_version: int) -> str:
        return f"/inquiry/{reference}/{self.keys.status_key(reference, key_version)}"
