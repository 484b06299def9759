"""Slow clients: many sockets that send one byte per second and never finish their request.

Runs in a process of its own (``python -m tests.bench.drips``) until it is ended. ``headers`` drips the head of a
request; ``body`` sends a whole head with a long ``Content-Length`` at once and drips the body. A socket
that the server closes is opened again, as a stubborn client would.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import socket
import time

STARTS = {
    "headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "body": (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 100000\r\n\r\nmessage="
    ),
}


def drip(port: int, sockets: int, kind: str) -> None:
    opened: list[socket.socket | None] = [None] * sockets
    for second in itertools.count():
        for index, connection in enumerate(opened):
            opened[index] = dripped(connection) if connection else fresh(port, STARTS[kind])
        print(f"{second} {sum(each is not None for each in opened)}", flush=True)  # noqa: T201  # its parent reads this
        time.sleep(1.0)


def dripped(connection: socket.socket) -> socket.socket | None:
    """Send one byte more; return None when the server has given up on this connection."""
    try:
        connection.sendall(b"a")
    except BlockingIOError:
        return connection
    except OSError:
        connection.close()
        return None
    with contextlib.suppress(BlockingIOError, ConnectionError):
        if connection.recv(1000) == b"":
            connection.close()
            return None
    return connection


def fresh(port: int, start: bytes) -> socket.socket | None:
    connection = socket.socket()
    try:
        connection.settimeout(0.2)
        connection.connect(("127.0.0.1", port))
        connection.sendall(start)
    except OSError:
        connection.close()
        return None
    connection.settimeout(0)
    return connection


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.drips", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--kind", choices=sorted(STARTS), default="headers")
    options = parser.parse_args()
    drip(options.port, options.sockets, options.kind)


if __name__ == "__main__":
    main()
