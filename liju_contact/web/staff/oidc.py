"""``/staff/oidc/<id>``: to another service that people sign in with, and back from it.

The way there is a page that goes on by itself, and not a redirect: a browser holds the whole way a form takes to the
``form-action`` of the page it stands on, and where a service sends it in between is unknown here.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from liju_contact.config import Settings
from liju_contact.config_desk import ProviderSettings
from liju_contact.domain.errors import NotFound, ProviderDown, StoreBusy
from liju_contact.domain.provider_attempt import ProviderAttempt
from liju_contact.usecases.identity_provider import Unproven
from liju_contact.usecases.limit_guesses import TooMany
from liju_contact.usecases.sign_in_by_provider import (
    AttemptOver,
    NoAccount,
    arrive,
    depart,
    read_departure,
)
from liju_contact.web.inquiry import RETRY_SECONDS, UNAVAILABLE
from liju_contact.web.notices import busy_notice
from liju_contact.web.rendering import current_deps, current_language, render
from liju_contact.web.rendering import translated as _
from liju_contact.web.staff.cookies import current_attempt, give_attempt, take_attempt
from liju_contact.web.staff.door import (
    UNACCEPTABLE,
    Provider,
    answer_sign_in,
    current_visit,
    providers,
    refuse_elsewhere,
    sign_in_page,
    stale_words,
    too_many,
    too_many_words,
)
from liju_contact.web.staff.resume import HOME, Resumption, carried, safe_path

bp = Blueprint("oidc", __name__, url_prefix="/staff/oidc")
_SEE_OTHER = 303
_FORBIDDEN = 403
_BACK_LENGTH = 1500  # a cookie holds 4096 characters in all
_CODE_LENGTH = 4000


def install_providers(app: Flask, settings: Settings) -> None:
    """Put the services of the settings onto the sign-in page."""
    if not settings.desk.providers:
        return
    app.register_blueprint(bp)
    with app.app_context():
        providers().extend(_button(provider) for provider in settings.desk.providers)


@bp.get("/<provider_id>")
def show_form(provider_id: str) -> BaseResponse:
    """Lead to the sign-in page, where the way to a service begins: the links to other languages come by here."""
    _provider(provider_id)
    return redirect(f"/staff/sign-in?{request.query_string.decode('ascii', 'ignore')}", _SEE_OTHER)


@bp.post("/<provider_id>")
def leave(provider_id: str) -> Response:
    refuse_elsewhere()
    provider, resumption = _provider(provider_id), carried()
    if notice := stale_words():
        return make_response(sign_in_page(resumption, notice=notice), UNACCEPTABLE)
    deps = current_deps()
    back = resumption.back if len(resumption.back) <= _BACK_LENGTH and not resumption.is_form else HOME
    try:
        departure = depart(deps, provider.id, back=back, visit=current_visit(), now=deps.now())
    except ProviderDown:
        return _unreachable(provider, resumption)
    except StoreBusy as error:
        return _later(sign_in_page(resumption, notice=busy_notice(error)))
    if isinstance(departure, TooMany):
        return too_many(sign_in_page(resumption, notice=too_many_words()), departure)
    response = make_response(render("staff/leaving.html", name=_name(provider), address=departure.address))
    response.headers["Refresh"] = f"0; url={departure.address}"
    give_attempt(response, departure.kept)
    return response


@bp.get("/<provider_id>/callback")
def come_back(provider_id: str) -> Response:
    """Sign in who comes back from a service.

    This is the one GET of the desk that changes something (D9): OpenID Connect sends a browser back by an address.
    What a form's token does elsewhere, the state does here: it has to be the one that this browser keeps in a cookie,
    signed, and it works once. A link scanner that follows the address has no such cookie and gets a sentence.
    """
    deps, provider = current_deps(), _provider(provider_id)
    state = request.args.get("state", "")
    attempt = read_departure(deps, current_attempt(), provider.id, state, now=deps.now())
    resumption = Resumption(back=safe_path(attempt.back) if attempt else HOME)
    try:
        response = _arrive(provider, attempt, resumption)
    except ProviderDown:
        response = _unreachable(provider, resumption)
    if attempt:
        take_attempt(response)
    return response


def _arrive(provider: ProviderSettings, attempt: ProviderAttempt | None, resumption: Resumption) -> Response:
    deps, code = current_deps(), request.args.get("code", "")[:_CODE_LENGTH]
    if attempt is None:
        return _refused(resumption, _over_words(), UNACCEPTABLE)
    if not code:
        unfinished = _("The sign-in with %(provider)s was not finished.") % {"provider": _name(provider)}
        return _refused(resumption, unfinished, UNACCEPTABLE)
    result = arrive(deps, attempt, code, visit=current_visit(), now=deps.now())
    match result:
        case AttemptOver():
            return _refused(resumption, _over_words(), UNACCEPTABLE)
        case NoAccount():
            return _refused(resumption, _no_account_words(result), _FORBIDDEN)
        case Unproven():
            return _refused(resumption, _unproven_words(provider), _FORBIDDEN)
        case _:
            return answer_sign_in(result, resumption, lambda error: sign_in_page(resumption, notice=error), "")


def _refused(resumption: Resumption, sentence: str, status: int) -> Response:
    return make_response(sign_in_page(resumption, notice=sentence), status)


def _unreachable(provider: ProviderSettings, resumption: Resumption) -> Response:
    words = _("%(provider)s cannot be reached just now. Nothing is lost: use your password, or try again in a moment.")
    return _later(sign_in_page(resumption, notice=words % {"provider": _name(provider)}))


def _later(page: str) -> Response:
    response = make_response(page, UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _over_words() -> str:
    return _("This sign-in took too long, or was used already. Please begin once more.")


def _no_account_words(result: NoAccount) -> str:
    return _("Nobody may sign in here as %(address)s. An administrator can open an account.") % {
        "address": result.address
    }


def _unproven_words(provider: ProviderSettings) -> str:
    words = _("%(provider)s did not prove who you are, or has not verified your address. Please begin once more.")
    return words % {"provider": _name(provider)}


def _provider(provider_id: str) -> ProviderSettings:
    provider = current_deps().settings.desk.find_provider(provider_id)
    if provider is None:
        raise NotFound("There is no such service.")
    return provider


def _name(provider: ProviderSettings) -> str:
    return provider.label.in_language(current_language())


def _button(provider: ProviderSettings) -> Provider:
    return Provider(
        action=f"/staff/oidc/{provider.id}",
        label=lambda: _("Sign in with %(provider)s") % {"provider": _name(provider)},
    )
