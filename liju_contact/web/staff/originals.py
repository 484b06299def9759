"""The original of a received mail: what it was taken for and why, its text as read, its source, its files.

A mail is a stranger's. Its text is shown as text; its HTML when somebody asks for it, made harmless elsewhere and in a
frame without scripts, forms, network or an origin of its own (``mail_frame``); its source is escaped text or a download
that no browser opens. The source holds what opens doors, so it is for who may answer. Nothing is parsed here.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.person import Action
from liju_contact.domain.response_headers import PAGE_POLICY
from liju_contact.domain.status_links import without_status_keys
from liju_contact.usecases.fetch_file import fetch_file_of_mail, fetch_thumbnail_of_mail
from liju_contact.usecases.show_original import (
    SHOWN_BYTES,
    RawMail,
    beginning_of_source,
    fetch_source,
    show_html,
    show_original,
)
from liju_contact.web.download import as_download, as_picture, bytes_as_download
from liju_contact.web.rendering import current_deps
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk
from liju_contact.web.staff.held_words import said_of, state_sentence, why_here
from liju_contact.web.staff.mail_frame import mail_frame
from liju_contact.web.staff.withheld import unless_withheld

bp = desk_blueprint("staff_originals", __name__, prefix="/staff/mail/<int(max=9223372036854775807):inbound_id>")
# What no page can hold and no reader could see; line breaks and tabs stay.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@bp.get("")
@needs(Action.READ)
def show(inbound_id: int) -> Response:
    response = make_response(original_page(inbound_id))
    if _asked_view() == "html":
        response.headers["Content-Security-Policy"] = f"{PAGE_POLICY}; frame-src 'self'"
    return response


@bp.get("/html")
@needs(Action.READ)
def html(inbound_id: int) -> Response:
    return mail_frame(show_html(current_deps(), current_person(), inbound_id))


@bp.get("/source.eml")
@needs(Action.ANSWER)
def source(inbound_id: int) -> ResponseReturnValue:
    return unless_withheld(
        lambda: _as_eml(inbound_id, fetch_source(current_deps(), current_person(), inbound_id)),
        back=f"/staff/mail/{inbound_id}",
    )


@bp.post("/source.eml")
@needs(Action.ANSWER)
def source_at_own_risk(inbound_id: int) -> ResponseReturnValue:
    return _as_eml(inbound_id, fetch_source(current_deps(), current_person(), inbound_id, at_own_risk=True))


@bp.get("/file/<int(max=9999):position>/<name>")
@needs(Action.READ)
def file(inbound_id: int, position: int, name: str) -> ResponseReturnValue:  # noqa: ARG001  # for the save dialog
    return unless_withheld(
        lambda: as_download(fetch_file_of_mail(current_deps(), current_person(), inbound_id, position)),
        back=f"/staff/mail/{inbound_id}",
    )


@bp.post("/file/<int(max=9999):position>/<name>")
@needs(Action.READ)
def file_at_own_risk(inbound_id: int, position: int, name: str) -> ResponseReturnValue:  # noqa: ARG001  # as above
    return as_download(fetch_file_of_mail(current_deps(), current_person(), inbound_id, position, at_own_risk=True))


@bp.get("/thumbnail/<int(max=9999):position>")
@needs(Action.READ)
def thumbnail(inbound_id: int, position: int) -> Response:
    return as_picture(fetch_thumbnail_of_mail(current_deps(), current_person(), inbound_id, position))


def original_page(inbound_id: int, *, notice: str = "", typed: str = "", error: str = "") -> str:
    """Return the page; ``error`` is about the reference ``typed`` to attach the mail to, ``notice`` about the rest."""
    deps, person = current_deps(), current_person()
    original = show_original(deps, person, inbound_id)
    context: dict[str, Any] = {"view": _asked_view(), "source": "", "is_cut": False}
    if context["view"] == "source":
        octets = beginning_of_source(deps, person, inbound_id)
        is_cut = original.mail.line.bytes_count > SHOWN_BYTES
        context = {"view": "source", "source": _as_text(octets), "is_cut": is_cut}
    return render_desk(
        "staff/original.html",
        room="held",
        q="",
        original=original,
        mail=original.mail,
        state=state_sentence(original.mail),
        why=why_here(original.mail),
        said=said_of(original.mail) if "done" in request.args else "",
        notice=notice,
        typed=typed,
        error=error,
        **context,
    )


def _as_eml(inbound_id: int, raw: RawMail) -> Response:
    return bytes_as_download(raw.chunks, name=f"mail-{inbound_id}.eml", bytes_count=raw.bytes_count)


def _asked_view() -> str:
    asked = request.args.get("view", "") if request.method == "GET" else ""
    if asked == "source" and current_person().may(Action.ANSWER):
        return "source"
    return "html" if asked == "html" else "text"


def _as_text(octets: bytes) -> str:
    """Return a source as it can be shown: most are ASCII, and what is not may be in any charset."""
    text = octets.decode("utf-8", "replace").replace("\r\n", "\n")
    return without_status_keys(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))
