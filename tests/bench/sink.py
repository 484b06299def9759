"""An SMTP server that accepts every letter and keeps none: the far end of the letters benchmark.

Runs in a process of its own (``python -m tests.bench.sink``). It prints its port, then, each tenth of a second in which
letters came, how many there have been and the seconds between the first and the last of them. It speaks just enough of
RFC 5321 for a sender on loopback, with PIPELINING, 8BITMIME and SMTPUTF8, and without TLS.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from typing import cast

GREETING = b"220 sink.example ESMTP\r\n"
EXTENSIONS = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 104857600\r\n"
END_OF_LETTER = b"\r\n.\r\n"
REPORT_SECONDS = 0.1


class Count:
    """Letters accepted so far, and when the first and the last came."""

    def __init__(self) -> None:
        self.letters = 0
        self.first = self.last = 0.0

    def add(self) -> None:
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self.letters += 1


class Session(asyncio.Protocol):
    """One SMTP connection: lines until DATA, then octets until the final dot."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self.pending = b""
        self.in_letter = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while self.take_letter() if self.in_letter else self.take_line():
            pass

    def take_letter(self) -> bool:
        _, dot, rest = self.pending.partition(END_OF_LETTER)
        if not dot:
            return False
        self.pending, self.in_letter = rest, False
        self.count.add()
        self.transport.write(b"250 accepted\r\n")
        return True

    def take_line(self) -> bool:
        line, end, rest = self.pending.partition(b"\r\n")
        if not end:
            return False
        self.pending = rest
        self.transport.write(self.answer(line[:4].upper()))
        return not self.transport.is_closing()

    def answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return EXTENSIONS
        if verb == b"DATA":
            self.in_letter = True
            self.pending = b"\r\n" + self.pending  # An empty letter ends with a dot on its very first line.
            return b"354 go ahead\r\n"
        if verb == b"QUIT":
            asyncio.get_running_loop().call_soon(self.transport.close)
            return b"221 bye\r\n"
        return b"250 ok\r\n" if verb in {b"MAIL", b"RCPT", b"RSET", b"NOOP", b"HELO"} else b"502 unknown\r\n"


async def serve(port: int) -> None:
    count = Count()
    server = await asyncio.get_running_loop().create_server(lambda: Session(count), "127.0.0.1", port)
    say(f"{server.sockets[0].getsockname()[1]}")
    told = 0
    while True:
        await asyncio.sleep(REPORT_SECONDS)
        if count.letters != told:
            told = count.letters
            say(f"{told} {count.last - count.first:.6f}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sink", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
