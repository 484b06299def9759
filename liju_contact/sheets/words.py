"""The heads of columns and the words of codes in an export, marked for translation."""

from __future__ import annotations

from liju_contact.domain.inquiry import InquiryState
from liju_contact.domain.priority import Priority


def _(message: str) -> str:
    """Mark a text for the catalogues; it is translated when a file is written."""
    return message


STATES = {
    InquiryState.RECEIVED.value: _("New"),
    InquiryState.OPEN.value: _("Open"),
    InquiryState.ANSWERED.value: _("Answered"),
    InquiryState.CLOSED.value: _("Closed"),
    InquiryState.SPAM.value: _("Spam"),
    InquiryState.MERGED.value: _("Merged"),
}
PRIORITIES = {
    Priority.LOW.value: _("Low"),
    Priority.NORMAL.value: _("Normal"),
    Priority.HIGH.value: _("High"),
    Priority.URGENT.value: _("Urgent"),
}
SHEET_NAME = _("Inquiries")
REFERENCE = _("Reference")
STATE = _("State")
PRIORITY = _("Priority")
RECEIVED = _("Received (%(zone)s)")
ANSWER_DUE = _("Answer promised (%(zone)s)")
DUE = _("Due (%(zone)s)")
FIRST_ANSWERED = _("First answered (%(zone)s)")
CHANGED = _("Changed (%(zone)s)")
NAME = _("Name")
EMAIL = _("E-mail")
COMPANY = _("Company")
PHONE = _("Phone")
COUNTRY = _("Country")
LANGUAGE = _("Language")
PRODUCT = _("Product line")
TOPIC = _("Topic")
TEAM = _("Team")
ASSIGNEE = _("With")
TAGS = _("Tags")
FILES = _("Files")
MESSAGE = _("Newest message (beginning)")
YES = _("Yes")
