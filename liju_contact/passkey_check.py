"""The ``PasskeyCheck`` of the program: py_webauthn, for the one host of the settings (WebAuthn Level 3)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from liju_contact.usecases.passkey_port import NewPasskey, Presented

_log = logging.getLogger(__name__)
_ANSWER_LENGTH = 100_000
_CREDENTIAL_ID_BYTES = 1023  # WebAuthn Level 3 section 7.1 refuses a longer one
# What reading an answer raises, beside the library's own: it is JSON, base64 and CBOR from anybody.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebauthnCheck:
    """``host`` is what passkeys belong to, ``origin`` the one address whose pages may ask for them."""

    host: str
    origin: str
    company: str

    @classmethod
    def at(cls, base_url: str, *, company: str) -> WebauthnCheck:
        parts = urlsplit(base_url)
        host, usual = parts.hostname or "", {"https": 443, "http": 80}.get(parts.scheme)
        port = "" if parts.port in {None, usual} else f":{parts.port}"
        return cls(host=host, origin=f"{parts.scheme}://{host}{port}", company=company)

    def creation_options(
        self, *, challenge: bytes, user_handle: bytes, address: str, name: str, known: Sequence[str]
    ) -> str:
        selection = AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        )
        options = generate_registration_options(
            rp_id=self.host,
            rp_name=self.company,
            user_id=user_handle,
            user_name=address,
            user_display_name=name or address,
            challenge=challenge,
            authenticator_selection=selection,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(id_)) for id_ in known],
        )
        return options_to_json(options)

    def request_options(self, *, challenge: bytes) -> str:
        options = generate_authentication_options(
            rp_id=self.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        return options_to_json(options)

    def challenge_of(self, answer: str) -> bytes | None:
        try:
            response = json.loads(answer[:_ANSWER_LENGTH])["response"]
            return parse_client_data_json(base64url_to_bytes(response["clientDataJSON"])).challenge
        except _UNREADABLE:
            return None

    def presented(self, answer: str) -> Presented | None:
        try:
            credential = parse_authentication_credential_json(answer[:_ANSWER_LENGTH])
        except _UNREADABLE:
            return None
        return Presented(
            credential_id=bytes_to_base64url(credential.raw_id), user_handle=credential.response.user_handle
        )

    def verify_new(self, answer: str, *, challenge: bytes) -> NewPasskey | None:
        try:
            verified = verify_registration_response(
                credential=answer[:_ANSWER_LENGTH],
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except _UNREADABLE as error:
            _log.warning("A passkey was not taken: %s", error)
            return None
        if len(verified.credential_id) > _CREDENTIAL_ID_BYTES:
            return None
        return NewPasskey(
            credential_id=bytes_to_base64url(verified.credential_id),
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
        )

    def verify(self, answer: str, *, challenge: bytes, public_key: bytes, sign_count: int) -> int | None:
        try:
            verified = verify_authentication_response(
                credential=answer[:_ANSWER_LENGTH],
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except _UNREADABLE as error:
            _log.warning("A passkey was not accepted: %s", error)
            return None
        return verified.new_sign_count
