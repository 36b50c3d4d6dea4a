"""Events of clients and server, merged into one story."""

from collections.abc import Iterable
from typing import Any

import pytest

from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Step, Story
from channels_lab.picture.story.teller import tell
from channels_lab.record.events import Event
from tests.live import Site


def server(t: float, kind: str, connection: int = 1, **details: Any) -> Event:
    """An entry of the server's record."""
    return Event(t, "server", kind, connection, details=details)


def client(t: float, kind: str, name: str = "alice", **details: Any) -> Event:
    """What a client noted."""
    return Event(t, "client", kind, name=name, details=details)


def opened(t: float, port: int, connection: int = 1, path: str = "/ws/") -> Event:
    """The opening of a WebSocket."""
    return server(t, "open", connection, type="websocket", path=path, method="", client=["127.0.0.1", port])


def event(t: float, kind: str, connection: int = 1, **event: Any) -> Event:
    """A receive or send of the application."""
    return server(t, kind, connection, event=event)


def accepted(t: float, connection: int = 1) -> Event:
    """The application's accept."""
    return event(t, "send", connection, type="websocket.accept")


def told(server: Iterable[Event], noted: Iterable[Event] = (), **options: Any) -> Story:
    """The story of a server's record and of what clients noted."""
    return tell([*server, *noted], **options)


def arrows(story: Story) -> list[tuple[str, str, str, bool]]:
    """The steps without their times."""
    return [(step.source, step.target, step.text, step.failed) for step in story.steps]


ALICE = [client(0, "connect", client=["127.0.0.1", 5000], path="/ws/")]


def test_a_connection_has_its_clients_name() -> None:
    """A connection is a client's by its port; both ends are one story in the order of time."""
    story = told(
        [
            opened(1, 5000),
            accepted(2),
            event(3, "receive", type="websocket.receive", text="hi"),
            event(4, "send", type="websocket.send", text="ho"),
        ],
        [*ALICE, client(5, "received", message="ho")],
    )
    assert arrows(story) == [
        ("alice", "alice's consumer", "connect /ws/", False),
        ("alice's consumer", "alice", "accept", False),
        ("alice", "alice's consumer", "hi", False),
        ("alice's consumer", "alice", "ho", False),
    ]
    assert story.participants == ["alice", "alice's consumer"]


def test_a_stranger_is_a_browser() -> None:
    """A connection that no client of ours has made is a browser's, by number."""
    story = told([opened(1, 6000, 1), accepted(1, 1), opened(2, 6001, 2), accepted(2, 2)], ALICE)
    assert story.participants == ["browser 1", "browser 2", "browser 1's consumer", "browser 2's consumer"]


def test_the_layer_stands_last() -> None:
    """Clients stand left, consumers next, the layer last; calls and what it delivers are steps."""
    message = {"type": "chat.message", "text": "한글"}
    story = told(
        [
            server(0.5, "layer", call="group_add", to="room", message="specific.x"),
            opened(1, 5000),
            server(1.5, "layer", call="group_add", to="room", message="specific.x"),
            accepted(2),
            server(3, "layer", call="group_send", to="room", message=message),
            server(4, "layer", call="receive", to="specific.x", message=message),
            server(5, "layer", call="send", to="x", error="ChannelFull: "),
        ],
        ALICE,
    )
    assert story.participants[0] == "alice" and story.participants[-1] == "channel layer"
    texts = [step.text for step in story.steps]
    assert "group_add room: now alice" in texts
    assert 'group_send room: chat.message {"text": "한글"}' in texts
    assert 'chat.message {"text": "한글"}' in texts
    [failed] = [step for step in story.steps if step.failed]
    assert failed == Step(5, "channel layer", "alice's consumer", "ChannelFull: ", True)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"text": "x"}, "x"),
        ({"text": ""}, "(empty text)"),
        ({"bytes": {"bytes": 3, "start": "abc"}}, "3 bytes"),
        ({}, "(nothing)"),
    ],
)
def test_payloads(given: dict[str, Any], text: str) -> None:
    """Text is shown as it is, bytes by their number, and what is empty is said to be."""
    story = told([opened(1, 5000), accepted(2), event(3, "receive", type="websocket.receive", **given)], ALICE)
    assert story.steps[-1].text == text


def test_ends() -> None:
    """A normal end is a step; an abnormal one is a failed step."""
    for code, failed in ((1000, False), (1001, False), (1005, False), (1006, True), (1011, True)):
        end = event(3, "receive", type="websocket.disconnect", code=code)
        story = told([opened(1, 5000), accepted(2), end], [*ALICE, client(4, "closed", code=1000)])
        assert arrows(story)[-1] == ("alice", "alice's consumer", f"disconnect ({code})", failed)


def test_a_crash() -> None:
    """An exception is a note over the consumer, and the client's code is one over the client."""
    story = told(
        [opened(1, 5000), accepted(2), server(3, "error", error="KeyError: 'x'")],
        [*ALICE, client(4, "closed", code=1011)],
    )
    assert arrows(story)[-2:] == [
        ("alice's consumer", "", "KeyError: 'x'", True),
        ("alice", "", "closed with 1011", True),
    ]


