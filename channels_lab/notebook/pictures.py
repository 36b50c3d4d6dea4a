"""The pictures of a run: what a server and a lab can show and explain of what happened, from the same record."""

import math
import re
import time
from collections.abc import Iterable
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.explain.book import explain
from channels_lab.explain.explanation import Explanations
from channels_lab.notebook.inquiry import inquire
from channels_lab.picture.story.cast import KINDS, Cast
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Story
from channels_lab.picture.story.teller import tell
from channels_lab.picture.timeline.spans import timetable
from channels_lab.picture.timeline.timeline import Timeline
from channels_lab.record.events import Event
from channels_lab.running.process import Process

__all__ = ["Pictures", "events_of"]

_PAGE = re.compile(r"browser \d+")  # as a cast names a page


class Pictures:
    """Draws and explains what the `processes` of a `project` and their clients have done."""

    project: Path

    @property
    def processes(self) -> list[Process]:
        """The processes that it is about."""
        raise NotImplementedError

    @property
    def clients_events(self) -> list[Event]:
        """What their clients have noted."""
        raise NotImplementedError

    @property
    def events(self) -> list[Event]:
        """All that happened so far, on one clock: what servers and workers recorded, clients and processes noted."""
        # Records are read one after the other: what comes meanwhile would be in some of them, and not in others.
        now = time.monotonic()
        recorded = [event for process in self.processes for event in events_of(process)]
        return sorted(event for event in [*self.clients_events, *recorded] if event.t <= now)

    def explain(self) -> Explanations:
        """Look at all that has happened since the start, and say what went wrong, what fails in silence, too.

        An error that a cell raises is explained by itself.
        """
        self._let_settle()
        return explain(inquire(self))

    def diagram(
        self,
        *,
        clients: Iterable[str] | None = None,
        lanes: Iterable[str] | None = None,
        since: float = 0,
        until: float = math.inf,
        title: str = "What really happened",
    ) -> Diagram:
        """A sequence diagram of what clients, servers and workers have exchanged.

        `clients` names those to draw; `lanes` the kinds of lane: of clients, http, consumers, workers, layer,
        processes, log; `since` and `until` are seconds on the clock that the picture without them shows. Raises
        LabError for an unknown lane or client.
        """
        return Diagram(self.story(clients=clients, lanes=lanes, since=since, until=until), title)

    def story(
        self,
        *,
        clients: Iterable[str] | None = None,
        lanes: Iterable[str] | None = None,
        since: float = 0,
        until: float = math.inf,
    ) -> Story:
        """What a diagram draws, as steps between lanes."""
        lanes = _known(lanes)
        self._let_settle()
        events = self.events
        return tell(events, clients=_met(clients, events), lanes=lanes).within(since, until)

    def timeline(
        self,
        *,
        clients: Iterable[str] | None = None,
        lanes: Iterable[str] | None = None,
        since: float = 0,
        until: float = math.inf,
        title: str = "Who waits, and who is served",
    ) -> Timeline:
        """The same as lanes over time: who waited while whom was served, and how long answers took.

        The arguments are those of `diagram`. Raises LabError for an unknown lane or client.
        """
        lanes = _known(lanes)
        self._let_settle()
        events = self.events
        table = timetable(events, clients=_met(clients, events), lanes=lanes, since=since, until=until)
        return Timeline(table, title)

    def _let_settle(self) -> None:
        """Wait for what is on its way into the record."""


def _known(lanes: Iterable[str] | None) -> list[str] | None:
    lanes = _names(lanes)
    if unknown := sorted(set(lanes or ()) - set(KINDS)):
        raise LabError(f"There is no lane {unknown[0]!r}.", f"The lanes are {', '.join(KINDS)}.")
    return lanes


def _met(clients: Iterable[str] | None, events: list[Event]) -> list[str] | None:
    """The names of clients, where each has done something; before anybody has, any. A page may not be open now."""
    names = _names(clients)
    cast = Cast(events)
    met = sorted({*cast.peer.values(), *(event.name for event in events if event.side == "client")})
    if met and (unknown := [name for name in names or () if not (name in met or _PAGE.fullmatch(name))]):
        raise LabError(f"There was no client {unknown[0]!r}.", f"The clients were {', '.join(met)}.")
    return names


def _names(given: Iterable[str] | None) -> list[str] | None:
    """The names that were given; a single one need not stand in a list."""
    return given if given is None else [given] if isinstance(given, str) else list(given)


def events_of(process: Process) -> list[Event]:
    """What is known of one process: its record, as far as it has been written, its start and its end."""
    recorded = process.record.events() if process.record else []
    return [*process.events, *recorded]
