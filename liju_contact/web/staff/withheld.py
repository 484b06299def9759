"""The page in place of a file with a virus: what was found, and a button for who wants the file all the same."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import Withheld
from liju_contact.web.staff.desk import render_desk

STATUS = 451


def unless_withheld(answer: Callable[[], Response], *, back: str) -> ResponseReturnValue:
    """Hand a file out, or show why it is not; ``back`` is the path of the page that it belongs to."""
    try:
        return answer()
    except Withheld as withheld:
        return _withheld_page(withheld, back=back)


def _withheld_page(withheld: Withheld, *, back: str) -> ResponseReturnValue:
    """The button sends to where the file was asked for."""
    page = render_desk("staff/withheld.html", name=withheld.name, signature=withheld.signature, back=back)
    return page, STATUS
