"""The teller: from the events of clients, servers, workers and processes to the story of the run."""

from collections import Counter
from collections.abc import Iterable

from channels_lab.picture.story.cast import KINDS, Cast
from channels_lab.picture.story.exchange import NORMAL_ENDS, Exchanges, Said
from channels_lab.picture.story.groups import Groups
from channels_lab.picture.story.hindsight import endless_stalls, failed_calls, put_by_others
from channels_lab.picture.story.phrases import call_phrase, end_phrase, message_phrase, name_phrase, place_phrase
from channels_lab.picture.story.story import Step, Story
from channels_lab.record.events import Event

__all__ = ["tell"]

_USUAL = frozenset(KINDS) - {"processes", "log"}


def tell(
    events: Iterable[Event],
    *,
    clients: Iterable[str] | None = None,
    lanes: Iterable[str] | None = None,
    since: float | None = None,
) -> Story:
    """Tell a record as a story; `clients` keeps some clients' connections, `lanes` some kinds of lane (of KINDS).

    `since` is a time of the record's clock: what was before is not told. Without `lanes` processes are told of where
    they end unexpectedly, and the log is left out.
    """
    return _Teller(sorted(events), clients, lanes).tell(since)


class _Teller:
    def __init__(self, events: list[Event], clients: Iterable[str] | None, lanes: Iterable[str] | None) -> None:
        self.events = events
        self.only = None if clients is None else set(clients)
        self.lanes = None if lanes is None else set(lanes)
        self.cast = Cast(events)
        self.groups = Groups()
        self.steps: list[Step] = []
        self.complete = True
        self.latest: dict[str, str] = {}  # client → the lane of its newest connection
        self.exchanges = Exchanges()
        self._refused_by_app: set[str] = set()
        self._failed = failed_calls(events)
        self._endless = endless_stalls(events)
        self._by_others = self._put_by_others()
        self._sent: Counter[str] = Counter()
        self._reached = Counter(
            self.cast.peer[e.key]
            for e in events
            if e.kind == "receive" and e.details["event"].get("type") == "websocket.receive" and e.key in self.cast.peer
        )

    def tell(self, since: float | None) -> Story:
        for event in self.events:
            if event.kind == "full":
                self.complete = False
            elif event.side == "client":
                if self.only is None or event.name in self.only:
                    self.client(event)
            elif event.side == "process":
                self.process(event)
            elif self.only is None or self.cast.peer.get(event.key) in self.only:
                getattr(self, event.kind, lambda _: None)(event)
        steps = [step for step in self.steps if since is None or step.t >= since]
        return Story.of([step for step in steps if self._wanted(step)], self.cast.kind, complete=self.complete)

    def _wanted(self, step: Step) -> bool:
        kinds = {self.cast.kind.get(lane, "consumers") for lane in (step.source, step.target) if lane}
        if self.lanes is None:
            return kinds <= _USUAL or (step.failed and "processes" in kinds)
        return kinds <= self.lanes

    def add(self, event: Event, source: str, target: str, text: str, failed: bool = False, **more: bool) -> None:
        by = "" if event.side == "client" else event.name
        note, inferred = more.get("note", False), more.get("inferred", False)
        self.steps.append(Step(event.t, source, target, text, failed, note, inferred, by))

    # The server's events, by kind

    def open(self, event: Event) -> None:
        if event.details["type"] != "channel":  # what a worker takes from its channel is told by the layer
            self.latest[self.cast.peer[event.key]] = self.cast.lane[event.key]
            self._say(event, self.exchanges.opened(event))

    def receive(self, event: Event) -> None:
        self._say(event, self.exchanges.received(event))

    def send(self, event: Event) -> None:
        self._say(event, self.exchanges.sent(event))
        if event.key in self.exchanges.refused:
            self._refused_by_app.add(self.cast.peer[event.key])

    def _say(self, event: Event, said: Said | None) -> None:
        if said and event.key in self.cast.lane:
            lane, peer = self.cast.lane[event.key], self.cast.peer[event.key]
            self.add(event, *((peer, lane) if said.by_client else (lane, peer)), said.text, said.failed)

    def error(self, event: Event) -> None:
        details = event.details
        self.add(event, self._lane(event), "", f"{details['error']}{place_phrase(details.get('frames'))}", True)
        self._gone(event)

    def end(self, event: Event) -> None:
        self._gone(event)

    def _gone(self, event: Event) -> None:
        if left := self.groups.ended(event.key):
            layer = self.cast.layer(event.name)
            told = "; ".join(f"{name_phrase(group)}: {self.groups.members(layer, group)}" for group in left)
            self.add(event, layer, "", f"a dead channel stays in {told}", True)

    def unawaited(self, event: Event) -> None:
        self.add(event, self._lane(event), "", f"{event.details['coroutine']}() was never awaited", True)

    def stalled(self, event: Event) -> None:
        seconds, over = event.details["seconds"], event.details.get("over")
        if over or id(event) in self._endless:
            text = f"the event loop was blocked for {seconds:.1f} s" if over else "the event loop is blocked"
            self.add(event, self.cast.process(event.name), "", text + place_phrase(event.details["frames"]), True)

    def log(self, event: Event) -> None:
        text = f"{event.details['level']} {event.details['text']}"
        self.add(event, self.cast.log(event.name), "", text, event.details["level"] in ("ERROR", "CRITICAL"))

    def print(self, event: Event) -> None:
        self.add(event, self.cast.log(event.name), "", event.details["text"])

    def layer(self, event: Event) -> None:
        lane, layer = self._lane(event), self.cast.layer(event.name)
        call, to = event.details["call"], event.details["to"]
        if "error" in event.details:
            self.add(event, layer, lane, event.details["error"], True)
        elif call == "receive":
            if id(event) in self._by_others:
                self.add(event, self.cast.elsewhere(), layer, message_phrase(event.details["message"]), inferred=True)
            self.add(event, layer, lane, message_phrase(event.details["message"]))
        elif call in ("group_add", "group_discard") and id(event) in self._failed:
            self.add(event, lane, layer, f"{call} {name_phrase(to)}", note=True)
        elif call in ("group_add", "group_discard"):
            who = self.cast.peer.get(event.key, lane)
            self.groups.add(layer, event, who) if call == "group_add" else self.groups.discard(layer, event)
            self.add(event, lane, layer, f"{call} {name_phrase(to)}: now {self.groups.members(layer, to)}", note=True)
        else:
            self.add(event, lane, layer, call_phrase(event.details))

    def dropped(self, event: Event) -> None:
        count = event.details["count"]
        text = f"dropped for {count} full {'channel' if count == 1 else 'channels'}: {name_phrase(event.details['to'])}"
        self.add(event, self.cast.layer(event.name), "", text, True)

    def _put_by_others(self) -> set[int]:
        if any(event.kind == "full" for event in self.events):
            return set()  # it may stand in what is missing
        calls = [e for e in self.events if e.side == "server" and e.kind == "layer" and "error" not in e.details]
        puts = [e for e in calls if e.details["call"] in ("send", "group_send")]
        taken = [e for e in calls if e.details["call"] == "receive"]
        return put_by_others(puts, [e for e in taken if self.only is None or self.cast.peer.get(e.key) in self.only])

    def _lane(self, event: Event) -> str:
        return self.cast.lane.get(event.key) or self.cast.process(event.name)

    # Processes and clients: of a client, only what the server's record cannot know

    def process(self, event: Event) -> None:
        failed = event.kind == "end" and not event.details["asked"]
        self.add(event, self.cast.process(event.name), "", end_phrase(event), failed)

    def client(self, event: Event) -> None:
        lane = self.latest.get(event.name, "")
        if event.kind == "refused" and event.name in self._refused_by_app:
            self._refused_by_app.remove(event.name)  # drawn already, where the application said so
        elif event.kind == "refused":
            status = event.details["status"]
            self.add(event, lane or "server", event.name, f"HTTP {status}" if status else event.details["why"], True)
        elif event.kind == "sent":
            self._sent[event.name] += 1
            if self._sent[event.name] > self._reached[event.name]:
                text = f"{event.details['message']} (never reached the consumer)"
                self.add(event, event.name, lane or "server", text, True, inferred=True)
        elif event.kind == "waited":
            self.add(event, event.name, "", f"waited {event.details['seconds']:g} s: nothing came")
        elif event.kind == "closed" and event.details["code"] not in (*NORMAL_ENDS, None):
            self.add(event, event.name, "", f"closed with {event.details['code']}", True)