def test_a_message_that_never_arrived() -> None:
    """A message that a client sent and the consumer did not get is marked."""
    story = told(
        [opened(1, 5000), accepted(2), event(3, "receive", type="websocket.receive", text="one")],
        [*ALICE, client(2.5, "sent", message="one"), client(4, "sent", message="two")],
    )
    assert arrows(story)[-1] == ("alice", "alice's consumer", "two (never reached the consumer)", True)
    assert not any("one (never" in step.text for step in story.steps)


def test_a_wait_in_vain() -> None:
    """A client that waited in vain has a note that says how long."""
    assert arrows(told([], [client(1, "waited", seconds=0.2)])) == [("alice", "", "waited 0.2 s: nothing came", False)]


def test_a_refusal_by_the_application() -> None:
    """A refusal that the application decided is drawn once, where it said so."""
    story = told(
        [opened(1, 5000), event(2, "send", type="websocket.close", code=1000)],
        [*ALICE, client(3, "refused", status=403, why="")],
    )
    assert arrows(story) == [
        ("alice", "application", "connect /ws/", False),
        ("application", "alice", "close before accept: HTTP 403", True),
    ]


def test_a_second_refusal() -> None:
    """A client that the application has refused once may be refused by something else later."""
    story = told(
        [opened(1, 5000), event(2, "send", type="websocket.close", code=1000)],
        [*ALICE, client(3, "refused", status=403, why=""), client(4, "refused", status=None, why="nobody there")],
    )
    assert story.steps[-1].text == "nobody there" and len(story.steps) == 3


def test_a_refusal_before_the_application() -> None:
    """A refusal of which the application knows nothing is drawn from the client's note."""
    refused = [*ALICE, client(1, "refused", status=None, why="no server listens there")]
    assert arrows(told([], refused)) == [("server", "alice", "no server listens there", True)]


def test_pages() -> None:
    """A page is a request and its status; an error status is a failed step."""
    story = told(
        [
            server(1, "open", 1, type="http", path="/a/", method="GET", client=["127.0.0.1", 1]),
            event(2, "send", 1, type="http.response.start", status=200),
            event(2.2, "send", 1, type="http.response.body", body={"bytes": 2, "start": "hi"}),
            event(2.5, "receive", 1, type="http.disconnect"),
            server(3, "open", 2, type="http", path="/b/", method="POST", client=["127.0.0.1", 2]),
            event(4, "send", 2, type="http.response.start", status=404),
        ],
        [],
    )
    assert arrows(story) == [
        ("HTTP client", "server", "GET /a/", False),
        ("server", "HTTP client", "200 /a/", False),
        ("HTTP client", "server", "POST /b/", False),
        ("server", "HTTP client", "404 /b/", True),
    ]


def took(t: float, connection: int, text: str = "hi") -> Event:
    """A consumer takes a message from the layer."""
    message = {"type": "say", "text": text}
    return server(t, "layer", connection, call="receive", to=f"channel {connection}", message=message)


def by_another(events: list[Event], **options: Any) -> list[tuple[float, str, str]]:
    """What the story says that another process has put on the layer: when, where to, what."""
    steps = tell([opened(1, 5000, 1), opened(1, 5001, 2), *events], **options).steps
    assert all(step.inferred for step in steps if step.source == "another process")
    return [(step.t, step.target, step.text) for step in steps if step.source == "another process"]


def test_a_message_from_elsewhere() -> None:
    """A message that no recorded process has put on the layer comes from another process, once for all who get it."""
    assert by_another([took(2, 1), took(2.1, 2)]) == [(2, "channel layer", 'say {"text": "hi"}')]
    assert [t for t, *_ in by_another([took(2, 1), took(2.1, 2), took(3, 2), took(3.1, 1), took(4, 1, "ho")])] == [
        2,
        3,
        4,
    ]
    assert [t for t, *_ in by_another([took(2, 1), took(2.1, 2)], clients=["browser 2"])] == [2.1]


def test_a_message_from_a_recorded_process() -> None:
    """What a recorded process has put there comes from nowhere else; nothing is said where a record was full."""
    put = server(1.5, "layer", 1, call="group_send", to="room", message={"type": "say", "text": "hi", "who": None})
    assert not by_another([put, took(2, 1), took(2.1, 2)])
    assert [t for t, *_ in by_another([put, took(2, 1), took(2.1, 2), took(3, 1)])] == [3]
    assert not by_another([took(2, 1), server(5, "full", 0)])


def test_only_some_clients() -> None:
    """`clients` leaves out the connections of others, pages, and what nobody's connection did."""
    events = [
        opened(1, 5000, 1),
        accepted(1, 1),
        opened(2, 5001, 2),
        accepted(2, 2),
        server(3, "layer", 0, call="send", to="x", message={}),
    ]
    bob = client(0, "connect", "bob", client=["127.0.0.1", 5001], path="/ws/")
    story = told(events, [*ALICE, bob, client(4, "waited", "bob", seconds=1)], clients=["alice"])
    assert story.participants == ["alice", "alice's consumer"]


