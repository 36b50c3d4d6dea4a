"""Channel layers in a real server: in memory, and both of channels_redis on a real Valkey."""

import json
from typing import Any

import pytest

from channels_lab.record.events import Event
from tests.live import Host, Site

CORE, PUB_SUB = "channels_redis.core.RedisChannelLayer", "channels_redis.pubsub.RedisPubSubChannelLayer"

MEMBER = '''
import asyncio
import warnings

from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer
from channels.layers import channel_layers, get_channel_layer


class Member(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(group="room", channel=self.channel_name)

    async def receive(self, text_data):
        word, _, rest = text_data.partition(" ")
        layer = self.channel_layer
        match word:
            case "group":
                await layer.group_send("room", {"type": "note", "text": rest, "n": 1})
            case "direct":
                await layer.send(self.channel_name, {"type": "note.direct", "text": rest})
            case "bad":
                await layer.group_add("bad name é", self.channel_name)
            case "full":
                for number in range(int(rest)):
                    await layer.send("nobody.reads", {"type": "note", "text": str(number)})
            case "flush":
                await layer.flush()
                await self.send("flushed")

    async def note(self, event):
        await self.send(event["text"])

    async def note_direct(self, event):
        await self.send(event["text"])


class Flooder(Member):
    """Sends to its group while it reads nothing."""

    async def receive(self, text_data):
        for number in range(int(text_data)):
            await self.channel_layer.group_send("room", {"type": "note", "text": str(number)})
        await self.send("done")


class SyncMember(WebsocketConsumer):
    groups = ["room"]

    def receive(self, text_data):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            async_to_sync(self.channel_layer.group_send)("room", {"type": "note", "text": text_data})
        self.send(json.dumps([str(one.message) for one in caught]))

    def note(self, event):
        self.send(event["text"])


class Looker(AsyncWebsocketConsumer):
    """Looks at the layer as the project has it."""

    async def receive(self, text_data):
        await self.send(json.dumps(await getattr(self, text_data)(self.channel_layer), default=str))

    async def kind(self, layer):
        from channels.layers import InMemoryChannelLayer

        same = get_channel_layer() is layer and channel_layers["default"] is layer
        kind = type(layer)
        return [kind.__name__, kind.__module__, isinstance(layer, InMemoryChannelLayer), same, repr(layer)]

    async def state(self, layer):
        await layer.group_add("looked", "specific.x!y")
        layer.capacity = 2
        layer.note = "kept"
        await layer.send("counted", {"type": "x"})
        await layer.send("counted", {"type": "x"})
        try:
            await layer.send("counted", {"type": "x"})
        except Exception as error:
            return [list(layer.groups), "counted" in layer.channels, layer.note, type(error).__name__]

    async def others(self, layer):
        other, test = get_channel_layer("other"), channel_layers.make_test_backend("other")
        await other.send("a", {"type": "x"})
        await test.send("b", {"type": "x"})
        names = [name for one in (other, test) for name in one.channels if "!" not in name]
        return [other.capacity, test.capacity, names]

    async def cancelled(self, layer):
        waiting = asyncio.create_task(layer.receive("nothing.comes"))
        await asyncio.sleep(0)
        waiting.cancel()
        return [type(one).__name__ for one in await asyncio.gather(waiting, return_exceptions=True)]
'''
VIEW = """
import asyncio

from channels.layers import get_channel_layer
from django.http import HttpResponse
from django.urls import path


async def by_hand(request):
    layer = get_channel_layer()
    taking = asyncio.ensure_future(layer.receive("by.hand"))
    await asyncio.sleep(0.1)  # over Pub/Sub, a message waits for nobody
    await layer.send("by.hand", {"type": "hello"})
    return HttpResponse((await taking)["type"])


urlpatterns = [path("by-hand/", by_hand)]
"""


async def on(host: Host, backend: str, **config: Any) -> Site:
    """A server whose layer is of this kind ("" for the one in memory)."""
    if backend:
        await host.redis(backend, **config)
    elif config:
        host.append("config/settings.py", f'CHANNEL_LAYERS["default"]["CONFIG"] = {config}')
    host.write("config/urls.py", VIEW)
    return await host.serve(MEMBER)


def calls(site: Site, connection: int | None = None) -> list[tuple[str, str, Any]]:
    """The calls of the layer, as recorded."""
    events = [e for e in site.recorded("layer") if connection in (None, e.connection)]
    return [(e.details["call"], e.details["to"], e.details.get("message", e.details.get("error"))) for e in events]


def dropped(site: Site) -> list[tuple[str, str, int]]:
    """What was dropped, as recorded."""
    return [(e.details["call"], e.details["to"], e.details["count"]) for e in site.recorded("dropped")]


def backends(events: list[Event]) -> list[tuple[str, str, Any]]:
    """The layers that were made: alias, class, capacity."""
    return [(e.details["alias"], e.details["backend"], e.details["capacity"]) for e in events]


