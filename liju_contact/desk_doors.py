"""Puts together the ways into the desk that not every installation has.

Their libraries are slow to load, so they are loaded only where the settings want them.
"""

from __future__ import annotations

from liju_contact.config import Settings
from liju_contact.usecases.identity_provider import IdentityProvider
from liju_contact.usecases.passkey_port import PasskeyCheck


def passkey_check(settings: Settings) -> PasskeyCheck | None:
    if not settings.desk.has_passkeys:
        return None
    from liju_contact.passkey_check import WebauthnCheck  # noqa: PLC0415  # see above

    company = settings.company.name.in_language(settings.default_language)
    return WebauthnCheck.at(settings.web.base_url, company=company)


def identity_providers(settings: Settings) -> dict[str, IdentityProvider]:
    if not settings.desk.providers:
        return {}
    from liju_contact.oidc.provider import OpenIdProvider  # noqa: PLC0415  # see above

    return {provider.id: OpenIdProvider(provider) for provider in settings.desk.providers}
