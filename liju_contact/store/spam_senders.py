"""What is known of an address that writes: how often lately, and whether it has had an answer of ours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select

from liju_contact.domain.inquiry import InquiryState, fold_address
from liju_contact.store.tables import InquiryRow

_OF_ADDRESS = select(
    func.count(case((InquiryRow.received_at > bindparam("since"), 1))),
    func.count(case((InquiryRow.first_answered_at.is_not(None) & (InquiryRow.state != InquiryState.SPAM.value), 1))),
).where(InquiryRow.email_folded == bindparam("email_folded"))


def history_of(tx: Connection, address: str, since: datetime) -> tuple[int, bool]:
    """Return how many inquiries came from an address since then, and whether we ever answered one of it."""
    count, answered = tx.execute(_OF_ADDRESS, {"email_folded": fold_address(address), "since": since}).one()
    return count, answered > 0
