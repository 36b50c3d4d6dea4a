"""Why something did not come, or did: small projects with a fault each, on real servers, and what is said of them."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from channels_lab.errors import LabError
from channels_lab.picture.expectation.expectation import expect
from channels_lab.record.events import Event
from channels_lab.record.reading import read_record
from channels_lab.running import servers
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart
from tests import chat_project
from tests.live import Site, listener_port

Edits = tuple[tuple[str, str], ...]
Talk = Callable[[Site], Awaitable[None]]

JOIN = "        await self.channel_layer.group_add(self.group, self.channel_name)\n"
LEAVE = "        await self.channel_layer.group_discard(self.group, self.channel_name)\n"
ACCEPT = "        await self.accept()\n"
PASS_ON = '        await self.channel_layer.group_send(self.group, {"type": "chat.message", "message": message})\n'
DELIVER = '        await self.send(json.dumps({"message": event["message"], "version": VERSION}))\n'
HANDLER = "    async def chat_message(self, event):\n"

FULL = ("1 full channel", "2 full channels")

EXPECTED = """
    alice -> server: connect
    server -> alice: accept
    bob -> server: connect
    server -> bob: accept
    alice -> server: hi
    server -> bob: hi
"""


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The small chat, with a fault: pairs of what its consumers say and of what they say instead."""
    folder = chat_project.write(tmp_path / "project")
    consumers = folder / "chat" / "consumers.py"
    text = consumers.read_text(encoding="utf-8")
    for old, new in getattr(request, "param", ()):
        assert old in text
        text = text.replace(old, new, 1)
    consumers.write_text(text, encoding="utf-8")
    return folder


def events_of(site: Site) -> list[Event]:
    """All that is known of a run."""
    return [*site.events, *site.process.events, *site.record]


def difference(site: Site, expected: str = EXPECTED) -> str:
    """The first difference."""
    return expect(expected).diagram(events_of(site)).difference


async def talk(site: Site, *, alice: str = "lobby", bob: str = "lobby", says: str = "hi") -> None:
    """Alice says something to Bob, who listens for a fifth of a second."""
    async with (
        site.connect(f"/ws/chat/{alice}/", name="alice") as one,
        site.connect(f"/ws/chat/{bob}/", name="bob") as other,
    ):
        await one.send_json({"message": says})
        with suppress(LabError):
            await other.receive(timeout=0.2)


async def test_a_chat_that_works(site: Site) -> None:
    """A chat that works is as expected, whoever gets the message first."""
    async with (
        site.connect("/ws/chat/lobby/", name="alice") as alice,
        site.connect("/ws/chat/lobby/", name="bob") as bob,
    ):
        await alice.send_json({"message": "hi"})
        await bob.receive()
        await alice.receive()
    for more in ("server -> alice: hi\nalice: nothing\nbob: nothing", "layer -> alice: chat.message"):
        comparison = expect(EXPECTED + more).diagram(events_of(site))
        assert (comparison.holds, comparison.difference) == (True, "")


