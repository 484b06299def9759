"""``/staff/people``: who may sign in, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from liju_contact.domain.person import NAME_LIMIT, Action, Role
from liju_contact.domain.text import clean_line
from liju_contact.usecases.administer_people import (
    Entry,
    Refusal,
    change_person,
    disable_person,
    enable_person,
    get_person,
    invite_again,
    invite_person,
    list_people,
)
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.sign_in import Wrong
from liju_contact.vocabulary import ROLES
from liju_contact.web.rendering import current_deps, current_wording
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.account import wrong_password
from liju_contact.web.staff.desk import current_person, current_sign_in, desk_blueprint, needs, render_desk
from liju_contact.web.staff.door import UNACCEPTABLE, too_many, too_many_words
from liju_contact.web.staff.sign_in import typed_address

bp = desk_blueprint("people", __name__, prefix="/staff/people")
_SEE_OTHER = 303
_NOBODY = Entry(name="", role=Role.AGENT, product_lines=())


@bp.get("")
@needs(Action.ADMINISTER)
def show() -> str:
    return _people_page()


@bp.post("")
@needs(Action.ADMINISTER)
def send_new() -> ResponseReturnValue:
    address, entry = typed_address(), _typed_entry()
    normal = _normal_address(address)
    if normal is None:
        error = _("Please type an e-mail address that letters can be sent to.")
        return _people_page(address, entry, address_error=error), UNACCEPTABLE
    deps = current_deps()
    result = invite_person(deps, current_sign_in(), normal, entry, password=_typed_password(), now=deps.now())
    if isinstance(result, int):
        return _back("invited")
    return _answer_refusal(result, "address_error", lambda **errors: _people_page(address, entry, **errors))


@bp.get("/<int(max=9223372036854775807):staff_id>")
@needs(Action.ADMINISTER)
def show_person(staff_id: int) -> str:
    return _person_page(staff_id)


@bp.post("/<int(max=9223372036854775807):staff_id>")
@needs(Action.ADMINISTER)
def send_change(staff_id: int) -> ResponseReturnValue:
    deps, entry = current_deps(), _typed_entry()
    if staff_id == current_person().id:  # the page offers nobody their own product lines
        entry = replace(entry, product_lines=tuple(current_person().product_lines))
    result = change_person(deps, current_sign_in(), staff_id, entry, password=_typed_password(), now=deps.now())
    if result is None:
        return _back("changed")
    return _answer_refusal(result, "role_error", lambda **errors: _person_page(staff_id, entry, **errors))


@bp.post("/<int(max=9223372036854775807):staff_id>/disable")
@needs(Action.ADMINISTER)
def send_disable(staff_id: int) -> ResponseReturnValue:
    deps = current_deps()
    refusal = disable_person(deps, current_person(), staff_id, now=deps.now())
    if refusal:
        return _person_page(staff_id, state_error=_words_of(refusal)), UNACCEPTABLE
    return _back("disabled")


@bp.post("/<int(max=9223372036854775807):staff_id>/enable")
@needs(Action.ADMINISTER)
def send_enable(staff_id: int) -> Response:
    enable_person(current_deps(), current_person(), staff_id)
    return _back("enabled")


@bp.post("/<int(max=9223372036854775807):staff_id>/invite")
@needs(Action.ADMINISTER)
def send_invitation(staff_id: int) -> ResponseReturnValue:
    deps = current_deps()
    refusal = invite_again(deps, current_person(), staff_id, now=deps.now())
    if refusal:
        return _person_page(staff_id, state_error=_words_of(refusal)), UNACCEPTABLE
    return _back("invited")


def _answer_refusal(
    result: Refusal | Wrong | TooMany, field: str, show_again: Callable[..., str]
) -> ResponseReturnValue:
    """Show the form again with what was typed; a refusal stands beside ``field``."""
    match result:
        case Refusal():
            return show_again(**{field: _words_of(result)}), UNACCEPTABLE
        case Wrong():
            return show_again(password_error=_password_words()), UNACCEPTABLE
        case TooMany():
            return too_many(show_again(password_error=too_many_words()), result)


def _people_page(address: str = "", entry: Entry = _NOBODY, **errors: str) -> str:
    said = _SAID[key]() if (key := request.args.get("said", "")) in _SAID else ""
    people = list_people(current_deps())
    return _page("staff/people.html", entry, people=people, address=address, errors=errors, said=said)


def _person_page(staff_id: int, entry: Entry | None = None, **errors: str) -> str:
    line = get_person(current_deps(), staff_id)
    person = line.person
    kept = Entry(name=person.name, role=person.role, product_lines=tuple(person.product_lines))
    is_own = staff_id == current_person().id
    return _page("staff/person.html", entry or kept, line=line, errors=errors, is_own=is_own)


def _page(template: str, entry: Entry, **context: Any) -> str:
    wording = current_wording()
    lines = current_deps().settings.catalogue.product_lines
    return render_desk(
        template,
        room="people",
        q="",
        entry=entry,
        roles=[(role.value, wording.gettext(ROLES[role])) for role in Role],
        role_words={role.value: wording.gettext(ROLES[role]) for role in Role},
        line_words={line.id: line.label.in_language(wording.language) for line in lines},
        **context,
    )


def _typed_entry() -> Entry:
    known = {line.id for line in current_deps().settings.catalogue.product_lines}
    role = request.form.get("role", "")
    return Entry(
        name=clean_line(request.form.get("name", ""))[:NAME_LIMIT],
        role=Role(role) if role in list(Role) else Role.READER,
        product_lines=tuple(line for line in request.form.getlist("product_line") if line in known),
    )


def _typed_password() -> str:
    return request.form.get("password", "")


def _password_words() -> str:
    if _typed_password():
        return wrong_password()
    return _("To make somebody an administrator, please type your own password.")


def _normal_address(typed: str) -> str | None:
    try:
        return validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def _words_of(refusal: Refusal) -> str:
    match refusal:
        case Refusal.LAST_ADMINISTRATOR:
            return _("This is the last administrator. Make somebody else one first.")
        case Refusal.OWN_ROLE:
            return _("Nobody changes their own role. Another administrator can.")
        case Refusal.OWN_LINES:
            return _("Nobody changes their own product lines. Another administrator can.")
        case Refusal.ADDRESS_TAKEN:
            return _("This address has an account already.")
        case Refusal.NOT_ACTIVE:
            return _("This account is switched off. Switch it on first.")


def _back(said: str) -> Response:
    return redirect(f"/staff/people?said={said}", _SEE_OTHER)


_SAID: dict[str, Any] = {
    "invited": lambda: _("A letter is on its way, with a link to choose a password. It is good for three days."),
    "changed": lambda: _("The account is changed."),
    "disabled": lambda: _("The account is switched off and signed out everywhere."),
    "enabled": lambda: _("The account is switched on again."),
}
