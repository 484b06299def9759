"""The form: ``GET /`` shows it, ``POST /`` takes it. Whatever cannot be accepted comes back with everything typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.detail import Detail
from liju_contact.domain.errors import FilesGone, StoreBusy, TooOften
from liju_contact.domain.inquiry import NewInquiry
from liju_contact.domain.keys import FormToken
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.public_door import PublicDoor
from liju_contact.domain.refusal import RefusalReason, marks_of
from liju_contact.domain.text import clean_line
from liju_contact.usecases.deps import Deps
from liju_contact.usecases.keep_limits import Caller, Gate, gate_of
from liju_contact.usecases.prove_work import PROOF_FIELD
from liju_contact.usecases.submit_inquiry import submit_inquiry
from liju_contact.web.form_page import FormPages, own_inputs
from liju_contact.web.form_signs import HIDDEN_FIELD, read_signs
from liju_contact.web.form_token import new_form_token, read_sent_token
from liju_contact.web.inquiry_form import InquiryForm, doubt_codes, doubts_to_ask, seen_notice
from liju_contact.web.notices import busy_notice
from liju_contact.web.rendering import current_deps, current_language, current_wording, known_choices, render
from liju_contact.web.rendering import translated as _
from liju_contact.web.turned_away import TOO_MANY, answered, come_again, current_caller, note, why_not_accepted
from liju_contact.web.uploads import Uploads, file_rules, kept_before, kept_files, take_uploads, without_gone

bp = Blueprint("inquiry", __name__)
UNACCEPTABLE = 422
UNAVAILABLE = 503
RETRY_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """A line of the summary: the id of the field it leads to, and the sentence that stands beside that field too."""

    field: str
    text: str


@bp.get("/")
def show_form() -> Response:
    deps = current_deps()
    chosen = {"product": "", "topic": "", **known_choices()}

    def context() -> dict[str, Any]:
        return form_context(deps, _new_form(formdata=None, data=chosen))

    pages = cast(FormPages, current_app.extensions["liju_form_pages"])
    return pages.response(deps, chosen["product"], chosen["topic"], context)


@bp.post("/")
def send_form() -> ResponseReturnValue:
    deps = current_deps()
    caller, token = current_caller(deps), read_sent_token(deps)
    form = _new_form(formdata=request.form)
    is_valid = form.validate()
    uploads = kept_before(deps)
    try:
        uploads = take_uploads(deps, caller)
        details = form.read_details(_today(deps))
        reason = _why_not(form, uploads, details, is_valid=is_valid)
        if token is None or reason:
            return _refused(form, uploads, details, reason)
        new = _new_inquiry(form, token, details, uploads)
        signs = read_signs(deps, token)
        submitted = submit_inquiry(deps, new, now=deps.now(), gate=_gate(deps, new, caller), signs=signs)
    except FilesGone as error:
        return _refused(form, without_gone(uploads, error.names), (), RefusalReason.FILES_GONE)
    except TooOften as error:
        return _too_often(form, uploads, error)
    except StoreBusy as error:
        return _busy(form, uploads, error)
    return redirect(submitted.status_path, 303)


def form_context(deps: Deps, form: InquiryForm, **more: Any) -> dict[str, Any]:
    """Return what the template of the form needs beside its token; ``more`` is added when it comes back."""
    settings = deps.settings
    language = current_language()
    defaults = {
        "form": form,
        "catalogue": settings.catalogue,
        "countries": current_wording().countries,
        "file_limits": file_rules(settings.files, language),
        "notice_version": settings.company.notice_version,
        "privacy_notice": settings.company.privacy_notice.in_language(language),
        "notice": None,
        "hidden_field": HIDDEN_FIELD,
        "hidden_text": clean_line(request.form.get(HIDDEN_FIELD, "")),
        "errors": [],
        "questions": [],
        "confirmed": "",
        "kept_files": [],
        "file_errors": [],
    }
    return {**defaults, **more}


def _new_form(formdata: Any, data: dict[str, str] | None = None) -> InquiryForm:
    form_class = cast("type[InquiryForm]", current_app.extensions["liju_inquiry_form"])
    return form_class(formdata=formdata, data=data)


def _why_not(
    form: InquiryForm, uploads: Uploads, details: tuple[Detail, ...], *, is_valid: bool
) -> RefusalReason | None:
    """Return why the form cannot be accepted as it is, the gravest reason first."""
    if reason := why_not_accepted(current_deps()) or uploads.reason:
        return reason
    if len(form.text_of("message")) > BODY_LIMIT:
        return RefusalReason.TOO_LARGE
    if not is_valid:
        return RefusalReason.INCOMPLETE
    return RefusalReason.ASKED if _must_ask(details) else None


def _gate(deps: Deps, new: NewInquiry, caller: Caller) -> Gate:
    """Return what lets the inquiry through, and settles earlier tries of it."""
    marks = marks_of({"email": new.email, "name": new.name, "message": new.message}, nonce=new.nonce)
    return gate_of(deps, PublicDoor.INQUIRY, caller, who=new.email, marks=marks, now=deps.now())


def _refused(
    form: InquiryForm, uploads: Uploads, details: tuple[Detail, ...], reason: RefusalReason | None
) -> Response:
    """Note what was sent and bring it back."""
    note(PublicDoor.INQUIRY, reason or RefusalReason.BAD_TOKEN, uploads)
    is_stale = reason in {RefusalReason.BAD_TOKEN, RefusalReason.STALE_TOKEN}
    status = TOO_MANY if uploads.retry_seconds else UNACCEPTABLE
    return _form_again(
        form,
        uploads,
        details,
        notice=_stale_notice() if is_stale else None,
        status=status,
        retry_seconds=uploads.retry_seconds,
    )


def _too_often(form: InquiryForm, uploads: Uploads, error: TooOften) -> Response:
    note(PublicDoor.INQUIRY, RefusalReason.TOO_OFTEN, uploads)
    return _form_again(form, uploads, (), notice=come_again(error), status=TOO_MANY, retry_seconds=error.retry_seconds)


def _form_again(
    form: InquiryForm,
    uploads: Uploads,
    details: tuple[Detail, ...],
    *,
    notice: str | None = None,
    status: int = UNACCEPTABLE,
    retry_seconds: int = 0,
) -> Response:
    """Bring the form back with everything in it, what is wrong, what is doubtful, and a fresh token."""
    deps = current_deps()
    asked = doubts_to_ask(details)
    context = form_context(
        deps,
        form,
        notice=notice,
        errors=_summary(form, uploads),
        questions=[FieldError(field=detail.field, text=current_wording().doubt(detail)) for detail in asked],
        confirmed=doubt_codes(asked) or request.form.get("confirmed", ""),
        kept_files=kept_files(deps, uploads.files),
        file_errors=uploads.errors,
    )
    page = render(
        "public/inquiry.html",
        own=own_inputs(deps, _token_again(deps), proof=request.form.get(PROOF_FIELD, "")),
        **context,
    )
    return answered(page, status, retry_seconds=retry_seconds)


def _token_again(deps: Deps) -> str:
    """Keep a token that is good, so that the form stays the same form; else give a fresh one."""
    return request.form["token"] if read_sent_token(deps) else new_form_token(deps)


def _busy(form: InquiryForm, uploads: Uploads, error: StoreBusy) -> Response:
    """Bring everything back; files that were stored before the database was busy are kept too."""
    notice = busy_notice(error)
    if request.files and not uploads.files:
        notice = f"{notice} {_('Please attach your files once more.')}"
    return _form_again(form, uploads, (), notice=notice, status=UNAVAILABLE, retry_seconds=RETRY_SECONDS)


def _summary(form: InquiryForm, uploads: Uploads) -> list[FieldError]:
    faulty = [*form, *form.detail_inputs]
    errors = [FieldError(field=field.id, text=str(text)) for field in faulty for text in field.errors[:1] if text]
    return errors + [FieldError(field="files", text=text) for text in uploads.errors]


def _must_ask(details: tuple[Detail, ...]) -> bool:
    """Tell whether there are doubts that the customer has not confirmed by sending the same once more."""
    asked = doubts_to_ask(details)
    return bool(asked) and request.form.get("confirmed", "") != doubt_codes(asked)


def _stale_notice() -> str:
    return _("This form was open for a long time. Everything is still here: please press Send once more.")


def _today(deps: Deps) -> date:
    return deps.now().astimezone(deps.settings.company.working_hours.zone).date()


def _new_inquiry(form: InquiryForm, token: FormToken, details: tuple[Detail, ...], uploads: Uploads) -> NewInquiry:
    return form.as_inquiry(
        nonce=token.nonce,
        language=current_language(),
        details=details,
        files=uploads.files,
        notice_version=seen_notice(request.form) or current_deps().settings.company.notice_version,
    )