# What is wrong, and what is said of why Bob did not get `hi`.
FAULTS: dict[str, tuple[Edits, str]] = {
    "group_add is never called for Bob": (
        ((JOIN, "        if len(self.groups or []) or self.scope['query_string']:\n    " + JOIN),),
        "alice got it, and nothing came to bob for 0.2 s, because `group_add` was never called for bob's channel.",
    ),
    "group_add is never called": (
        ((JOIN, ""),),
        "nothing came for 0.2 s, because the message went to the group `chat_lobby`, and nobody is in it: "
        "`group_add` was never called.",
    ),
    "group_add is not awaited": (
        ((JOIN, JOIN.replace("await ", "")),),
        "nothing came for 0.2 s, because `group_add()` was never awaited.",
    ),
    "group_send is not awaited": (
        ((PASS_ON, PASS_ON.replace("await ", "")),),
        "nothing came for 0.2 s, because `group_send()` was never awaited.",
    ),
    "send is not awaited": (
        ((DELIVER, DELIVER.replace("await ", "")),),
        "nothing came for 0.2 s, because `send()` was never awaited.",
    ),
    "the handler sends nothing": (
        ((DELIVER, "        event.clear()\n"),),
        "nothing came for 0.2 s, because bob's consumer got `chat.message` from the layer and sent nothing.",
    ),
    "the handler raises": (
        ((DELIVER, "        event['text']\n"),),
        "nothing came for 0.2 s, because bob's consumer got `chat.message` from the layer and raised "
        "KeyError: 'text' (chat/consumers.py, line 24).",
    ),
    "the handler has another name": (
        ((HANDLER, HANDLER.replace("message", "mesage")),),
        "nothing came for 0.2 s, because bob's consumer got `chat.message` from the layer and raised "
        "ValueError: No handler for message type chat.message.",
    ),
    "an echo": (
        ((PASS_ON, "        await self.send(message)\n"),),
        "alice got it, and nothing came to bob for 0.2 s, because alice's consumer never called `group_send`.",
    ),
    "the sender's consumer raises": (
        ((PASS_ON, "        self.room\n"),),
        "nothing came for 0.2 s, because alice's consumer raised AttributeError: 'ChatConsumer' object has no "
        "attribute 'room' (chat/consumers.py, line 21).",
    ),
    "group_send raises": (
        ((PASS_ON, f"        try:\n    {PASS_ON.replace('self.group', '"a b"')}        except TypeError: pass\n"),),
        "nothing came for 0.2 s, because `group_send` raised TypeError: Group name must be a valid unicode string with "
        "length < 100 containing only ASCII alphanumerics, hyphens, underscores, or periods. "
        "(chat/consumers.py, line 22).",
    ),
    "Bob's consumer leaves the group": (
        ((ACCEPT, f"{ACCEPT}        if b'chat/lobby' in self.scope['path'].encode() and VERSION:\n    {LEAVE}"),),
        "nothing came for 0.2 s, because bob had left `chat_lobby` before.",
    ),
    "other texts": (
        ((DELIVER, "        for word in 'a', 'b', 'c', 'd':\n            await self.send(word)\n"),),
        "it never came.",
    ),
    "another text": (
        (('event["message"], "v', 'event["message"].upper(), "v'),),
        '`{"message": "HI", "version": "one"}` came instead.',
    ),
}


@pytest.mark.parametrize(
    ("project", "said"), FAULTS.values(), ids=[name.replace(" ", "-") for name in FAULTS], indirect=["project"]
)
async def test_why_bob_got_nothing(site: Site, said: str) -> None:
    """Each fault of the project is told as the reason why Bob did not get the message."""
    only_alice = "alice got it" in said and "group_add" in said
    await talk(site, alice="lobby/?in" if only_alice else "lobby")
    assert difference(site) == f"bob should have received `hi`; {said}"


async def test_two_groups(site: Site) -> None:
    """Who is in another group than the one that the message went to is told of both."""
    await talk(site, bob="hall")
    assert difference(site).endswith("because bob is in the group `chat_hall`, and the message went to `chat_lobby`.")


@pytest.mark.parametrize("project", [((PASS_ON, f"        import time; time.sleep(0.8)\n{PASS_ON}"),)], indirect=True)
async def test_a_blocked_event_loop(site: Site) -> None:
    """A message that was late since the event loop was blocked is told with the line that did it."""
    await talk(site)
    assert difference(site).endswith("because the event loop was blocked (chat/consumers.py, line 21).")


async def test_a_group_that_was_joined_late(site: Site) -> None:
    """Who joined the group only after the message is told so."""
    async with site.connect("/ws/chat/lobby/", name="alice") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive()
        async with site.connect("/ws/chat/lobby/", name="bob") as bob:
            await bob.receive_nothing(0.1)
    said = difference(site, "alice -> server: hi\nbob -> server: connect\nserver -> bob: hi")
    assert said.endswith("because bob joined `chat_lobby` only after the message had gone there.")


async def test_a_client_that_came_back_elsewhere(site: Site) -> None:
    """Of a client that connected again, the connection that it has now is told of, and not the one before."""
    async with site.connect("/ws/chat/lobby/", name="bob"):
        pass
    await talk(site, bob="hall")
    assert difference(site).endswith("because bob is in the group `chat_hall`, and the message went to `chat_lobby`.")


async def test_a_client_that_had_left(site: Site) -> None:
    """Who had left before the message was sent is told of, with the code."""
    async with site.connect("/ws/chat/lobby/", name="alice") as alice:
        async with site.connect("/ws/chat/lobby/", name="bob"):
            pass
        await alice.send_json({"message": "hi"})
        await alice.receive()
    assert difference(site).endswith("nothing came to bob, because bob had left before (code 1000).")


