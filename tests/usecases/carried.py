"""Letters as they leave: carried by the worker's own story, and read as the recipient's mail program reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from liju_contact.config_mail import KEY
from liju_contact.domain.delivery import Outcome
from liju_contact.mail.carrier import mail_of
from liju_contact.mail.message import mail_bytes
from liju_contact.store.deliveries import Claimed
from liju_contact.usecases.deliver_letters import deliver_letters
from liju_contact.usecases.deps import AttachedFile, Deps
from tests.mail.letters import read
from tests.usecases.stories import DELIVERED


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A letter that has left; ``sender`` is that of the envelope."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return read(self.raw)

    @property
    def text(self) -> str:
        """All its texts, plain and HTML, and its header fields: everything the recipient gets but the files."""
        parts = [part for part in self.message.walk() if part.get_content_maintype() == "text"]
        return "\n".join([str(self.message.items()), *(part.get_content() for part in parts)])

    @property
    def plain(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def files(self) -> list[tuple[str | None, object]]:
        return [(part.get_filename(), part.get_content()) for part in self.message.iter_attachments()]


@dataclass
class KeepingCarrier:
    """A ``Carrier`` that makes the bytes of each letter, with a signed envelope sender, and keeps them."""

    deps: Deps
    kept: list[Carried] = field(default_factory=list)

    def carry(self, claimed: Claimed, files: Sequence[AttachedFile]) -> Outcome:
        pattern = self.deps.settings.mail.bounce_address or ""
        sender = pattern.replace(KEY, str(self.deps.keys.bounce_key(claimed.delivery_id)))
        raw = mail_bytes(mail_of(claimed, files, envelope_sender=sender))
        self.kept.append(Carried(sender=sender, recipient=claimed.addressee.address, raw=raw))
        return DELIVERED

    def close(self) -> None:
        """There is nothing to close."""


def carry_all(deps: Deps) -> list[Carried]:
    """Carry everything that waits and return it."""
    carrier = KeepingCarrier(deps)
    while deliver_letters(deps, carrier, holder="w1").claimed_count:
        pass
    return carrier.kept


def carried_to(deps: Deps, *addresses: str) -> list[Carried]:
    """Carry everything that waits and return what went to these addresses."""
    return [carried for carried in carry_all(deps) if carried.recipient in addresses]
