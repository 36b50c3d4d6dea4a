"""A scene: which lanes of a story are meant by the names that a person writes, and what of it is in whose order."""

import re
from collections.abc import Iterator

from channels_lab.errors import LabError
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.story.story import Story

__all__ = ["Scene"]

_SERVER = ("server", "consumer", "application", "app", "site", "daphne")
_LAYER = ("layer", "channel layer", "group")
_WHOSE = re.compile(rf"(.+)'s ({'|'.join(_SERVER)})")
_MOST_NAMES = 12
# Steps that tell of something that never came.
_NO_ANSWER = ("no answer came ", "no server listens ", "the handshake failed")
_LOST = "(never reached the consumer)"


class Scene:
    """The clients, what serves them (`servers`) and the channel `layers` of a story, by the names of their lanes.

    `visitors` says of each lane that serves whom it served: a consumer has one, what answers over HTTP many. `ends`
    says of each step from where to where it goes; None for a note, and for what never arrived. That a client was
    closed comes from "", the server.
    """

    def __init__(self, story: Story) -> None:
        self.steps = story.steps
        self.names = dict.fromkeys([*story.kinds, *story.participants])
        kind = {name: story.kinds.get(name, "consumers") for name in self.names}
        self.clients = [name for name in self.names if kind[name] == "clients"]
        # "" is the server as the one that closes, where no consumer did.
        self.servers = {name for name in self.names if kind[name] in ("consumers", "http")} | {""}
        self.layers = [name for name in self.names if kind[name] == "layer"]
        self.visitors: dict[str, set[str]] = {}
        for step in story.steps:
            for lane, other in ((step.source, step.target), (step.target, step.source)):
                if lane and lane in self.servers and kind.get(other) == "clients":
                    self.visitors.setdefault(lane, set()).add(other)

        self.ends = list(self._ends())

    def client(self, name: str) -> str:
        """The client of this name, as the record has it; "" where the name is none of a client."""
        if _folded(name) in (*_SERVER, *_LAYER):
            return ""  # whatever a client calls itself
        return next((lane for lane in self._like(name) if lane in self.clients), "")

    def clients_in(self, line: Line) -> set[str]:
        """The clients that a line names, also as whose consumer it is."""
        whose = (_WHOSE.fullmatch(_folded(name)) for name in (line.source, line.target))
        names = [line.source, line.target, *(match[1] for match in whose if match)]
        return {client for name in names if name and (client := self.client(name))}

    def is_input(self, line: Line) -> bool:
        """Whether by this line a client says something to the server."""
        return bool(self.client(line.source)) and not self.is_layer(line.target)

    def is_layer(self, name: str) -> bool:
        """Whether a name is the channel layer's."""
        return _folded(name) in _LAYER or any(lane in self.layers for lane in self._like(name))

    def lanes(self, line: Line) -> tuple[set[str], set[str]]:
        """The lanes from which, and those to which, a step of this line goes; raises LabError for an unknown name."""
        source, target = self._named(line.source), self._named(line.target)
        if source & set(self.clients) and target & set(self.clients):
            raise LabError(
                f"{one_line(line.source)} and {one_line(line.target)} do not talk to each other directly: {line}",
                f"Write two steps:  {line.source} -> server  and  server -> {line.target} .",
            )
        # Only its consumer stands between a client and the layer.
        if self.is_layer(line.source):
            target = self._served(target)
        if self.is_layer(line.target):
            source = self._served(source)
        return source, target

    def order(self, place: int) -> frozenset[str]:
        """In whose order a step stands: that of its client, and of a consumer with one client."""
        source, target = self.ends[place] or ("", "")
        shared = {lane for lane in (source, target) if lane in self.servers and len(self.visitors.get(lane, ())) != 1}
        return frozenset({source, target} - shared - set(self.layers))

    def server_of(self, client: str) -> str:
        """The lane of what served a client last; "server" where it is not known."""
        lanes = [lane for lane, visitors in self.visitors.items() if client in visitors]
        return lanes[-1] if lanes else "server"

    def _ends(self) -> Iterator[tuple[str, str] | None]:
        left: set[tuple[str, str]] = set()  # (lane, client)
        for step in self.steps:
            if step.text.startswith("connect "):
                left.discard((step.target, step.source))
            if not step.target:
                yield ("", step.source) if step.text.startswith("closed with ") else None
                continue
            lost = step.failed and (step.text.startswith(_NO_ANSWER) or step.text.endswith(_LOST))
            # A consumer may go on sending to who has left. A refusal is noted by the client, and may seem late.
            late = (step.source, step.target) in left and not step.text.startswith("HTTP ")
            yield None if lost or late else (step.source, step.target)
            if step.text.startswith("disconnect "):
                left.add((step.target, step.source))

    def _like(self, name: str) -> list[str]:
        """The lanes of this name; those in just this spelling where there are any."""
        alike = [lane for lane in self.names if _folded(lane) == _folded(name)]
        return [lane for lane in alike if lane == name] or alike

    def _named(self, name: str) -> set[str]:
        folded = _folded(name)
        if folded in _SERVER:
            return self.servers
        if folded in _LAYER:
            return set(self.layers)
        if found := self._like(name):
            return set(found)
        if (whose := _WHOSE.fullmatch(folded)) and (client := self.client(whose[1])):
            return self._served({client})
        known = [one_line(client) for client in self.clients[:_MOST_NAMES]]
        raise LabError(
            f"There is no {one_line(name)!r} in the record.",
            f"The clients are {', '.join(known)}; the others are server and layer."
            if known
            else "No client has connected yet: compare after the cell in which they talk.",
        )

    def _served(self, lanes: set[str]) -> set[str]:
        """The same lanes, with what serves a client in the place of that client."""
        clients = lanes & set(self.clients)
        return (lanes - clients) | {lane for lane, visitors in self.visitors.items() if visitors & clients}


def _folded(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())
