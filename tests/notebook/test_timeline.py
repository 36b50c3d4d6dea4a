"""The timeline as a server and a lab show it."""

import re
from pathlib import Path

import pytest

from channels_lab.errors import LabError
from channels_lab.notebook.pictures import Pictures
from channels_lab.record.events import Event
from channels_lab.running.process import Process


class Noted(Pictures):
    """What clients have noted, without a server."""

    project = Path()

    def __init__(self, *events: Event) -> None:
        self.noted = list(events)

    @property
    def processes(self) -> list[Process]:
        return []

    @property
    def clients_events(self) -> list[Event]:
        return self.noted


def client(t: float, kind: str, name: str, **details: object) -> Event:
    """What a client noted."""
    return Event(t, "client", kind, name=name, details=details)


NOTED = Noted(
    client(100, "refused", "alice", status=None, why="no server listens there"),
    client(102, "refused", "bob", status=403, why=""),
)


def test_all_of_it() -> None:
    """A timeline begins with the first event, and has a title of its own or the one that is given."""
    text = NOTED.timeline().text()
    assert text.startswith("Who waits, and who is served\n2.00 s in all.")
    assert "0.0 ms, alice: no server listens there" in text and "2.00 s, bob: HTTP 403" in text
    assert NOTED.timeline(title="Mine").text().startswith("Mine\n")


def test_some_of_it() -> None:
    """Clients, kinds of lane and seconds since the first event are chosen as for a diagram."""
    assert re.findall("alice|bob", NOTED.timeline(clients=["bob"]).text())[0] == "bob"
    assert "alice" not in NOTED.timeline(since=1).text()
    assert "2.00 s, bob: HTTP 403" in NOTED.timeline(since=1).text()
    assert "bob" not in NOTED.timeline(until=1).text()
    assert NOTED.timeline(lanes=["log"]).text().endswith("Nothing has happened yet.")


def test_an_unknown_lane() -> None:
    """A lane of which there is none raises LabError and names those that there are."""
    with pytest.raises(LabError, match="no lane 'people'") as raised:
        NOTED.timeline(lanes=["people"])
    assert raised.value.fix.startswith("The lanes are clients, http, ")
