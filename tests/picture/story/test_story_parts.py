"""Who is who in a record, who is in which group, and how a long story is folded."""

from collections.abc import Iterable

import pytest

from channels_lab.picture.story.cast import Cast
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.fold import fold, folded_steps
from channels_lab.picture.story.groups import Groups
from channels_lab.picture.story.phrases import name_phrase, payload_phrase
from channels_lab.picture.story.story import Step, Story
from channels_lab.picture.story.teller import tell
from channels_lab.record.events import Event
from tests.happened import asgi, client, layer, opened, server
from tests.live import Site


def seen(t: float, port: int, connection: int = 1, process: str = "main", kind: str = "websocket") -> list[Event]:
    """A server sees a connection from a port, and accepts it."""
    address = ["127.0.0.1", port]
    return [
        server(t, "open", connection, process, type=kind, path="/", method="GET", client=address, channel=""),
        asgi(t, "send", connection, process, type=f"{kind}.accept"),
    ]


def connecting(t: float, name: str, port: int) -> list[Event]:
    """A client of ours connects from a port."""
    return [client(t, "connect", name, path="/", client=["127.0.0.1", port])]


# The cast


def test_a_port_that_a_later_client_gets() -> None:
    """A port names the client that has it at the time, and no other program later."""
    alice = [*connecting(1, "alice", 5000), *seen(2, 5000, 1)]
    bob = [*connecting(3, "bob", 5000), *seen(4, 5000, 2)]
    strangers = [*seen(5, 5000, 3), *seen(6, 5000, 4, kind="http")]
    cast = Cast([*alice, *bob, *strangers])
    assert [cast.peer["main", number] for number in (1, 2, 3, 4)] == ["alice", "bob", "browser 1", "HTTP client"]


def test_a_client_that_connects_again() -> None:
    """Each consumer of a client has a lane of its own, numbered from the second on."""
    cast = Cast([event for n in (1, 2, 3) for event in (*connecting(n, "alice", n), *seen(n + 0.5, n, n))])
    assert [cast.lane["main", n] for n in (1, 2, 3)] == [
        "alice's consumer",
        "alice's consumer 2",
        "alice's consumer 3",
    ]


def test_browsers_and_several_processes() -> None:
    """Browsers are numbered over all servers; lanes name their server where there are several that serve."""
    events = [*seen(1, 1, 1), *seen(2, 2, 1, "second"), *seen(3, 3, 2, "second", kind="http")]
    worker = [server(0, "begin", 0, "worker", command="manage.py runworker tasks")]
    cast = Cast(events + worker)
    assert [cast.peer[key] for key in (("main", 1), ("second", 1))] == ["browser 1", "browser 2"]
    assert cast.lane["second", 1] == "browser 2's consumer (second)" and cast.lane["second", 2] == "server (second)"
    assert cast.process("worker") == "worker" and cast.kind["worker"] == "workers"
    alone = Cast([*seen(1, 1, 1), *worker])
    assert alone.lane["main", 1] == "browser 1's consumer"


def test_a_connection_that_was_not_accepted() -> None:
    """Nobody knows whether it has reached a consumer: its lane is the application."""
    cast = Cast([*connecting(1, "alice", 5000), seen(2, 5000)[0]])
    assert cast.lane["main", 1] == "application"


@pytest.mark.parametrize(
    ("backends", "lanes"),
    [
        (("InMemoryChannelLayer",), ["channel layer"]),
        (("InMemoryChannelLayer", "InMemoryChannelLayer"), ["memory of p0", "memory of p1"]),
        (("RedisChannelLayer", "RedisChannelLayer"), ["channel layer", "channel layer"]),
        (("RedisPubSubChannelLayer", "InMemoryChannelLayer"), ["channel layer", "memory of p1"]),
    ],
)
def test_layers(backends: tuple[str, ...], lanes: list[str]) -> None:
    """One process has one layer; of several, those in memory are one for each."""
    events = [server(n, "backend", 0, f"p{n}", alias="default", backend=name) for n, name in enumerate(backends)]
    cast = Cast(events)
    assert [cast.layer(f"p{number}") for number in range(len(backends))] == lanes


# Groups


