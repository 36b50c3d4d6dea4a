"""The evidence: what was recorded, printed and written in one run, and what rules ask of it."""

import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from channels_lab.errors import LabError
from channels_lab.explain.classes import Consumer
from channels_lab.explain.connections import Connection, find_connections
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source
from channels_lab.explain.tracebacks import Traceback, read_tracebacks
from channels_lab.record.events import Event

__all__ = ["CELL", "Evidence", "Raised"]

# The name of the cell in a place: "this cell:3: asyncio.run(main())".
CELL = "this cell"
# How IPython and ipykernel name the code of a cell.
_CELL_FILE = re.compile(r"ipykernel_\d+|<ipython-input")
_MOST_CAUSES = 10


@dataclass(frozen=True)
class Raised:
    """An exception that was raised or logged: `text` ("ValueError: …"), what of it matched, and the own innermost line.

    `process` and `connection` say where, as far as is known ("" and 0: not).
    """

    text: str
    match: re.Match[str]
    place: Place | None
    process: str = ""
    connection: int = 0


@dataclass
class Evidence:
    """One run, looked at from all sides.

    `events` of servers, clients and processes, sorted by time; `logs` what each process printed, by its name;
    `commands` the command of each; `source` the project; `error` what the cell raised, and `cell` that cell's text.
    """

    events: list[Event]
    logs: dict[str, str]
    source: Source
    commands: dict[str, str] = field(default_factory=dict)
    error: BaseException | None = None
    cell: str = ""

    # The record

    def of(self, kind: str, side: str = "server") -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if event.kind == kind and event.side == side]

    def errors(self) -> list[Event]:
        """Exceptions that ended a connection, as the server recorded them."""
        return self.of("error")

    def layer(self, call: str = "") -> list[Event]:
        """Calls of the channel layer: "group_add", "group_discard", "group_send", "send", "receive", or all."""
        return [event for event in self.of("layer") if call in ("", event.details.get("call"))]

    def sent(self, kind: str = "") -> list[dict[str, Any]]:
        """The ASGI events that applications sent; `kind` is the start of their type ("websocket.close")."""
        return [event for connection in self.connections for event in connection.sent(kind)]

    def received(self, kind: str = "") -> list[dict[str, Any]]:
        """The ASGI events that applications received."""
        return [event for connection in self.connections for event in connection.received(kind)]

    def refused(self, *status: int | None) -> list[Event]:
        """Handshakes of our clients that were refused: all, or with one of these statuses (None: no answer came)."""
        return [event for event in self.of("refused", "client") if not status or event.details.get("status") in status]

    def closed(self, *code: int) -> list[Event]:
        """Ends of our clients' connections: all, or with one of these close codes."""
        return [event for event in self.of("closed", "client") if not code or event.details.get("code") in code]

    @cached_property
    def connections(self) -> list[Connection]:
        """The connections that servers and workers saw, in the order in which they opened."""
        return find_connections(self.events)

    def backend(self) -> str:
        """The class name of the default channel layer's backend, as recorded ("InMemoryChannelLayer"); "" for none."""
        aliases = [e.details.get("backend", "") for e in self.of("backend") if e.details.get("alias") == "default"]
        return str(aliases[-1]) if aliases else ""

    # Logs and exceptions

    def search(self, pattern: str) -> re.Match[str] | None:
        """The first match in what the processes printed; `^` and `$` match at lines."""
        return next((found for log in self.logs.values() if (found := re.search(pattern, log, re.MULTILINE))), None)

    def raised(self, pattern: str) -> Raised | None:
        """The first exception whose text ("ValueError: …") matches: in the record, in a log, or raised by the cell."""
        for text, place, process, number in self._exceptions:
            if match := re.search(pattern, text):
                return Raised(text, match, place, process, number)
        return None

    @cached_property
    def _exceptions(self) -> list[tuple[str, Place | None, str, int]]:
        return list(self._find_exceptions())

    def _find_exceptions(self) -> Iterator[tuple[str, Place | None, str, int]]:
        # An error inside the layer, or logged, may end no connection. One that does is told again, with own frames.
        for event in [*self.of("error"), *self.of("log"), *self.of("layer")]:
            for text in filter(None, (event.details.get("error"), event.details.get("cause"))):
                yield str(text), self.own_frame(event), event.name, event.connection
        for name, log in self.logs.items():
            for found in read_tracebacks(log, self.source.root):
                yield found.error, self._frame(found), name, 0
        error, seen = self.error, 0
        while error and (seen := seen + 1) < _MOST_CAUSES:
            message = error.message if isinstance(error, LabError) else str(error)
            yield f"{type(error).__name__}: {message}", self.cell_frame(error), "", 0
            error = error.__cause__ or error.__context__

    def own_frame(self, event: Event) -> Place | None:
        """The innermost line of the project in an event's `frames`."""
        frames = event.details.get("frames")
        return self.source.place(str(frames[-1][0]), int(frames[-1][1])) if frames else None

    def log_frame(self, process: str = "") -> Place | None:
        """The innermost own line of the last traceback in a log: that of `process`, or the first log with one."""
        for name, log in self.logs.items():
            if process in ("", name) and (found := read_tracebacks(log, self.source.root)):
                return self._frame(found[-1])
        return None

    @cached_property
    def cell_source(self) -> Source:
        """The cell's text as a source of its own, with one file, `CELL`; magics are left out of it."""
        code = "" if self.cell.lstrip().startswith("%%project_file") else self.cell  # that is a file, not run here
        lines = ["" if line.lstrip().startswith(("%", "!", "?")) else line for line in code.splitlines()]
        return Source({CELL: "\n".join(lines)})

    def cell_frame(self, error: BaseException | None = None) -> Place | None:
        """The innermost line of the cell in a traceback, by default that of what the cell raised."""
        error = error or self.error
        walk = traceback.walk_tb(error.__traceback__) if error else ()
        numbers = [line for frame, line in walk if _CELL_FILE.search(frame.f_code.co_filename)]
        if isinstance(error, SyntaxError) and _CELL_FILE.search(error.filename or ""):
            numbers.append(error.lineno or 1)
        return self.cell_source.place(CELL, numbers[-1]) if numbers else None

    def _frame(self, found: Traceback) -> Place | None:
        return self.source.place(*found.frames[-1][:2]) if found.frames else None

    # From the record to the source

    def connection_of(self, found: Event | Raised | None) -> Connection | None:
        """The connection that an event or an exception belongs to; None where that is not known."""
        if not found:
            return None
        key = (found.name if isinstance(found, Event) else found.process, found.connection)
        return next((one for one in self.connections if (one.process, one.number) == key), None)

    def consumers_of(self, connection: Connection | Event | Raised | None) -> list[Consumer]:
        """The classes that may have served a connection: the one that was recorded, else those that the source has."""
        one = connection if isinstance(connection, Connection) else self.connection_of(connection)
        recorded = self.source.consumers(one.consumer) if one and one.consumer else []
        return recorded or self.source.consumers()

    def ran(self, words: str) -> list[str]:
        """The names of the processes whose command has these words: `ran("runserver")`."""
        return [name for name, command in self.commands.items() if words in command]

    @property
    def looked_at(self) -> str:
        """In a sentence, what there was to look at."""
        lines = sum(log.count("\n") for log in self.logs.values())
        names = ", ".join(self.logs) or "no process"
        files = len(self.source.files)
        return f"Looked at {len(self.events)} events, {lines} lines of log ({names}) and {files} Python files."
