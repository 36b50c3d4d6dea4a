"""From events to lanes over time."""

from typing import Any

import pytest

from channels_lab.picture.timeline.client_spans import ANSWER_HELD
from channels_lab.picture.timeline.lane import Lane, Timetable, duration
from channels_lab.picture.timeline.spans import timetable
from channels_lab.record.events import Event
from tests.happened import answer, asgi, asked, blocked, client, closed, layer, opened, process, server

Row = list[tuple[Any, ...]]


def lane(table: Timetable, name: str) -> Lane:
    """The lane of this name."""
    [found] = [lane for lane in table.lanes if lane.name == name]
    return found


def spans(table: Timetable, name: str, *kinds: str) -> Row:
    """The spans of a lane, of some kinds, in order, to the hundredth of a second."""
    found = [span for span in lane(table, name).spans if not kinds or span.kind in kinds]
    return sorted((round(span.start, 2), round(span.end, 2), span.kind) for span in found)


def marks(table: Timetable, name: str) -> Row:
    """The marks of a lane, in order."""
    return sorted((mark.t, mark.kind, mark.text) for mark in lane(table, name).marks)


def test_a_conversation() -> None:
    """A client is connected from open to close, waits till its message arrives, and is served till it is answered."""
    table = timetable([*opened(0), *asked(1, 1.1), *answer(1.3, 1.4), *closed(2)])
    assert spans(table, "alice") == [
        (0, 0.01, "waiting"),
        (0.01, 0.02, "served"),
        (0.03, 2, "connected"),
        (1, 1.1, "waiting"),
        (1.1, 1.3, "served"),
    ]
    assert marks(table, "alice") == [(1, "out", "hi"), (1.4, "in", "")]
    assert (table.start, table.end) == (0, 2)


def test_a_consumer() -> None:
    """A consumer is there from its opening to its end, and at work from what it takes in to what it gives out last."""
    group = [layer(1.2, "group_send", "room", text="hi"), layer(1.5, "receive", "x", text="hi")]
    table = timetable([*opened(0), *asked(1, 1.1), *group, *answer(1.6, 1.7), *closed(2)])
    assert spans(table, "alice's consumer") == [(0.01, 2, "connected"), (1.1, 1.2, "served"), (1.5, 1.6, "served")]
    assert marks(table, "alice's consumer") == [
        (1.1, "in", "hi"),
        (1.5, "in", 'no type {"text": "hi"}'),
        (1.6, "out", "ho"),
    ]
    assert marks(table, "channel layer") == [(1.2, "in", 'group_send room: no type {"text": "hi"}')]
    assert [lane.kind for lane in table.lanes] == ["clients", "consumers", "layer"]


def stalled() -> list[Event]:
    """Alice's message blocks the loop from 1 to 2, Bob's from then to 3; both have arrived before."""
    return [
        *opened(0, "alice", 1),
        *opened(0.1, "bob", 2),
        *asked(0.99, 1, "a", "alice", 1),
        *asked(0.99, 1.001, "b", "bob", 2),
        *blocked(1.05, 3),
        *answer(2, 3.01, "A", "alice", 1),
        *answer(3, 3.01, "B", "bob", 2),
    ]


def test_who_waits_while_whom_is_served() -> None:
    """While the event loop is blocked for Alice, Bob waits; then he is served, and her answer cannot go out."""
    table = timetable(stalled())
    assert spans(table, "alice", "waiting", "served")[-3:] == [
        (0.99, 1, "waiting"),
        (1, 2, "served"),
        (2, 3, "waiting"),
    ]
    assert spans(table, "bob", "waiting", "served")[-3:] == [(0.99, 1, "waiting"), (1, 2, "waiting"), (2, 3, "served")]
    assert [span.text for span in lane(table, "alice").spans if span.start == 2] == [ANSWER_HELD]
    assert spans(table, "alice's consumer", "served") == [(1, 2, "served")]
    assert spans(table, "bob's consumer", "served") == [(2, 3, "served")]
    assert (1, 3, "blocked") in spans(table, "main")
    alice, bob = [delay for delay in table.delays if not delay.opening]
    assert (bob.client, round(bob.seconds, 1), round(bob.waited, 1)) == ("bob", 2, 1)
    assert alice.why == bob.why == "the event loop was blocked in chat/consumers.py, line 12"


