"""Rules about a server that ended with its connections, without an exception: there is no traceback to read."""

import signal

from channels_lab.explain.book import Said, rule
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence
from channels_lab.record.events import Event

__all__: list[str] = []

_SIGNALS = "https://docs.python.org/3/library/signal.html#signal.SIGKILL"
_EXIT = "https://docs.python.org/3/library/os.html#os._exit"


@rule("server-killed", page=_SIGNALS, fallback=True)
def server_killed(evidence: Evidence) -> Said | None:
    """A signal ended a server that had connections."""
    for end, left in _ends(evidence):
        if end.details["code"] < 0:
            return Said(
                see=f"`{end.name}` was ended by {_signal(-end.details['code'])}, and {_with(left)}.",
                why="A signal comes from outside of the project: from the system, which sends SIGKILL where memory "
                "runs out, or from somebody's `kill`. No `disconnect()` ran, and over Redis the channels of these "
                "consumers stay in their groups for a day (`group_expiry`).",
                change="Start it again. If it ends again, look at what came last in `diagram()`, and at how much "
                "memory it takes.",
            )
    return None


@rule("server-exits", page=_EXIT, fallback=True)
def server_exits(evidence: Evidence) -> Said | None:
    """The project's own code ended the server that it ran in."""
    calls = [call for call in evidence.source.calls("_exit") if call.target == "os._exit"]
    for end, left in _ends(evidence):
        if end.details["code"] >= 0 and calls:
            return Said(
                see=f"`{end.name}` ended with status {end.details['code']}, and {_with(left)}.",
                why="`os._exit()` ends the whole process, at once: all its connections go with it, and no "
                "`disconnect()` runs.",
                change="To end one connection, call `self.close()`, or raise an exception.",
                place=calls[0].place,
            )
    return None


def _ends(evidence: Evidence) -> list[tuple[Event, list[Connection]]]:
    """The ends of processes that nobody had asked for, with the WebSockets that were open then."""
    ends = []
    for end in evidence.of("end", "process"):
        began = max((e.t for e in evidence.of("start", "process") if e.name == end.name and e.t < end.t), default=0)
        left = [
            one
            for one in evidence.connections
            if one.process == end.name and one.accepted and not one.over and began < one.events[0].t < end.t
        ]
        if left and not end.details.get("asked"):
            ends.append((end, left))
    return ends


def _signal(number: int) -> str:
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _with(left: list[Connection]) -> str:
    return "1 connection with it: its client sees 1006" if len(left) == 1 else f"{len(left)} connections with it: 1006"
