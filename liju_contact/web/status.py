"""The status page: what became of an inquiry, and the customer's further messages.

Opened by the secret link alone (D7).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.errors import Conflict, FilesGone, StoreBusy, TooOften
from liju_contact.domain.errors import NotFound as OpensNothing
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.rating import Rating
from liju_contact.domain.refusal import RefusalReason, marks_of
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.close_inquiry import close_inquiry, reopen_inquiry
from liju_contact.usecases.correct_address import correct_address
from liju_contact.usecases.fetch_file import fetch_file
from liju_contact.usecases.keep_limits import Gate, count_wrong_key, gate_of
from liju_contact.usecases.limit_guesses import seconds_left
from liju_contact.usecases.note_visit import note_visit
from liju_contact.usecases.rate_inquiry import rate_inquiry
from liju_contact.usecases.renew_status_link import renew_link
from liju_contact.usecases.show_status import StatusPage, show_status
from liju_contact.web.download import as_download
from liju_contact.web.errors import error_page
from liju_contact.web.form_token import read_sent_token
from liju_contact.web.inquiry import RETRY_SECONDS, UNACCEPTABLE, UNAVAILABLE
from liju_contact.web.network import network_of
from liju_contact.web.notices import busy_notice, stale_notice
from liju_contact.web.rating_form import RatingForm
from liju_contact.web.rendering import asked_language, current_deps, use_language
from liju_contact.web.status_forms import AddressForm, MessageForm
from liju_contact.web.status_page import (
    changed_often_sentence,
    not_yet_sentence,
    often_sentence,
    status_page,
)
from liju_contact.web.turned_away import TOO_MANY, answered, come_again, current_caller, note, why_not_accepted
from liju_contact.web.uploads import Uploads, kept_before, kept_files, take_uploads, without_gone

bp = Blueprint("status", __name__, url_prefix="/inquiry/<reference>/<key>")
_NO_UPLOADS = Uploads(files=(), errors=())
_NOTED = ("/message", "/address", "/rating")
_NOT_FOUND, _CONFLICT = 404, 409
_DAY = timedelta(days=1)


@bp.errorhandler(OpensNothing)
def opens_nothing(_error: OpensNothing) -> Response:
    """Answer a link that opens nothing, and count it for its network."""
    deps = current_deps()
    try:
        count_wrong_key(deps, current_caller(deps), now=deps.now())
    except TooOften as error:
        return error_page(TOO_MANY, retry_seconds=error.retry_seconds)
    return error_page(_NOT_FOUND)


@bp.errorhandler(TooOften)
def too_often(error: TooOften) -> ResponseReturnValue:
    """Bring the page back with everything typed, whichever of its forms was sent too often."""
    deps, sent = current_deps(), request.form
    reference, key = (request.view_args or {}).get("reference", ""), (request.view_args or {}).get("key", "")
    door = PublicDoor(request.path.rpartition("/")[2]) if request.path.endswith(_NOTED) else PublicDoor.STATE
    uploads = take_uploads(deps, current_caller(deps)) if door is PublicDoor.MESSAGE else _NO_UPLOADS
    if door is not PublicDoor.STATE:
        note(door, RefusalReason.TOO_OFTEN, uploads, reference=reference)
    more: dict[str, Any] = {"kept_files": kept_files(deps, uploads.files), "file_errors": uploads.errors}
    more["address"] = AddressForm(formdata=sent if door is PublicDoor.ADDRESS else None)
    if door is PublicDoor.RATING:
        more["rating"] = RatingForm(formdata=sent)
    form = MessageForm(formdata=sent if door is PublicDoor.MESSAGE else None)
    body = status_page(_open(reference, key), form, notice=come_again(error), **more)
    return _answered(body, TOO_MANY, error.retry_seconds)


@bp.get("")
def show(reference: str, key: str) -> BaseResponse:
    page = _open(reference, key)
    if page.goes_on_at:
        return redirect(page.goes_on_at + _asked_language(), 303)
    if request.method == "GET" and not page.is_known_visit:  # HEAD shows nobody anything
        _note_visit(page)
    return make_response(status_page(page, MessageForm(formdata=None)))


@bp.post("/message")
def send_message(reference: str, key: str) -> ResponseReturnValue:
    deps = current_deps()
    page = _open(reference, key)
    form = MessageForm(formdata=request.form)
    token = read_sent_token(deps)
    uploads = kept_before(deps)
    try:
        uploads = take_uploads(deps, current_caller(deps))
        reason = form.why_not(deps, uploads)
        if token is None or reason:
            return _refused(page, form, uploads, reason or RefusalReason.BAD_TOKEN)
        nonce, gate = token.nonce, _gate(PublicDoor.MESSAGE, reference, body=form.text, nonce=token.nonce)
        files, now = uploads.files, deps.now()
        add_customer_message(deps, reference, key, body=form.text, files=files, nonce=nonce, now=now, gate=gate)
    except FilesGone as error:
        return _refused(page, form, without_gone(uploads, error.names), RefusalReason.FILES_GONE)
    except StoreBusy as error:
        return _again(page, form, uploads, notice=busy_notice(error), status=UNAVAILABLE)
    return redirect(page.status_path + _asked_language() + "#conversation", 303)


@bp.post("/close")
def close(reference: str, key: str) -> ResponseReturnValue:
    return _change(reference, key, close_inquiry)


@bp.post("/reopen")
def reopen(reference: str, key: str) -> ResponseReturnValue:
    return _change(reference, key, reopen_inquiry)


@bp.post("/address")
def give_address(reference: str, key: str) -> ResponseReturnValue:
    page = _open(reference, key)
    form = AddressForm(formdata=request.form)
    is_valid = form.validate()
    if reason := why_not_accepted(current_deps()):
        note(PublicDoor.ADDRESS, reason, reference=reference)
        return _address_again(page, form, notice=stale_notice())
    try:
        if is_valid and not _is_corrected(reference, key, form.email.data or ""):
            form.email.errors = [often_sentence()]
            note(PublicDoor.ADDRESS, RefusalReason.TOO_OFTEN, reference=reference)
            return _address_again(page, form, status=TOO_MANY)
    except StoreBusy as error:
        return _address_again(page, form, notice=busy_notice(error), status=UNAVAILABLE)
    return _back(page) if is_valid else _address_again(page, form)


@bp.post("/new-link")
def renew(reference: str, key: str) -> ResponseReturnValue:
    """Write a new link to the customer; whoever asks is led to a page that tells nothing about them."""
    deps = current_deps()
    page = _open(reference, key)
    if read_sent_token(deps) is None:
        return _again(page, MessageForm(formdata=None), _NO_UPLOADS, notice=stale_notice())
    try:
        if renew_link(deps, reference, key, now=deps.now()):
            return redirect("/link-sent" + _asked_language(), 303)
    except Conflict:
        return _back(page)
    except StoreBusy as error:
        return _again(page, MessageForm(formdata=None), _NO_UPLOADS, busy_notice(error), UNAVAILABLE)
    return _again(page, MessageForm(formdata=None), _NO_UPLOADS, changed_often_sentence(), TOO_MANY)


@bp.post("/rating")
def rate(reference: str, key: str) -> ResponseReturnValue:
    page = _open(reference, key)
    form = RatingForm(formdata=request.form)
    is_valid = form.validate()
    if reason := why_not_accepted(current_deps()):
        note(PublicDoor.RATING, reason, reference=reference)
        return _rating_again(page, form, stale_notice())
    if not is_valid:
        return _rating_again(page, form)
    try:
        if not _is_rated(reference, key, form.rating):
            return _rating_again(page, form, changed_often_sentence(), TOO_MANY)
    except Conflict:
        return _rating_again(page, form, not_yet_sentence(), _CONFLICT)
    except StoreBusy as error:
        return _rating_again(page, form, busy_notice(error), UNAVAILABLE)
    return redirect(page.status_path + _asked_language() + "#rating", 303)


@bp.get("/file/<int(max=9223372036854775807):file_id>/<name>")  # what a BIGINT column can be asked for
def download(reference: str, key: str, file_id: int, name: str) -> Response:  # noqa: ARG001  # for the browser's save dialog
    return as_download(fetch_file(current_deps(), reference, key, file_id))


def _change(reference: str, key: str, story: Callable[..., None]) -> ResponseReturnValue:
    """Have the inquiry closed or reopened by a form of ours, and show what came of it."""
    deps = current_deps()
    page = _open(reference, key)
    if read_sent_token(deps) is None:
        return _again(page, MessageForm(formdata=None), _NO_UPLOADS, notice=stale_notice())
    story(deps, reference, key, now=deps.now(), gate=_gate(PublicDoor.STATE, reference))
    return _back(page)


def _is_corrected(reference: str, key: str, email: str) -> bool:
    """Write to ``email`` from now on; False when it was done too often. Where letters arrive nothing is to be done."""
    deps = current_deps()
    try:
        gate = _gate(PublicDoor.ADDRESS, reference)
        return correct_address(deps, reference, key, email=email, now=deps.now(), gate=gate)
    except Conflict:
        return True


def _note_visit(page: StatusPage) -> None:
    deps = current_deps()
    network, browser = network_of(request.remote_addr), request.headers.get("User-Agent", "")
    note_visit(deps, page.reference, network=network, browser=browser, now=deps.now())


def _is_rated(reference: str, key: str, rating: Rating) -> bool:
    """Keep a rating; False when it was changed too often."""
    deps = current_deps()
    gate = _gate(PublicDoor.RATING, reference)
    is_kept = rate_inquiry(deps, reference, key, rating, now=deps.now(), gate=gate)
    if not is_kept:
        note(PublicDoor.RATING, RefusalReason.TOO_OFTEN, reference=reference)
    return is_kept


def _gate(door: PublicDoor, reference: str, *, body: str = "", nonce: str = "") -> Gate:
    """Return what lets something about an inquiry through, and settles earlier tries of a message."""
    deps = current_deps()
    marks = marks_of({"body": body}, nonce=nonce) if nonce else None
    return gate_of(deps, door, current_caller(deps), who=reference, marks=marks, now=deps.now())


def _back(page: StatusPage) -> BaseResponse:
    return redirect(page.status_path + _asked_language(), 303)


def _open(reference: str, key: str) -> StatusPage:
    """Return the page in the language a link asked for, else in that of the inquiry."""
    deps = current_deps()
    network = network_of(request.remote_addr)
    page = show_status(deps, reference, key, language=asked_language(), now=deps.now(), network=network)
    use_language(page.language)
    return page


def _again(
    page: StatusPage, form: MessageForm, uploads: Uploads, notice: str | None = None, status: int = UNACCEPTABLE
) -> Response:
    """Bring the page back with everything typed."""
    kept = kept_files(current_deps(), uploads.files)
    return _answered(status_page(page, form, notice=notice, kept_files=kept, file_errors=uploads.errors), status)


def _refused(page: StatusPage, form: MessageForm, uploads: Uploads, reason: RefusalReason) -> Response:
    """Note what was written and bring the page back."""
    note(PublicDoor.MESSAGE, reason, uploads, reference=page.reference)
    if uploads.retry_seconds:
        kept = kept_files(current_deps(), uploads.files)
        body = status_page(page, form, kept_files=kept, file_errors=uploads.errors)
        return _answered(body, TOO_MANY, uploads.retry_seconds)
    is_stale = reason in {RefusalReason.BAD_TOKEN, RefusalReason.STALE_TOKEN}
    return _again(page, form, uploads, notice=stale_notice() if is_stale else None)


def _address_again(
    page: StatusPage, form: AddressForm, notice: str | None = None, status: int = UNACCEPTABLE
) -> ResponseReturnValue:
    if not page.is_unreachable:  # another tab has given one meanwhile, and the page has no such form any more
        return _back(page)
    return _answered(status_page(page, MessageForm(formdata=None), address=form, notice=notice), status)


def _rating_again(
    page: StatusPage, form: RatingForm, notice: str | None = None, status: int = UNACCEPTABLE
) -> ResponseReturnValue:
    return _answered(status_page(page, MessageForm(formdata=None), rating=form, notice=notice), status)


def _answered(body: str, status: int, retry_seconds: int | None = None) -> Response:
    """Return a page with its status; what was done too often today may be done again when the day is over."""
    usual = {UNAVAILABLE: RETRY_SECONDS, TOO_MANY: seconds_left(_DAY, current_deps().now())}.get(status, 0)
    return answered(body, status, retry_seconds=usual if retry_seconds is None else retry_seconds)


def _asked_language() -> str:
    return f"?lang={quote(request.args['lang'])}" if "lang" in request.args else ""
