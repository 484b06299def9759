"""A service with OpenID Connect: the code flow with PKCE, for one client that has a secret.

What the service says about itself, and its keys, are kept for an hour by each process. A token with a key that is not
among them has them fetched once more, at most once a minute: services change their keys.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from liju_contact.config_desk import ProviderSettings, is_protected
from liju_contact.domain.errors import ProviderDown
from liju_contact.domain.provider_attempt import ProviderAttempt
from liju_contact.oidc.answers import fetch
from liju_contact.oidc.id_token import UnknownKey, read_id_token
from liju_contact.usecases.identity_provider import Identity, Unproven

_KEPT = timedelta(hours=1)
_KEYS_AT_MOST_EVERY = timedelta(minutes=1)
_OK = 200
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    takes_basic: bool
    fetched_at: datetime


class OpenIdProvider:
    """The ``IdentityProvider`` of a service of the settings."""

    def __init__(self, settings: ProviderSettings) -> None:
        self._settings = settings
        # Each is replaced whole; two threads that fetch at once fetch the same.
        self._known: _Service | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def sign_in_address(self, attempt: ProviderAttempt, *, return_to: str, now: datetime) -> str:
        endpoint = self._service(now).authorization_endpoint
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": return_to,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def identify(self, attempt: ProviderAttempt, code: str, *, return_to: str, now: datetime) -> Identity | Unproven:
        token = self._exchange(attempt, code, return_to, now)
        if isinstance(token, Unproven):
            return token
        try:
            return read_id_token(token, self._key_set(now), self._settings, nonce=attempt.nonce, now=now)
        except UnknownKey:
            pass
        try:
            keys = self._key_set(now, kept=_KEYS_AT_MOST_EVERY)
            return read_id_token(token, keys, self._settings, nonce=attempt.nonce, now=now)
        except UnknownKey:
            return Unproven(reason="the ID token is signed with a key that the service does not show")

    def _exchange(self, attempt: ProviderAttempt, code: str, return_to: str, now: datetime) -> str | Unproven:
        """Show code and verifier at the service's token endpoint, and return the ID token."""
        service, settings = self._service(now), self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        if service.takes_basic:
            # RFC 6749 section 2.3.1: both are encoded as a form's values before they are put together.
            pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        answer = fetch(service.token_endpoint, form=form, headers=headers)
        token = answer.fields.get("id_token")
        if answer.status != _OK or not isinstance(token, str):
            error = answer.fields.get("error")
            return Unproven(reason=f"the service does not take the code ({answer.status} {str(error)[:60]!r})")
        return token

    def _service(self, now: datetime) -> _Service:
        known = self._known
        if known is None or not known.fetched_at <= now < known.fetched_at + _KEPT:
            answer = fetch(self._settings.issuer.rstrip("/") + _WELL_KNOWN)
            if answer.status != _OK:
                raise ProviderDown(f"The service says nothing about itself ({answer.status}).")
            known = self._known = _read_service(answer.fields, self._settings.issuer, now)
        return known

    def _key_set(self, now: datetime, kept: timedelta = _KEPT) -> KeySet:
        known = self._keys
        if known is None or not known[0] <= now < known[0] + kept:
            answer = fetch(self._service(now).jwks_uri)
            known = self._keys = (now, _read_keys(answer.fields))
        return known[1]


def _read_service(fields: Mapping[str, Any], issuer: str, now: datetime) -> _Service:
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    addresses = [fields.get(name) for name in names]
    # OpenID Connect Discovery section 4.3: another issuer could speak for anybody.
    if fields.get("issuer") != issuer:
        raise ProviderDown("The service calls itself by another name than the settings do.")
    if not all(isinstance(address, str) and is_protected(address) for address in addresses):
        raise ProviderDown("The service names an address that is missing, or without HTTPS.")
    methods = fields.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    authorization, token, keys = map(str, addresses)
    return _Service(
        authorization_endpoint=authorization,
        token_endpoint=token,
        jwks_uri=keys,
        takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
        fetched_at=now,
    )


def _read_keys(fields: Mapping[str, Any]) -> KeySet:
    keys = fields.get("keys")
    try:
        return KeySet.import_key_set({"keys": [key for key in keys or [] if isinstance(key, dict)]})
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderDown("The service shows no keys that can be read.") from error
