"""What a visitor does, apart from sockets: the requests of one visit and what their answers must look like.

A visit is a generator: it yields the bytes of a request and is sent the response. ``visitors.py`` carries the bytes.
To adapt the benchmark to a changed form, change ``PROGRAM`` here and nothing else.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    import random
    from collections.abc import Generator

GZIP_WINDOW = 31
NAMES = ("Anna Müller", "José García", "王小明", "李娜", "Олег Иванов", "Mary O'Neill", "Nguyễn Văn An", "陈伟")
COUNTRIES = ("DE", "ES", "CN", "CN", "KZ", "IE", "VN", "CN")
SENTENCES = (
    "We are planning a new boiler house for a hotel with 240 rooms and need hot water at 60 °C.",
    "Please quote a gas-fired steam boiler, 4 t/h at 10 bar, feed water 105 °C, NOx below 30 mg.",
    "The burner of our boiler locks out after purge; the display shows E07 since Monday.",
    "Could you tell us the delivery time to Hamburg and whether commissioning on site is included?",
    "我们需要一台每小时四吨的燃气蒸汽锅炉，工作压力一兆帕，请报价并说明交货期。",  # Chinese has its own comma.
    "现有锅炉运行十年，燃烧器经常熄火，请问能否安排工程师到现场检查？",  # The same.
    "请提供真空热水锅炉的样本、外形尺寸图和氮氧化物排放数据，谢谢。",  # The same.
)


class VisitError(Exception):
    """A response that a real visitor would call a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the form of one program keeps its token, and the fields it wants besides those that both have."""

    name: str
    token_field: str
    products: tuple[str, ...]
    extra_fields: dict[str, str]


FLOOR = Target(
    name="floor",
    token_field="csrf_token",
    products=("steam-boiler", "vacuum-boiler", "hot-water-boiler", "burner", "service"),
    extra_fields={},
)
PROGRAM = Target(
    name="program",
    token_field="token",
    products=("steam", "vacuum-hot-water", "atmospheric-hot-water", "burners-controls", "service-parts"),
    extra_fields={"topic": "quotation", "company": "Dairy & Sons", "capacity": "4", "capacity_unit": "MW"},
)
TARGETS = {target.name: target for target in (FLOOR, PROGRAM)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes
    closes: bool

    def content(self) -> bytes:
        is_packed = self.headers.get("content-encoding") == "gzip"
        return zlib.decompress(self.body, GZIP_WINDOW) if is_packed else self.body


def visit(target: Target, authority: str, dice: random.Random) -> Generator[bytes, Response, None]:
    """Ask for the form, send it, follow to the status page, and look for the own words there.

    Raises ``VisitError`` when an answer is not what a visitor needs.
    """
    mark = f"Visit {dice.getrandbits(64):016x}"
    page = yield request("GET", "/", authority, cookies="")
    expect(page, 200)
    cookies = page.headers.get("set-cookie", "").partition(";")[0]
    body = urlencode(answers(target, dice, mark) | {target.token_field: token_in(page, target)}).encode()
    answer = yield request("POST", "/", authority, cookies=cookies, body=body)
    expect(answer, 303)
    path = "/" + answer.headers["location"].removeprefix(f"http://{authority}").lstrip("/")
    status_page = yield request("GET", path, authority, cookies=cookies)
    expect(status_page, 200)
    if mark.encode() not in status_page.content():
        raise VisitError("the status page lacks the message")


def request(method: str, path: str, authority: str, *, cookies: str, body: bytes = b"") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {authority}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: en-US,en;q=0.5",
        "Accept-Encoding: gzip",
    ]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    if method == "POST":
        lines += [
            f"Origin: http://{authority}",
            f"Referer: http://{authority}/",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answers(target: Target, dice: random.Random, mark: str) -> dict[str, str]:
    person = dice.randrange(len(NAMES))
    return {
        "name": NAMES[person],
        "email": f"buyer{dice.randrange(10_000_000)}@example.com",
        "country": COUNTRIES[person],
        "product": dice.choice(target.products),
        "message": "\r\n".join([*dice.sample(SENTENCES, 3), mark]),
        **target.extra_fields,
    }


def token_in(page: Response, target: Target) -> str:
    """Return the token of the form, looked for from the end: the visitors must not be what takes the time."""
    content = page.content()
    name = content.rfind(f'name="{target.token_field}"'.encode())
    start, end = content.rfind(b"<input", 0, name), content.find(b">", name)
    value = re.search(rb'\bvalue="([^"]+)"', content[start:end])
    if name < 0 or value is None:
        raise VisitError(f"the form has no {target.token_field}")
    return value[1].decode()


def expect(response: Response, status: int) -> None:
    if response.status != status:
        raise VisitError(f"status {response.status} in place of {status}")