def test_an_answer_that_is_read_late() -> None:
    """An answer that went out before the event loop was blocked was not held, however late its client reads it."""
    early = [*opened(0), *asked(0.3, 0.4), *answer(0.5, 3.5), server(1, "log", 0, level="INFO", text="")]
    assert spans(timetable([*early, *blocked(1.05, 3)]), "alice", "waiting", "served")[-1] == (0.4, 0.5, "served")


def test_a_thread_that_synchronous_handlers_share() -> None:
    """A handler that began late makes its client wait, and says that another was at work in the one thread."""
    late = server(2, "turn", waited=0.9)
    table = timetable([*opened(0), *asked(1, 1.1), late, *answer(2.5, 2.6)])
    assert spans(table, "alice", "waiting", "served")[-3:] == [
        (1, 1.1, "waiting"),
        (1.1, 2, "waiting"),
        (2, 2.5, "served"),
    ]
    assert spans(table, "alice's consumer", "served") == [(2, 2.5, "served")]
    assert table.delays[-1].why == "another synchronous handler was at work in the thread that they share"


def test_one_message_after_the_other() -> None:
    """A consumer handles one message at a time: the second waits for the first, and is told why."""
    first = [*asked(1, 1.1, "one"), *answer(2, 2.1, "ONE")]
    table = timetable([*opened(0), *first, *asked(1.2, 2, "two"), *answer(2.5, 2.6, "TWO")])
    assert (1.2, 2, "waiting") in spans(table, "alice")
    assert table.delays[-1].why == "its consumer was at work on the message before"


def test_a_message_without_an_answer() -> None:
    """Who gets no answer is served until the consumer has done what it does with the message."""
    other = [*opened(0.1, "bob", 2), layer(1.5, "receive", "x", 2, text="hi"), *answer(1.6, 1.7, "hi", "bob", 2)]
    table = timetable([*opened(0), *asked(1, 1.1), layer(1.4, "group_send", "room", text="hi"), *other])
    assert spans(table, "alice", "waiting", "served")[-2:] == [(1, 1.1, "waiting"), (1.1, 1.4, "served")]
    [delay] = [delay for delay in table.delays if not delay.opening]
    assert not delay.answered and delay.seconds == pytest.approx(0.4)


def test_a_message_that_never_arrived() -> None:
    """A message that has not arrived when the connection ends has failed; one under way waits, and has not."""
    lost = [*opened(0), client(1, "sent", message="hi")]
    assert spans(timetable([*lost, client(2, "waited", seconds=0.5)]), "alice", "waiting")[-1] == (1, 2, "waiting")
    assert not [mark for mark in marks(timetable([*lost]), "alice") if mark[1] == "failed"]
    assert (2, "failed", "never reached the application: hi") in marks(timetable([*lost, *closed(2)]), "alice")
    full = server(1.5, "full", 0)
    assert not [mark for mark in marks(timetable([*lost, full, *closed(2)]), "alice") if mark[1] == "failed"]
    assert not timetable([*lost, full]).complete


def test_waits_in_vain() -> None:
    """A wait in vain is a span of its own, as long as the client waited."""
    table = timetable([*opened(0), client(2, "waited", seconds=0.5)])
    assert spans(table, "alice", "nothing") == [(1.5, 2, "nothing")]


def test_a_refusal() -> None:
    """A refusal is a mark with its status; until then the client waited, also after the application has failed."""
    events = [*opened(0)[:2], server(0.1, "error", error="ValueError: no", frames=[["a.py", 3, "f"]])]
    table = timetable([*events, client(1, "refused", status=500, why="…")])
    assert spans(table, "alice") == [(0, 0.01, "waiting"), (0.01, 0.1, "served"), (0.1, 1, "waiting")]
    assert marks(table, "alice") == [(1, "failed", "HTTP 500")]
    assert marks(table, "application") == [(0.1, "failed", "ValueError: no (a.py, line 3)")]


