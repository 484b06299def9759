"""Staff look after received mail: what waits and why; and judge stored mail again after the rules have changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from liju_contact.domain.errors import NotFound
from liju_contact.domain.inbound import HoldReason, InboundState, Verdict
from liju_contact.domain.inbound_mail import InboundMail
from liju_contact.domain.verdict import judge
from liju_contact.store.files import chunks
from liju_contact.store.inbound import TakenInbound, get_taken
from liju_contact.store.inbound_lines import InboundLine, find_inbound, ids_of_inbound, page_of_inbound, wait_again
from liju_contact.store.messages import body_of, change_body
from liju_contact.usecases.apply_mail import Incoming
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.mail_reader import MailReader, Unreadable
from liju_contact.usecases.read_mail import read_stored
from liju_contact.usecases.weigh_mail import weigh_mail

_PAGE = 200
# Not the rules decided about these, but the moment they came in; judging them again would let them all in.
_OF_THEIR_MOMENT = frozenset({HoldReason.LATE_ANSWER, HoldReason.TOO_MANY})
_AT_REST = frozenset({InboundState.HELD, InboundState.PARKED, InboundState.NOTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What judging a stored mail again would change. A verdict of None stands for a mail that cannot be read."""

    inbound_id: int
    before: Verdict | None
    after: Verdict | None
    rule: str
    text_differs: bool

    @property
    def verdict_differs(self) -> bool:
        return self.before is not self.after


def list_inbound(deps: Deps, *, states: Sequence[InboundState], limit: int) -> list[InboundLine]:
    """Return received mails in any of ``states``, newest first."""
    with deps.db.read() as tx:
        return page_of_inbound(tx, states=states, limit=limit)


def raw_mail(deps: Deps, inbound_id: int) -> bytes:
    """Return a mail as it was received, byte by byte. Raises ``NotFound``."""
    with deps.db.read() as tx:
        taken = get_taken(tx, inbound_id)
        if taken is None:
            raise NotFound(f"There is no mail {inbound_id}.")
        return b"".join(chunks(tx, taken.blob_id))


def replay_mail(deps: Deps, reader: MailReader, *, is_dry: bool, now: datetime) -> Iterator[Difference]:
    """Judge every stored mail again and yield what differs, oldest first.

    Unless ``is_dry``, a mail that was held, parked or noted and is something else now waits to be judged anew, and a
    message shows the text that today's rules find. What was applied stays applied.
    """
    after_id = 0
    while ids := _page(deps, after_id):
        for inbound_id in ids:
            difference = _replay_one(deps, reader, inbound_id, is_dry=is_dry, now=now)
            if difference is not None:
                yield difference
        after_id = ids[-1]


def _page(deps: Deps, after_id: int) -> list[int]:
    with deps.db.read() as tx:
        return ids_of_inbound(tx, after_id=after_id, limit=_PAGE)


def _replay_one(deps: Deps, reader: MailReader, inbound_id: int, *, is_dry: bool, now: datetime) -> Difference | None:
    with deps.db.read() as tx:
        line, taken = find_inbound(tx, inbound_id), get_taken(tx, inbound_id)
    if line is None or taken is None or line.state in {InboundState.WAITING, InboundState.DISCARDED}:
        return None
    mail = read_stored(deps, reader, taken)
    with deps.db.begin() as tx:
        if find_inbound(tx, inbound_id, for_update=True) != line:  # somebody decided while it was read, and that stands
            return None
        if isinstance(mail, Unreadable):
            judged, rule, new_body = None, mail.words, None
        else:
            weighed = weigh_mail(deps, tx, mail, taken.envelope, now=now, is_replay=True)
            judgement = judge(weighed.evidence)
            judged, rule = judgement.verdict, judgement.rule
            new_body = _other_body(body_of(tx, line.message_id), line, taken, mail) if line.message_id else None
        is_settled = bool(line.decided_by) or line.reason in _OF_THEIR_MOMENT
        differs = judged is not line.verdict and not is_settled
        if not differs and new_body is None:
            return None
        if not is_dry and differs and line.state in _AT_REST:
            wait_again(tx, inbound_id, now)
        if not is_dry and new_body is not None and line.message_id:
            change_body(tx, line.message_id, new_body)
    return Difference(
        inbound_id=inbound_id,
        before=line.verdict,
        after=judged if differs else line.verdict,
        rule=rule,
        text_differs=new_body is not None,
    )


def _other_body(body: str, line: InboundLine, taken: TakenInbound, mail: InboundMail) -> str | None:
    """Return what today's rules show of a mail where that is not what its message shows."""
    incoming = Incoming(inbound_id=taken.id, sha256=taken.sha256, envelope=taken.envelope, mail=mail, files=())
    match line.verdict:
        case Verdict.ANSWER:
            shown = incoming.told.text
        case Verdict.STRANGER:
            shown = incoming.opening
        case _:
            shown = incoming.body
    return shown if shown != body else None
