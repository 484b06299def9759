"""The status page as it is rendered, and the sentences it comes back with."""

from __future__ import annotations

from typing import Any

from liju_contact.usecases.show_status import StatusPage
from liju_contact.web.form_token import new_form_token
from liju_contact.web.rating_form import RatingForm, rating_choices
from liju_contact.web.rendering import current_deps, current_language, render
from liju_contact.web.rendering import translated as _
from liju_contact.web.status_forms import AddressForm, MessageForm
from liju_contact.web.uploads import file_rules
from liju_contact.wording import zone_of_country


def status_page(page: StatusPage, form: MessageForm, **more: Any) -> str:
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


def often_sentence() -> str:
    return _("The address was changed too often today. Please try again tomorrow, or write to us below.")


def changed_often_sentence() -> str:
    return _("This was changed too often today. Please try again tomorrow.")


def not_yet_sentence() -> str:
    return _("The inquiry is open again, so please tell us how we did once we have answered.")