@pytest.mark.parametrize("backend", ["", CORE, PUB_SUB], ids=["memory", "core", "pubsub"])
async def test_each_call_is_recorded_once(host: Host, backend: str) -> None:
    """Each call of a layer, and each message that it brings to a consumer, is one line, with its connection."""
    site = await on(host, backend)
    async with site.connect("/ws/member/") as one, site.connect("/ws/member/") as two:
        await one.send("group hi")
        assert [await one.receive(), await two.receive()] == ["hi", "hi"]
        await two.send("direct ho")
        assert await two.receive() == "ho"
    await site.until("end", 2)
    first, second = (
        next(event.details["message"] for event in site.recorded("layer") if event.connection == number)
        for number in (1, 2)
    )
    hi, ho = {"type": "note", "text": "hi", "n": 1}, {"type": "note.direct", "text": "ho"}
    assert calls(site, 1) == [
        ("group_add", "room", first),
        ("group_send", "room", hi),
        ("receive", first, hi),
        ("group_discard", "room", first),
    ]
    assert calls(site, 2) == [
        ("group_add", "room", second),
        ("receive", second, hi),
        ("send", second, ho),
        ("receive", second, ho),
        ("group_discard", "room", second),
    ]
    assert calls(site, 0) == []
    name = backend.rpartition(".")[2] or "InMemoryChannelLayer"
    assert backends(site.recorded("backend")) == [("default", name, None if backend == PUB_SUB else 100)]


@pytest.mark.parametrize("backend", ["", CORE, PUB_SUB], ids=["memory", "core", "pubsub"])
async def test_receive_by_hand(host: Host, backend: str) -> None:
    """What a view takes from a channel by itself is recorded as what it gets."""
    site = await on(host, backend)
    assert (await site.get("/by-hand/")).text == "hello"
    assert sorted(calls(site)) == [("receive", "by.hand", {"type": "hello"}), ("send", "by.hand", {"type": "hello"})]
    assert {event.connection for event in site.recorded("layer")} == {1}


@pytest.mark.parametrize("backend", ["", CORE, PUB_SUB], ids=["memory", "core", "pubsub"])
async def test_a_sync_consumer(host: Host, backend: str) -> None:
    """In a sync consumer, async_to_sync takes the layer's calls without a warning, and each is recorded once."""
    site = await on(host, backend)
    async with site.connect("/ws/syncmember/") as client:
        await client.send("hi")
        assert sorted([await client.receive(), await client.receive()]) == ["[]", "hi"]
    await site.until("end")
    assert [call for call, _, _ in calls(site)] == ["group_add", "group_send", "receive", "group_discard"]
    assert not site.recorded("unawaited") and not site.recorded("log")


@pytest.mark.parametrize("backend", ["", CORE], ids=["memory", "core"])
async def test_errors(host: Host, backend: str) -> None:
    """A call that raises is recorded when it is made, and once more with its error and the project's line."""
    site = await on(host, backend)
    async with site.connect("/ws/member/") as client:
        await client.send("bad")
        await client.wait_closed()
    [made, raised] = [event for event in site.recorded("layer") if event.details["to"] == "bad name é"]
    assert "error" not in made.details and raised.details["call"] == "group_add"
    assert raised.details["error"].startswith("TypeError: Group name must be a valid unicode string")
    source = (site.project / "chat/consumers.py").read_text().splitlines()
    file, line, function = raised.details["frames"][-1]
    assert (file, function) == ("chat/consumers.py", "receive") and 'group_add("bad name' in source[line - 1]


@pytest.mark.parametrize("backend", ["", CORE], ids=["memory", "core"])
async def test_a_full_channel(host: Host, backend: str) -> None:
    """A send to a full channel raises ChannelFull, which is recorded."""
    site = await on(host, backend, capacity=3)
    async with site.connect("/ws/member/") as client:
        await client.send("full 10")
        await client.wait_closed()
    sent = [what for call, to, what in calls(site) if (call, to) == ("send", "nobody.reads")]
    assert len(sent) == 5 and str(sent[4]).startswith("ChannelFull: ")
    assert dropped(site) == []


async def test_dropped_in_memory(host: Host) -> None:
    """What a group_send in memory cannot deliver is recorded, though it raises nothing."""
    site = await on(host, "")
    async with site.connect("/ws/flooder/") as client:
        await client.send("150")
        assert await client.receive() == "done"
        assert [await client.receive() for _ in range(101)] == [str(number) for number in range(101)]
        await client.receive_nothing()
    assert dropped(site) == [("group_send", "room", 1)] * 49
    assert {event.connection for event in site.recorded("dropped")} == {1}


async def test_dropped_over_redis(host: Host) -> None:
    """What a group_send over Redis finds no room for is recorded, though nothing raises and nothing is printed."""
    site = await on(host, CORE, capacity=10)
    host.append("config/settings.py", 'LOGGING = {"version": 1, "loggers": {"channels_redis": {"level": "ERROR"}}}')
    site = await host.serve(name="second")
    async with site.connect("/ws/flooder/") as client:
        await client.send("30")
        assert await client.receive() == "done"
    lost = dropped(site)
    assert set(lost) == {("group_send", "room", 1)} and 15 <= len(lost) <= 20
    assert {event.connection for event in site.recorded("dropped")} == {1}
    assert "over capacity" not in site.process.log and not site.recorded("log")


