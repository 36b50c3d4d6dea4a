"""How one way of waiting for notices did in a race."""

import statistics
from dataclasses import dataclass

from channels_lab.measure.percentile import percentile
from channels_lab.wire.traffic import Traffic

__all__ = ["Lap"]


@dataclass(frozen=True)
class Lap:
    """One way's result. `delays` are in seconds, one for each notice that arrived, from the moment its POST was sent.

    `missing` counts notices that did not arrive in time, `again` those that came twice; `stopped` is the error that
    ended it, "" where nothing did. `traffic` is what it cost from its first request to the end of the race.
    """

    way: str | float
    delays: tuple[float, ...]
    missing: int
    again: int
    traffic: Traffic
    stopped: str = ""

    @property
    def median(self) -> float | None:
        """The delay that half of the notices did not exceed, in ms; None where none came."""
        return statistics.median(self.delays) * 1000 if self.delays else None

    @property
    def late(self) -> float | None:
        """The 99th percentile of the delays, in ms: with fewer than a hundred notices the longest; None for none."""
        return percentile(self.delays, 99) * 1000 if self.delays else None

    def per_notice(self, count: int) -> float | None:
        """A count, of bytes or requests, for each notice that arrived; None where none came."""
        return count / len(self.delays) if self.delays else None
