"""A window on a record."""

from channels_lab.record.events import Event
from channels_lab.record.window import recent
from tests.happened import answer, asked, client, closed, opened, process, server
from tests.live import Site


def told(events: list[Event], since: float) -> list[tuple[float, str, str]]:
    """What a window shows: when, side, kind."""
    return [(event.t, event.side, event.kind) for event in recent(events, since)]


def test_what_was_over_is_left_out() -> None:
    """A connection that ended before is not in the window, on neither side; what came later is."""
    before = [*opened(1), *closed(2), server(2.1, "end")]
    after = opened(5, "bob", 2)
    assert recent([*before, *after], 4) == sorted(after)
    assert recent([*after, *before], 0) == sorted([*before, *after])


def test_a_connection_that_goes_on_is_there_from_its_begin() -> None:
    """Where one side notes something of a connection, both sides are there from its begin."""
    talk = [*opened(1), *asked(2, 2.1), *answer(2.2, 2.3)]
    for later in (client(5, "waited", seconds=1), server(5, "error", error="ValueError: x")):
        assert recent([*talk, later], 4) == sorted([*talk, later])
    assert recent([*talk, client(5, "waited", "bob", seconds=1)], 4) == [client(5, "waited", "bob", seconds=1)]


def test_that_a_server_notes_later_who_has_left_is_no_news() -> None:
    """A connection that the client has ended is over, although the server notes it in the window; an error is news."""
    talk = [*opened(1), *closed(2)]
    farewell = [server(5, "receive", event={"type": "websocket.disconnect", "code": 1006}), server(5.1, "end")]
    assert recent([*talk, *farewell], 4) == []
    error = server(5.1, "error", error="KeyError: 'room'")
    assert error in recent([*talk, farewell[0], error], 4)
    unended = [event for event in talk if event.side != "client" or event.kind != "closed"]
    assert recent([*unended, *farewell], 4) == sorted([*unended, *farewell])


def test_what_a_process_is_like_does_not_age() -> None:
    """How a process began, and its layer, are always there; that it printed something long ago is not."""
    events = [
        process(0, "start", command="daphne"),
        server(0.1, "begin", 0),
        server(0.2, "backend", 0, alias="default", backend="x"),
        server(0.3, "print", 0, text="long ago"),
        process(0.4, "ready"),
    ]
    assert [kind for _, _, kind in told(events, 4)] == ["start", "begin", "backend", "ready"]


def test_a_port_that_is_used_again() -> None:
    """A client that has the port of an earlier one does not bring that one back."""
    first, second = opened(1, "alice", 1), opened(3, "bob", 1, "main")
    later = [*second, client(5, "waited", "bob", seconds=1)]
    assert {event.name for event in recent([*first, *later], 4) if event.side == "client"} == {"bob"}


def test_a_client_that_connects_again() -> None:
    """Of a client that connected twice, the connection that goes on is there, and not the first."""
    first, second = [*opened(1, "alice", 1), *closed(2)], opened(3, "alice", 2)
    later = client(5, "waited", seconds=1)
    assert recent([*first, *second, later], 4) == sorted([*second, later])


async def test_a_real_wait_in_vain(site: Site) -> None:
    """A client that waits in vain brings the whole of its connection, as the server saw it."""
    async with site.connect("/ws/chat/lobby/", name="old") as old:
        await old.send_json({"message": "hi"})
        await old.receive()
    await site.until("end")
    async with site.connect("/ws/chat/lobby/", name="alice") as alice:
        since = site.everything[-1].t + 1e-9
        await alice.receive_nothing()
        events = recent(site.everything, since)
    assert [event.connection for event in events if event.kind == "open"] == [2, 0]  # the server's, and the client's
    assert [e.details["call"] for e in events if e.kind == "layer"] == ["group_add"]
    assert {event.name for event in events if event.side == "client"} == {"alice"}
