"""Reads an ID token: what has to be true of it before an address in it is believed (OpenID Connect Core, 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import GuestProtocol, Key, KeySet

from liju_contact.config_desk import ProviderSettings
from liju_contact.domain.text import clean_line
from liju_contact.usecases.identity_provider import Identity, Unproven

# Named here and not by the token: neither "none" nor a key that is used as a password gets in.
_ALGORITHMS = ("RS256", "ES256")
_LEEWAY_SECONDS = 60
_ADDRESS_LENGTH = 254


class UnknownKey(Exception):
    """The token is signed with a key that the service has not shown us (yet)."""


def read_id_token(
    token: str, keys: KeySet, settings: ProviderSettings, *, nonce: str, now: datetime
) -> Identity | Unproven:
    """Return whom a token names. Raises ``UnknownKey``."""
    try:
        claims = jwt.decode(token, lambda guest: _key(keys, guest), algorithms=_ALGORITHMS).claims
        _registry(settings, now).validate(claims)
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except (JoseError, ValueError, TypeError) as error:
        return Unproven(reason=f"the ID token is not valid: {error}")
    return _identity(claims, settings, nonce)


def _key(keys: KeySet, guest: GuestProtocol) -> Key:
    """Return the key a token names; one that names none is looked at with the only key that there is for signing."""
    signing = [key for key in keys if key.get("use") in {None, "sig"}]
    kid = guest.headers().get("kid")
    if kid is None and len(signing) == 1:
        return signing[0]
    return KeySet(signing).get_by_kid(kid if isinstance(kid, str) else "")


def _registry(settings: ProviderSettings, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )


def _identity(claims: Mapping[str, Any], settings: ProviderSettings, nonce: str) -> Identity | Unproven:
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if is_shared else settings.client_id) != settings.client_id:
        return Unproven(reason="the ID token was made for another program")
    if claims.get("nonce") != nonce:
        return Unproven(reason="the ID token belongs to another sign-in")
    address = claims.get("email")
    if not isinstance(address, str) or "@" not in address or len(address) > _ADDRESS_LENGTH:
        return Unproven(reason="the ID token holds no address")
    if claims.get("email_verified") is not True:
        return Unproven(reason="the service has not verified the address")
    return Identity(address=clean_line(address))
