"""A delivery: the way of a message from one consumer through the channel layer to another, and where it ended."""

import math
from collections.abc import Callable, Iterable
from typing import Any

from channels_lab.picture.story.cast import Cast
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.story.phrases import place_phrase
from channels_lab.record.events import Event

__all__ = ["Delivery", "raised_phrase"]

_MOST_NAME = 40
_MOST_ERROR = 200


def raised_phrase(event: Event) -> str:
    """The exception that an event records, and the project's line."""
    return (
        f"{one_line(event.details['error'], _MOST_ERROR).removesuffix(':')}{place_phrase(event.details.get('frames'))}"
    )


class Delivery:
    """What a record says of deliveries; each method returns where one ended, in a clause, or "" where it is not seen.

    `events` are those of one run, in order.
    """

    def __init__(self, events: list[Event], cast: Cast) -> None:
        self._server = [event for event in events if event.side == "server"]
        self._cast = cast
        self._backends = {e.name: str(e.details.get("backend", "")) for e in self._server if e.kind == "backend"}

    def of(self, kind: str, keys: Iterable[tuple[str, int]], since: float = 0, until: float = math.inf) -> list[Event]:
        """The events of one kind on some connections, from `since` to before `until`."""
        wanted = set(keys)
        return [e for e in self._server if e.kind == kind and e.key in wanted and since <= e.t < until]

    def calls(self, name: str, where: Callable[[Event], bool] = lambda _: True) -> list[Event]:
        """The calls of a channel layer with this name ("group_add") that raised nothing."""
        seen = self._layer(name)
        # A call is recorded when it is made, and once more when it raises.
        raised = {id(_call_before(seen, place)) for place, e in enumerate(seen) if "error" in e.details}
        return [e for e in seen if "error" not in e.details and id(e) not in raised and where(e)]

    def ended(self, call: Event, client: str, keys: list[tuple[str, int]]) -> str:
        """Where the message of a `group_send` or `send` ended, that a client with these connections did not get."""
        arrived = self.calls("receive", lambda e: e.key in keys and e.t >= call.t and _same(e, call))
        if arrived:
            return self._not_passed_on(arrived[0], client)
        if call.details["call"] != "group_send":
            return ""
        return self._not_in_group(call, client, keys) or self._dropped(call)

    def unawaited(self, name: str, process: str, since: float = 0) -> str:
        """That a coroutine of this name was never awaited."""
        for event in self._server:
            here = event.kind == "unawaited" and event.name == process and event.t >= since
            if here and str(event.details["coroutine"]).rpartition(".")[2] == name:
                return f"`{name}()` was never awaited"
        return ""

    def failed(self, name: str, keys: Iterable[tuple[str, int]]) -> str:
        """That a call of the layer raised."""
        wanted = set(keys)
        for event in self._layer(name):
            if "error" in event.details and event.key in wanted:
                return f"`{name}` raised {raised_phrase(event)}"
        return ""

    def apart(self, call: Event, process: str) -> str:
        """That a process cannot get what another sends: their channel layers are in memory."""
        in_memory = any("InMemory" in self._backends.get(name, "") for name in (call.name, process))
        if call.name == process or not in_memory:
            return ""
        return f"each process has a channel layer in its own memory: what `{call.name}` sends stays there"

    def _layer(self, name: str) -> list[Event]:
        return [e for e in self._server if e.kind == "layer" and e.details.get("call") == name]

    def _not_passed_on(self, arrived: Event, client: str) -> str:
        later = self.calls("receive", lambda e: e.key == arrived.key and e.t > arrived.t)
        until = later[0].t if later else math.inf
        kind = one_line(_type(arrived), _MOST_NAME)
        if errors := self.of("error", [arrived.key], arrived.t):
            return f"{client}'s consumer got `{kind}` from the layer and raised {raised_phrase(errors[0])}"
        if unawaited := self.unawaited("send", arrived.name, arrived.t):
            return unawaited
        if self.of("send", [arrived.key], arrived.t, until):
            return ""
        return f"{client}'s consumer got `{kind}` from the layer and sent nothing"

    def _not_in_group(self, call: Event, client: str, keys: list[tuple[str, int]]) -> str:
        group, name = call.details["to"], one_line(str(call.details["to"]), _MOST_NAME)
        joined = self.calls("group_add", lambda e: e.key in keys)
        if not joined:
            return self._never_joined(call, client, keys, name)
        mine = [e for e in joined if e.details["to"] == group]
        if not mine:
            others = ", ".join(dict.fromkeys(one_line(str(e.details["to"]), _MOST_NAME) for e in joined[:3]))
            return f"{client} is in the group `{others}`, and the message went to `{name}`"
        apart = [self.apart(call, event.name) for event in mine]
        if all(apart):
            return f"{apart[0]}, and {client} is connected to `{mine[0].name}`"
        if mine[0].t > call.t:
            return f"{client} joined `{name}` only after the message had gone there"
        left = self.calls("group_discard", lambda e: e.key in keys and e.details["to"] == group and e.t <= call.t)
        if left and left[-1].t > max(e.t for e in mine if e.t <= call.t):
            return f"{client} had left `{name}` before"
        return ""

    def _never_joined(self, call: Event, client: str, keys: list[tuple[str, int]], name: str) -> str:
        failed = self.failed("group_add", keys) or self.unawaited("group_add", keys[0][0] if keys else "", 0)
        everybody = self.calls("group_add")
        if failed or not everybody:
            return (
                failed or f"the message went to the group `{name}`, and nobody is in it: `group_add` was never called"
            )
        # Another program may have put this client's channel into the group: then nothing is known.
        known = all(self._cast.peer.get(e.key) for e in everybody)
        return f"`group_add` was never called for {client}'s channel" if known else ""

    def _dropped(self, call: Event) -> str:
        later = self.calls("group_send", lambda e: e.key == call.key and e.t > call.t)
        for event in self.of("dropped", [call.key], call.t, later[0].t if later else math.inf):
            count = event.details["count"]
            return f"the channel layer dropped it for {count} full {'channel' if count == 1 else 'channels'}"
        return ""


def _call_before(seen: list[Event], place: int) -> Event | None:
    """Of the calls of one name, the one that raised the error at this place."""
    error = seen[place]
    same = (e for e in reversed(seen[:place]) if e.key == error.key and "error" not in e.details)
    return next((e for e in same if e.details["to"] == error.details["to"]), None)


def _type(event: Event) -> str:
    message = event.details.get("message")
    return str(message.get("type", "no type")) if isinstance(message, dict) else str(message)


def _same(received: Event, sent: Event) -> bool:
    one: Any = received.details.get("message")
    return bool(one == sent.details.get("message"))
