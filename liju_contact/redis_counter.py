"""Counts for the limits in Redis, by one round trip for each sending.

While Redis is away the database counts: from nothing, so for that long a little more than the limit may go through,
which is better than turning people away. After a failure Redis is left alone for some seconds, so that nobody waits
for it again and again.

What is counted stays counted when the story's transaction is rolled back, unlike in the database: under a locked
database a limit may be reached a little early.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Connection

from liju_contact.usecases.rate_counter import Counted, RateCounter

_log = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 0.25
_REST_SECONDS = 10.0
_PREFIX = "liju:rate:"


class RedisCounter:
    """Opens nothing until the first count. ``monotonic`` is the clock by which a Redis that failed is left alone."""

    def __init__(self, url: str, *, meanwhile: RateCounter, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis = Redis.from_url(
            url,
            protocol=2,  # what every version of the server speaks
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),  # what was counted and not answered must not be counted again
        )
        self._meanwhile = meanwhile
        self._monotonic = monotonic
        self._rests_until = 0.0

    def count(self, tx: Connection, counted: Sequence[Counted]) -> list[int]:
        if not counted:
            return []
        if self._monotonic() >= self._rests_until:
            try:
                return self._count(counted)
            except (RedisError, OSError) as error:
                self._rests_until = self._monotonic() + _REST_SECONDS
                _log.warning("Redis is away, so limits are counted in the database: %s", type(error).__name__)
        return self._meanwhile.count(tx, counted)

    def close(self) -> None:
        self._redis.close()

    def _count(self, counted: Sequence[Counted]) -> list[int]:
        """Count everything as one step: a window that has passed leaves by itself."""
        pipeline = self._redis.pipeline(transaction=True)
        for one in counted:
            key = f"{_PREFIX}{one.subject}:{int(one.window_start.timestamp())}"
            pipeline.incrby(key, one.amount)
            pipeline.expire(key, int(one.window.total_seconds()) * 2)
        return [int(count) for count in pipeline.execute()[::2]]
