"""Which message of a client's an answer belongs to."""

from channels_lab.picture.timeline.origins import Origins
from channels_lab.record.events import Event
from tests.happened import asgi, layer, server


def said(t: float, text: str, connection: int = 1) -> Event:
    """A client's message comes in."""
    return asgi(t, "receive", connection, type="websocket.receive", text=text)


def sent(t: float, text: str, connection: int = 1) -> Event:
    """A message goes out to a client."""
    return asgi(t, "send", connection, type="websocket.send", text=text)


def ascribed(*events: Event) -> list[int | None]:
    """For each message that goes out: the number of its own client's message that it answers."""
    origins = Origins()
    opened = [server(0, "open", connection, type="websocket", path="/") for connection in (1, 2)]
    found = [(event, origins.follow(event)) for event in [*opened, *events]]
    return [number for event, number in found if event.kind == "send"]


def test_a_direct_answer() -> None:
    """What a consumer sends after its client's message answers that."""
    assert ascribed(said(1, "a"), sent(2, "A"), said(3, "b"), sent(4, "B")) == [0, 1]


def test_nobody_asked() -> None:
    """What a consumer sends before its client has said anything answers nothing."""
    assert ascribed(sent(1, "welcome"), said(2, "a"), sent(3, "A")) == [None, 0]


def test_through_a_group() -> None:
    """A message that comes back through the layer answers its author's message, and nobody else's."""
    events = [said(1, "hi"), layer(2, "group_send", "room", text="hi")]
    for connection in (1, 2):
        events += [layer(3, "receive", "x", connection, text="hi"), sent(4, "hi", connection)]
    assert ascribed(*events) == [0, None]


def test_like_messages_of_two_people() -> None:
    """Where two people say the same, each is answered by their own: the layer keeps the order."""
    events = [said(1, "hi", 1), layer(2, "group_send", "room", 1, text="hi")]
    events += [said(3, "hi", 2), layer(4, "group_send", "room", 2, text="hi")]
    for connection in (1, 2):
        for _ in range(2):
            events += [layer(5, "receive", "x", connection, text="hi"), sent(6, "hi", connection)]
    assert ascribed(*events) == [0, None, None, 0]


def test_who_came_later() -> None:
    """A message that was put on the layer before somebody came is not among theirs."""
    events = [
        said(1, "hi"),
        layer(2, "group_send", "room", text="hi"),
        server(3, "open", 3, type="websocket", path="/"),
    ]
    events += [said(4, "hi", 3), layer(5, "group_send", "room", 3, text="hi")]
    events += [layer(6, "receive", "x", 3, text="hi"), sent(7, "hi", 3)]
    assert ascribed(*events) == [0]


def test_through_a_worker() -> None:
    """What a worker sends back answers the message that made the consumer ask it."""
    events = [
        server(0, "open", 9, type="channel", path=""),
        said(1, "draw"),
        layer(2, "send", "thumbnails", type="thumbnail.make"),
        asgi(3, "receive", 9, type="thumbnail.make"),
        layer(4, "send", "specific.1", 9, type="thumbnail.done"),
        layer(5, "receive", "specific.1", type="thumbnail.done"),
        sent(6, "done"),
    ]
    assert ascribed(*events) == [0]


def test_anothers_message_comes_between() -> None:
    """While a client's message is handled another's may come in: what goes out next is the answer all the same."""
    foreign = [said(1, "hi", 2), layer(2, "group_send", "room", 2, text="hi")]
    assert ascribed(*foreign, said(3, "sum"), layer(4, "receive", "x", text="hi"), sent(5, "42"))[-1] == 0


def test_what_another_said_is_no_answer() -> None:
    """What says what another has said is no answer, as it is or as JSON."""
    foreign = [said(1, "안녕", 2), layer(2, "group_send", "room", 2, message="안녕")]
    for text in ('{"message": "안녕"}', '{"message": "\\uc548\\ub155"}'):
        assert ascribed(*foreign, said(3, "quiet"), layer(4, "receive", "x", message="안녕"), sent(5, text)) == [None]


def test_what_was_put_in_a_group_comes_back() -> None:
    """Who has put a message into a group is answered by that, though another's came first."""
    events = [said(1, "one", 1), said(1, "two", 2), layer(2, "group_send", "room", 2, text="two")]
    events += [
        layer(3, "receive", "x", 1, text="two"),
        layer(4, "group_send", "room", 1, text="one"),
        sent(5, "two", 1),
    ]
    events += [layer(6, "receive", "x", 1, text="one"), sent(7, "one", 1)]
    assert ascribed(*events) == [None, 0]


def test_a_call_that_failed() -> None:
    """What the layer did not take comes back from nowhere, and the answer is direct."""
    failed = server(2, "layer", call="group_send", to="a b", error="TypeError: no", frames=[])
    assert ascribed(said(1, "hi"), failed, sent(3, "sorry")) == [0]


def test_each_message_for_itself() -> None:
    """That one message went over the layer says nothing of the next, which may be answered directly."""
    events = [said(1, "one"), layer(2, "group_send", "room", text="one"), said(3, "two")]
    assert ascribed(*events, layer(4, "receive", "x", text="other"), sent(5, "TWO")) == [1]
