"""Renders the page of an inquiry, fresh or after a form came back: everything that was typed is in it again.

Every form on it carries the version and the newest message its reader saw. A form that comes back for another reason
than what happened meanwhile keeps those, because nobody has said yet that the reader looked at what is new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, request

from liju_contact.domain.event import Event
from liju_contact.domain.inquiry import StagedFile
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.reference import read_reference
from liju_contact.domain.text import clean_text, is_blank
from liju_contact.usecases.answer_at_desk import ANSWER, NOTE
from liju_contact.usecases.inquiry_sheet import InquirySheet
from liju_contact.usecases.show_inquiry import show_inquiry
from liju_contact.web.form_token import new_form_token, read_sent_token
from liju_contact.web.inquiry import RETRY_SECONDS, UNAVAILABLE
from liju_contact.web.rendering import current_deps, current_language
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff import spam_words, words
from liju_contact.web.staff.desk import current_person, render_desk
from liju_contact.web.uploads import Uploads, file_rules, kept_files
from liju_contact.wording import wording_in

OK, CONFLICT = 200, 409
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_IDS = re.compile(r"[0-9]{1,18}(?:,[0-9]{1,18}){0,99}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_FIELDS = {ANSWER: "body", NOTE: "note-body"}
_NONE = Uploads(files=(), errors=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a form of the page held: an answer or a note, and what its author had seen."""

    kind: str
    body: str
    version: int
    seen: int
    closes: bool = False
    takes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A change that met another one: it can be sent once more to ``path``, on what is the case now."""

    path: str
    fields: tuple[tuple[str, str], ...]
    meanwhile: tuple[Event, ...]


def path_of(reference: str) -> str:
    return f"/staff/inquiry/{reference}"


def read_written(kind: str) -> Written:
    """Return what the form that was sent holds."""
    form = request.form
    return Written(
        kind=kind,
        body=clean_text(form.get("body", "")).strip(),
        version=number_in(form.get("version", "")),
        seen=number_in(form.get("seen", "")),
        closes="closes" in form,
        takes="takes" in form,
    )


def fault_in(written: Written, files: tuple[StagedFile, ...] = ()) -> str:
    """Return the sentence that says why this cannot be sent, or nothing."""
    if len(written.body) > BODY_LIMIT:
        return _("Please shorten your message to %d characters, or attach it as a file.") % BODY_LIMIT
    if is_blank(written.body) and not files:
        return _("Please write something first.")
    return ""


def number_in(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else 0


def numbers_in(text: str) -> tuple[int, ...]:
    """Return the ids in a list of them such as ``12,13``; none for anything else."""
    return tuple(map(int, text.split(","))) if _IDS.fullmatch(text) else ()


def sheet_page(reference: str, status: int = OK, **came_back: Any) -> Response:
    """Return the page; ``came_back`` is what a form brought: see ``_context``."""
    deps = current_deps()
    sheet = show_inquiry(deps, current_person(), reference, language=current_language(), now=deps.now())
    response = make_response(
        render_desk("staff/inquiry.html", spam_word=spam_words.word_of, **_context(sheet, **came_back)), status
    )
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    if status == UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _context(
    sheet: InquirySheet,
    *,
    written: Written | None = None,
    uploads: Uploads = _NONE,
    fault: str = "",
    notice: str = "",
    is_fresh: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Return what the template needs; ``is_fresh`` says that the author sees what is new in this very answer."""
    deps = current_deps()
    kept = None if is_fresh else written
    return {
        "sheet": sheet,
        "inquiry": sheet.inquiry,
        "path": path_of(sheet.inquiry.reference),
        "words": words,
        "token": request.form["token"] if read_sent_token(deps) else new_form_token(deps),
        "version": kept.version if kept else sheet.inquiry.version,
        "seen": kept.seen if kept else sheet.newest_message_id,
        "answer": _composer(sheet, ANSWER, written),
        "note": _composer(sheet, NOTE, written),
        "file_limits": file_rules(deps.settings.files, current_language()),
        "kept_files": kept_files(deps, uploads.files),
        "file_errors": uploads.errors,
        "fault": fault,
        "fault_kind": written.kind if written and fault else "",
        "fault_field": _FIELDS[written.kind] if written else "",
        "language_name": _language_name(sheet.inquiry.language),
        "notice": notice,
        "did": [sheet.events[id_] for id_ in numbers_in(request.args.get("did", "")) if id_ in sheet.events],
        "said": request.args.get("said", ""),
        "merged_from": _reference(request.args.get("from", "")),
        "spoken": (),
        "pending": None,
        "preview": None,
        "typed": {},
        **more,
    }


def _composer(sheet: InquirySheet, kind: str, written: Written | None) -> dict[str, Any]:
    """Return what stands in a text field: what a form brought back, else the draft."""
    if written and written.kind == kind:
        boxes = {"closes": written.closes, "takes": written.takes}
        return {"body": written.body, "draft": None, "came_back": True, **boxes}
    draft, stamp = sheet.drafts.get(kind), sheet.draft_stamp(kind)
    boxes = {"closes": False, "takes": False}
    return {"body": draft.body if draft else "", "draft": draft, "stamp": stamp, "came_back": False, **boxes}


def _reference(typed: str) -> str:
    return read_reference(typed, current_deps().settings.company.reference_prefix) or ""


def _language_name(language: str) -> str:
    """Return what a language calls itself; one that is offered no longer is told by its id."""
    return wording_in(language).own_name if language in current_deps().settings.web.languages else language
