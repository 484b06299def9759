"""What is kept in memory to be quick, and let go of each day: what a customer had erased is not to stay there."""

from __future__ import annotations

import threading
from datetime import date
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class KeptForADay(Generic[_Key, _Value]):
    """A dictionary for several threads, which has ``most`` values at most and forgets the oldest first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[_Key, _Value] = {}
        self._keeping = threading.Lock()
        self._day: date | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, day: date) -> None:
        """Let go of everything, unless this day has begun already."""
        if day != self._day:
            with self._keeping:
                self._kept.clear()
                self._day = day

    def find(self, key: _Key) -> _Value | None:
        return self._kept.get(key)

    def keep(self, key: _Key, value: _Value) -> None:
        with self._keeping:
            self._kept.pop(key, None)
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = value
