"""What a browser does, without one: pages, forms with files, and one whole visit from empty form to status page.

Standard library only. Nothing is followed or repeated by itself: each request gives the one ``Answer`` it got.
"""

from __future__ import annotations

import html
import http.client
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_TOKEN = re.compile(r'name="token"[^>]*? value="([^"]*)"')
FORM = {
    "name": "Li Wei",
    "email": "li.wei@customer.example",
    "country": "CN",
    "product": "steam",
    "topic": "quotation",
    "message": "Which boiler gives 2 t/h at 10 bar?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def location(self) -> str:
        """The path a redirect leads to."""
        return urlsplit(self.headers["Location"]).path


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a customer takes home: the reference, and the path of the status link."""

    reference: str
    path: str

    @property
    def key(self) -> str:
        return self.path.rpartition("/")[2]


class Visitor:
    """One visitor; every request comes over a connection of its own."""

    def __init__(self, port: int, *, timeout: float = 30.0) -> None:
        self._port = port
        self._timeout = timeout

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Iterable[Upload] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a form as the browser does, with files in the field that both forms have for them."""
        boundary = secrets.token_hex(16)
        body = multipart(boundary, fields.items(), files)
        content_type = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.send("POST", path, body, {**content_type, **(headers or {})})

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(status=response.status, headers=response.headers, body=response.read())
        except http.client.HTTPException as error:
            raise ConnectionError(f"no proper answer: {error!r}") from error
        finally:
            connection.close()

    def open_form(self, path: str = "/") -> str:
        """Open a page with a form and return the form's token."""
        return token_in(self.get(path))

    def visit(self, files: Iterable[Upload] = (), *, language: str = "en", **fields: str) -> Visit:
        """Open the form, send it, open the status page; any answer but the usual is an error."""
        token = self.open_form(f"/?lang={language}")
        sent = self.post(f"/?lang={language}", {**FORM, "token": token, **fields}, files)
        assert sent.status == 303, f"{sent.status}: {sent.text}"
        visit = visit_in(sent)
        assert self.get(visit.path).status == 200
        return visit


def visit_in(answer: Answer) -> Visit:
    """Read reference and status link from the redirect that acknowledges an inquiry."""
    reference = answer.location.split("/")[2]
    return Visit(reference=reference, path=answer.location)


def token_in(answer: Answer) -> str:
    found = _TOKEN.search(answer.text)
    assert found, f"no form in this page ({answer.status})"
    return html.unescape(found[1])


def multipart(boundary: str, fields: Iterable[tuple[str, str]], files: Iterable[Upload] = ()) -> bytes:
    """Write a form as RFC 7578 says, with names quoted as browsers do (WHATWG HTML, multipart form data)."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted(name)}"\r\n\r\n{value}\r\n'.encode(
            "utf-8", "surrogatepass"
        )
        for name, value in fields
    ]
    for file in files:
        disposition = f'form-data; name="files"; filename="{quoted(file.name)}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {file.media_type}\r\n\r\n"
        parts += [head.encode("utf-8", "surrogatepass"), file.content, b"\r\n"]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])


def quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
