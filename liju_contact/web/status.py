"""The status page: what became of an inquiry, and the customer's further messages.

Opened by the secret link alone (D7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import ValidationError

from liju_contact.domain.errors import Conflict, FilesGone, StoreBusy
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.text import clean_text, is_blank
from liju_contact.usecases.add_message import add_customer_message
from liju_contact.usecases.close_inquiry import close_inquiry, reopen_inquiry
from liju_contact.usecases.correct_address import correct_address
from liju_contact.usecases.fetch_file import fetch_file
from liju_contact.usecases.note_visit import note_visit
from liju_contact.usecases.rate_inquiry import rate_inquiry
from liju_contact.usecases.renew_status_link import renew_link
from liju_contact.usecases.show_status import StatusPage, show_status
from liju_contact.web.download import as_download
from liju_contact.web.form_token import new_form_token, read_sent_token
from liju_contact.web.inquiry import RETRY_SECONDS, UNACCEPTABLE, UNAVAILABLE
from liju_contact.web.inquiry_form import required, sendable_address, text_field
from liju_contact.web.network import network_of
from liju_contact.web.rating_form import RatingForm, rating_choices
from liju_contact.web.rendering import asked_language, current_deps, current_language, render, use_language
from liju_contact.web.rendering import translated as _
from liju_contact.web.uploads import Uploads, file_rules, kept_before, kept_files, take_uploads, without_gone
from liju_contact.wording import zone_of_country

bp = Blueprint("status", __name__, url_prefix="/inquiry/<reference>/<key>")
_NO_UPLOADS = Uploads(files=(), errors=())
_CONFLICT, _TOO_MANY = 409, 429


def short_text(_form: FlaskForm, field: StringField) -> None:
    if len(field.data or "") > BODY_LIMIT:
        raise ValidationError(_("Please shorten your message to %d characters, or attach it as a file.") % BODY_LIMIT)


class MessageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    class Meta:
        csrf = False  # web.form_token signs the form: no session, no cookie

    body = StringField(filters=[lambda value: clean_text(value or "").strip()], validators=[short_text])

    @property
    def text(self) -> str:
        return self.body.data or ""


class AddressForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    """Where to write from now on, asked for when letters do not arrive."""

    class Meta:
        csrf = False  # as above

    email = text_field(required, sendable_address)


@bp.get("")
def show(reference: str, key: str) -> BaseResponse:
    page = _open(reference, key)
    if page.goes_on_at:
        return redirect(page.goes_on_at + _asked_language(), 303)
    if request.method == "GET":  # HEAD shows nobody anything
        _note_visit(page)
    return make_response(_render(page, MessageForm(formdata=None)))


@bp.post("/message")
def send_message(reference: str, key: str) -> ResponseReturnValue:
    deps = current_deps()
    page = _open(reference, key)
    form = MessageForm(formdata=request.form)
    token = read_sent_token(deps)
    is_valid = form.validate()
    uploads = kept_before(deps)
    try:
        uploads = take_uploads(deps)
        if not uploads.files and not uploads.errors and is_blank(form.text):
            form.body.errors = [*form.body.errors, _("Please write a message or attach a file.")]
            is_valid = False
        if token is None or not is_valid or uploads.errors:
            return _again(page, form, uploads, notice=None if token else _stale_notice())
        add_customer_message(
            deps, reference, key, body=form.text, files=uploads.files, nonce=token.nonce, now=deps.now()
        )
    except FilesGone as error:
        return _again(page, form, without_gone(uploads, error.names))
    except StoreBusy:
        return _again(page, form, uploads, notice=_busy_notice(), status=UNAVAILABLE)
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
    if read_sent_token(current_deps()) is None:
        return _address_again(page, form, notice=_stale_notice())
    try:
        if is_valid and not _is_corrected(reference, key, form.email.data or ""):
            form.email.errors = [_often_sentence()]
            return _address_again(page, form, status=_TOO_MANY)
    except StoreBusy:
        return _address_again(page, form, notice=_busy_notice(), status=UNAVAILABLE)
    return _back(page) if is_valid else _address_again(page, form)


@bp.post("/new-link")
def renew(reference: str, key: str) -> ResponseReturnValue:
    """Write a new link to the customer; whoever asks is led to a page that tells nothing about them."""
    deps = current_deps()
    page = _open(reference, key)
    if read_sent_token(deps) is None:
        return _again(page, MessageForm(formdata=None), _NO_UPLOADS, notice=_stale_notice())
    try:
        if renew_link(deps, reference, key, now=deps.now()):
            return redirect("/link-sent" + _asked_language(), 303)
    except Conflict:
        return _back(page)
    except StoreBusy:
        return _again(page, MessageForm(formdata=None), _NO_UPLOADS, _busy_notice(), UNAVAILABLE)
    return _again(page, MessageForm(formdata=None), _NO_UPLOADS, _changed_often_sentence(), _TOO_MANY)


@bp.post("/rating")
def rate(reference: str, key: str) -> ResponseReturnValue:
    page = _open(reference, key)
    form = RatingForm(formdata=request.form)
    is_valid = form.validate()
    if read_sent_token(current_deps()) is None:
        return _rating_again(page, form, _stale_notice())
    if not is_valid:
        return _rating_again(page, form)
    try:
        if not rate_inquiry(current_deps(), reference, key, form.rating, now=current_deps().now()):
            return _rating_again(page, form, _changed_often_sentence(), _TOO_MANY)
    except Conflict:
        return _rating_again(page, form, _not_yet_sentence(), _CONFLICT)
    except StoreBusy:
        return _rating_again(page, form, _busy_notice(), UNAVAILABLE)
    return redirect(page.status_path + _asked_language() + "#rating", 303)


@bp.get("/file/<int(max=9223372036854775807):file_id>/<name>")  # what a BIGINT column can be asked for
def download(reference: str, key: str, file_id: int, name: str) -> Response:  # noqa: ARG001  # for the browser's save dialog
    return as_download(fetch_file(current_deps(), reference, key, file_id))


def _change(reference: str, key: str, story: Callable[..., None]) -> ResponseReturnValue:
    """Have the inquiry closed or reopened by a form of ours, and show what came of it."""
    deps = current_deps()
    page = _open(reference, key)
    if read_sent_token(deps) is None:
        return _again(page, MessageForm(formdata=None), _NO_UPLOADS, notice=_stale_notice())
    story(deps, reference, key, now=deps.now())
    return _back(page)


def _is_corrected(reference: str, key: str, email: str) -> bool:
    """Write to ``email`` from now on; False when it was done too often. Where letters arrive nothing is to be done."""
    deps = current_deps()
    try:
        return correct_address(deps, reference, key, email=email, now=deps.now())
    except Conflict:
        return True


def _note_visit(page: StatusPage) -> None:
    deps = current_deps()
    network, browser = network_of(request.remote_addr), request.headers.get("User-Agent", "")
    note_visit(deps, page.reference, network=network, browser=browser, now=deps.now())


def _back(page: StatusPage) -> BaseResponse:
    return redirect(page.status_path + _asked_language(), 303)


def _open(reference: str, key: str) -> StatusPage:
    """Return the page in the language a link asked for, else in that of the inquiry."""
    deps = current_deps()
    page = show_status(deps, reference, key, language=asked_language(), now=deps.now())
    use_language(page.language)
    return page


def _render(page: StatusPage, form: MessageForm, **more: Any) -> str:
    deps = current_deps()
    context: dict[str, Any] = {
        "token": new_form_token(deps),
        "address": AddressForm(formdata=None),
        "rating": RatingForm(formdata=None, obj=page.rating),
        "notice": None,
        "kept_files": [],
        "file_errors": [],
        **more,
    }
    settings = deps.settings
    zone = zone_of_country(page.country, deps.now().year, settings.company.working_hours.zone)
    return render(
        "public/status.html",
        page=page,
        form=form,
        zone=zone,
        file_limits=file_rules(settings.files, current_language()),
        ratings=rating_choices(),
        **context,
    )


def _again(
    page: StatusPage, form: MessageForm, uploads: Uploads, notice: str | None = None, status: int = UNACCEPTABLE
) -> Response:
    """Bring the page back with everything typed."""
    kept = kept_files(current_deps(), uploads.files)
    return _answered(_render(page, form, notice=notice, kept_files=kept, file_errors=uploads.errors), status)


def _address_again(
    page: StatusPage, form: AddressForm, notice: str | None = None, status: int = UNACCEPTABLE
) -> ResponseReturnValue:
    if not page.is_unreachable:  # another tab has given one meanwhile, and the page has no such form any more
        return _back(page)
    return _answered(_render(page, MessageForm(formdata=None), address=form, notice=notice), status)


def _rating_again(
    page: StatusPage, form: RatingForm, notice: str | None = None, status: int = UNACCEPTABLE
) -> ResponseReturnValue:
    return _answered(_render(page, MessageForm(formdata=None), rating=form, notice=notice), status)


def _answered(body: str, status: int) -> Response:
    response = make_response(body, status)
    if status == UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _asked_language() -> str:
    return f"?lang={quote(request.args['lang'])}" if "lang" in request.args else ""


def _stale_notice() -> str:
    return _("This page was open for a long time. Everything is still here: please send once more.")


def _often_sentence() -> str:
    return _("The address was changed too often today. Please try again tomorrow, or write to us below.")


def _changed_often_sentence() -> str:
    return _("This was changed too often today. Please try again tomorrow.")


def _not_yet_sentence() -> str:
    return _("The inquiry is open again, so please tell us how we did once we have answered.")


def _busy_notice() -> str:
    return _("Our database is busy just now. Nothing you typed is lost: please send again in a moment.")
