"""``/find``: a customer who lost the link has it mailed. The answer is the same whatever is true."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import StoreBusy, TooOften
from liju_contact.domain.text import clean_line, is_blank
from liju_contact.usecases.find_inquiry import ask_for_links
from liju_contact.web.form_token import new_form_token, read_sent_token
from liju_contact.web.inquiry import RETRY_SECONDS, UNACCEPTABLE, UNAVAILABLE
from liju_contact.web.notices import busy_notice, stale_notice
from liju_contact.web.rendering import current_deps, current_language, render
from liju_contact.web.rendering import translated as _
from liju_contact.web.turned_away import TOO_MANY, come_again, current_caller

bp = Blueprint("find", __name__)
_TYPED_LIMIT = 254


@bp.get("/find")
def show_form() -> str:
    return _form("")


@bp.post("/find")
def send_form() -> ResponseReturnValue:
    deps = current_deps()
    typed = clean_line(request.form.get("typed", ""))[:_TYPED_LIMIT]
    if is_blank(typed):
        return _form(typed, error=_("Please type your reference or your e-mail address.")), UNACCEPTABLE
    if read_sent_token(deps) is None:
        return _form(typed, notice=stale_notice()), UNACCEPTABLE
    try:
        ask_for_links(deps, typed, language=current_language(), caller=current_caller(deps), now=deps.now())
    except TooOften as error:
        return _form(typed, error=come_again(error)), TOO_MANY, {"Retry-After": str(error.retry_seconds)}
    except StoreBusy as error:
        return _form(typed, notice=busy_notice(error)), UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)}
    return render("public/find_sent.html")


@bp.get("/link-sent")
def show_link_sent() -> str:
    """Say that a new link is on its way, to whoever asked for it on a status page; the old one opens that no more."""
    return render("public/link_sent.html")


def _form(typed: str, *, error: str | None = None, notice: str | None = None) -> str:
    token = new_form_token(current_deps())
    return render("public/find.html", token=token, typed=typed, error=error, notice=notice)
