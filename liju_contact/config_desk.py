"""Reads the settings of the desk's door: passkeys, and other services that people may sign in with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from liju_contact.config_source import ConfigSource, Section, variable
from liju_contact.domain.catalogue import Label

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """A service with OpenID Connect; ``issuer`` is spelled exactly as the service itself spells it."""

    id: str
    label: Label
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    has_passkeys: bool
    providers: tuple[ProviderSettings, ...]

    def find_provider(self, id_: str) -> ProviderSettings | None:
        return next((provider for provider in self.providers if provider.id == id_), None)


def read_desk_settings(root: Section, base_url: str, languages: tuple[str, ...]) -> DeskSettings:
    section = root.section("desk")
    has_passkeys = section.choice("passkeys", ("yes", "no"), "no") == "yes"
    if has_passkeys and not allows_passkeys(base_url):
        section.fault(
            "passkeys", "needs a base_url with https and a name: browsers keep none for an address of numbers."
        )
    section.finish()
    return DeskSettings(has_passkeys=has_passkeys, providers=_providers(root, languages))


def is_protected(url: str) -> bool:
    """Tell whether what is sent to an address can be read on the way by nobody: HTTPS, or this machine itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or not url.isprintable() or " " in url or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def allows_passkeys(base_url: str) -> bool:
    """Tell whether browsers offer passkeys at an address (WebAuthn Level 3, section 5.1.3)."""
    host = urlsplit(base_url).hostname or ""
    return is_protected(base_url) and not _is_number(host)


def _providers(root: Section, languages: tuple[str, ...]) -> tuple[ProviderSettings, ...]:
    providers: dict[str, ProviderSettings] = {}
    for section in root.sections("sign_in_provider"):
        provider = _provider(section, languages, root.source)
        if provider.id in providers:
            section.fault("id", f"stands twice: {provider.id!r}.")
        providers[provider.id] = provider
    return tuple(providers.values())


def _provider(section: Section, languages: tuple[str, ...], source: ConfigSource) -> ProviderSettings:
    id_ = section.text("id")
    if not _ID.fullmatch(id_):
        section.fault("id", "must be small letters, digits and hyphens: it is part of an address.")
    issuer = section.text("issuer")
    if not is_protected(issuer):
        section.fault("issuer", 'must be an address like "https://login.liju.example".')
    client_id = section.text("client_id")
    if not client_id.strip():
        section.fault("client_id", "is empty: the service knows this program by it.")
    provider = ProviderSettings(
        id=id_,
        label=section.label("label", languages),
        issuer=issuer,
        client_id=client_id,
        client_secret=_secret(section, id_, source),
    )
    section.finish()
    return provider


def _secret(section: Section, id_: str, source: ConfigSource) -> str:
    """Return the client's secret; the environment names a provider by its id, as tables of an array have no names."""
    name = variable(("sign_in_provider", id_.replace("-", "_"), "client_secret"))
    written = section.text("client_secret", default="")
    secret = source.environment.get(name) or written
    if not secret:
        section.fault("client_secret", f"is missing; {name} can carry it.")
    return secret


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_number(host) and ip_address(host).is_loopback)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
