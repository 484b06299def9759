"""The door of the desk: who is signed in, what they may do, and that a form is theirs.

A route of the desk names its action with ``@needs``; one that names none is closed to everybody. Nothing changes by
GET (D9); everything else carries the session's ``csrf`` field (or the header ``X-CSRF``, for scripts). Somebody whose
session has ended gets the sign-in page with everything they sent in it: it is sent again afterwards, so nothing typed
is lost.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue

from liju_contact.domain.errors import Forbidden
from liju_contact.domain.person import Action, Person
from liju_contact.usecases.staff_session import SignedIn, recognise
from liju_contact.web.rendering import asked_language, current_deps, render, use_language
from liju_contact.web.staff.cookies import cookie_name, is_from_elsewhere
from liju_contact.web.staff.door import ask_to_sign_in, resume_page
from liju_contact.web.staff.resume import interrupted

CSRF_FIELD = "csrf"
_CSRF_HEADER = "X-CSRF"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_View = TypeVar("_View", bound=Callable[..., Any])


def needs(action: Action) -> Callable[[_View], _View]:
    """Say which action a view of the desk is; it stands below the route's own decorator."""

    def mark(view: _View) -> _View:
        view.liju_action = action  # type: ignore[attr-defined]  # read by the guard below and by the authorisation test
        return view

    return mark


def action_of(endpoint: str) -> Action | None:
    """Return the action a view is, None for one that was given none."""
    return getattr(current_app.view_functions.get(endpoint), "liju_action", None)


def desk_blueprint(name: str, module: str, *, prefix: str = "/staff") -> Blueprint:
    """Return a blueprint whose every view is guarded."""
    blueprint = Blueprint(name, module, url_prefix=prefix)
    blueprint.before_request(_guard)
    return blueprint


def current_person() -> Person:
    return current_sign_in().person


def current_sign_in() -> SignedIn:
    signed_in: SignedIn = g.signed_in
    return signed_in


def find_sign_in() -> SignedIn | None:
    """Return who makes this request, also on a page that needs nobody."""
    signed_in: SignedIn | None = g.get("signed_in")
    if signed_in is None:
        deps = current_deps()
        signed_in = g.signed_in = recognise(deps, request.cookies.get(cookie_name(), ""), now=deps.now())
    return signed_in


def render_desk(template: str, *, room: str = "", q: str = "", **context: Any) -> str:
    """Render a page of the desk: ``person``, ``csrf`` and ``may`` are there for every one of them.

    ``room`` is the entry of the bar it belongs to, ``q`` what stands in the search field.
    """
    signed_in = current_sign_in()
    may = {action.name.lower(): signed_in.person.may(action) for action in Action}
    return render(
        template, person=signed_in.person, csrf=signed_in.csrf, may=may, room=room, q=q, here=_here(), **context
    )


def _here() -> str:
    """Return the address of this page without the language that a link asked for; a form's page is where it leads."""
    words = [] if request.method not in _SAFE else request.args.items(multi=True)
    kept = urlencode([(word, value) for word, value in words if word != "lang"])
    return f"{request.path}?{kept}" if kept else request.path


def _guard() -> ResponseReturnValue | None:
    is_changing = request.method not in _SAFE
    if is_changing and is_from_elsewhere():
        raise Forbidden("Another site's page sent this.")
    signed_in = find_sign_in()
    if signed_in is None:
        return _ask_to_sign_in()
    language = signed_in.person.language
    if language in current_deps().settings.web.languages and language and not asked_language():
        use_language(language)
    action = action_of(request.endpoint or "")
    if action is None or not signed_in.person.may(action):
        raise Forbidden("This account may not do this.")
    if is_changing and not _carries_csrf(signed_in):
        return _ask_to_send_again(signed_in)
    return None


def _carries_csrf(signed_in: SignedIn) -> bool:
    sent = request.headers.get(_CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    return hmac.compare_digest(sent.encode("utf-8", "replace"), signed_in.csrf.encode())


def _ask_to_sign_in() -> ResponseReturnValue:
    """Show the sign-in page in place of what was asked for; a script gets the bare status."""
    if request.headers.get(_CSRF_HEADER):
        return "", 401
    return ask_to_sign_in(interrupted())


def _ask_to_send_again(signed_in: SignedIn) -> ResponseReturnValue:
    """Refuse a form that is not this session's, but keep what it holds: it may be of one that ended meanwhile."""
    if request.headers.get(_CSRF_HEADER) or not request.form:
        raise Forbidden("This form is not one of this session.")
    return resume_page(interrupted(), csrf=signed_in.csrf), 403
