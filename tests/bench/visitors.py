"""The load generator: some visitors at once, each beginning a new visit as soon as one has ended.

Runs in a process of its own (``python -m tests.bench.visitors``) and prints one JSON object, a ``Tally``. One thread,
one epoll, hand-written HTTP/1.1: what it costs in CPU is taken from the server, because both share the machine.

A visit opens its own connection and knows no cookie of earlier visits. Within the visit the connection is kept where
the server keeps it, else opened again for each request.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import os
import random
import selectors
import socket
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.visits import TARGETS, Response, Target, VisitError, visit

if TYPE_CHECKING:
    from collections.abc import Generator

CHUNK_BYTES = 65536
LONGEST_VISIT_SECONDS = 30.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What happened; ``waiting_ms`` holds the ages of the visits that had not ended when time was up."""

    seconds: float
    visit_ms: list[float]
    waiting_ms: list[float]
    errors: dict[str, int]
    cpu_seconds: float


class Visitor:
    """One seat at the counter: at any moment it carries one visit over one socket."""

    def __init__(self, target: Target, port: int, selector: selectors.BaseSelector, dice: random.Random) -> None:
        self.target, self.port, self.selector, self.dice = target, port, selector, dice
        self.socket: socket.socket | None = None
        self.begin()

    def begin(self) -> None:
        self.began = time.perf_counter()
        self.visit: Generator[bytes, Response, None] = visit(self.target, f"127.0.0.1:{self.port}", self.dice)
        self.outgoing = next(self.visit)
        self.connect()

    def connect(self) -> None:
        self.close()
        self.incoming = b""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(0)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.selector.register(self.socket, selectors.EVENT_WRITE, self)

    def close(self) -> None:
        if self.socket is not None:
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None

    def advance(self, events: int) -> bool:
        """Do what the socket is ready for; return True when that ended the visit."""
        assert self.socket is not None
        if events & selectors.EVENT_WRITE:
            self.socket.sendall(self.outgoing)
            self.selector.modify(self.socket, selectors.EVENT_READ, self)
            return False
        received = self.socket.recv(CHUNK_BYTES)
        self.incoming += received
        response = parse(self.incoming, ended=not received)
        return response is not None and self.go_on(response)

    def go_on(self, response: Response) -> bool:
        assert self.socket is not None
        try:
            self.outgoing = self.visit.send(response)
        except StopIteration:
            return True
        if response.closes:
            self.connect()
        else:
            self.incoming = b""
            self.socket.sendall(self.outgoing)
        return False


def parse(received: bytes, *, ended: bool) -> Response | None:
    """Return the response once ``received`` holds all of it; ``ended`` says that the server sends no more."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if separator:
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if is_complete(headers, body, ended=ended):
            return Response(
                status=int(status_line.split()[1]),
                headers=headers,
                body=without_chunks(body) if "transfer-encoding" in headers else body,
                closes=ended or headers.get("connection", "").lower() == "close",
            )
    if ended:
        raise VisitError("connection closed early")
    return None


def is_complete(headers: dict[str, str], body: bytes, *, ended: bool) -> bool:
    if "content-length" in headers:
        return len(body) >= int(headers["content-length"])
    return body.endswith(b"0\r\n\r\n") if "transfer-encoding" in headers else ended


def without_chunks(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        whole, body = whole + rest[:length], rest[length + 2 :] if length else b""
    return whole


def run(target: Target, port: int, visitor_count: int, seconds: float) -> Tally:
    dice = random.Random(os.getpid())
    selector = selectors.DefaultSelector()
    start = time.perf_counter()
    visitors = [Visitor(target, port, selector, dice) for _ in range(visitor_count)]
    visit_ms: list[float] = []
    errors: collections.Counter[str] = collections.Counter()
    while (now := time.perf_counter()) < start + seconds:
        for key, events in selector.select(timeout=max(0.0, min(0.5, start + seconds - now))):
            step(key.data, events, visit_ms, errors)
        for visitor in visitors:
            if now - visitor.began > LONGEST_VISIT_SECONDS:
                errors["no end"] += 1
                visitor.begin()
    end = time.perf_counter()
    return Tally(
        seconds=end - start,
        visit_ms=visit_ms,
        waiting_ms=[1000 * (end - visitor.began) for visitor in visitors],
        errors=dict(errors),
        cpu_seconds=time.process_time(),
    )


def step(visitor: Visitor, events: int, visit_ms: list[float], errors: collections.Counter[str]) -> None:
    try:
        if not visitor.advance(events):
            return
        visit_ms.append(1000 * (time.perf_counter() - visitor.began))
    except (VisitError, OSError) as error:
        errors[str(error)] += 1
    visitor.begin()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.visitors", description=__doc__.splitlines()[0])
    parser.add_argument("--target", choices=sorted(TARGETS), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    tally = run(TARGETS[options.target], options.port, options.visitors, options.seconds)
    json.dump(dataclasses.asdict(tally), sys.stdout)


if __name__ == "__main__":
    main()
