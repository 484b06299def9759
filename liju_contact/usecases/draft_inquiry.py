"""Puts together what an inquiry will be when it is written, so that its letters can be written before it is."""

from __future__ import annotations

from datetime import datetime

from liju_contact.domain.catalogue import Topic
from liju_contact.domain.inquiry import Inquiry, InquiryState, NewInquiry
from liju_contact.domain.reference import RANDOM_BYTES_NEEDED, make_reference
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.promise_answer import first_promise


def draft_inquiry(deps: Deps, new: NewInquiry, topic: Topic, *, team: str, now: datetime) -> Inquiry:
    """Return the inquiry as it will stand, with a reference nobody may have yet and with our promise."""
    company = deps.settings.company
    return Inquiry(
        id=0,
        reference=make_reference(deps.random_bytes(RANDOM_BYTES_NEEDED), company.reference_prefix),
        key_version=1,
        state=InquiryState.RECEIVED,
        language=new.language,
        name=new.name,
        email=new.email,
        country=new.country,
        product=new.product,
        topic=new.topic,
        team=team,
        company=new.company,
        phone=new.phone,
        details=new.details,
        received_at=now,
        answer_due_at=first_promise(deps, new.product, topic, team, now),
    )
