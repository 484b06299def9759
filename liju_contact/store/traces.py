"""What the database holds on one mail address, and how that is erased.

``before`` keeps what the person wrote since then: somebody whose traces were erased may write again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from sqlalchemy import Connection, select

from liju_contact.domain.inbound import InboundState
from liju_contact.domain.inquiry import fold_address
from liju_contact.domain.privacy import mention_of
from liju_contact.store.blobs_of_mail import put_raw, raw_of
from liju_contact.store.erasure import drop_blobs, erase
from liju_contact.store.holdings import Holdings, chunked, gather, ids
from liju_contact.store.inbound_tables import InboundRow
from liju_contact.store.insight import forget_months_of
from liju_contact.store.mentions import GOES_WHOLE, Mention, mails_with, mentions_of, remove_row, strike_out
from liju_contact.store.tables import DeliveryRow, InquiryRow, LetterRow, LinkRequestRow, MessageRow, ParticipantRow

_PENDING = (InboundState.WAITING.value, InboundState.HELD.value, InboundState.PARKED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """``seeds`` are the person's own, ``others`` is what merely names them; ``raw`` are mails of others as received."""

    seeds: Holdings
    whole: Holdings
    others: tuple[Mention, ...]
    raw: tuple[int, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How much of each there is; ``mentions`` is what only names the person."""
        counted = self.whole.counts()
        return counted | ({"mentions": len(self.others) + len(self.raw)} if self.others or self.raw else {})


def find_traces(tx: Connection, address: str, before: datetime) -> Traces:
    """Return where an address stands; it reads every table."""
    folded = fold_address(address)
    theirs = select(InquiryRow.id, InquiryRow.received_at).where(InquiryRow.email_folded == folded)
    inquiries = {id_: received_at <= before for id_, received_at in tx.execute(theirs)}
    going = frozenset(id_ for id_, is_before in inquiries.items() if is_before)
    staying = inquiries.keys() - going
    mentions = [
        mention
        for mention in mentions_of(tx, address)
        if mention.inquiry_id not in staying and (mention.at is None or mention.at <= before)
    ]
    seeds = Holdings(inquiries=going) | _own(tx, mentions)
    whole = gather(tx, seeds)
    others = tuple(mention for mention in mentions if not _is_covered(mention, whole))
    raw = _named_in_raw(tx, address, whole, staying, before)
    return Traces(seeds=seeds, whole=whole, others=others, raw=tuple(raw))


def erase_some(tx: Connection, traces: Traces, inquiry_ids: Collection[int]) -> Holdings:
    """Erase some of the person's inquiries; the last of all calls takes what is left with ``erase_rest``."""
    return erase(tx, Holdings(inquiries=traces.seeds.inquiries & frozenset(inquiry_ids)))


def erase_rest(tx: Connection, traces: Traces, address: str) -> Counter[str]:
    """Erase what is the person's own in other people's inquiries and strike the address out of what stays.

    Returns how much of each, and under ``waiting`` how many mails of others name the address where it cannot be struck
    out, and wait for staff's decision.
    """
    gone = erase(tx, replace(traces.seeds, inquiries=frozenset()))
    counted = Counter(gone.counts())
    forget_months_of(tx, {mention.inquiry_id for mention in traces.others if mention.inquiry_id is not None})
    for mention in traces.others:
        if mention.table in GOES_WHOLE:
            remove_row(tx, mention)
        else:
            strike_out(tx, mention, address)
        counted["mentions"] += 1
    for inbound_id in sorted(_named(tx, traces)):
        counted["waiting" if not _strike_out_raw(tx, inbound_id, address) else "mails_struck"] += 1
    return counted


def known_addresses(tx: Connection) -> Iterator[str]:
    """Yield every folded address that customers have written from or were written to, some of them twice."""
    columns: tuple[Any, ...] = (
        InquiryRow.email_folded,
        ParticipantRow.address_folded,
        DeliveryRow.recipient_address,
        MessageRow.author_address,
        InboundRow.sender,
        LinkRequestRow.address,
    )
    for column in columns:
        for value in tx.execute(select(column).distinct().where(column.is_not(None), column != "")).scalars():
            yield fold_address(parseaddr(value)[1] or value)


def references_of(tx: Connection, inquiry_ids: Collection[int]) -> list[str]:
    found: list[str] = []
    for some in chunked(inquiry_ids):
        named = select(InquiryRow.reference).where(InquiryRow.id.in_(some)).order_by(InquiryRow.id)
        found += tx.execute(named).scalars()
    return found


def _own(tx: Connection, mentions: Sequence[Mention]) -> Holdings:
    def keys(table: str) -> frozenset[int]:
        return frozenset(mention.key[0] for mention in mentions if mention.table == table and mention.is_own)

    deliveries = keys("delivery")
    return Holdings(
        messages=keys("message"),
        mails=(mails := keys("inbound")),
        deliveries=deliveries,
        letters=_letters_to_them(tx, deliveries) | _letters_of_no_inquiry(mentions),
    ) | _became(tx, mails)


def _became(tx: Connection, mails: frozenset[int]) -> Holdings:
    """Return the messages and notes that the person's mails became in inquiries of others."""
    messages = ids(tx, InboundRow.message_id, (InboundRow.id, mails)) - {None}
    notes = ids(tx, InboundRow.note_id, (InboundRow.id, mails)) - {None}
    return Holdings(messages=frozenset(messages), notes=frozenset(notes))


def _letters_to_them(tx: Connection, deliveries: frozenset[int]) -> frozenset[int]:
    """Return letters that went to nobody else."""
    letters = ids(tx, DeliveryRow.letter_id, (DeliveryRow.id, deliveries))
    to_others = ids(tx, DeliveryRow.id, (DeliveryRow.letter_id, letters)) - deliveries
    return letters - ids(tx, DeliveryRow.letter_id, (DeliveryRow.id, to_others))


def _letters_of_no_inquiry(mentions: Sequence[Mention]) -> frozenset[int]:
    """Return letters about no inquiry, or about many, that name the person: what else they say of them is unknown."""
    return frozenset(
        mention.key[0]
        for mention in mentions
        if mention.table == LetterRow.__tablename__ and mention.inquiry_id is None
    )


def _is_covered(mention: Mention, whole: Holdings) -> bool:
    """Tell whether a row goes anyway with what is the person's own."""
    if mention.inquiry_id in whole.inquiries:
        return True
    kinds = {
        "message": whole.messages,
        "note": whole.notes,
        "event": whole.events,
        "letter": whole.letters,
        "delivery": whole.deliveries,
        "attempt": frozenset[int](),
        "inbound": whole.mails,
        "inbound_text": whole.mails,
        "inbound_file": whole.mails,
    }
    return mention.key[0] in kinds.get(mention.table, frozenset())


def _named_in_raw(
    tx: Connection, address: str, whole: Holdings, staying: Collection[int], before: datetime
) -> list[int]:
    found = frozenset(mails_with(tx, address)) - whole.mails
    lines = select(InboundRow.id, InboundRow.inquiry_id, InboundRow.received_at)
    return [
        row.id
        for row in tx.execute(lines.where(InboundRow.id.in_(sorted(found))).order_by(InboundRow.id))
        if row.received_at <= before and row.inquiry_id not in staying
    ]


def _named(tx: Connection, traces: Traces) -> set[int]:
    """Return the mails of others whose bytes may hold the address, in clear or behind an encoding."""
    read = {mention.key[0] for mention in traces.others if mention.table in {"inbound", "inbound_text", "inbound_file"}}
    return set(ids(tx, InboundRow.id, (InboundRow.id, read | set(traces.raw))))


def _strike_out_raw(tx: Connection, inbound_id: int, address: str) -> bool:
    """Overwrite the address in the bytes of a mail; where it is encoded there, let the bytes go.

    False where they have to stay, because staff have yet to decide about the mail and it is read from them.
    """
    row = tx.execute(
        select(InboundRow.blob_id, InboundRow.bytes_count, InboundRow.state).where(InboundRow.id == inbound_id)
    ).one()
    if not row.bytes_count:
        return True
    raw = raw_of(tx, row.blob_id).decode("latin-1")
    pattern = mention_of(address)
    struck = pattern.sub(lambda found: "x" * len(found[0]), raw)
    if struck == raw and row.state in _PENDING:
        return False
    put_raw(tx, inbound_id, struck.encode("latin-1") if struck != raw else b"")
    drop_blobs(tx, [row.blob_id])
    return True