def test_errors() -> None:
    """An exception, a refusal by the application, an unusual close and a coroutine not awaited are marked as failed."""
    error = server(1.5, "error", error="KeyError: 'x'", frames=[])
    table = timetable([*opened(0), *asked(1, 1.1), error, client(2, "closed", code=1011, reason="")])
    assert (1.5, "failed", "KeyError: 'x'") in marks(table, "alice's consumer")
    assert (2, "failed", "closed with 1011") in marks(table, "alice")
    assert spans(table, "alice", "served")[-1] == (1.1, 1.5, "served")
    refused = [*opened(0)[:2], asgi(0.1, "send", type="websocket.close"), client(0.2, "refused", status=403, why="")]
    assert marks(timetable(refused), "application") == [(0.1, "failed", "close before accept: HTTP 403")]
    forgot = server(1, "unawaited", coroutine="A.send", file="a.py", line=1)
    assert marks(timetable([*opened(0), forgot]), "alice's consumer") == [(1, "failed", "A.send() was never awaited")]
    assert marks(timetable([server(1, "unawaited", 0, coroutine="f", file="a.py", line=1)]), "main")[0][1] == "failed"


def test_a_server_that_stops() -> None:
    """What is cancelled since the server stops has not failed."""
    cancelled = server(1, "error", error="CancelledError: ", frames=[])
    assert not marks(timetable([*opened(0), cancelled]), "alice's consumer")


def request(t: float, connection: int, path: str = "/slow/") -> Event:
    """A request arrives."""
    return server(t, "open", connection, type="http", method="GET", path=path, client=["127.0.0.1", 9000 + connection])


def chunk(t: float, connection: int, text: str, more: bool = True) -> Event:
    """A piece of a response."""
    body = {"bytes": len(text), "start": text}
    return asgi(t, "send", connection, type="http.response.body", body=body, more_body=more)


def test_requests() -> None:
    """A request lasts from its arrival to its last chunk; those at one time stand in lanes of their own."""
    start = {"type": "http.response.start", "status": 200}
    events = [request(1, 1), request(1.5, 2), asgi(2, "send", 1, **start), chunk(2, 1, "x", more=False)]
    events += [asgi(2.2, "send", 2, **start), chunk(2.2, 2, "a"), chunk(2.4, 2, "b"), chunk(3, 2, "", more=False)]
    events += [request(2.5, 3), asgi(2.6, "send", 3, type="http.response.start", status=404)]
    table = timetable(events)
    assert [lane.name for lane in table.lanes] == ["server", "server 2"]
    assert spans(table, "server", "served") == [(1, 2, "served"), (2.5, 3, "served")]
    assert spans(table, "server 2", "served") == [(1.5, 3, "served")]
    assert marks(table, "server") == [(2, "out", "GET /slow/ 200"), (2.6, "failed", "GET /slow/ 404")]
    assert marks(table, "server 2") == [(2.2, "out", "a"), (2.4, "out", "b")]
    assert [round(delay.seconds, 1) for delay in table.delays] == [1, 0.7, 0.1]


def test_visitors_have_lanes_of_their_own() -> None:
    """The requests of a visitor whose name is known stand in a lane with that name."""
    keeps = [client(0.5, "keeps", who, client=["127.0.0.1", port]) for who, port in (("ada", 9001), ("bob", 9002))]
    events = [*keeps, *(request(number, number) for number in (1, 2, 3)), chunk(4, 1, "x", more=False)]
    assert [lane.name for lane in timetable(events).lanes] == ["server for ada", "server for bob", "server"]


def test_a_request_that_waits_for_the_loop() -> None:
    """While the event loop is blocked by a consumer, a request waits."""
    events = [*stalled(), request(1.002, 3), asgi(3.1, "send", 3, type="http.response.start", status=200)]
    assert spans(timetable(events), "server", "waiting", "served") == [(1, 3, "waiting"), (3, 3.1, "served")]


def test_requests_that_fail() -> None:
    """An exception, a status that is none and a client that goes away are marked."""
    assert marks(timetable([request(1, 1), server(2, "error", error="E: x", frames=[])]), "server") == [
        (2, "failed", "E: x")
    ]
    odd = asgi(2, "send", type="http.response.start", status="odd")
    assert marks(timetable([request(1, 1), odd]), "server") == [(2, "failed", "GET /slow/ odd")]
    gone = asgi(2, "receive", type="http.disconnect")
    assert marks(timetable([request(1, 1), gone]), "server") == [(2, "failed", "the client went away")]


