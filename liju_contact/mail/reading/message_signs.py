"""Facts of a mail's header that several judgements here rest on: who sent it, what it travelled through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from liju_contact.mail.reading.encoded_words import readable, with_raw_bytes_decoded
from liju_contact.mail.reading.part import Part

LONGEST_VALUE = 1000  # No field that is judged here has more to say; searching stays cheap whatever arrives.

_BRACKETED = re.compile(r"<([^<>]*)>")
_BARE_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,100}@[^\s<>()\[\],;:\"@]{1,255}")
_DAEMON_LOCAL_PARTS = frozenset(
    {
        "daemon",
        "mail-daemon",
        "mail.delivery.system",
        "mail-delivery-system",
        "maildaemon",
        "maildeliverysystem",
        "mailer-daemon",
        "mailer_daemon",
        "mailerdaemon",
        "mdaemon",
        "sysmail-daemon",
    }
)
# Exchange reports come from MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@ and the like.
_EXCHANGE_DAEMON = re.compile(r"microsoftexchange[0-9a-f]{20,}@", re.ASCII)
_DAEMON_NAME = re.compile(
    r"\bmail delivery (?:sub)?(?:system|service|agent)\b|\bmailer[ _-]?daemon\b|\binternet mail delivery\b"
)
_POSTMASTER_LOCAL_PARTS = frozenset(
    {"postmaster", "mailadm", "mailadmin", "post_master", "postoffice", "bounce", "bounces"}
)
_POSTMASTER_NAME = re.compile(r"\b(?:post ?master|system administrator|mail administrator|post office)\b")

_LIST_FIELDS = frozenset(
    {
        "errors-to",
        "mailing-list",
        "x-beenthere",
        "x-egroups-return",
        "x-google-group-id",
        "x-list",
        "x-list-host",
        "x-list-manager",
        "x-list-name",
        "x-listserver",
        "x-mailing-list",
        "x-mailman-version",
        "x-ml-name",
    }
)
# The part before the @ of addresses that lists send from: owner-talk, talk-owner, talk-bounces, talk-return-12-...
_LIST_LOCAL_PART = re.compile(r"owner-|.*-(?:admin|bounces?|errors|owner|request|return)(?:[-+=].*)?$")


def first_fields(part: Part) -> dict[str, str]:
    """Return the topmost value of every field by its lower-case name."""
    fields: dict[str, str] = {}
    for name, value in part.fields:
        fields.setdefault(name.lower(), value)
    return fields


def address_in(value: str) -> str:
    """Return the first address of a field as it is written, empty when there is none."""
    start = value[:LONGEST_VALUE]
    if bracketed := _BRACKETED.search(start):
        return with_raw_bytes_decoded(bracketed[1]).strip()
    bare = _BARE_ADDRESS.search(start)
    return with_raw_bytes_decoded(bare[0]) if bare else ""


def subject_of(fields: Mapping[str, str]) -> str:
    """Return the beginning of the decoded subject."""
    return readable(fields.get("subject", "")[:LONGEST_VALUE])


def has_null_sender(fields: Mapping[str, str]) -> bool:
    """Tell whether the envelope named no sender, as reports and replies by machines must (RFC 5321 section 4.5.5).

    Some servers write the name of their daemon in its place.
    """
    if "return-path" not in fields:
        return False
    path = fields["return-path"].strip().lower()
    return path in {"<>", "< >"} or address_in(path).partition("@")[0] == "mailer-daemon"


def is_from_daemon(fields: Mapping[str, str]) -> bool:
    """Tell whether the sender's address or name is one that only mail servers use."""
    sender = fields.get("from", "")[:LONGEST_VALUE].lower()
    address = address_in(sender)
    return (
        address.partition("@")[0] in _DAEMON_LOCAL_PARTS
        or _EXCHANGE_DAEMON.match(address) is not None
        or _DAEMON_NAME.search(sender) is not None
    )


def is_from_postmaster(fields: Mapping[str, str]) -> bool:
    """Tell whether the sender is one that both mail servers and the people who look after them use, or nobody."""
    sender = fields.get("from", "")[:LONGEST_VALUE].lower()
    return (
        address_in(sender).partition("@")[0] in _POSTMASTER_LOCAL_PARTS
        or "<>" in sender
        or _POSTMASTER_NAME.search(sender) is not None
    )


def came_through_list(fields: Mapping[str, str]) -> bool:
    """Tell whether a mailing list passed this on. What it passes on may well be written by a person."""
    if not _LIST_FIELDS.isdisjoint(fields) or any(name.startswith("list-") for name in fields):
        return True
    if fields.get("precedence", "").strip().lower() == "list":
        return True
    senders = (address_in(fields.get(name, "").lower()).partition("@")[0] for name in ("sender", "return-path"))
    return any(_LIST_LOCAL_PART.match(local_part) for local_part in senders)


def parts_shown(part: Part, most: int = 200) -> Iterator[Part]:
    """Yield the parts that are not multiparts, in order, without those of a mail inside this mail."""
    waiting = [part]
    for _ in range(most):
        if not waiting:
            return
        this = waiting.pop()
        if this.media_type.startswith("multipart/") and this.children:
            waiting.extend(reversed(this.children))
        else:
            yield this
