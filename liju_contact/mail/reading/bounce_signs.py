"""Tell whether a mail looks like a report about another mail that did not arrive, before anybody searches it for more.

This runs on every mail, so what costs most is asked last, and only of mails that raised a suspicion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from liju_contact.mail.reading.bounce_subjects import BounceSubject, bounce_subject
from liju_contact.mail.reading.machine_text import all_text, texts_shown
from liju_contact.mail.reading.message_signs import (
    has_null_sender,
    is_from_daemon,
    is_from_postmaster,
    parts_shown,
    subject_of,
)
from liju_contact.mail.reading.part import Part
from liju_contact.mail.reading.vacation_subjects import is_vacation_subject

DELIVERY_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
READ_RECEIPT = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
FEEDBACK = frozenset({"message/feedback-report"})

_OPENING = 3000  # characters: a server says at once what happened
_MACHINE_WORDS = re.compile(
    r"""
    mail\ delivery\ (?:sub)?system | mail\ (?:system|server|program)\ at\b | qmail-send | delivery\ status\ notification
    | (?:not|n't)\ be\ delivered | (?:was|were)\ not\ delivered | (?:unable|failed)\ to\ deliver
    | deliver(?:y|ing)\ (?:to|of|has|your)[^.]{0,60}(?:fail|abort|delay)
    | undeliverable | undelivered | returned\ to\ (?:the\ )?sender | return(?:ed|ing)\ (?:your\ )?(?:mail|message)
    | did\ not\ (?:reach|receive) | permanent\ (?:fatal\ )?(?:error|failure) | not\ yet\ been\ delivered
    | user\ unknown | unknown\ user | no\ such\ user | mailbox\ (?:is\ )?(?:full|unavailable|not\ found)
    | (?:smtp|remote\ server)\ (?:error|returned|said) | transcript\ of\ session | recipients?\ (?:failed|rejected)
    | nicht\ zugestellt | unzustellbar | n'a\ pas\ pu\ être\ (?:remis|distribu)
    | no\ se\ (?:pudo|puede|ha\ podido)\ entregar
    | non\ (?:è\ stato\ )?(?:recapitat|consegnat) | не\ (?:было\ |может\ быть\ )?доставлен
    | 退信 | 被退回 | 无法(?:投递|送达|发送到) | 投递失败 | 未能送达 | 無法(?:投遞|送達|傳送|傳遞) | 投遞失敗
    | 配信(?:でき|不能) | 배달(?:되지|할)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PASTED_HEADER = re.compile(
    r"^[ \t>|]{0,8}(?:received|return-path|message-id|x-mailer)[ \t]?:", re.IGNORECASE | re.MULTILINE
)


def report_types(part: Part) -> set[str]:
    """Return the media types of the parts, without those of a mail inside: a report passed on is no report."""
    return {leaf.media_type for leaf in parts_shown(part)} if part.media_type.startswith("multipart/") else set()


def looks_like_bounce(part: Part, fields: Mapping[str, str]) -> bool:
    types = report_types(part)
    if types & DELIVERY_STATUS or "x-failed-recipients" in fields:
        return True
    subject = subject_of(fields)
    if types & FEEDBACK or is_vacation_subject(subject):
        return False
    if part.media_type == "multipart/report" and not types & READ_RECEIPT:
        return True
    return is_from_daemon(fields) or _has_bounce_words(part, fields, bounce_subject(subject))


def _has_bounce_words(part: Part, fields: Mapping[str, str], subject: BounceSubject) -> bool:
    if subject is BounceSubject.CERTAIN:
        return True
    is_machine = has_null_sender(fields) or is_from_postmaster(fields)
    if is_machine:
        return subject is BounceSubject.POSSIBLE or _speaks_as_machine(part)
    is_suspect = subject is BounceSubject.POSSIBLE or _says_it_is_automatic(fields)
    return is_suspect and _speaks_as_machine(part) and _returns_mail(part)


def _says_it_is_automatic(fields: Mapping[str, str]) -> bool:
    return fields.get("auto-submitted", "").strip().lower().startswith("auto-")


def _speaks_as_machine(part: Part) -> bool:
    return any(_MACHINE_WORDS.search(text[:_OPENING]) for text in islice(texts_shown(part), 1))


def _returns_mail(part: Part) -> bool:
    """Tell a server that returns a mail from a person who writes that one came back."""
    return "message/rfc822" in report_types(part) or _PASTED_HEADER.search(all_text(part)) is not None