@pytest.mark.parametrize(
    "project", [((HANDLER, f"{HANDLER}        import asyncio; await asyncio.sleep(0.1)\n"),)], indirect=True
)
async def test_a_client_that_did_not_wait(site: Site) -> None:
    """Who left before anything could come is told how long that was, and no reason."""
    async with site.connect("/ws/chat/lobby/", name="alice") as alice:
        async with site.connect("/ws/chat/lobby/", name="bob"):
            await alice.send_json({"message": "hi"})
        await alice.receive()
    said = difference(site)
    assert "nothing came to bob in the " in said and said.endswith(" ms until bob left.")


async def test_a_client_that_crashed_its_consumer(site: Site) -> None:
    """Who had lost the connection by an exception is told of it, and so is who can send nothing any more."""
    async with (
        site.connect("/ws/chat/lobby/", name="alice") as alice,
        site.connect("/ws/chat/lobby/", name="bob") as bob,
    ):
        await bob.send("no JSON")
        assert await bob.wait_closed() == 1011
        await alice.send_json({"message": "hi"})
        await alice.receive()
        with suppress(LabError):
            await bob.send("more")
    place = "(chat/consumers.py, line 20)"
    crash = f"bob's consumer had raised JSONDecodeError: Expecting value: line 1 column 1 (char 0) {place}."
    assert difference(site).endswith(f"nothing came to bob, because {crash}")
    lost = difference(site, "bob -> server: no JSON\nbob -> server: more")
    assert lost == f"bob should have sent `more`; it never reached the consumer, because {crash}"
    assert difference(site, "bob -> server: no JSON\nserver -> bob: closed with 1011") == ""


async def test_an_order_that_was_another(site: Site) -> None:
    """Two messages that came in another order than expected are told so, without a reason."""
    async with (
        site.connect("/ws/chat/lobby/", name="alice") as alice,
        site.connect("/ws/chat/lobby/", name="bob") as bob,
    ):
        for text in ("first", "second"):
            await alice.send_json({"message": text})
            await bob.receive()
    said = difference(site, "server -> bob: second\nserver -> bob: first")
    assert said == "bob should have received `first` after `second`; it came before."


async def test_who_sent_what_should_not_have_come(site: Site) -> None:
    """What came though nothing should is told with who sent it: to a group, or as the answer to one's own message."""
    await talk(site)
    said = difference(site, "alice -> server: hi\nbob: nothing")
    assert said.endswith(" came, because alice's consumer sent it to the group `chat_lobby`, and bob is in it.")
    async with site.connect("/ws/odd/", name="eve") as eve:
        await eve.send("hello")
        await eve.receive()
    said = difference(site, "eve -> server: hello\neve: nothing")
    assert (
        said == "Nothing should have come to eve; `hello` came, because eve's own consumer answered what eve had sent."
    )


@pytest.mark.parametrize(
    "project", [(("            await self.send(text_data)\n", "            pass\n"),)], indirect=True
)
async def test_no_answer(site: Site) -> None:
    """A consumer that answers nothing is told to have called nothing."""
    async with site.connect(name="eve") as eve:
        await eve.send("hello")
        with suppress(LabError):
            await eve.receive(timeout=0.1)
    said = difference(site, "eve -> server: hello\nserver -> eve: hello")
    assert said == (
        "eve should have received `hello`; nothing came for 0.1 s, "
        "because eve's consumer called neither `send` nor `group_send`."
    )


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/ws/odd/?refuse", "`close before accept: HTTP 403` came instead."),
        (
            "/ws/odd/?raise",
            "`HTTP 500` came instead, because the application raised RuntimeError: not today "
            "(chat/consumers.py, line 49).",
        ),
        (
            "/nowhere/",
            "`HTTP 500` came instead, because the application raised ValueError: No route found for path 'nowhere/'.",
        ),
        (
            "/ws/silent/",
            "nothing came in the … until eve left, because the application neither accepted nor closed.",
        ),
    ],
)
async def test_a_handshake_that_failed(site: Site, path: str, said: str) -> None:
    """A client that was not accepted is told what came instead of accept, or that nothing did, and why."""
    with suppress(LabError):
        await site.connect(path, name="eve", timeout=0.3 if "silent" in path else 5)
    await site.process.stop()
    told = difference(site, "eve -> server: connect\nserver -> eve: accept")
    # Of her 0.3 s it may have taken some until the server had heard her.
    assert re.sub(r"in the 0\.\d+ s ", "in the … ", told) == f"eve should have been accepted; {said}"


