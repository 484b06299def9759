"""``/staff/privacy``: what is held on an address, asked for by one administrator and agreed to by another one."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.errors import Conflict, Unfit
from liju_contact.domain.person import Action
from liju_contact.domain.privacy import RequestKind, Step
from liju_contact.domain.text import clean_line
from liju_contact.usecases.erase_address import look_up_address
from liju_contact.usecases.privacy_requests import ask, consent, decline, fetch_export, show_privacy_desk
from liju_contact.web.download import as_download
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk

_PAGE = "/staff/privacy"
_LONGEST_ADDRESS = 254
_LONGEST_ID = 9223372036854775807  # what a BIGINT column can be asked for
_SEE_OTHER, _UNACCEPTABLE, _CONFLICT = 303, 422, 409
bp = desk_blueprint("privacy_desk", __name__, prefix=_PAGE)


@bp.get("")
@needs(Action.ADMINISTER)
def show() -> str:
    return _page()


@bp.post("/look")
@needs(Action.ADMINISTER)
def look() -> ResponseReturnValue:
    """Show what is held on an address. By POST, so that the address stands in no log and in no browser's history."""
    address = _typed()
    if address is None:
        return _refused(_not_an_address())
    deps = current_deps()
    return _page(address=address, held=look_up_address(deps, address, now=deps.now()))


@bp.post("/ask")
@needs(Action.ADMINISTER)
def send_request() -> ResponseReturnValue:
    address, deps = _typed(), current_deps()
    kind = next((known for known in RequestKind if known == request.form.get("kind")), None)
    if address is None or kind is None:
        return _refused(_not_an_address())
    try:
        ask(deps, current_person(), kind, address, now=deps.now())
    except Unfit:
        return _refused(_("This is an address of our own people. What they wrote to customers is not erased this way."))
    return _back("asked")


@bp.post(f"/<int(max={_LONGEST_ID}):request_id>/agree")
@needs(Action.ADMINISTER)
def send_consent(request_id: int) -> ResponseReturnValue:
    deps = current_deps()
    try:
        consent(deps, current_person(), request_id, now=deps.now())
    except Conflict:
        return make_response(_page(error=_("This request is too old. Please ask once more.")), _CONFLICT)
    return _back("agreed")


@bp.post(f"/<int(max={_LONGEST_ID}):request_id>/decline")
@needs(Action.ADMINISTER)
def send_refusal(request_id: int) -> ResponseReturnValue:
    deps = current_deps()
    decline(deps, current_person(), request_id, now=deps.now())
    return _back("declined")


@bp.get(f"/<int(max={_LONGEST_ID}):request_id>/held.zip")
@needs(Action.ADMINISTER)
def download(request_id: int) -> Response:
    return as_download(fetch_export(current_deps(), current_person(), request_id))


def _page(address: str = "", held: Any = None, error: str | None = None) -> str:
    deps = current_deps()
    said = _SAID[key]() if (key := request.args.get("said", "")) in _SAID else ""
    return render_desk(
        "staff/privacy.html",
        room="privacy",
        desk=show_privacy_desk(deps, current_person()),
        days=deps.settings.retention.request_days,
        address=address,
        held=held,
        error=error,
        said=said,
        step_words={step.value: words() for step, words in _STEPS.items()},
        count_words={name: words() for name, words in _COUNTS.items()},
    )


def _typed() -> str | None:
    typed = clean_line(request.form.get("address", ""))[:_LONGEST_ADDRESS].strip()
    try:
        validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return typed


def _refused(error: str) -> Response:
    typed = clean_line(request.form.get("address", ""))[:_LONGEST_ADDRESS]
    return make_response(_page(address=typed, error=error), _UNACCEPTABLE)


def _back(said: str) -> BaseResponse:
    return redirect(f"{_PAGE}?said={said}", _SEE_OTHER)


def _not_an_address() -> str:
    return _("Please type an e-mail address in full.")


_SAID: dict[str, Any] = {
    "asked": lambda: _("It is asked for. Another administrator has to agree."),
    "agreed": lambda: _("It is agreed. The program does it within a minute."),
    "declined": lambda: _("The request is gone."),
}
_STEPS: dict[Step, Any] = {
    Step.EXPORT_ASKED: lambda: _("A copy was asked for"),
    Step.ERASURE_ASKED: lambda: _("An erasure was asked for"),
    Step.AGREED: lambda: _("A second person agreed"),
    Step.DECLINED: lambda: _("A request was declined"),
    Step.EXPIRED: lambda: _("Nobody agreed in time"),
    Step.EXPORTED: lambda: _("A copy was made"),
    Step.ERASED: lambda: _("Erased"),
    Step.ERASED_AGAIN: lambda: _("Erased once more, after a backup was restored"),
}
_COUNTS: dict[str, Any] = {
    "inquiries": lambda: _("Inquiries"),
    "messages": lambda: _("Messages"),
    "notes": lambda: _("Notes"),
    "events": lambda: _("Lines of timelines"),
    "letters": lambda: _("Letters"),
    "deliveries": lambda: _("Deliveries"),
    "mails": lambda: _("Received mails"),
    "mentions": lambda: _("Places where others name the address"),
    "mails_struck": lambda: _("Mails of others with the address struck out"),
    "waiting": lambda: _("Mails that wait for a decision and name the address"),
}
