"""The WSGI environment (PEP 3333) of a request that Granian describes as an RSGI scope, without its body."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

from liju_contact.processes.request_body import RequestRefused

Environ = dict[str, Any]

_ONCE = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_HOST"})


class RequestHeaders(Protocol):
    def items(self) -> list[tuple[str, str]]: ...

    def __contains__(self, name: str) -> bool: ...


class Scope(Protocol):
    """What Granian tells about a request; ``path`` is percent-decoded, ``client`` is ``address:port``."""

    http_version: str
    scheme: str
    method: str
    path: str
    query_string: str
    client: str
    authority: str | None
    headers: RequestHeaders


def environ_of(scope: Scope, fixed: Environ) -> Environ:
    """Make the environment; ``fixed`` is what all requests of a process have in common.

    Raises ``RequestRefused`` for headers that two programs might read differently. A header with bytes beyond ASCII
    is left out, because RSGI does not show it.
    """
    environ = fixed.copy()
    environ["REQUEST_METHOD"] = scope.method
    environ["PATH_INFO"] = _wsgi_text(scope.path)
    environ["QUERY_STRING"] = _wsgi_text(scope.query_string)
    environ["SERVER_PROTOCOL"] = "HTTP/1.0" if scope.http_version == "1" else f"HTTP/{scope.http_version}"
    environ["REMOTE_ADDR"] = address_of(scope.client)
    environ["wsgi.url_scheme"] = scope.scheme
    for name, value in scope.headers.items():
        key = _key_of(name)
        if key in environ:
            environ[key] = _joined(key, environ[key], value)
        elif key:
            environ[key] = value
    _check_headers(environ, scope)
    return environ


def address_of(client: str) -> str:
    """Return the address of ``1.2.3.4:5``, ``[2001:db8::1]:5`` or ``[::ffff:1.2.3.4]:5``, the last as IPv4."""
    address = client.rpartition(":")[0].strip("[]")
    return address.removeprefix("::ffff:") if "." in address else address


@lru_cache(maxsize=512)
def _key_of(name: str) -> str:
    """Name a header as WSGI does; "" for one with an underscore, which could pass for one that a proxy has set."""
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def _joined(key: str, first: str, second: str) -> str:
    if key in _ONCE:
        if first != second:
            raise RequestRefused(400, "A header that may stand once stands twice.")
        return first
    return f"{first}; {second}" if key == "HTTP_COOKIE" else f"{first},{second}"


def _check_headers(environ: Environ, scope: Scope) -> None:
    if "HTTP_HOST" not in environ:
        if scope.http_version != "1" and not scope.authority:
            raise RequestRefused(400, "The Host header is missing.")
        environ["HTTP_HOST"] = scope.authority or environ["SERVER_NAME"]
    if "HTTP_X_FORWARDED_FOR" not in environ and "x-forwarded-for" in scope.headers:
        # It is there but unreadable: without it the visitor would be taken for the proxy.
        raise RequestRefused(400, "The X-Forwarded-For header cannot be read.")


def _wsgi_text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")
