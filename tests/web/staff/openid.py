"""A service with OpenID Connect on loopback: strict about what a client sends, and as wrong as a test wants it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "liju-contact", "a secret/with + signs"
KEYS: dict[str, RSAKey | ECKey] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "second", "use": "sig"}),
}


@dataclass(kw_only=True)
class Service:
    """``claims`` replace those of the ID token (None leaves one out); ``address`` is whoever signs in there.

    ``signing`` are the keys it signs with, ``shown`` the names of those that it shows.
    """

    issuer: str
    now: Callable[[], datetime]
    address: str = "li.wei@liju.example"
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    shown: tuple[str, ...] = ("RS256", "ES256")
    signing: dict[str, RSAKey | ECKey] = field(default_factory=KEYS.copy)
    is_down: bool = False
    takes_basic: bool = True
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        methods = ["client_secret_basic"] if self.takes_basic else ["client_secret_post"]
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=liju",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": methods,
        }

    def keys(self) -> dict[str, Any]:
        shown = [KEYS[name].as_dict(private=False) for name in self.shown]
        return {"keys": [*shown, {"kty": "AKP", "kid": "of a kind to come"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent back to."""
        assert query["tenant"] == "liju"
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT_ID)
        assert (query["code_challenge_method"], query["scope"]) == ("S256", "openid email")
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form["code"], None)
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if self._client(form, authorization) != [CLIENT_ID, CLIENT_SECRET]:
            return 401, {"error": "invalid_client"}
        if query is None or query["code_challenge"] != challenge or query["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self._id_token(query["nonce"])}

    def _client(self, form: dict[str, str], authorization: str) -> list[str]:
        if not self.takes_basic:
            return [form["client_id"], form["client_secret"]]
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        return [unquote(part) for part in pair.split(":", 1)]

    def _id_token(self, nonce: str) -> str:
        seconds = int(self.now().timestamp())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "248289761001",
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": nonce,
            "email": self.address,
            "email_verified": True,
        }
        claims = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
        key = self.signing[self.algorithm]
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key)


@contextmanager
def running_service(now: Callable[[], datetime]) -> Iterator[Service]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    service = Service(issuer=f"http://127.0.0.1:{server.server_port}", now=now)
    server.service = service  # type: ignore[attr-defined]  # read by the handler below
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def at_the_service(service: Service, address: str) -> str:
    """Do what a browser does that is sent there: return the path and query it comes back with."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    back = urlsplit(service.authorize(query))
    return f"{back.path}?{back.query}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        service, parts = self._service(), urlsplit(self.path)
        service.asked.append(parts.path)
        if parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(303)
            self.send_header("Location", service.authorize(query))
            self.end_headers()
            return
        documents = {"/.well-known/openid-configuration": service.discovery, "/keys": service.keys}
        self._answer(200, documents[parts.path]())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._service().asked.append(self.path)
        self._answer(*self._service().token(form, self.headers.get("Authorization", "")))

    def _service(self) -> Service:
        service: Service = self.server.service  # type: ignore[attr-defined]  # set where the server is made
        return service

    def _answer(self, status: int, fields: dict[str, Any]) -> None:
        body = json.dumps(fields).encode()
        self.send_response(503 if self._service().is_down else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """The tests say what is wrong."""
