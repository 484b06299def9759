"""What the head of a mail tells the learner beside its text: people answer, programs that send to thousands do not.

Each word begins with a plus. That a list passed a mail on says nothing here: lists carry people's mail and advertising.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from liju_contact.domain.inbound_mail import InboundMail, Mailbox
from liju_contact.domain.inquiry import fold_address

_MOST_FAULTS = 2
_MANY, _SOME = 5, 2
_MOST_BITS = 6
_LONGEST_NAME, _LONGEST_SUBJECT = 200, 400
_LONGEST_SHAPE = 8
_MOST_DIGITS = 5
_LETTERS_TO_TELL, _FEW_VOWELS = 6, 0.2
_SHOUTED, _TITLED = 0.7, 0.8
_STEP, _MOST_STEPS = 10, 8
_WORD = re.compile("[a-z]{3,}")
_VOWEL = re.compile("[aeiouy]")
_ANSWERS = re.compile(r"(?:re|aw|sv|回复|答复)\s*[:：]", re.IGNORECASE)  # the colon of Chinese mail
_FORWARDED = re.compile(r"(?:fwd?|转发)\s*[:：]", re.IGNORECASE)  # as above
_PADDED = re.compile(r"\s{4}\S{1,40}\s*$")
_ENDS_WITH_NUMBER = re.compile(r"[a-z]\d|\d{3}")


def mail_words(mail: InboundMail) -> frozenset[str]:
    """Return how a mail is made, as words of the learner."""
    sender = mail.sender or Mailbox(name="", address="")
    said = (
        *_made(mail),
        *_from_words(sender),
        *_to_words(mail, fold_address(sender.address)),
        *_subject_words(mail.subject[:_LONGEST_SUBJECT], is_answer=bool(mail.references)),
        *mail.making,
    )
    return frozenset(f"+{' '.join(word.split())}" for word in said)


def _made(mail: InboundMail) -> Iterator[str]:
    said = {
        "answers": bool(mail.references),
        "folded": bool(mail.folded.strip()),
        "no date": mail.date is None,
        "no id": not mail.message_id,
        f"faults {min(_MOST_FAULTS, len(mail.faults))}": bool(mail.faults),
        "files": bool(mail.files),
    }
    return (word for word, is_said in said.items() if is_said)


def _from_words(sender: Mailbox) -> Iterator[str]:
    name, local = sender.name[:_LONGEST_NAME], sender.address.rpartition("@")[0].lower()
    shape = re.sub("[a-z]+", "a", re.sub("[0-9]+", "0", local))
    yield f"fa:{shape[:_LONGEST_SHAPE]}"
    yield f"fl:{_bits(len(local))}"
    yield f"fd:{min(_MOST_DIGITS, sum(map(str.isdigit, local)))}"
    letters = re.sub("[^a-z]", "", local)
    if len(letters) >= _LETTERS_TO_TELL and len(_VOWEL.findall(letters)) < _FEW_VOWELS * len(letters):
        yield "fa:no vowels"
    if not name:
        yield "fn:none"
        return
    said = {
        f"fn:{min(len(name.split()), 3)}": True,
        "fn:@": "@" in name,
        "fn:digits": any(map(str.isdigit, name)),
        "fn:odd": re.search(r"[!$%*&]", name) is not None,
        "fn:upper": name.isupper(),
        "fn:lower": name.islower(),
        "fn:not ascii": not name.isascii(),
        "fn:in address": _is_in_address(name.lower(), sender.address.lower()),
    }
    yield from (word for word, is_said in said.items() if is_said)


def _is_in_address(name: str, address: str) -> bool:
    return any(word in address for word in _WORD.findall(name)) or any(
        word in name for word in _WORD.findall(address.rpartition("@")[0])
    )


def _to_words(mail: InboundMail, sender: str) -> Iterator[str]:
    to = [fold_address(address) for address in mail.to]
    answered = [fold_address(other.address) for other in mail.reply_to]
    domain = sender.rpartition("@")[2]
    locals_ = [address[:_SOME] for address in to]
    alike = sum(one == other for one, other in pairwise(locals_))
    said = {
        f"to:{_bits(len(to))}": True,
        f"all:{_bits(len(mail.recipients))}": True,
        "to many": len(to) >= _MANY,
        "to themselves": sender in to,
        "to own domain": bool(to) and to[0].rpartition("@")[2] == domain and to[0] != sender,
        "to alike": len(to) > _SOME and alike >= len(to) / _SOME,
        "answer same": sender in answered,
        "answer near": any(address.rpartition("@")[2] == domain for address in answered),
        "answer elsewhere": bool(answered) and sender not in answered,
    }
    return (word for word, is_said in said.items() if is_said)


def _subject_words(subject: str, *, is_answer: bool) -> Iterator[str]:
    letters, words = [sign for sign in subject if sign.isalpha()], subject.split()
    is_with = "with" if is_answer else "without"
    said = {
        f"re {is_with}": _ANSWERS.match(subject) is not None,
        "forwarded": _FORWARDED.match(subject) is not None,
        "s:padded": _PADDED.search(subject) is not None,
        "s:ends number": _ENDS_WITH_NUMBER.search(subject[-12:]) is not None,
        "s:upper": bool(letters) and sum(map(str.isupper, letters)) > _SHOUTED * len(letters),
        "s:title": len(words) > _SOME and sum(word[:1].isupper() for word in words) >= _TITLED * len(words),
        "s:none": not words,
        f"s:len {min(_MOST_STEPS, len(subject) // _STEP)}": True,
        **{f"s:{sign}": sign in subject for sign in "!?$%"},
    }
    return (word for word, is_said in said.items() if is_said)


def _bits(count: int) -> int:
    return min(_MOST_BITS, count.bit_length())
