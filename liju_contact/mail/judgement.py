"""Judge how an SMTP conversation ended: what the server said or what broke (``Answer``), and the ``Outcome`` it means.

The stage decides. A refusal is the letter's fault only from MAIL on: before it, the server knows nothing of the letter,
and a wrong password is the operator's to mend while the letters wait. What nobody has classified is temporary.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from typing import TYPE_CHECKING

from liju_contact.domain.delivery import Answer, Deferred, Delivered, Outcome, Refused, Stage, Unknown

if TYPE_CHECKING:
    from liju_contact.mail.conversation import MailServer

LONGEST_WORDS = 500

_LETTER_STAGES = frozenset({Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT})
# RFC 4954 section 6 and RFC 3207 section 4: the server wants a sign-in, or TLS, before it looks at any letter.
_ABOUT_THE_SIGN_IN = frozenset({530, 534, 535, 538})
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f]+")


def outcome_of(answer: Answer) -> Outcome:
    if answer.stage is Stage.ACCEPTED:
        return Delivered(answer)
    if _is_refusal(answer):
        return Refused(answer)
    if answer.stage is Stage.DOT and not is_reply(answer):
        return Unknown(answer)
    return Deferred(answer)


def is_reply(answer: Answer) -> bool:
    """Tell whether the server said no in proper form, so that both sides know where they are."""
    return 400 <= answer.code <= 599  # noqa: PLR2004 - RFC 5321 section 4.2.1: transient and permanent negative


def is_about_the_letter(answer: Answer) -> bool:
    return answer.stage in _LETTER_STAGES


def answer_of(fault: Exception, *, stage: Stage, server: MailServer) -> Answer:
    """Return the server's words if it gave any, else words that name the cause."""
    match fault:
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(fault.recipients.values()))
            return Answer(stage=stage, code=code, words=readable(words))
        case smtplib.SMTPResponseException():
            return Answer(stage=stage, code=fault.smtp_code, words=readable(fault.smtp_error))
        case _:
            return Answer(stage=stage, code=0, words=readable(_cause(fault, server)))


def readable(words: bytes | str) -> str:
    """Return the words as one line of text: UTF-8 where it is, nothing unprintable, not endless."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return _UNPRINTABLE.sub(" ", text).strip()[:LONGEST_WORDS]


def _is_refusal(answer: Answer) -> bool:
    is_permanent = 500 <= answer.code <= 599  # noqa: PLR2004 - RFC 5321 section 4.2.1: permanent negative completion
    return is_permanent and is_about_the_letter(answer) and answer.code not in _ABOUT_THE_SIGN_IN


def _cause(fault: Exception, server: MailServer) -> str:
    place = f"{server.host}:{server.port}"
    match _origin(fault):
        case ssl.SSLError() as origin:
            words = _tls_cause(origin, place)
        case socket.gaierror() as origin:
            words = f"The host name {server.host} was not found: {origin.strerror}"
        case ConnectionRefusedError():
            words = f"{place} refuses connections"
        case TimeoutError() as origin:
            words = f"{place} took too long: {origin}"
        case UnicodeError():
            # The error's own words would quote a character of the password.
            words = f"Host name, user name and password for {place} must be plain ASCII"
        case smtplib.SMTPServerDisconnected() | ConnectionError() as origin:
            words = f"{place} closed the connection: {origin}"
        case origin:
            words = f"{place}: {origin}"
    return words


def _origin(fault: Exception) -> BaseException:
    """Return what smtplib wrapped, for its own words for a lost connection are always the same."""
    if isinstance(fault, smtplib.SMTPServerDisconnected) and fault.__context__ is not None:
        return fault.__context__
    return fault


def _tls_cause(fault: ssl.SSLError, place: str) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"The certificate of {place} is not trusted: {fault.verify_message}"
    return f"No TLS connection with {place}: {fault.reason or fault}"