async def test_it_is_the_layer_that_it_was(host: Host) -> None:
    """The project gets a layer of its own class, the same everywhere, that says of itself what it did before."""
    site = await on(host, "")
    async with site.connect("/ws/looker/") as client:
        await client.send("kind")
        name, module, instance, same, shown = json.loads(await client.receive())
    assert (name, module, instance, same) == ("InMemoryChannelLayer", "channels.layers", True, True)
    assert shown.startswith("<channels.layers.InMemoryChannelLayer object at")


async def test_its_state_is_shared(host: Host) -> None:
    """Groups and channels can be looked at, and a capacity that is changed by hand holds."""
    site = await on(host, "")
    async with site.connect("/ws/looker/") as client:
        await client.send("state")
        assert json.loads(await client.receive()) == [["looked"], True, "kept", "ChannelFull"]


async def test_other_layers(host: Host) -> None:
    """Each layer of the settings is recorded under its alias, one for tests, too."""
    host.append(
        "config/settings.py",
        'CHANNEL_LAYERS["other"] = {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 7}, '
        '"TEST_CONFIG": {"capacity": 8}}',
    )
    site = await on(host, "")
    async with site.connect("/ws/looker/") as client:
        await client.send("others")
        assert json.loads(await client.receive()) == [7, 8, ["a", "b"]]
    name = "InMemoryChannelLayer"
    assert backends(site.recorded("backend")) == [("default", name, 100), ("other", name, 7), ("other", name, 8)]
    assert [to for call, to, _ in calls(site) if call == "send"] == ["a", "b"]


async def test_a_receive_that_is_cancelled(host: Host) -> None:
    """A receive that is given up is no call and no error."""
    site = await on(host, "")
    async with site.connect("/ws/looker/") as client:
        await client.send("cancelled")
        assert json.loads(await client.receive()) == ["CancelledError"]
    assert calls(site) == []


@pytest.mark.parametrize("backend", ["", CORE, PUB_SUB], ids=["memory", "core", "pubsub"])
async def test_flush(host: Host, backend: str) -> None:
    """A layer can be flushed: whoever was in a group is not any more."""
    site = await on(host, backend)
    async with site.connect("/ws/member/") as one, site.connect("/ws/member/") as two:
        await one.send("flush")
        assert await one.receive() == "flushed"
        await two.send("group hi")
        await two.receive_nothing()
        await one.receive_nothing()


@pytest.mark.parametrize(
    "body", ["__slots__ = ()", "def __init_subclass__(cls):\n        raise TypeError('final')"], ids=["slots", "final"]
)
async def test_a_layer_that_cannot_be_made_again(host: Host, body: str) -> None:
    """A layer of a strange kind works as it is, recorded or not."""
    host.write("chat/own.py", OWN.format(body=body))
    host.append("config/settings.py", 'CHANNEL_LAYERS = {"default": {"BACKEND": "chat.own.Layer"}}')
    site = await host.serve(MEMBER)
    async with site.connect("/ws/member/") as client:
        await client.send("direct hi")
        assert await client.receive() == "hi"
    assert not site.recorded("error") and not site.recorded("log")


OWN = """
import asyncio


class Layer:
    {body}

    async def new_channel(self, prefix="x"):
        return f"{{prefix}}.{{len(queues)}}"

    async def send(self, channel, message):
        queues.setdefault(channel, asyncio.Queue()).put_nowait(message)

    async def receive(self, channel):
        return await queues.setdefault(channel, asyncio.Queue()).get()

    async def group_add(self, group, channel):
        pass

    async def group_discard(self, group, channel):
        pass

    def __eq__(self, other):
        return NotImplemented


queues = {{}}
"""


async def test_a_message_that_is_none(host: Host) -> None:
    """What comes over the Pub/Sub layer and is no dictionary fails the consumer with Channels' own error."""
    await host.redis(PUB_SUB)
    site = await host.serve(NO_MESSAGE)
    async with site.connect("/ws/oddmessage/") as client:
        await client.send("go")
        await client.wait_closed()
    [error] = site.recorded("error")
    assert error.details["error"] == "ValueError: Incoming message has no 'type' attribute"
    assert calls(site)[-1][::2] == ("receive", "text")


NO_MESSAGE = """
class OddMessage(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        await self.channel_layer.send(self.channel_name, "text")
"""


async def test_made_where_no_loop_runs(host: Host) -> None:
    """A Pub/Sub layer that is asked for when modules are imported is made as ever."""
    await host.redis(PUB_SUB)
    site = await host.serve("from channels.layers import get_channel_layer\nlayer = get_channel_layer()\n" + MEMBER)
    assert backends(site.recorded("backend")) == [("default", "RedisPubSubChannelLayer", None)]
    async with site.connect("/ws/member/") as client:
        await client.send("group hi")
        assert await client.receive() == "hi"
