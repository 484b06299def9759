"""How busy the form is just now, as far as this process has met it: whether a proof of work is worth asking for.

What was counted for a sender anyway is remembered here, so that showing the form asks no database. A process that has
met nothing takes the day for a quiet one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from liju_contact.config_limits import ProofLimits

_NETWORKS = 10_000


@dataclass(slots=True)
class Noise:
    """Counts of the current window; reading and writing them from several threads does no harm."""

    window_start: datetime | None = None
    in_all: int = 0
    by_network: dict[str, int] = field(default_factory=dict)

    def learn(self, window_start: datetime, *, network: str, network_count: int, in_all: int) -> None:
        if window_start != self.window_start or len(self.by_network) > _NETWORKS:
            self.window_start, self.in_all, self.by_network = window_start, 0, {}
        self.in_all = max(self.in_all, in_all)
        self.by_network[network] = max(network_count, self.by_network.get(network, 0))

    def is_loud(self, window_start: datetime, *, network: str, limits: ProofLimits) -> bool:
        """Tell whether ``network``, or all of them together, have sent so much in this window."""
        if window_start != self.window_start:
            return False
        from_network = 0 < limits.from_network <= self.by_network.get(network, 0)
        return from_network or 0 < limits.from_all <= self.in_all
