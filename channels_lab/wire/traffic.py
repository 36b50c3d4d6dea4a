"""What somebody's connections have cost: requests, bytes, connections."""

from collections.abc import Sequence
from dataclasses import dataclass

from channels_lab.wire.tap import Tap

__all__ = ["Traffic"]


@dataclass(frozen=True)
class Traffic:
    """Counted on the sockets, headers included: `sent` and `received` in bytes, as the client sees it.

    `requests` are HTTP requests, a WebSocket's handshake among them; `opened` is how many TCP connections there were,
    `most_open` how many at once. What TCP and IP add to each packet is not in it.
    """

    requests: int = 0
    sent: int = 0
    received: int = 0
    opened: int = 0
    most_open: int = 0

    @classmethod
    def of(cls, taps: Sequence[Tap], requests: int) -> "Traffic":
        """The traffic of the connections that these taps are on."""
        moments = sorted([(tap.began, 1) for tap in taps] + [(tap.ended, -1) for tap in taps if tap.ended is not None])
        now = most = 0
        for _, change in moments:
            now += change
            most = max(most, now)
        sent, received = (sum(tap.total(way) for tap in taps) for way in ("sent", "received"))
        return cls(requests, sent, received, len(taps), most)