async def test_what_a_client_that_was_refused_cannot_do(site: Site) -> None:
    """What a client should have sent or got that was refused is told with the status."""
    with suppress(LabError):
        await site.connect("/ws/odd/?refuse", name="eve")
    why = "eve's handshake was refused with HTTP 403: the application closed before it accepted."
    assert difference(site, "eve -> server: hi") == f"eve should have sent `hi`; that did not happen, because {why}"
    assert difference(site, "server -> eve: hi").endswith(f"because {why}")


@pytest.mark.parametrize("project", [((ACCEPT, ACCEPT.replace("await ", "")),)], indirect=True)
async def test_accept_that_is_not_awaited(site: Site) -> None:
    """A consumer that does not await accept is told so."""
    with suppress(LabError):
        await site.connect("/ws/chat/lobby/", name="eve", timeout=0.3)
    await site.process.stop()
    said = difference(site, "eve -> server: connect\nserver -> eve: accept")
    assert said.endswith(" until eve left, because `accept()` was never awaited.")
    said = difference(site, "server -> eve: accept")
    assert said == "eve should have been accepted; nothing came, because `accept()` was never awaited."


@pytest.mark.parametrize(
    "project",
    [((PASS_ON, "        for number in range(150):\n    " + PASS_ON.replace("message})", "message + str(number)})")),)],
    indirect=True,
)
async def test_a_full_channel(site: Site) -> None:
    """A message that the layer dropped for a full channel is told so."""
    async with (
        site.connect("/ws/chat/lobby/", name="alice") as alice,
        site.connect("/ws/chat/lobby/", name="bob") as bob,
    ):
        await alice.send_json({"message": "hi"})
        with suppress(LabError):
            while True:
                await alice.receive(timeout=0.3)
        assert bob.received == []
    said = difference(site, "alice -> server: hi\nserver -> alice: hi7\nserver -> alice: hi149")
    assert said.startswith("alice should have received `hi149`; ")
    # Bob's channel is full, too, when his consumer has had no turn meanwhile.
    assert said.endswith(tuple(f"because the channel layer dropped it for {full}." for full in FULL))


async def test_two_processes(site: Site, keeper: WarmStart) -> None:
    """Two servers with the layer in memory each are told to have two layers."""
    async with second_server(site, keeper) as second:
        async with (
            site.connect("/ws/chat/lobby/", name="alice") as alice,
            second.connect("/ws/chat/lobby/", name="bob") as bob,
        ):
            await alice.send_json({"message": "hi"})
            with suppress(LabError):
                await bob.receive(timeout=0.2)
        assert second.process.record_file
        events = [*events_of(site), *second.events, *read_record(second.process.record_file, "second")]
    assert (
        expect(EXPECTED)
        .diagram(events)
        .difference.endswith(
            "because each process has a channel layer in its own memory: what `main` sends stays there, "
            "and bob is connected to `second`."
        )
    )


@asynccontextmanager
async def second_server(site: Site, keeper: WarmStart) -> AsyncIterator[Site]:
    """Another server on the same project."""
    listener = Listener.open()
    process = servers.daphne(site.project, listener=listener, name="second", keeper=keeper)
    try:
        await process.ready(20)
        yield Site(process, listener_port(process), site.project)
    finally:
        listener.socket.close()
        await process.stop()


async def test_a_server_that_ended(site: Site) -> None:
    """A server that ended by itself is told of, with its status."""
    async with site.connect(name="eve") as eve:
        await eve.send("exit 3")
        await eve.wait_closed()
    await site.process.wait_ended(5)
    said = difference(site, "eve -> server: exit\nserver -> eve: bye")
    assert said == "eve should have received `bye`; it never came, because the server main ended with status 3."


async def test_no_guess(site: Site) -> None:
    """Where the record shows no cause, none is told; nor for a story, which has no record."""
    async with site.connect("/ws/odd/", name="eve") as eve:
        await eve.send("hello")
        await eve.receive()
    assert difference(site, "eve -> server: bye") == "eve should have sent `bye`; it was `hello` instead."
    never = difference(site, "eve -> server: hello\neve -> server: bye")
    assert never == "eve should have sent `bye`; that did not happen."
    assert difference(site, "server -> eve: close") == "eve should have received `close`; it never came."
    await talk(site, bob="hall")
    assert difference(site, "server -> bob: nope") == "bob should have received `nope`; it never came."
    assert difference(site, "server -> bob: close") == "bob should have received `close`; it never came."
    from channels_lab.picture.story.teller import tell

    without = expect(EXPECTED).diagram(tell(events_of(site)))
    assert without.difference == "bob should have received `hi`; alice got it, and nothing came to bob."


