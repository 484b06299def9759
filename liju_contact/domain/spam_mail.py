"""What the head of a mail tells the learner beside its text: people answer, programs that send to thousands do not."""

from __future__ import annotations

from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.inquiry import fold_address

_MOST_FAULTS = 2
_MANY = 5


def mail_words(mail: InboundMail) -> frozenset[str]:
    """Return how a mail is made, as words of the learner."""
    sender = fold_address(mail.sender.address) if mail.sender else ""
    answered = [fold_address(other.address) for other in mail.reply_to]
    said = {
        "+answers": bool(mail.references),
        "+list": mail.is_from_list,
        "+folded": bool(mail.folded.strip()),
        "+no date": mail.date is None,
        "+no id": not mail.message_id,
        f"+faults {min(_MOST_FAULTS, len(mail.faults))}": bool(mail.faults),
        "+files": bool(mail.files),
        "+no name": mail.sender is None or not mail.sender.name,
        "+answer elsewhere": bool(answered) and sender not in answered,
        "+to nobody": not mail.to,
        "+to many": len(mail.to) >= _MANY,
        "+to themselves": sender in map(fold_address, mail.to),
    }
    return frozenset(word for word, is_said in said.items() if is_said)
