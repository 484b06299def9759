"""What the public doors turned away, at the desk: a list, and one click that takes what was a real person's.

What cannot go as it was typed comes back on the page of its entry, as the form it was, to be completed there.
"""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import Response, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from liju_contact.domain.errors import Conflict, NotFound
from liju_contact.domain.inquiry import NewInquiry
from liju_contact.domain.page_mark import TOP, read_mark
from liju_contact.domain.person import Action
from liju_contact.domain.public_door import PublicDoor
from liju_contact.usecases.tend_refused import (
    Refused,
    bring_back,
    fetch_refused_file,
    list_refused,
    remove_refused,
    show_refused,
    take_inquiry,
    take_message,
)
from liju_contact.web.download import as_download
from liju_contact.web.inquiry import UNACCEPTABLE, FieldError
from liju_contact.web.inquiry_form import InquiryForm, seen_notice
from liju_contact.web.rendering import current_deps, current_wording
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk
from liju_contact.web.staff.refused_words import door_word, said_of, sender_of, typed_lines, typed_words, why_lost
from liju_contact.web.staff.withheld import unless_withheld

bp = desk_blueprint("staff_refused", __name__, prefix="/staff/refused")
CONFLICT = 409
_LARGEST_ID = 2**63
_WORDS: dict[str, Any] = {
    "door": door_word,
    "why": why_lost,
    "lines": typed_lines,
    "words": typed_words,
    "sender": sender_of,
}


@bp.get("")
@needs(Action.READ)
def show() -> str:
    deps, person = current_deps(), current_person()
    page = list_refused(deps, person, before=read_mark(request.args.get("before", "")) or TOP, now=deps.now())
    done = _done()
    return render_desk(
        "staff/refused.html", room="refused", page=page, done=done, said=said_of(done) if done else "", **_WORDS
    )


@bp.get("/<int(max=9223372036854775807):refusal_id>")
@needs(Action.READ)
def show_one(refusal_id: int) -> ResponseReturnValue:
    refused = show_refused(current_deps(), current_person(), refusal_id)
    return _page(refused, _form_of(refused, completed=False), 200)


@bp.post("/<int(max=9223372036854775807):refusal_id>")
@needs(Action.TAKE_REFUSED)
def decide(refusal_id: int) -> ResponseReturnValue:
    deps, person, now = current_deps(), current_person(), current_deps().now()
    refused = show_refused(deps, person, refusal_id)
    try:
        match request.form.get("decision"):
            case "remove":
                remove_refused(deps, person, refusal_id, now=now)
            case "undo":
                bring_back(deps, person, refusal_id)
            case "take" if refused.entry.door is PublicDoor.INQUIRY:
                return _take(refused)
            case "take":
                take_message(deps, person, refusal_id, now=now)
            case _:
                raise NotFound("There is no such decision.")
    except Conflict:
        return _settled_meanwhile(refusal_id)
    return redirect(url_for(".show", done=refusal_id), 303)


@bp.get("/<int(max=9223372036854775807):refusal_id>/file/<int(max=99):position>/<name>")
@needs(Action.READ)
def download(refusal_id: int, position: int, name: str) -> ResponseReturnValue:  # noqa: ARG001  # for the save dialog
    return unless_withheld(
        lambda: as_download(fetch_refused_file(current_deps(), current_person(), refusal_id, position)),
        back=f"/staff/refused/{refusal_id}",
    )


@bp.post("/<int(max=9223372036854775807):refusal_id>/file/<int(max=99):position>/<name>")
@needs(Action.READ)
def download_at_own_risk(refusal_id: int, position: int, name: str) -> Response:  # noqa: ARG001  # as above
    found = fetch_refused_file(current_deps(), current_person(), refusal_id, position, at_own_risk=True)
    return as_download(found)


def _take(refused: Refused) -> ResponseReturnValue:
    """Submit what was typed, or show what has to be completed first."""
    deps, person = current_deps(), current_person()
    form = _form_of(refused, completed="completed" in request.form)
    if not form.validate():
        return _page(refused, form, UNACCEPTABLE)
    take_inquiry(deps, person, refused.entry.id, _new_inquiry(refused, form), now=deps.now())
    return redirect(url_for(".show", done=refused.entry.id), 303)


def _form_of(refused: Refused, *, completed: bool) -> InquiryForm:
    """Return the public form with what was typed, and what staff have completed in its place."""
    typed = {**refused.entry.typed, **(request.form.to_dict() if completed else {})}
    form_class = cast("type[InquiryForm]", current_app.extensions["liju_inquiry_form"])
    return form_class(formdata=MultiDict(typed))


def _new_inquiry(refused: Refused, form: InquiryForm) -> NewInquiry:
    entry, languages = refused.entry, current_deps().settings.web.languages
    return form.as_inquiry(
        nonce=entry.nonce or f"refusal-{entry.id}",
        language=entry.language if entry.language in languages else languages[0],
        details=form.read_details(_day_of(refused)),
        files=tuple(file.staged for file in refused.files),
        notice_version=seen_notice(entry.typed),
    )


def _day_of(refused: Refused) -> date:
    zone = current_deps().settings.company.working_hours.zone
    return refused.entry.happened_at.astimezone(zone).date()


def _page(refused: Refused, form: InquiryForm, status: int, *, notice: str = "") -> Response:
    settings = current_deps().settings
    faulty = [*form, *form.detail_inputs]
    context: dict[str, Any] = {
        "refused": refused,
        "form": form,
        "errors": [FieldError(field=field.id, text=str(text)) for field in faulty for text in field.errors[:1] if text],
        "notice": notice,
        "catalogue": settings.catalogue,
        "countries": current_wording().countries,
        "is_form": refused.entry.door is PublicDoor.INQUIRY and refused.is_open,
        "said": "" if refused.is_open else said_of(refused),
    }
    return make_response(render_desk("staff/refused_one.html", room="refused", **context, **_WORDS), status)


def _settled_meanwhile(refusal_id: int) -> ResponseReturnValue:
    """Show how an entry stands that somebody else has settled; a second click of one's own is no conflict."""
    refused = show_refused(current_deps(), current_person(), refusal_id)
    if refused.entry.settled_by.casefold() == current_person().address.casefold():
        return redirect(url_for(".show", done=refusal_id), 303)
    notice = _("Somebody else was faster, or it has come through by itself.")
    return _page(refused, _form_of(refused, completed="completed" in request.form), CONFLICT, notice=notice)


def _done() -> Refused | None:
    """Return the entry that was just decided about, for saying so."""
    refusal_id = request.args.get("done", type=int)
    if refusal_id is None or not 0 < refusal_id < _LARGEST_ID:
        return None
    try:
        return show_refused(current_deps(), current_person(), refusal_id)
    except NotFound:
        return None