# Records made by hand, of what is rare


def record(*entries: tuple[int, str, dict[str, Any]]) -> list[Event]:
    """Alice and Bob are connected as 1 and 2, and Alice says `hi`; then happens (connection, kind, details)."""
    events = []
    for number, name in enumerate(("alice", "bob"), start=1):
        client = ["127.0.0.1", 5000 + number]
        opened = {"type": "websocket", "path": "/", "method": "", "client": client}
        events += [
            Event(number, "client", "connect", name=name, details={"client": client, "path": "/"}),
            Event(number, "client", "open", name=name, details={"subprotocol": None}),
            Event(number + 0.1, "server", "open", number, "main", opened),
            Event(number + 0.2, "server", "send", number, "main", {"event": {"type": "websocket.accept"}}),
        ]
    said = {"event": {"type": "websocket.receive", "text": "hi"}}
    events.append(Event(3, "server", "receive", 1, "main", said))
    return events + [
        Event(4 + number / 10, "server", kind, connection, "main", details)
        for number, (connection, kind, details) in enumerate(entries)
    ]


def call(connection: int, name: str, to: str, message: Any) -> tuple[int, str, dict[str, Any]]:
    """A call of the channel layer."""
    return connection, "layer", {"call": name, "to": to, "message": message}


HI, HO = ({"type": "chat.message", "text": text} for text in ("hi", "ho"))
SEND = call(1, "group_send", "a", HI)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([call(1, "group_add", "a", "x"), SEND], ", because `group_add` was never called for bob's channel."),
        ([call(0, "group_add", "a", "bob's channel"), SEND], "."),
        ([SEND, (0, "full", {})], ", because the record was full before it could be noted."),
        ([call(2, "group_add", "a", "x"), SEND], "."),
        (
            [call(2, "group_add", "a", "x"), SEND, (1, "dropped", {"call": "group_send", "to": "a", "count": 1})],
            ", because the channel layer dropped it for 1 full channel.",
        ),
        (
            [
                *(call(2, "group_add", "a", "x"), SEND, call(1, "group_send", "a", HO)),
                (1, "dropped", {"call": "group_send", "to": "a", "count": 1}),
            ],
            ".",
        ),
        ([call(1, "send", "x", HI)], "."),
        (
            [call(1, "send", "x", HI), call(2, "receive", "x", HI)],
            ", because bob's consumer got `chat.message` from the layer and sent nothing.",
        ),
        (
            [call(1, "send", "x", HI), (1, "layer", {"call": "send", "to": "x", "error": "ChannelFull: "})],
            ", because `send` raised ChannelFull.",
        ),
    ],
)
def test_only_what_is_seen(entries: list[tuple[int, str, dict[str, Any]]], said: str) -> None:
    """A cause is told where the record shows it, and none where something else may have been the cause."""
    comparison = expect("alice -> server: hi\nserver -> bob: hi").diagram(record(*entries))
    assert comparison.difference == f"bob should have received `hi`; nothing came{said}"


def test_an_exception_is_no_reason_for_a_missing_close() -> None:
    """That a connection was not closed is never the fault of an exception: an exception closes it."""
    steps = (call(2, "group_add", "a", "x"), SEND, call(2, "receive", "x", HI))
    events = record(*steps, (2, "error", {"error": "KeyError: 'x'", "frames": []}))
    comparison = expect("alice -> server: hi\nserver -> bob: closed with 1011").diagram(events)
    assert comparison.difference == "bob should have received `closed with 1011`; nothing came."


def test_hostile_records() -> None:
    """Names of groups, processes and errors are bounded and tame in a cause."""
    evil = "\x1b[2J\u202e`x`\n" * 50
    for entries in (
        [call(2, "group_add", evil, "x"), call(1, "group_send", evil + "!", HI)],
        [call(1, "group_send", evil, HI)],
        [(1, "error", {"error": evil, "frames": [[evil, 1, "f"]]})],
    ):
        comparison = expect("alice -> server: hi\nserver -> bob: hi").diagram(record(*entries))
        assert ", because " in comparison.difference
        assert comparison.difference.isprintable() and len(comparison.difference) <= 401
