"""Receive the whole body of a request before the application is called, so that a slow sender holds no thread.

A body has a deadline that moves on while bytes come, a size, and a share of what all bodies of this process may take;
beyond a little memory it lies in a temporary file without a name, which vanishes with the process. A body that is too
big is not kept at all: the application is shown its length and nothing else, and so answers 413 in its own words.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

BODIES_AT_ONCE = 1000
BYTES_AT_ONCE = 2 * 1024**3
FIRST_SECONDS = 10.0
LEAST_BYTES_PER_SECOND = 1000
LONGEST_SECONDS = 30 * 60.0
_SMALL_BYTES = 32 * 1024
_MEMORY_BYTES = 512 * 1024
# Only so many bodies may take _MEMORY_BYTES of memory each; the next ones are written to disk from their first byte.
_BODIES_IN_MEMORY = 32
_DISCARD_SECONDS = 5.0
_DISCARD_BYTES = 64 * 1024**2


class RequestRefused(Exception):
    """The application is not called; ``status`` and the text are the whole answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Incoming(Protocol):
    """The part of an RSGI protocol object that gives the body: whole when awaited, or in chunks."""

    async def __call__(self) -> bytes: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """``content`` is what the application may read; ``rest`` is what the client still sends of a body too big."""

    content: IO[bytes]
    length: int
    rest: AsyncIterator[bytes] | None = None


class Bodies:
    """All bodies that one process holds at a time."""

    def __init__(self, *, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.bodies_count = 0
        self.bytes_count = 0

    @asynccontextmanager
    async def received(self, incoming: Incoming, declared: int | None) -> AsyncIterator[Body]:
        """Give the body, kept until the block ends; ``declared`` is its Content-Length, None for a chunked one.

        Raises ``RequestRefused`` when it is too slow, broken off, or one too many.
        """
        if declared is not None and declared > self.limit_bytes:
            yield Body(content=BytesIO(), length=declared, rest=_Unbroken(incoming))
            return
        if self.bodies_count >= BODIES_AT_ONCE:
            raise RequestRefused(503, "Too many uploads at once. Please try again in a minute.")
        self.bodies_count += 1
        receipt = _Receipt(self)
        try:
            yield await receipt.within_deadline(incoming, declared)
        finally:
            self.bodies_count -= 1
            self.bytes_count -= receipt.length
            receipt.content.close()


class _Receipt:
    """One body on its way in."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._started_at = asyncio.get_running_loop().time()
        self.content: IO[bytes] = BytesIO()
        self.length = 0

    async def within_deadline(self, incoming: Incoming, declared: int | None) -> Body:
        try:
            async with asyncio.timeout_at(self._deadline(declared or 0)) as deadline:
                if declared is not None and declared <= _SMALL_BYTES:
                    return await self._at_once(incoming, declared)
                deadline.reschedule(self._deadline(0))
                return await self._in_chunks(incoming, declared, deadline)
        except TimeoutError:
            raise RequestRefused(408, "The request came too slowly. Please try again.") from None
        except OSError as error:
            raise RequestRefused(503, "There is no room for this upload. Please try again later.") from error

    async def _at_once(self, incoming: Incoming, declared: int) -> Body:
        """Wait for a small body outside Python: however slowly it drips, it costs one wake-up."""
        try:
            content = await incoming()
        except RuntimeError:  # the server's own exceptions for a client that has gone
            raise _broken_off() from None
        return Body(content=BytesIO(content), length=declared)

    async def _in_chunks(self, incoming: Incoming, declared: int | None, deadline: asyncio.Timeout) -> Body:
        in_memory = self._bodies.bodies_count <= _BODIES_IN_MEMORY
        self.content = SpooledTemporaryFile(max_size=_MEMORY_BYTES if in_memory else 1)  # noqa: SIM115  # Bodies.received closes it
        chunks = _Unbroken(incoming)
        async for chunk in chunks:
            self._keep(chunk)
            if self.length > self._bodies.limit_bytes:
                return Body(content=BytesIO(), length=self.length, rest=chunks)
            deadline.reschedule(self._deadline(self.length))
        if declared not in {None, self.length}:
            raise _broken_off()
        self.content.seek(0)
        return Body(content=self.content, length=self.length)

    def _keep(self, chunk: bytes) -> None:
        self.length += len(chunk)
        self._bodies.bytes_count += len(chunk)
        if self._bodies.bytes_count > BYTES_AT_ONCE:
            raise RequestRefused(503, "Too many uploads at once. Please try again in a minute.")
        self.content.write(chunk)

    def _deadline(self, received: int) -> float:
        return self._started_at + min(FIRST_SECONDS + received / LEAST_BYTES_PER_SECOND, LONGEST_SECONDS)


async def discard(rest: AsyncIterator[bytes]) -> None:
    """Read on for a moment after the answer: a client whose sending fails at once may never look at the answer."""
    discarded = 0
    try:
        async with asyncio.timeout(_DISCARD_SECONDS):
            async for chunk in rest:
                discarded += len(chunk)
                if discarded > _DISCARD_BYTES:
                    return
    except (TimeoutError, RequestRefused):
        return


class _Unbroken:
    """The chunks of a body; raises ``RequestRefused`` when it does not end as HTTP wants it.

    The server marks the end by an empty chunk. A connection that broke in the middle gives an empty chunk too, but
    another one after it, and that is the only sign of it in a chunked body.
    """

    def __init__(self, incoming: Incoming) -> None:
        self._chunks = aiter(incoming)  # the server allows this once per request

    def __aiter__(self) -> _Unbroken:
        return self

    async def __anext__(self) -> bytes:
        if chunk := await anext(self._chunks):
            return chunk
        await anext(self._chunks)  # normally this says that there is no more
        raise _broken_off()


def _broken_off() -> RequestRefused:
    return RequestRefused(400, "The request ended before its body was complete.")
