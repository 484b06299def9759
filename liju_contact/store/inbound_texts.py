"""What received mails say, as it was read when they came: for staff who look at one, never for judging it again."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from liju_contact.store.inbound_tables import InboundTextRow
from liju_contact.store.statements import insert_or_change

_PUT = insert_or_change(InboundTextRow, ["inbound_id"], lambda new: {"body": new.body})
_OF_INBOUND = select(InboundTextRow.body).where(InboundTextRow.inbound_id == bindparam("inbound_id"))


def put_inbound_text(tx: Connection, inbound_id: int, body: str) -> None:
    """Keep the text of a mail, in place of what an earlier reading found."""
    tx.execute(_PUT[tx.dialect.name], {"inbound_id": inbound_id, "body": body})


def find_inbound_text(tx: Connection, inbound_id: int) -> str | None:
    """Return the text; None for a mail that was never read."""
    return tx.execute(_OF_INBOUND, {"inbound_id": inbound_id}).scalar_one_or_none()
