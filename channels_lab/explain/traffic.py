"""The traffic on the channel layer: who was in which group when, and what was sent to whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from channels_lab.explain.calls import Call
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.record.events import Event

__all__ = ["Member", "Sending", "Traffic", "best_call", "ended", "handles", "in_colour", "layer_calls"]


@dataclass
class Member:
    """A channel in a group, from `joined` on until `left` (seconds); `connection` is the one that added it.

    `store` says whose memory the group is in: a process's name, or "" for a layer that all share.
    """

    group: str
    channel: str
    store: str
    event: Event
    connection: Connection | None
    left: float = inf

    def is_in(self, t: float) -> bool:
        """Whether the layer counts it among the members then."""
        return self.event.t <= t < self.left


@dataclass
class Sending:
    """A `group_send` or `send` that did not fail: its event, to which group or channel, in which store."""

    event: Event
    to: str
    store: str

    @property
    def kind(self) -> str:
        """The message's type."""
        message = self.event.details.get("message")
        return str(message.get("type", "")) if isinstance(message, dict) else ""


class Traffic:
    """What a record tells of the layer's calls. Calls that raised are left out."""

    def __init__(self, evidence: Evidence) -> None:
        self.members: list[Member] = []
        self.group_sends: list[Sending] = []
        self.sends: list[Sending] = []
        self.discards: list[Event] = []
        self._evidence = evidence
        self._memories = {e.name for e in evidence.of("backend") if "InMemory" in str(e.details.get("backend"))}
        for event in _that_worked(evidence.of("layer") + evidence.of("begin")):
            if event.kind == "begin":
                self._forget(event)
            else:
                self._follow(event)

    def in_memory(self, process: str) -> bool:
        """Whether the layer of a process is in its own memory."""
        return process in self._memories

    def members_of(self, group: str, t: float, store: str | None = None) -> list[Member]:
        """The members of a group at a time: in one store, or in any."""
        return [m for m in self.members if m.group == group and m.is_in(t) and store in (None, m.store)]

    def live(self, t: float, kind: str = "websocket") -> list[Connection]:
        """The connections that were open at a time."""
        return [one for one in self._evidence.connections if one.type == kind and one.events[0].t <= t < ended(one)]

    def _forget(self, begin: Event) -> None:
        """A process that starts has an empty memory."""
        for member in self.members:
            if member.store == begin.name:
                member.left = min(member.left, begin.t)

    def _follow(self, event: Event) -> None:
        call, to = event.details.get("call"), str(event.details.get("to", ""))
        store = event.name if event.name in self._memories else ""
        if call == "group_add":
            channel = str(event.details.get("message", ""))
            self.members.append(Member(to, channel, store, event, self._evidence.connection_of(event)))
        elif call == "group_discard":
            self.discards.append(event)
            for member in self.members_of(to, event.t, store):
                if member.channel == str(event.details.get("message", "")):
                    member.left = event.t
        elif call in ("group_send", "send"):
            (self.group_sends if call == "group_send" else self.sends).append(Sending(event, to, store))


def ended(connection: Connection) -> float:
    """When the application returned or raised; inf while it runs."""
    return next((event.t for event in connection.events if event.kind in ("end", "error")), inf)


def handles(evidence: Evidence, connection: Connection, kind: str) -> bool:
    """Whether the consumer that serves a connection has a method for messages of this type."""
    name = kind.replace(".", "_")
    return bool(connection.consumer and name) and any(
        consumer.method(name) for consumer in evidence.source.consumers(connection.consumer)
    )


def layer_calls(evidence: Evidence, name: str, event: Event | None = None) -> list[Call]:
    """The calls of a layer's function in the consumer that an event is of; where it has none, in the project."""
    connection = evidence.connection_of(event)
    consumers = evidence.source.consumers(connection.consumer) if connection and connection.consumer else []
    calls = [call for consumer in consumers for call in consumer.calls(name)]
    calls = calls or evidence.source.calls(name)
    return [call for call in calls if name != "send" or "layer" in call.target]


def best_call(evidence: Evidence, name: str, event: Event) -> Call | None:
    """The call that an event is most likely of: the one that writes out its group or channel, else the only one."""
    calls = layer_calls(evidence, name, event)
    exact = [call for call in calls if call.value(0) == event.details.get("to")]
    return exact[0] if exact else calls[0] if len(calls) == 1 else None


def _that_worked(events: Iterable[Event]) -> list[Event]:
    """The events in order, without calls that raised: of these the record has a second line, with the error."""
    found: list[Event] = []
    for event in sorted(events):
        if "error" not in event.details:
            found.append(event)
            continue
        same = (event.key, event.details.get("call"), event.details.get("to"))
        for number in range(len(found) - 1, -1, -1):
            if (found[number].key, found[number].details.get("call"), found[number].details.get("to")) == same:
                del found[number]
                break
    return found


def in_colour(call: Call | None, name: str) -> str:
    """How code of the colour of a call writes a function of the layer: with `await`, or with async_to_sync."""
    owner = call.target.rpartition(".")[0] if call and "layer" in call.target else "self.channel_layer"
    return f"await {owner}.{name}" if not call or call.in_async else f"async_to_sync({owner}.{name})"
