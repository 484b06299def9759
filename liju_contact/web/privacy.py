"""``/privacy``: what is kept of a customer, why, on what ground, how long and who sees it; read from the settings."""

from __future__ import annotations

from flask import Blueprint

from liju_contact.config_retention import DAYS_OF_YEAR
from liju_contact.domain.export import KEPT as EXPORTS_KEPT
from liju_contact.web.rendering import current_deps, current_language, render
from liju_contact.web.rendering import translated as _

bp = Blueprint("privacy", __name__)


@bp.get("/privacy")
def show() -> str:
    settings = current_deps().settings
    company = settings.company
    return render(
        "public/privacy.html",
        notice=company.privacy_notice.in_language(current_language()),
        version=company.notice_version,
        keep=settings.retention,
        address=settings.mail.sender_address,
        time=time_kept,
        export_days=EXPORTS_KEPT.days,
        takes_mail=settings.hears_replies,
    )


def time_kept(days: int) -> str:
    """Say how long, in years where that comes out even."""
    if not days:
        return _("for good")
    if days == 1:
        return _("one day")
    years, rest = divmod(days, DAYS_OF_YEAR)
    if rest or not years:
        return _("%d days") % days
    return _("one year") if years == 1 else _("%d years") % years
