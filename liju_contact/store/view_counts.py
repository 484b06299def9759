"""How many inquiries each ready view holds: counted by the worker, read by the pages.

What is counted is what somebody has to do something about; nobody needs to know how many are closed, and counting them
would read the whole table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from liju_contact.domain.inquiry import InquiryState, fold_address
from liju_contact.domain.inquiry_list import STATES_OF, View
from liju_contact.domain.person import Person
from liju_contact.store.desk_tables import ViewCountRow
from liju_contact.store.tables import InquiryRow

EVERYBODY = ""
COUNTED = (View.NEEDS_ANSWER, View.MINE, View.UNASSIGNED, View.WAITING, View.MAIL_TROUBLE, View.SPAM)
_STATES = sorted({state.value for view in COUNTED if view is not View.MAIL_TROUBLE for state in STATES_OF[view]})
_BY_STATE = (
    select(InquiryRow.state, InquiryRow.product, InquiryRow.assignee, func.count())
    .where(InquiryRow.state.in_(_STATES))
    .group_by(InquiryRow.state, InquiryRow.product, InquiryRow.assignee)
)
_IN_TROUBLE = (
    select(InquiryRow.product, func.count())
    .where(
        InquiryRow.has_mail_trouble,
        InquiryRow.state.in_(sorted(state.value for state in STATES_OF[View.MAIL_TROUBLE])),
    )
    .group_by(InquiryRow.product)
)
_ADD = insert(ViewCountRow)
_FORGET = delete(ViewCountRow)
OF_PERSON = select(ViewCountRow.view, ViewCountRow.product, ViewCountRow.subject, ViewCountRow.row_count).where(
    ViewCountRow.subject.in_([EVERYBODY, bindparam("subject")])
)


Counts = Counter[tuple[View, str, str]]
"""By view, product line, and whose view it is."""


def count_views(tx: Connection) -> Counts:
    """Count anew, per product line and per assignee."""
    counts: Counts = Counter()
    for state, product, assignee, count in tx.execute(_BY_STATE):
        for view in _views_with(InquiryState(state), assignee):
            counts[view, product, fold_address(assignee or "") if view is View.MINE else EVERYBODY] += count
    for product, count in tx.execute(_IN_TROUBLE):
        counts[View.MAIL_TROUBLE, product, EVERYBODY] += count
    return counts


def put_counts(tx: Connection, counts: Counts) -> None:
    """Keep these counts in place of those there were."""
    tx.execute(_FORGET)
    if counts:
        rows = [
            {"view": view.value, "product": product, "subject": subject, "row_count": count}
            for (view, product, subject), count in counts.items()
        ]
        tx.execute(_ADD, rows)


def counts_for(tx: Connection, person: Person) -> dict[View, int]:
    """Return how many inquiries ``person`` finds in each counted view."""
    return counts_in(tx.execute(OF_PERSON, subject_of(person)), person)


def subject_of(person: Person) -> dict[str, str]:
    """Return the values of ``OF_PERSON``."""
    return {"subject": fold_address(person.address)}


def counts_in(rows: Iterable[Any], person: Person) -> dict[View, int]:
    """Add up the rows of ``OF_PERSON``.

    What is assigned to somebody who does not serve its product line counts among their own only.
    """
    counts = dict.fromkeys(COUNTED, 0)
    for view, product, subject, count in rows:
        if subject != EVERYBODY or _is_served(product, person.product_lines):
            counts[View(view)] += count
    return counts


def _is_served(product: str, lines: Collection[str]) -> bool:
    return not lines or not product or product in lines


def _views_with(state: InquiryState, assignee: str | None) -> list[View]:
    views = [view for view in COUNTED if view is not View.MAIL_TROUBLE and state in STATES_OF[view]]
    return [view for view in views if _belongs(view, assignee)]


def _belongs(view: View, assignee: str | None) -> bool:
    if view is View.MINE:
        return assignee is not None
    return view is not View.UNASSIGNED or assignee is None
