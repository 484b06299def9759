"""The page in place of a file with a virus: what was found, and a button for who wants the file all the same."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import Withheld
from liju_contact.web.staff.desk import render_desk

STATUS = 451


def withheld_page(withheld: Withheld, *, back: str) -> ResponseReturnValue:
    """``back`` is the path of the page that the file belongs to. The button sends to where the file was asked for."""
    page = render_desk("staff/withheld.html", name=withheld.name, signature=withheld.signature, back=back)
    return page, STATUS