def joined(groups: Groups, *names: str, group: str = "room") -> None:
    """Let these join a group, each by the channel of a connection of that name."""
    for name in names:
        event = server(0, "layer", 1, name, call="group_add", to=group, message=f"channel of {name}")
        groups.add("layer", event, name)


def test_members_come_and_go() -> None:
    """Members are told in the order in which they came, until they leave; each once."""
    groups = Groups()
    assert groups.members("layer", "room") == "nobody"
    joined(groups, "alice", "bob", "alice")
    assert groups.members("layer", "room") == "alice, bob"
    groups.discard("layer", server(0, "layer", 1, call="group_discard", to="room", message="channel of alice"))
    groups.discard("layer", server(0, "layer", 1, call="group_discard", to="no such", message="x"))
    assert groups.members("layer", "room") == "bob"
    assert groups.members("another layer", "room") == "nobody"


def test_dead_members() -> None:
    """A connection that ends in a group stays there, gone; one that left before does not."""
    groups = Groups()
    joined(groups, "alice", "bob")
    assert groups.ended(("alice", 1)) == ["room"]
    assert groups.members("layer", "room") == "alice (gone), bob"
    groups.discard("layer", server(0, "layer", 1, call="group_discard", to="room", message="channel of bob"))
    assert groups.ended(("bob", 1)) == [] and groups.ended(("nobody", 1)) == []


def test_many_members() -> None:
    """Of many members six are named, those that are gone first."""
    groups = Groups()
    joined(groups, *(f"c{number}" for number in range(7)))
    assert groups.members("layer", "room") == "c0, c1, c2, c3, c4, c5, c6"
    joined(groups, *(f"c{number}" for number in range(7, 50)))
    groups.ended(("c49", 1))
    assert groups.members("layer", "room") == "c49 (gone), c0, c1, c2, c3, c4 and 44 more"


def test_a_long_name_is_shortened() -> None:
    """Of a digest in a group's or channel's name the beginning is told, a name of words whole."""
    group = "chat." + "0123456789abcdef" * 4
    story = tell([*opened(0), layer(1, "group_add", group), server(2, "end")])
    assert any(step.text.startswith("group_add chat.01234567…: now ") for step in story.steps)
    assert name_phrase("room-12345678901234567890 of decade") == "room-12345678901234567890 of decade"
    assert payload_phrase({"bytes": {"bytes": 1}}) == "1 byte"


def test_a_group_add_that_failed() -> None:
    """Who could not be added is in no group, and the step does not say so."""
    failed = [layer(1, "group_add", "bad é"), server(1.1, "layer", call="group_add", to="bad é", error="TypeError: x")]
    failed[0].details["message"] = "specific.x"
    story = tell([*opened(0), *failed, server(2, "end")])
    assert [step.text for step in story.steps if step.t >= 1] == ["group_add bad é", "TypeError: x"]


# Folding


def room(number: int, talk: Iterable[Event] = ()) -> list[Event]:
    """So many clients in a group."""
    events = [event for n in range(1, number + 1) for event in opened(n / 1000, f"c{n}", n)]
    for n in range(1, number + 1):
        events.append(server(n / 1000 + 0.015, "layer", n, call="group_add", to="room", message=f"channel {n}"))
    return [*events, *talk]


def broadcast(t: float, number: int, text: str = "hi", lost: int = 0) -> list[Event]:
    """What the first client says reaches all but the last `lost`."""
    message = {"type": "chat.message", "text": text}
    events = [layer(t, "group_send", "room", 1, **message)]
    for n in range(1, number + 1 - lost):
        events.append(layer(t + n / 10000, "receive", f"channel {n}", n, **message))
        events.append(asgi(t + n / 10000 + 0.00001, "send", n, type="websocket.send", text=text))
    return events


def texts(story: Story) -> list[str]:
    """The texts of the steps."""
    return [step.text for step in story.steps]


@pytest.mark.parametrize("number", [1, 6])
def test_a_few_clients_are_not_folded(number: int) -> None:
    """Six clients are all drawn."""
    story = tell(room(number, broadcast(1, number)))
    assert fold(story) is story


