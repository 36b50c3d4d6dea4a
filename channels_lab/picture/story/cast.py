"""The cast of a record: which connection is whose, and the lane that each part of the story is told in."""

from collections import Counter
from collections.abc import Iterable

from channels_lab.record.events import Event

__all__ = ["KINDS", "UNNAMED", "Cast"]

# The kinds of lane, from left to right.
KINDS = ("clients", "http", "consumers", "workers", "layer", "processes", "log")

Key = tuple[str, int]

# Who asks over HTTP, where nobody has told a name.
UNNAMED = "HTTP client"


class Cast:
    """Who is who. A connection is known by its key: (process, number within it).

    `peer` maps a key to who is at the other end, `lane` to the lane of what serves it; `kind` maps each lane to one of
    KINDS. Lanes are named after their process where several processes serve.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        events = sorted(events)
        self.peer: dict[Key, str] = {}
        self.lane: dict[Key, str] = {}
        self.path: dict[Key, str] = {}
        self.kind: dict[str, str] = {}
        server = [event for event in events if event.side == "server"]
        self.processes = list(dict.fromkeys(event.name for event in server))
        self.workers = {e.name for e in server if e.kind == "begin" and "runworker" in e.details.get("command", "")}
        self._shared = {e.name for e in server if e.kind == "backend" and "InMemory" not in e.details["backend"]}
        for event in events:
            if event.side == "client":
                self.kind[event.name] = "clients"
        self._find_connections(events)

    def layer(self, process: str) -> str:
        """The lane of the channel layer that a process uses: one for all, but for a layer in the process's memory."""
        alone = len(self.processes) < 2 or process in self._shared
        return self._of("channel layer" if alone else f"memory of {process}", "layer")

    def elsewhere(self) -> str:
        """The lane of whatever puts messages on a layer and is not recorded."""
        return self._of("another process", "workers")

    def process(self, process: str) -> str:
        """The lane of a process itself: a worker's, or that of what happens to a server as a whole."""
        return self._of(process, "workers" if process in self.workers else "processes")

    def log(self, process: str) -> str:
        """The lane of what a process logs and prints."""
        return self._of(self._in(process, "log"), "log")

    def _find_connections(self, events: list[Event]) -> None:
        # Who was never accepted may never have reached a consumer: the application is all that is known.
        welcome = {e.key for e in events if e.kind == "send" and e.details["event"].get("type") == "websocket.accept"}
        ports: dict[int, str] = {}
        kept: dict[int, str] = {}  # over an HTTP connection that is kept go many requests
        browsers = 0
        consumers: Counter[str] = Counter()
        for event in events:
            if event.side == "client" and event.kind in ("connect", "keeps"):
                (kept if event.kind == "keeps" else ports)[event.details["client"][1]] = event.name
            if event.side != "server" or event.kind != "open":
                continue
            key, details = event.key, event.details
            self.path[key] = details["path"]
            if details["type"] == "channel":
                self.lane[key] = self.peer[key] = self.process(event.name)
                continue
            # Once: later, a program that we do not know may be given the same port.
            port = (details.get("client") or [None, 0])[1]
            client = ports.pop(port, None) or (kept.get(port) if details["type"] == "http" else None)
            if details["type"] == "http":
                self.peer[key] = self._of(client or UNNAMED, "clients")
                self.lane[key] = self._of(self._in(event.name, "server"), "http")
            else:
                browsers += client is None
                who = self.peer[key] = self._of(client or f"browser {browsers}", "clients")
                consumers[who] += key in welcome
                name = f"{who}'s consumer" + (f" {consumers[who]}" if consumers[who] > 1 else "")
                name = name if key in welcome else "application"
                self.lane[key] = self._of(self._in(event.name, name), "consumers")

    def _in(self, process: str, name: str) -> str:
        serving = [other for other in self.processes if other not in self.workers]
        return f"{name} ({process})" if len(serving) > 1 else name

    def _of(self, lane: str, kind: str) -> str:
        self.kind.setdefault(lane, kind)
        return lane
