"""Canned replies (``/staff/replies``): everybody uses them, whoever may share writes them."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.domain.canned_reply import PLACEHOLDERS, TITLE_LIMIT, unknown_placeholders
from liju_contact.domain.message import BODY_LIMIT
from liju_contact.domain.person import Action
from liju_contact.domain.text import clean_line, clean_text, is_blank
from liju_contact.usecases.canned_replies import delete_reply, get_reply, list_replies, write_reply
from liju_contact.web.inquiry import UNACCEPTABLE
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.desk import current_person, desk_blueprint, needs, render_desk
from liju_contact.wording import wording_in

bp = desk_blueprint("staff_replies", __name__, prefix="/staff/replies")
_ID = "<int(max=9223372036854775807):reply_id>"


@bp.get("")
@needs(Action.READ)
def replies() -> str:
    return _render("staff/replies.html", replies=list_replies(current_deps()), said=request.args.get("said", ""))


@bp.get("/new")
@needs(Action.SHARE)
def new() -> str:
    return _form(None, "", {})


@bp.post("/new")
@needs(Action.SHARE)
def add() -> ResponseReturnValue:
    return _write(None)


@bp.get(f"/{_ID}")
@needs(Action.SHARE)
def edit(reply_id: int) -> str:
    reply = get_reply(current_deps(), reply_id)
    return _form(reply_id, reply.title, dict(reply.texts))


@bp.post(f"/{_ID}")
@needs(Action.SHARE)
def change(reply_id: int) -> ResponseReturnValue:
    return _write(reply_id)


@bp.get(f"/{_ID}/delete")
@needs(Action.SHARE)
def ask_delete(reply_id: int) -> BaseResponse:
    return redirect(f"/staff/replies/{reply_id}", 303)


@bp.post(f"/{_ID}/delete")
@needs(Action.SHARE)
def delete(reply_id: int) -> BaseResponse:
    delete_reply(current_deps(), reply_id)
    return redirect("/staff/replies?said=deleted", 303)


def _write(reply_id: int | None) -> ResponseReturnValue:
    deps = current_deps()
    title = clean_line(request.form.get("title", ""))
    texts = {
        language: clean_text(request.form.get(f"text-{language}", "")).strip()
        for language in deps.settings.web.languages
    }
    if errors := _faults(title, texts):
        return make_response(_form(reply_id, title, texts, errors), UNACCEPTABLE)
    given = {language: text for language, text in texts.items() if text}
    write_reply(deps, current_person(), reply_id, title=title, texts=given, now=deps.now())
    return redirect("/staff/replies?said=kept", 303)


def _faults(title: str, texts: dict[str, str]) -> dict[str, str]:
    """Return what is wrong, by field."""
    errors = {}
    if is_blank(title) or len(title) > TITLE_LIMIT:
        errors["title"] = _("Please give it a title of at most %d characters.") % TITLE_LIMIT
    if all(is_blank(text) for text in texts.values()):
        errors[f"text-{next(iter(texts))}"] = _("Please write the text in at least one language.")
    for language, text in texts.items():
        if len(text) > BODY_LIMIT:
            errors[f"text-{language}"] = _("Please shorten this to %d characters.") % BODY_LIMIT
        elif unknown := unknown_placeholders(text):
            errors[f"text-{language}"] = _("There is no placeholder {%s}.") % unknown[0]
    return errors


def _form(reply_id: int | None, title: str, texts: dict[str, str], errors: dict[str, str] | None = None) -> str:
    return _render("staff/reply.html", reply_id=reply_id, title=title, texts=texts, errors=errors or {})


def _render(template: str, **context: Any) -> str:
    languages = [(language, wording_in(language).own_name) for language in current_deps().settings.web.languages]
    return render_desk(template, languages=languages, placeholders=PLACEHOLDERS, **context)
