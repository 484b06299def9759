"""The page of an inquiry: reading it, answering and noting, and what the page asks for in the background.

What changes the inquiry itself is ``inquiry_changes``; how the page looks, also after a form came back, is
``sheet_page``.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.change import StaleChange
from liju_contact.domain.errors import FilesGone, NotFound, StoreBusy
from liju_contact.domain.keys import FormToken
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.person import Action
from liju_contact.domain.text import clean_text
from liju_contact.usecases.answer_at_desk import (
    ANSWER,
    NOTE,
    Answered,
    DeskAnswer,
    SpokenMeanwhile,
    answer_at_desk,
    note_at_desk,
)
from liju_contact.usecases.attend_inquiry import attend_inquiry, keep_what_was_typed
from liju_contact.usecases.canned_replies import fill_reply
from liju_contact.usecases.inquiry_sheet import Nearby
from liju_contact.usecases.preview_answer import preview_answer, previewed_letter
from liju_contact.web.form_token import read_sent_token
from liju_contact.web.inquiry import UNACCEPTABLE, UNAVAILABLE
from liju_contact.web.notices import busy_notice, stale_notice
from liju_contact.web.post_office import LETTER_OPENING, LETTER_POLICY
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs
from liju_contact.web.staff.sheet_page import (
    CONFLICT,
    OK,
    Pending,
    Written,
    fault_in,
    number_in,
    path_of,
    read_written,
    sheet_page,
)
from liju_contact.web.turned_away import current_caller
from liju_contact.web.uploads import Uploads, kept_before, take_uploads, without_gone

bp = desk_blueprint("staff_inquiry", __name__, prefix="/staff/inquiry/<reference>")
_KINDS = frozenset({ANSWER, NOTE})


@bp.get("")
@needs(Action.READ)
def show(reference: str) -> Response:
    return sheet_page(reference)


@bp.get("/answer")
@bp.get("/note")
@needs(Action.READ)
def back(reference: str) -> BaseResponse:
    """Lead from the address of a form that came back to the page it belongs to."""
    return redirect(path_of(reference), 303)


@bp.post("/answer")
@needs(Action.ANSWER)
def answer(reference: str) -> ResponseReturnValue:
    written, uploads = read_written(ANSWER), kept_before(current_deps())
    try:
        uploads = take_uploads(current_deps(), current_caller(current_deps()))
        return _answer(reference, written, uploads)
    except SpokenMeanwhile as error:
        return sheet_page(reference, CONFLICT, written=written, uploads=uploads, spoken=error.messages, is_fresh=True)
    except StaleChange as error:
        pending = Pending(path="", fields=(), meanwhile=error.meanwhile)
        return sheet_page(reference, CONFLICT, written=written, uploads=uploads, pending=pending, is_fresh=True)
    except FilesGone as error:
        return sheet_page(reference, UNACCEPTABLE, written=written, uploads=without_gone(uploads, error.names))
    except StoreBusy as error:
        return sheet_page(reference, UNAVAILABLE, written=written, uploads=uploads, notice=busy_notice(error))


@bp.post("/note")
@needs(Action.NOTE)
def note(reference: str) -> ResponseReturnValue:
    deps, written = current_deps(), read_written(NOTE)
    token, fault = read_sent_token(deps), fault_in(written)
    if token is None or fault:
        notice = "" if token else stale_notice()
        return sheet_page(reference, UNACCEPTABLE, written=written, fault=fault, notice=notice)
    try:
        note_at_desk(deps, current_person(), reference, body=written.body, nonce=token.nonce, now=deps.now())
    except StoreBusy as error:
        return sheet_page(reference, UNAVAILABLE, written=written, notice=busy_notice(error))
    return redirect(f"{path_of(reference)}?said=noted", 303)


@bp.get("/preview/<digest>")
@needs(Action.ANSWER)
def previewed(reference: str, digest: str) -> Response:
    """Serve the letter alone, under a policy that runs and loads nothing, for the sandboxed frame of the page."""
    letter = previewed_letter(current_deps(), current_person(), reference, digest)
    response = Response(LETTER_OPENING + letter, mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    # A sandboxed page with an opener policy is a network error in browsers, also when it is opened by itself.
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@bp.get("/reply/<int(max=9223372036854775807):reply_id>")
@needs(Action.ANSWER)
def filled_reply(reference: str, reply_id: int) -> Response:
    """Return a canned reply as text, for the script that puts it where the writer is."""
    return Response(fill_reply(current_deps(), current_person(), reference, reply_id), mimetype="text/plain")


@bp.post("/presence")
@needs(Action.READ)
def presence(reference: str) -> Response:
    deps = current_deps()
    is_typing = request.form.get("typed") == "1"
    around = attend_inquiry(deps, current_person(), reference, is_typing=is_typing, now=deps.now())
    return jsonify(
        nearby=[_nearby_sentence(one) for one in around.nearby],
        version=around.version,
        newest=around.newest_message_id,
    )


@bp.post("/draft")
@needs(Action.ANSWER)
def draft(reference: str) -> ResponseReturnValue:
    deps, kind = current_deps(), request.form.get("kind", "")
    body = clean_text(request.form.get("body", ""))
    if kind not in _KINDS or len(body) > 2 * BODY_LIMIT:
        return "", UNACCEPTABLE
    version = number_in(request.form.get("version", ""))
    kept = keep_what_was_typed(
        deps,
        current_person(),
        reference,
        kind=kind,
        body=body,
        version=version,
        known=request.form.get("known"),
        now=deps.now(),
    )
    return jsonify(stamp=kept.stamp, other=kept.other), OK if kept.other is None else CONFLICT


def _answer(reference: str, written: Written, uploads: Uploads) -> ResponseReturnValue:
    """Do what the pressed button says."""
    step = request.form.get("step", "send")
    if step == "insert":
        return _with_reply(reference, written, uploads)
    if step == "edit":
        return sheet_page(reference, written=written, uploads=uploads)
    token, fault = read_sent_token(current_deps()), fault_in(written, uploads.files)
    if token is None or fault or uploads.errors:
        notice = "" if token else stale_notice()
        return sheet_page(reference, UNACCEPTABLE, written=written, uploads=uploads, fault=fault, notice=notice)
    if step == "preview":
        return _previewing(reference, written, uploads)
    answered = _send(reference, written, uploads, token)
    ids = ",".join(map(str, answered.event_ids))
    return redirect(f"{path_of(reference)}?said=answered{f'&did={ids}' if ids else ''}", 303)


def _send(reference: str, written: Written, uploads: Uploads, token: FormToken) -> Answered:
    deps = current_deps()
    new = DeskAnswer(
        body=written.body,
        files=uploads.files,
        nonce=token.nonce,
        seen_message_id=written.seen,
        version=written.version,
        closes=written.closes,
        takes=written.takes,
    )
    return answer_at_desk(deps, current_person(), reference, new, now=deps.now())


def _previewing(reference: str, written: Written, uploads: Uploads) -> Response:
    deps = current_deps()
    preview = preview_answer(
        deps,
        current_person(),
        reference,
        body=written.body,
        files=uploads.files,
        version=written.version,
        now=deps.now(),
    )
    return sheet_page(reference, written=written, uploads=uploads, preview=preview)


def _with_reply(reference: str, written: Written, uploads: Uploads) -> Response:
    """Bring the form back with a canned reply below what was typed; nothing is sent."""
    try:
        text = fill_reply(current_deps(), current_person(), reference, number_in(request.form.get("reply", "")))
    except NotFound:
        text = ""
    body = f"{written.body}\n\n{text}".strip()
    return sheet_page(reference, written=replace(written, body=body), uploads=uploads)


def _nearby_sentence(one: Nearby) -> str:
    sentence = _("%(name)s is writing here.") if one.is_typing else _("%(name)s is here too.")
    return sentence % {"name": one.name}
