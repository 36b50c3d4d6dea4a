"""A real Daphne for a client to talk to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart
from channels_lab.wire.events import Event, read_record
from channels_lab.wire.handshake import connect


@dataclass
class Site:
    """A running server, the project behind it, and what its clients noted."""

    process: Process
    port: int
    project: Path
    events: list[Event] = field(default_factory=list)

    def connect(self, path: str = "/ws/odd/", **options: Any) -> connect:
        """Open a WebSocket."""
        return connect(self.port, path, events=self.events, **options)

    @property
    def record(self) -> list[Event]:
        """What the recorder has written."""
        assert self.process.record_file
        return read_record(self.process.record_file)

    def recorded(self, kind: str) -> list[Event]:
        """The record's events of one kind."""
        return [event for event in self.record if event.kind == kind]


@pytest.fixture
async def site(project: Path, keeper: WarmStart) -> AsyncIterator[Site]:
    """The small chat project, served by Daphne."""
    listener = Listener.open()
    process = servers.daphne(project, listener=listener, keeper=keeper)
    try:
        await process.ready(20)
        listener.socket.close()
        yield Site(process, listener_port(process), project)
    finally:
        listener.socket.close()
        await process.stop()


def listener_port(process: Process) -> int:
    """The port in the command that a person would type."""
    words = process.command.split()
    return int(words[words.index("-p") + 1])
