"""Presence: whether a client was connected at a time, and if not, why, as a record shows it."""

import math

from channels_lab.picture.expectation.delivery import Delivery, raised_phrase
from channels_lab.picture.story.cast import Cast
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.story.phrases import end_phrase
from channels_lab.record.events import Event

__all__ = ["Presence"]

_MOST_NAME = 40
_NORMAL_ENDS = (1000, 1001, 1005)


class Presence:
    """What a record (`events`, in order) says of clients' connections; each clause is "" where nothing is seen."""

    def __init__(self, events: list[Event], cast: Cast, delivery: Delivery) -> None:
        self._events = events
        self._cast = cast
        self._delivery = delivery

    def keys(self, client: str, at: float = 0) -> list[tuple[str, int]]:
        """The client's connections, in the order in which they opened; those over by `at` only in want."""
        keys = [key for key, peer in self._cast.peer.items() if peer == client]
        left = [e for e in self._delivery.of("receive", keys, until=at) if _is(e, "websocket.disconnect")]
        over = {e.key for e in [*left, *self._delivery.of("end", keys, until=at)]}
        return [key for key in keys if key not in over] or keys

    def unconnected(self, client: str) -> str:
        """That the client's newest handshake failed, and how."""
        own = [e for e in self._of(client) if e.kind in ("open", "refused")]
        keys, who = self.keys(client)[-1:], one_line(client, _MOST_NAME)
        if not own:
            return "" if keys else f"{who} was never connected"
        if own[-1].kind == "open":
            return ""
        why = self.why_refused(client)
        if status := own[-1].details["status"]:
            why = why or ("the application closed before it accepted" if self._sent(keys, "websocket.close") else "")
            return f"{who}'s handshake was refused with HTTP {status}" + (f": {why}" if why else "")
        return why or one_line(own[-1].details["why"])

    def why_refused(self, client: str) -> str:
        """What happened in the application that did not accept the client's newest connection."""
        if not (keys := self.keys(client)[-1:]):
            return ""
        left = [e.t for e in self._delivery.of("receive", keys) if _is(e, "websocket.disconnect")]
        if errors := self._delivery.of("error", keys, until=min(left, default=math.inf)):
            return f"the application raised {raised_phrase(errors[-1])}"
        if unawaited := self._delivery.unawaited("accept", keys[0][0]):
            return unawaited
        return "" if self._delivery.of("send", keys) else "the application neither accepted nor closed"

    def over(self, client: str, at: float, *, broken: bool = False) -> str:
        """That the connection which the client had last before `at` was over by then, and how.

        With `broken`, only if it was not the client that ended it.
        """
        opened = [e.key for e in self._events if e.side == "server" and e.kind == "open" and e.t <= at]
        keys = [key for key in opened if self._cast.peer[key] == client][-1:]
        who = one_line(client, _MOST_NAME)
        if errors := self._delivery.of("error", keys, until=at):
            return f"{who}'s consumer had raised {raised_phrase(errors[0])}"
        if (code := self._sent(keys, "websocket.close", at)) is not None:
            return f"the consumer had closed {who}'s connection before (code {code})"
        for event in self._delivery.of("receive", keys, until=at):
            if _is(event, "websocket.disconnect"):
                code = event.details["event"].get("code")
                if broken and code in _NORMAL_ENDS:
                    return ""
                how = "left" if code in _NORMAL_ENDS else "lost the connection"
                return f"{who} had {how} before (code {code})"
        return ""

    def server_over(self, since: float) -> str:
        """That a process ended after `since`, and nobody had asked it to."""
        for event in self._events:
            if event.side == "process" and event.kind == "end" and not event.details["asked"] and event.t >= since:
                return f"the server {one_line(event.name, _MOST_NAME)} {end_phrase(event)}"
        return ""

    def silence(self, client: str, since: float) -> str:
        """How long the client heard nothing after `since`, as " for 1 s"; "" for 0, and where it is not known."""
        own = [e for e in self._of(client) if e.t > since]
        if waited := [e.details["seconds"] for e in own if e.kind == "waited"]:
            return f" for {max(waited):g} s"
        ends = self._delivery.of("receive", self.keys(client)[-1:], since)
        left = next((e.t - since for e in ends if _is(e, "websocket.disconnect")), None)
        if left is None or not since:
            return ""
        span = f"{left:.1f} s" if left >= 0.1 else f"{left * 1000:.0f} ms"
        return f" in the {span} until {one_line(client, _MOST_NAME)} left"

    def _of(self, client: str) -> list[Event]:
        return [e for e in self._events if e.side == "client" and e.name == client]

    def _sent(self, keys: list[tuple[str, int]], kind: str, until: float = math.inf) -> int | None:
        """The code of the first such event that was sent; None where there is none."""
        for event in self._delivery.of("send", keys, until=until):
            if _is(event, kind):
                return int(event.details["event"].get("code", 1000))
        return None


def _is(event: Event, kind: str) -> bool:
    return bool(event.details["event"].get("type") == kind)
