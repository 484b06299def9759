"""``/staff/account``: own name, language, password and devices; the second factor and passkeys stand there too."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from liju_contact.domain.person import NAME_LIMIT, Action
from liju_contact.domain.text import clean_line
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.own_account import (
    change_own_account,
    choose_language,
    end_own_session,
    show_account,
    sign_out_elsewhere,
)
from liju_contact.usecases.set_password import Same, Weak, change_password
from liju_contact.usecases.sign_in import Wrong
from liju_contact.usecases.staff_session import sign_out
from liju_contact.web.rendering import current_deps
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.cookies import clear_cache, take_cookie
from liju_contact.web.staff.desk import current_sign_in, desk_blueprint, needs, render_desk
from liju_contact.web.staff.door import UNACCEPTABLE, current_visit, too_many, too_many_words
from liju_contact.web.staff.password_words import differing_words, refusal_words
from liju_contact.web.staff.resume import safe_path

bp = desk_blueprint("account", __name__)
_SEE_OTHER = 303


@bp.get("/account")
@needs(Action.KEEP_OWN)
def show() -> str:
    return account_page()


@bp.post("/account")
@needs(Action.KEEP_OWN)
def change() -> Response:
    deps = current_deps()
    typed = request.form.get("language", "")
    language = typed if typed in deps.settings.web.languages else None
    name = clean_line(request.form.get("name", ""))[:NAME_LIMIT]
    change_own_account(deps, current_sign_in(), name=name, language=language)
    return back_with("account")


@bp.post("/account/language")
@needs(Action.KEEP_OWN)
def send_language() -> Response:
    """Take the language whose name was pressed, and show the same page in it."""
    deps, language = current_deps(), request.form.get("language", "")
    if language in deps.settings.web.languages:
        choose_language(deps, current_sign_in(), language)
    return redirect(safe_path(request.form.get("back", "")), _SEE_OTHER)


@bp.post("/account/password")
@needs(Action.KEEP_OWN)
def send_password() -> ResponseReturnValue:
    old, new = request.form.get("password", ""), request.form.get("password_new", "")
    if differing := differing_words(new, request.form.get("password_again", "")):
        return account_page(password_new=differing), UNACCEPTABLE
    deps = current_deps()
    result = change_password(deps, current_sign_in(), old, new, visit=current_visit(), now=deps.now())
    match result:
        case None:
            return back_with("password")
        case Weak() | Same():
            return account_page(password_new=refusal_words(result)), UNACCEPTABLE
        case _:
            return refused(result, "password")


@bp.post("/account/sessions/<int(max=9223372036854775807):session_id>/end")
@needs(Action.KEEP_OWN)
def end_session(session_id: int) -> Response:
    end_own_session(current_deps(), current_sign_in(), session_id)
    return back_with("session")


@bp.post("/account/sign-out-elsewhere")
@needs(Action.KEEP_OWN)
def end_others() -> Response:
    sign_out_elsewhere(current_deps(), current_sign_in())
    response = back_with("elsewhere")
    clear_cache(response)
    return response


@bp.post("/sign-out")
@needs(Action.KEEP_OWN)
def leave() -> Response:
    sign_out(current_deps(), current_sign_in())
    response = make_response(redirect("/staff/sign-in?said=signed-out", _SEE_OTHER))
    take_cookie(response)
    clear_cache(response)
    return response


def account_page(**errors: str) -> str:
    """Render the page; ``errors`` are sentences by the field they stand beside."""
    deps = current_deps()
    account = show_account(deps, current_sign_in(), now=deps.now())
    said = _SAID[key]() if (key := request.args.get("said", "")) in _SAID else ""
    label = clean_line(request.form.get("label", ""))  # of a passkey that was not taken
    lines = [line.label for line in deps.settings.catalogue.product_lines if line.id in account.person.product_lines]
    return render_desk(
        "staff/account.html", room="account", account=account, lines=lines, errors=errors, said=said, label=label
    )


def refused(result: Wrong | TooMany, field: str) -> Response:
    """Answer somebody whose own password was not right."""
    if isinstance(result, TooMany):
        return too_many(account_page(**{field: too_many_words()}), result)
    return make_response(account_page(**{field: wrong_password()}), UNACCEPTABLE)


def wrong_password() -> str:
    return _("This is not your present password.")


def back_with(said: str) -> Response:
    return redirect(f"/staff/account?said={said}", _SEE_OTHER)


_SAID: dict[str, Any] = {
    "account": lambda: _("Your name and language are kept."),
    "password": lambda: _("Your new password is set, and every other device is signed out."),
    "session": lambda: _("That device is signed out."),
    "elsewhere": lambda: _("Every other device is signed out."),
    "passkey": lambda: _("Your passkey is added. You can sign in with it from now on."),
    "passkey-removed": lambda: _("The passkey is removed here. Delete it on your device as well."),
    "factor-off": lambda: _("The second factor is switched off."),
}
