"""Causes: why something that was expected did not come, as far as the record of the run shows it. Never a guess."""

import math

from channels_lab.picture.expectation.alignment import Outcome
from channels_lab.picture.expectation.delivery import Delivery, raised_phrase
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.expectation.presence import Presence
from channels_lab.picture.expectation.scene import Scene
from channels_lab.picture.story.cast import Cast
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.story.phrases import message_phrase, place_phrase
from channels_lab.record.events import Event

__all__ = ["Causes"]

_SENDING = ("group_send", "send")
_ENDINGS = ("close", "disconnect")
_MOST_NAME = 40


class Causes:
    """Looks for causes in `events`, the record of one run; without any, it finds none."""

    def __init__(self, events: list[Event], scene: Scene) -> None:
        self._events = sorted(events)
        self._scene = scene
        self._cast = Cast(self._events)
        self._delivery = Delivery(self._events, self._cast)
        self._presence = Presence(self._events, self._cast, self._delivery)

    def because(self, outcome: Outcome) -> str:
        """The cause of what became of a line, as a clause that may follow "because"; "" where none is seen."""
        line = outcome.line
        client = next(iter(sorted(self._scene.clients_in(line))), "")
        if not self._events or outcome.fate in ("came", "early", "late") or line.what.startswith(_ENDINGS):
            return ""
        if outcome.fate == "unwanted":
            return self._sender(client, self._at(outcome.place))
        trigger = self._at(outcome.trigger)
        if outcome.fate == "different":
            return self._presence.why_refused(client) if client and self._presence.unconnected(client) else ""
        if any(event.kind == "full" for event in self._events):
            return "the record was full before it could be noted"
        if client and (absent := self._absent(line, client, trigger)):
            return absent
        if self._scene.is_input(line):
            return ""
        return self._lost(line, client, trigger)

    def silence(self, client: str, place: int | None) -> str:
        """How long a client heard nothing after the step at `place`, as " for 1 s"; "" where it is not known."""
        return self._presence.silence(client, self._scene.steps[place].t if place is not None else 0)

    def _absent(self, line: Line, client: str, trigger: Event | None) -> str:
        """That the client was not there."""
        if unconnected := self._presence.unconnected(client):
            return unconnected
        if not self._scene.is_input(line):
            return self._presence.over(client, trigger.t) if trigger else ""
        tried = [e.t for e in self._events if e.kind == "sent" and e.name == client and line.says(e.details["message"])]
        return self._presence.over(client, tried[-1] if tried else math.inf, broken=not tried)

    def _lost(self, line: Line, client: str, trigger: Event | None) -> str:
        """Where the message was lost that should have come out of the trigger."""
        calls = self._calls(line, trigger)
        if not calls or self._scene.is_layer(line.target):
            return self._did_nothing(line, client, trigger) if trigger else ""
        if not client:
            return self._delivery.apart(calls[0], line.target) if line.target in self._cast.workers else ""
        who = one_line(client, _MOST_NAME)
        ended = next(
            filter(None, (self._delivery.ended(call, who, self._presence.keys(client, call.t)) for call in calls)), ""
        )
        return ended or (self._blocked(trigger) or self._presence.server_over(trigger.t) if trigger else "")

    def _calls(self, line: Line, trigger: Event | None) -> list[Event]:
        """What was put on the layer because of the trigger; without one, what says what the line says."""
        until = self._next(trigger) if trigger else math.inf

        def belongs(event: Event) -> bool:
            return trigger is None or (event.key == trigger.key and trigger.t <= event.t < until)

        calls = [event for name in _SENDING for event in self._delivery.calls(name, belongs)]
        fitting = [e for e in calls if line.what and line.says(message_phrase(e.details.get("message")))]
        return fitting or (calls if trigger else [])

    def _did_nothing(self, line: Line, client: str, trigger: Event) -> str:
        """Why the consumer that heard the trigger sent nothing on."""
        until, speaker = self._next(trigger), self._cast.peer.get(trigger.key, "")
        who = f"{one_line(speaker, _MOST_NAME)}'s consumer"
        for event in self._delivery.of("error", [trigger.key], trigger.t, until):
            return f"{who} raised {raised_phrase(event)}"
        for name in ("group_send", "send", "send_json"):
            failed = self._delivery.failed(name, [trigger.key])
            if failed or (failed := self._delivery.unawaited(name, trigger.name, trigger.t)):
                return failed
        if found := self._blocked(trigger) or self._presence.server_over(trigger.t):
            return found
        if self._scene.is_layer(line.target) or not client:
            return ""
        if client != speaker:
            return f"{who} never called `group_send`"
        sent = self._delivery.of("send", [trigger.key], trigger.t, until)
        return "" if sent else f"{who} called neither `send` nor `group_send`"

    def _blocked(self, trigger: Event) -> str:
        """That the project's own code kept the event loop from going on."""
        for event in self._events:
            here = event.kind == "stalled" and event.name == trigger.name
            if here and trigger.t <= event.t < self._next(trigger):
                return f"the event loop was blocked{place_phrase(event.details['frames'])}"
        return ""

    def _sender(self, client: str, event: Event | None) -> str:
        """Who sent what a client got."""
        if event is None or event.kind != "send":
            return ""
        who = one_line(client, _MOST_NAME)
        before = [e for e in self._events if e.side == "server" and e.key == event.key and e.t < event.t]
        for earlier in reversed(before):
            if earlier.kind == "layer" and earlier.details["call"] == "receive":
                return self._sent_by(who, earlier)
            if earlier.kind == "receive":
                spoke = earlier.details["event"].get("type") == "websocket.receive"
                return f"{who}'s own consumer answered what {who} had sent" if spoke else ""
        return ""

    def _sent_by(self, who: str, got: Event) -> str:
        def is_it(event: Event) -> bool:
            return event.t <= got.t and event.details["message"] == got.details.get("message")

        calls = [event for name in _SENDING for event in self._delivery.calls(name, is_it)]
        if not calls:
            return ""
        call = max(calls)
        peer = self._cast.peer.get(call.key)
        sender = f"{one_line(peer, _MOST_NAME)}'s consumer" if peer else one_line(call.name, _MOST_NAME)
        if call.details["call"] == "send":
            return f"{sender} sent it to {who}'s channel"
        return f"{sender} sent it to the group `{one_line(str(call.details['to']), _MOST_NAME)}`, and {who} is in it"

    def _at(self, place: int | None) -> Event | None:
        """The event of which the step at `place` tells."""
        if place is None:
            return None
        step = self._scene.steps[place]
        return next((e for e in self._events if e.t == step.t and e.side == "server"), None)

    def _next(self, trigger: Event) -> float:
        """When the client of the trigger spoke next."""
        later = self._delivery.of("receive", [trigger.key], math.nextafter(trigger.t, math.inf))
        return min((e.t for e in later if e.details["event"].get("type") == "websocket.receive"), default=math.inf)
