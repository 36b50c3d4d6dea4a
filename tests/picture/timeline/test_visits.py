"""Both ends of each connection, put together."""

from channels_lab.picture.story.cast import Cast
from channels_lab.picture.timeline.visits import Visit, visits
from channels_lab.record.events import Event
from tests.happened import answer, asgi, asked, client, closed, opened, server


def found(*events: Event) -> list[Visit]:
    """The visits of these events."""
    return visits(events, Cast(events))


def test_a_visit() -> None:
    """A visit knows when each message was sent, reached the application, was answered, and the answer received."""
    [visit] = found(*opened(0), *asked(1, 1.1), *answer(1.2, 1.3), *closed(2))
    assert (visit.client, visit.key, visit.start, visit.end, visit.failure) == ("alice", ("main", 1), 0, 2, "")
    handshake, [message] = visit.handshake, visit.messages
    assert (handshake.sent, handshake.reached, handshake.answered, handshake.received) == (0, 0.01, 0.02, 0.03)
    assert (message.text, message.sent, message.reached) == ("hi", 1, 1.1)
    assert (message.answered, message.received) == (1.2, 1.3)


def test_messages_in_their_order() -> None:
    """The first that is sent is the first that arrives; what has not arrived has no time for that."""
    [visit] = found(*opened(0), *asked(1, 2, "one"), client(1.1, "sent", message="two"))
    assert [(message.text, message.sent, message.reached) for message in visit.messages] == [
        ("one", 1, 2),
        ("two", 1.1, None),
    ]
    assert visit.end is None


def test_an_answer_that_was_not_read() -> None:
    """An answer that nobody has read was given, and not received; what was read first was another message."""
    greeting = answer(0.5, 0.6, "welcome")
    [visit] = found(*opened(0), *greeting, *asked(1, 1.1), asgi(1.2, "send", type="websocket.send", text="ho"))
    assert visit.messages[0].answered == 1.2 and visit.messages[0].received is None
    assert visit.received == [0.6]


def test_a_browser() -> None:
    """A connection of no client of ours is known by what the server saw."""
    events = [event for event in [*opened(0), *asked(1, 1.1), *closed(2)] if event.side == "server"]
    [visit] = found(*events)
    assert (visit.client, visit.start, visit.end, visit.noted) == ("browser 1", 0.01, 2, False)
    assert visit.messages[0].text == "hi" and visit.messages[0].sent is None


def test_a_refusal() -> None:
    """A refused client has visited, and knows why not; also where nobody listened."""
    refused = [*opened(0)[:2], server(0.1, "error", error="ValueError: no", frames=[])]
    [visit] = found(*refused, client(1, "refused", status=500, why="…"))
    assert (visit.end, visit.failure, visit.gone) == (1, "HTTP 500", 0.1)
    [visit] = found(client(1, "refused", status=None, why="no server listens there"))
    assert (visit.start, visit.end, visit.failure) == (1, 1, "no server listens there")


def test_one_name_twice() -> None:
    """Two clients of one name are told apart by what the server saw of each."""
    events = [*opened(0, "client", 1), *opened(0.1, "client", 2)]
    events += [*asked(1, 1.1, "one", "client", 1), *asked(1.2, 1.3, "two", "client", 2)]
    events += [*answer(1.4, 1.5, "2", "client", 2), *answer(1.6, 1.7, "1", "client", 1)]
    events += [*closed(2, "client", 2), *closed(3, "client", 1)]
    first, second = found(*events)
    assert [(m.text, m.sent, m.answered, m.received) for m in first.messages] == [("one", 1, 1.6, 1.7)]
    assert [(m.text, m.sent, m.answered, m.received) for m in second.messages] == [("two", 1.2, 1.4, 1.5)]
    assert (first.end, second.end) == (3, 2)


def test_one_port_twice() -> None:
    """A port that is used again belongs to whoever connected last, and is a browser's where none of ours did."""
    port = opened(0)[0].details["client"]
    again = server(3, "open", 7, type="websocket", path="/ws/", client=port)
    before = [*opened(0), *closed(1)]
    assert [visit.client for visit in found(*before, client(2, "connect", "bob", client=port, path="/"), again)] == [
        "alice",
        "bob",
    ]
    alice, stranger = found(*before, again)
    assert (alice.key, stranger.key, stranger.noted) == (("main", 1), ("main", 7), False)


def test_the_first_answer_counts() -> None:
    """A message that is answered several times was answered the first time, and handled the last time."""
    [visit] = found(*opened(0), *asked(1, 1.1), *answer(1.2, 1.3), *answer(1.4, 1.5))
    [message] = visit.messages
    assert (message.answered, message.received, message.handled) == (1.2, 1.3, 1.4)