def test_a_full_record() -> None:
    """A record that was full makes an incomplete story."""
    assert not told([Event(1, "server", "full")], []).complete
    assert told([], []) == Story()


async def test_of_a_real_server(site: Site) -> None:
    """Two clients in a real chat: who sent what, through which group, and who got it, in this order."""
    async with (
        site.connect("/ws/chat/lobby/", name="alice") as alice,
        site.connect("/ws/chat/lobby/", name="bob") as bob,
    ):
        await alice.send_json({"message": "hi"})
        await bob.receive_json()
        await alice.receive_json()
    story = told(site.record, site.events)
    assert story.participants == ["alice", "bob", "alice's consumer", "bob's consumer", "channel layer"]
    seen = [(step.source, step.target, step.text) for step in story.steps]
    wanted = [
        ("alice", "alice's consumer", "connect /ws/chat/lobby/"),
        ("alice's consumer", "alice", "accept"),
        ("alice", "alice's consumer", '{"message": "hi"}'),
        ("alice's consumer", "channel layer", 'group_send chat_lobby: chat.message {"message": "hi"}'),
        ("channel layer", "bob's consumer", 'chat.message {"message": "hi"}'),
        ("bob's consumer", "bob", '{"message": "hi", "version": "one"}'),
    ]
    places = [seen.index(step) for step in wanted]
    assert places == sorted(places)
    assert not any(step.failed for step in story.steps)


# What fails


def test_a_loop_that_is_blocked() -> None:
    """A blocked loop is told at its end with its seconds and line, and where it has none, from the time it was seen."""
    frames = [["chat/consumers.py", 4, "receive"]]
    first = server(1, "stalled", 0, seconds=0.4, frames=frames)
    over = server(2, "stalled", 0, seconds=1.4, frames=frames, over=True)
    again = server(3, "stalled", 0, seconds=0.4, frames=frames)
    place = " (chat/consumers.py, line 4)"
    assert [step.text for step in told([first, over]).steps] == [f"the event loop was blocked for 1.4 s{place}"]
    assert [(step.t, step.text) for step in told([first, over, again]).steps] == [
        (2, f"the event loop was blocked for 1.4 s{place}"),
        (3, f"the event loop is blocked{place}"),
    ]


def test_what_a_server_shows() -> None:
    """Dropped messages and forgotten coroutines are failed steps; log lines and prints are in the log's lane only."""
    events = [
        opened(1, 5000),
        accepted(2),
        server(3, "dropped", call="group_send", to="room", count=1),
        server(4, "dropped", call="group_send", to="room", count=3),
        server(5, "unawaited", coroutine="Chat.greet", file="chat/consumers.py", line=3),
        server(6, "log", logger="chat", level="WARNING", text="beware"),
        server(7, "log", logger="chat", level="ERROR", text="broken"),
        server(8, "print", text="seen"),
    ]
    assert [step[2:] for step in arrows(told(events, ALICE))[2:]] == [
        ("dropped for 1 full channel: room", True),
        ("dropped for 3 full channels: room", True),
        ("Chat.greet() was never awaited", True),
    ]
    assert [step[2:] for step in arrows(told(events, ALICE, lanes=["log"]))] == [
        ("WARNING beware", False),
        ("ERROR broken", True),
        ("seen", False),
    ]


@pytest.mark.parametrize(
    ("code", "asked", "text"), [(3, False, "ended with status 3"), (-9, False, "ended by signal 9"), (-15, True, "")]
)
def test_the_end_of_a_process(code: int, asked: bool, text: str) -> None:
    """A process that ended by itself is told of; one that was asked to end only where processes are drawn."""
    life = [
        Event(0, "process", "start", name="main", details={"command": "daphne"}),
        Event(1, "process", "ready", name="main"),
        Event(2, "process", "end", name="main", details={"code": code, "asked": asked}),
    ]
    assert [step.text for step in told(life).steps] == ([text] if text else [])
    all_of_it = [step.text for step in told(life, lanes=["processes"]).steps]
    assert all_of_it == ["$ daphne", "ready", text or "stopped"]


ODD = [
    event(3, "send", type="http.response.start"),
    event(3, "send", type="http.response.start", status="200"),
    event(3, "send", type="http.response.body", body="text"),
    event(3, "send", type="websocket.send", text=5, bytes=7),
    event(3, "send", type=""),
    event(3, "send"),
    event(3, "receive", type=None),
    event(3, "send", 9, type="websocket.send", text="of a connection that never opened"),
    server(3, "layer", call="group_add", to=None, message={"a": 1}),
    server(3, "layer", call="group_send", to=5, message=None),
    server(3, "layer", call="receive", to="x", message=["a", 1]),
    server(3, "error", error="", frames=[]),
    server(3, "something new"),
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_events(odd: Event) -> None:
    """Whatever an application has sent, its story can be told and drawn."""
    story = told([opened(1, 5000), accepted(2), odd, server(4, "end")], ALICE)
    diagram = Diagram(story)
    assert diagram.text() and diagram.mermaid()
