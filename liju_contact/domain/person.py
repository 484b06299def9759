"""Who works at the staff desk and what they may do there.

A role gives actions, product lines narrow what is seen. Every route of the desk names one action; the table below is
the whole of the law, and a test walks it. Who answers by mail is ``catalogue.Staff``; somebody with an account is both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    AGENT = "agent"
    READER = "reader"


class Action(StrEnum):
    """What a route of the desk lets somebody do."""

    READ = "read"  # inquiries, their files, and the original of a mail; but for mails as source or file: they hold keys
    KEEP_OWN = "keep own"  # one's own account, sessions, views, watching: what concerns nobody else
    INSIGHT = "insight"
    ANSWER = "answer"  # to the customer, with drafts and previews
    NOTE = "note"
    CHANGE = "change"  # state, assignee, priority, tags, due date, spam; one inquiry or many
    ARRANGE = "arrange"  # merge, split, move messages, and take that back
    DECIDE_MAIL = "decide mail"  # held mail, letters that failed, a customer's address
    TAKE_REFUSED = "take refused"  # what the public doors turned away
    EXPORT = "export"
    SHARE = "share"  # views and canned replies for everybody
    ADMINISTER = "administer"  # accounts of others


_READER = frozenset({Action.READ, Action.KEEP_OWN, Action.INSIGHT})
_AGENT = _READER | {
    Action.ANSWER,
    Action.NOTE,
    Action.CHANGE,
    Action.ARRANGE,
    Action.DECIDE_MAIL,
    Action.TAKE_REFUSED,
    Action.EXPORT,
    Action.SHARE,
}
ACTIONS_OF: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {Role.READER: _READER, Role.AGENT: frozenset(_AGENT), Role.ADMINISTRATOR: frozenset(Action)}
)

NAME_LIMIT = 100  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. Without ``product_lines`` they serve all of them.

    ``language`` is the one they chose for the desk, None to follow their browser. ``address`` is unfolded, as they
    spell it, and is what ``inquiry.assignee`` holds.
    """

    id: int
    address: str
    name: str
    role: Role
    product_lines: frozenset[str] = frozenset()
    language: str | None = None

    @property
    def reach(self) -> tuple[Role, frozenset[str]]:
        """What they may do, and with which inquiries: what was made for one reach is not theirs with another."""
        return self.role, self.product_lines

    def may(self, action: Action) -> bool:
        return action in ACTIONS_OF[self.role]

    def serves(self, product: str, assignee: str | None) -> bool:
        """Tell whether an inquiry is theirs to see.

        One without a product line (by mail) is everybody's until it has one; what is assigned to them is theirs.
        """
        is_theirs = assignee is not None and assignee.casefold() == self.address.casefold()
        return not self.product_lines or not product or product in self.product_lines or is_theirs