@pytest.mark.parametrize("number", [8, 50, 300])
def test_a_crowd(number: int) -> None:
    """Of many clients three are drawn, and the rest as one, with their number; nothing is counted twice or lost."""
    story = fold(tell(room(number, broadcast(1, number))))
    crowd = number - 3
    assert story.participants == [
        *("c1", "c2", "c3", f"{crowd} others"),
        *("c1's consumer", "c2's consumer", "c3's consumer", "their consumers", "channel layer"),
    ]
    assert f"{crowd} × connect /ws/" in texts(story) and f"{crowd} × accept" in texts(story)
    told = 'chat.message {"text": "hi"}'
    assert texts(story).count(told) == 3 and texts(story).count(f"… {crowd} more to the group: {told}") == 1
    assert texts(story).count(f"{crowd} × hi") == 1
    [joined] = [step for step in story.steps if step.note and step.source == "their consumers"]
    assert joined.text.startswith(f"{crowd} × group_add room: now c1, c2")
    assert [step.t for step in story.steps] == sorted(step.t for step in story.steps)


def test_who_failed_is_kept() -> None:
    """A client that failed, or whose consumer did, is drawn, however late it came."""
    error = server(2, "error", 40, error="ValueError: x")
    refused = client(2.1, "refused", "c45", status=403, why="")
    story = fold(tell(room(50, [*broadcast(1, 50), error, refused])))
    assert set(story.participants[:4]) == {"c1", "c40", "c45", "47 others"}
    assert [step.source for step in story.steps if step.text == "ValueError: x"] == ["c40's consumer"]


def test_what_is_said_again_is_told_again() -> None:
    """Two broadcasts are two, though they say the same."""
    story = fold(tell(room(20, [*broadcast(1, 20), *broadcast(2, 20)])))
    assert texts(story).count('… 17 more to the group: chat.message {"text": "hi"}') == 2


def test_who_was_left_out_is_not_counted() -> None:
    """Where a message does not reach all, the number is that of those whom it reached."""
    story = fold(tell(room(20, broadcast(1, 20, lost=5))))
    assert '… 12 more to the group: chat.message {"text": "hi"}' in texts(story)


def test_a_client_that_connects_again_and_again() -> None:
    """Fifty consumers of one client are one lane."""
    again = [event for n in range(1, 51) for event in opened(n, "alice", n)]
    story = fold(tell([*again, *opened(60, "bob", 51)]))
    assert story.participants == ["alice", "bob", "alice's consumers", "bob's consumer"]
    assert texts(story).count("accept") == 51


@pytest.mark.parametrize("number", [8, 50])
def test_a_folded_diagram(number: int) -> None:
    """Both forms of a folded diagram are bounded, and tell of all."""
    talk = [event for t in range(30) for event in broadcast(t + 1, number, f"message {t}")]
    diagram = Diagram(tell(room(number, talk)))
    assert f"{len(diagram.story.steps)} steps between c1, c2, c3, {number - 3} others," in diagram.text()
    assert len(diagram.text().splitlines()) <= 62 + 32 and len(diagram.mermaid()) < 20_000
    assert diagram.mermaid().count("participant ") == 9


def test_the_middle_of_a_long_row() -> None:
    """Of many steps the number of those in the middle is told; with few, all are there."""
    steps = [Step(n, "a", "b", str(n)) for n in range(100)]
    folded = folded_steps(steps)
    assert len(folded) == 61 and folded[45] == 40 and folded[46] == steps[85]
    assert folded_steps(steps[:60]) == steps[:60]


# In a real server


async def test_a_crowd_in_a_real_server(site: Site) -> None:
    """Fifty real clients in one room make a diagram of nine lanes, with the right counts."""
    clients = [await site.connect("/ws/chat/lobby/", name=f"c{number}") for number in range(50)]
    await clients[0].send_json({"message": "hi"})
    for one in clients:
        await one.receive()
    for one in clients:
        await one.close()
    await site.until("end", 50)
    text = Diagram(tell(site.everything)).text()
    assert "… 47 more to the group: chat.message" in text and "47 × connect /ws/chat/lobby/" in text
    assert "47 × disconnect (1000)" in text and "✗" not in text