def test_the_layer() -> None:
    """What a layer drops, and what it refuses, has failed."""
    dropped = server(2, "dropped", call="group_send", to="room", count=3)
    refused = server(3, "layer", call="group_send", to="a b", error="TypeError: no", frames=[])
    table = timetable([*opened(0), dropped, refused])
    assert marks(table, "channel layer") == [
        (2, "failed", "dropped for 3 full channels: room"),
        (3, "failed", "TypeError: no"),
    ]


def test_processes() -> None:
    """Processes are told of where that is asked for, blocked or unexpectedly ended: from start to end, with ready."""
    life = [process(0, "start", command="daphne"), process(0.5, "ready"), *opened(1)]
    stopped = [*life, process(3, "end", code=0, asked=True)]
    assert [lane.kind for lane in timetable(stopped).lanes] == ["clients", "consumers"]
    asked_for = timetable(stopped, lanes=["processes"])
    assert spans(asked_for, "main") == [(0, 3, "connected")]
    assert marks(asked_for, "main") == [(0.5, "note", "ready"), (3, "note", "stopped")]
    killed = timetable([*life, process(3, "end", code=-9, asked=False)])
    assert marks(killed, "main") == [(3, "failed", "ended by signal 9")]
    assert (killed.start, killed.end) == (1, 3)
    assert spans(timetable(life, lanes=["processes"]), "main")[0][2] == "connected"


def test_workers() -> None:
    """A worker's lane is its process's; it is at work from an event that it takes to what it gives out."""
    events = [
        process(0, "start", "worker", command="manage.py runworker thumbnails"),
        server(0.1, "begin", 0, "worker", command="manage.py runworker thumbnails", pid=1),
        server(1, "open", 1, "worker", type="channel", path="", channel="thumbnails"),
        asgi(2, "receive", 1, "worker", type="thumbnail.make", id=3),
        layer(2.5, "send", "specific.1", 1, "worker", type="thumbnail.done"),
    ]
    table = timetable(events)
    assert lane(table, "worker").kind == "workers"
    assert spans(table, "worker", "served") == [(2, 2.5, "served")]
    assert marks(table, "worker") == [(2, "in", 'thumbnail.make {"id": 3}')]
    assert (table.start, table.end) == (2, 2.5)


def test_the_log() -> None:
    """The log is told where it is asked for: lines and prints, errors as failed."""
    events = [
        server(1, "log", logger="x", level="ERROR", text="bad"),
        server(2, "log", logger="x", level="WARNING", text="hm"),
        server(3, "print", text="here"),
    ]
    assert not timetable(events).lanes
    assert marks(timetable(events, lanes=["log"]), "log") == [
        (1, "failed", "ERROR bad"),
        (2, "note", "WARNING hm"),
        (3, "note", "here"),
    ]


def test_only_some() -> None:
    """`clients` keeps some clients' connections, and what blocked them; `lanes` some kinds of lane."""
    table = timetable(stalled(), clients=["bob"])
    assert [lane.name for lane in table.lanes] == ["bob", "bob's consumer", "main"]
    assert {delay.client for delay in table.delays} == {"bob"}
    assert [lane.name for lane in timetable(stalled(), lanes=["consumers"]).lanes] == [
        "alice's consumer",
        "bob's consumer",
    ]
    assert not timetable(stalled(), lanes=["consumers"]).delays


def test_a_window() -> None:
    """`since` and `until` cut out a piece of time, and spans at its edges."""
    table = timetable(stalled(), since=1.5, until=2.5)
    assert (table.start, table.end, table.zero) == (1.5, 2.5, 0)
    assert spans(table, "bob", "waiting", "served") == [(1.5, 2, "waiting"), (2, 2.5, "served")]
    assert marks(table, "alice's consumer") == [(2, "out", "A")]
    assert not timetable(stalled(), since=50).lanes


def test_nothing() -> None:
    """Of nothing there are no lanes."""
    assert timetable([]) == Timetable([], [], 0, 0, began=0)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0004, "0.4 ms"), (0.012, "12 ms"), (0.5, "0.50 s"), (1, "1.00 s"), (12.34, "12.3 s"), (200, "3 min 20 s")],
)
def test_durations(seconds: float, told: str) -> None:
    """A time is told in the unit that suits it."""
    assert duration(seconds) == told
