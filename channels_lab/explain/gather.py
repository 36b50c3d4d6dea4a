"""Gathering the evidence of a run: from processes, clients and the project's folder."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from channels_lab.explain.evidence import Evidence
from channels_lab.explain.source import Source
from channels_lab.record.events import Event
from channels_lab.record.window import recent
from channels_lab.running.process import Process

__all__ = ["gather", "happened"]

_MOST_LOG = 2_000_000
# Rules look for patterns, and some take long on a line without end.
_LONG_LINE = re.compile(r"(.{2000}).+")


def happened(processes: Iterable[Process], clients: Iterable[Event], since: float = 0) -> list[Event]:
    """The events of these processes and clients, by `recent` those since a time."""
    events = list(clients)
    for process in processes:
        _ = process.alive  # hears what has been told so far
        events += process.events
        if process.record:
            events += process.record.events()
    return recent(events, since)


def gather(
    processes: Iterable[Process],
    clients: Iterable[Event],
    project: Path,
    error: BaseException | None = None,
    cell: str = "",
    *,
    since: float = 0,
    printed: Mapping[Path, int] | None = None,
    source: Source | None = None,
) -> Evidence:
    """The evidence of what these processes and clients did with the project in a folder.

    `since` is a time on the machine's monotonic clock: what was over before is left out. `printed` says how many
    bytes of a log file to leave out. `source` is the project's, where it has been read already.
    """
    processes = list(processes)
    events = happened(processes, clients, since)
    logs: dict[str, str] = {}
    commands: dict[str, str] = {}
    for process in processes:
        log = process.printed.text((printed or {}).get(process.printed.path, 0))[-_MOST_LOG:]
        logs[process.name] = logs.get(process.name, "") + _LONG_LINE.sub(r"\1…", log)
        commands[process.name] = process.command
    return Evidence(events, logs, source or Source.of(project), commands, error, cell)
