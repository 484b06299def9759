"""Find a complaint in a mail: the report of a provider that a customer marked a mail of ours as unwanted.

Source: RFC 5965 (ARF), and the older form of Outlook.com, which sends the mail back with two fields of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from liju_contact.domain.inbound_mail import Complaint
from liju_contact.mail.reading.bounce_signs import FEEDBACK
from liju_contact.mail.reading.delivery_status import report_fields
from liju_contact.mail.reading.machine_text import part_text
from liju_contact.mail.reading.message_signs import address_in, first_fields, parts_shown
from liju_contact.mail.reading.part import Part
from liju_contact.mail.reading.returned_mail import original_ids, returned_values


def find_complaint(part: Part) -> Complaint | None:
    report = next((leaf for leaf in parts_shown(part) if leaf.media_type in FEEDBACK), None)
    if report is not None and report is not part:
        return _arf_complaint(part, report)
    return _outlook_complaint(part)


def is_outlook_complaint(fields: Mapping[str, str]) -> bool:
    is_outlook = address_in(fields.get("from", "")).lower() == "staff@hotmail.com"
    return is_outlook and fields.get("subject", "").lower().startswith("complaint about message from")


def _arf_complaint(part: Part, report: Part) -> Complaint:
    fields = list(report_fields(part_text(report)))
    named = [address_in(value) for name, value in fields if name in {"original-rcpt-to", "removal-recipient"}]
    kind = next((value.strip().lower() for name, value in fields if name == "feedback-type"), "")
    return Complaint(
        feedback_type=kind or "abuse",
        original_ids=original_ids(part),
        recipients=_known(named) or _addressees(part),
    )


def _outlook_complaint(part: Part) -> Complaint | None:
    if not is_outlook_complaint(first_fields(part)):
        return None
    named = [address_in(value) for value in returned_values(part, "X-HmXmrOriginalRecipient")]
    recipients = _known(named) or _addressees(part)
    return Complaint(feedback_type="abuse", original_ids=original_ids(part), recipients=recipients)


def _addressees(part: Part) -> tuple[str, ...]:
    """Return whom the mail complained about was addressed to; reports often say it nowhere else."""
    return _known([address_in(value) for value in returned_values(part, "To")])


def _known(addresses: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for address in addresses if "@" in address))
