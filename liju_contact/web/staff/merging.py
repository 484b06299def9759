"""The question before inquiries of different customers are merged, whether from the list or from one of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from liju_contact.usecases.merge_inquiries import Merging, OtherCustomers
from liju_contact.web.staff.desk import render_desk


def question_before_merging(merging: Merging, *, sent: Sequence[tuple[str, str]], back: str) -> str:
    """Ask on a page of its own; its form goes where it stands, with ``sent`` and the answer."""
    return render_desk("staff/merge.html", room="list", merging=merging, sent=sent, back=back, Others=OtherCustomers)


def other_customers() -> OtherCustomers | None:
    """Return what the form says becomes of other customers; None where it was not asked."""
    answer = request.form.get("others", "")
    return next((others for others in OtherCustomers if others.value == answer), None)
