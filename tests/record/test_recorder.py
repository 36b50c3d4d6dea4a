"""The recorder in a real server, and alone with hostile content."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels_lab.record import recorder as recorder_module
from channels_lab.record.events import Event
from channels_lab.record.excerpt import MOST_CHARACTERS
from channels_lab.record.layers import record_layers
from channels_lab.record.reading import read_record
from channels_lab.record.recorder import Recorder
from channels_lab.running import servers
from channels_lab.running.servers import Listener
from channels_lab.wire.handshake import Refused
from tests.live import Host, Site


async def test_a_conversation(site: Site) -> None:
    """A connection is recorded from its opening to its end, by number, with the client's port."""
    async with site.connect("/ws/chat/lobby/", name="alice") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive()
    first = site.recorded("open")[0]
    assert (first.kind, first.connection) == ("open", 1)
    assert first.details["path"] == "/ws/chat/lobby/"
    [connect] = [event for event in site.events if event.kind == "connect"]
    assert first.details["client"][1] == connect.details["client"][1]
    assert [event.details["event"]["type"] for event in site.recorded("receive")][:2] == [
        "websocket.connect",
        "websocket.receive",
    ]
    assert [event.details["event"]["type"] for event in site.recorded("send")] == ["websocket.accept", "websocket.send"]
    calls = [event.details["call"] for event in site.recorded("layer")]
    assert calls[:3] == ["group_add", "group_send", "receive"]


async def test_a_layers_own_calls_are_not_recorded_twice(site: Site) -> None:
    """A group_send is one line, whatever the layer does for it."""
    async with site.connect("/ws/chat/lobby/") as client:
        await client.send_json({"message": "hi"})
        await client.receive()
    calls = [event.details["call"] for event in site.recorded("layer")]
    assert calls.count("group_send") == 1 and "send" not in calls


async def test_an_exception(site: Site) -> None:
    """An exception in the consumer is recorded with its name."""
    async with site.connect() as client:
        await client.send("raise by mistake")
        await client.wait_closed()
    [event] = site.recorded("error")
    assert event.details["error"] == "RuntimeError: by mistake"


CONSUMERS = '''
import asyncio
import resource
import signal
import threading


class Last(AsyncWebsocketConsumer):
    """Ends its process in some way after its last words."""

    async def receive(self, text_data):
        await self.send("last words")
        await self.channel_layer.group_add("last", self.channel_name)
        match text_data:
            case "exit":
                os._exit(7)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "crash":
                import ctypes
                ctypes.string_at(0)


class Writer(AsyncWebsocketConsumer):
    """Sends more than a record holds, and then an answer."""

    async def receive(self, text_data):
        for number in range(int(text_data)):
            await self.send(f"{number} " + "x" * 300)
        await self.send("done")


class Waiter(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        await self.send("waiting")
        await asyncio.sleep(60)


class Threads(AsyncWebsocketConsumer):
    """Prints from several threads at once."""

    async def receive(self, text_data):
        def tell(number):
            for n in range(200):
                print(f"{number} {n}")

        await asyncio.gather(*(asyncio.to_thread(tell, number) for number in range(4)))
        await self.send("done")


class Forker(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        if (pid := os.fork()) == 0:
            print("a child", flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        print("the parent")
        await self.send("done")


class Odds(AsyncConsumer):
    """Sends what is no event."""

    async def websocket_connect(self, event):
        await self.send({"type": "websocket.accept"})

    async def websocket_receive(self, event):
        await self.send({"text": None, "list": ["websocket"], "type": {"a": 1}}.get(event["text"], event["text"]))
'''


@pytest.mark.parametrize(("word", "code"), [("exit", 7), ("kill", -9), ("crash", -11)])
async def test_nothing_is_lost_in_a_crash(host: Host, word: str, code: int) -> None:
    """However the process ends, all that it did before is in its record."""
    site = await host.serve(CONSUMERS)
    async with site.connect("/ws/last/") as client:
        await client.send(word)
        assert await site.process.end(10) == code
        await client.wait_closed()
    last = site.record[-3:]
    assert [event.kind for event in last] == ["receive", "send", "layer"]
    assert last[0].details["event"]["text"] == word
    assert last[1].details["event"]["text"] == "last words"


async def test_it_survives_a_kill_from_outside(site: Site) -> None:
    """What was recorded before a SIGKILL can be read after it."""
    async with site.connect() as client:
        await client.send("one last word")
        await client.receive()
        site.process.keeper.signal(site.process.pid, 9)  # type: ignore[arg-type]
        assert await site.process.end(10) == -9
        await client.wait_closed()
    texts = [event.details["event"].get("text") for event in site.recorded("send")]
    assert texts[-1] == "one last word"


async def test_a_consumer_that_outlives_its_client(host: Host) -> None:
    """A consumer that Daphne cancels, as its client has gone long ago, is told with the line where it was."""
    site = await host.serve(CONSUMERS, options=("--application-close-timeout", "1"))
    async with site.connect("/ws/waiter/") as client:
        await client.send("go")
        await client.receive()
    [error] = await site.until("error")
    assert error.details["error"] == "CancelledError: "
    lines = (site.project / "chat/consumers.py").read_text().splitlines()
    assert lines[error.details["frames"][-1][1] - 1].strip() == "await asyncio.sleep(60)"
    assert not site.recorded("end")


async def test_a_server_that_is_stopped(host: Host) -> None:
    """That consumers end with their server is no error of theirs."""
    site = await host.serve(CONSUMERS)
    async with site.connect("/ws/waiter/") as client:
        await client.send("go")
        await client.receive()
        await site.process.stop()
        await client.wait_closed()
    assert not site.recorded("error")


async def test_a_flood(host: Host) -> None:
    """A server goes on when its record is full, and the record says so last."""
    site = await host.serve(CONSUMERS)
    async with site.connect("/ws/writer/") as client:
        await client.send("30000")
        while await client.receive(20) != "done":
            pass
    async with site.connect() as client:
        await client.send("still there")
        assert await client.receive() == "still there"
    kinds = [event.kind for event in site.record]
    assert kinds[-1] == "full" and kinds.count("full") == 1
    assert site.process.record_file and site.process.record_file.stat().st_size <= recorder_module.MOST_BYTES + 131072


async def test_a_disk_that_becomes_full(host: Host) -> None:
    """A server goes on when its record cannot grow any more."""
    host.append("config/settings.py", "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))")
    site = await host.serve(CONSUMERS)
    async with site.connect("/ws/writer/") as client:
        await client.send("1000")
        while await client.receive() != "done":
            pass
    assert 0 < len(site.recorded("send")) < 500
    assert site.process.alive


async def test_threads(host: Host) -> None:
    """What several threads print at once is all there, each line whole and with its connection."""
    site = await host.serve(CONSUMERS)
    async with site.connect("/ws/threads/") as client:
        await client.send("go")
        await client.receive()
    told = site.recorded("print")
    assert sorted(event.details["text"] for event in told) == sorted(f"{n} {m}" for n in range(4) for m in range(200))
    assert {event.connection for event in told} == {1}


async def test_a_forked_child(host: Host) -> None:
    """What a child of the server does is not in the server's record, and harms it not."""
    site = await host.serve(CONSUMERS)
    async with site.connect("/ws/forker/") as client:
        await client.send("go")
        await client.receive()
    assert [event.details["text"] for event in site.recorded("print")] == ["the parent"]
    assert "a child" in site.process.log


@pytest.mark.parametrize("word", ["text", "list", "type", "other"])
async def test_what_is_no_event(host: Host, word: str) -> None:
    """What a consumer sends and is no event fails as it does without a recorder."""
    site = await host.serve(CONSUMERS)
    bare = await host.serve(name="bare", record=False)
    for one in (site, bare):
        async with one.connect("/ws/odds/") as client:
            await client.send(word)
            assert await client.wait_closed() == 1011
    assert _raised(site.process.log) == _raised(bare.process.log)
    [error] = site.recorded("error")
    assert error.details["error"].partition(":")[0] == _raised(site.process.log).partition(":")[0]


def _raised(log: str) -> str:
    """The last exception in a log."""
    return [line for line in log.splitlines() if re.match(r"\w+(Error|Exception)\b", line)][-1]


async def test_a_class_in_place_of_an_application(host: Host) -> None:
    """A consumer without as_asgi() cannot be called, and that is recorded."""
    host.append(
        "config/asgi.py", 'from chat.consumers import Odd\napplication = ProtocolTypeRouter({"websocket": Odd})'
    )
    site = await host.serve()
    with pytest.raises(Refused):
        await site.connect("/")
    assert site.recorded("error")[-1].details["error"].startswith("TypeError: ")
    host.append("config/asgi.py", "application = Odd")
    site = await host.serve(name="second")
    with pytest.raises(Refused):
        await site.connect("/")
    assert site.recorded("error")[-1].details["error"].startswith("TypeError: ")


async def test_nothing_is_recorded_that_is_not_asked_for(host: Host) -> None:
    """Without a record, nothing in the server is other than it would be by hand."""
    site = await host.serve(LOOKS)
    bare = await host.serve(name="bare", record=False)
    seen = []
    for one in (site, bare):
        async with one.connect("/ws/looks/") as client:
            await client.send("look")
            seen.append(set(await client.receive_json()))
    changed, untouched = seen
    assert untouched == set() and bare.process.record_file is None
    assert changed == {*THINGS, "stdout", "threads", "layer"}


THINGS = {
    "dispatch": "channels.consumer.await_many_dispatch",
    "consumer": "AsyncConsumer.__call__",
    "layers": "channels.layers.ChannelLayerManager._make_backend",
    "full": "channels.exceptions.ChannelFull.__init__",
    "router": "channels.routing.URLRouter.__call__",
    "middleware": "channels.middleware.BaseMiddleware.__call__",
    "logging": "logging.Logger.callHandlers",
    "redis": 'logging.getLogger("channels_redis.core").info',
    "send": "self.base_send",
    "warnings": "warnings._warn_unawaited_coroutine",
}
LOOKS = f"""
import logging
import sys
import threading
import warnings

import channels.consumer
import channels.exceptions
import channels.layers
import channels.middleware
import channels.routing


class Looks(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        found = [name for name, thing in {THINGS}.items() if "channels_lab" in _file(eval(thing))]
        found += ["stdout"] * (type(sys.stdout).__module__ != "_io")
        found += ["threads"] * any(thread.name == "stall watch" for thread in threading.enumerate())
        found += ["layer"] * ("channels_lab" in _file(self.channel_layer.send))
        await self.send(json.dumps(found))


def _file(thing):
    code = getattr(thing, "__code__", None)
    return code.co_filename if code else ""
"""


async def test_two_servers(site: Site, project: Path) -> None:
    """Each server has a record of its own."""
    listener = Listener.open()
    with listener.socket:
        other = servers.daphne(project, listener=listener, name="other")
        await other.ready(20)
    try:
        async with site.connect() as client:
            await client.send("here")
            await client.receive()
        assert other.record_file and [event.kind for event in read_record(other.record_file)] == ["begin"]
        assert site.record
    finally:
        await other.stop()


async def test_hostile_text(site: Site) -> None:
    """Line ends, NUL, quotes and letters of every kind stay one line of the record, as they were."""
    text = 'a\nb\r\u2028c\x00"\\{} 한글 🎈 \u202e'
    async with site.connect() as client:
        await client.send(text)
        assert await client.receive() == text
    assert site.recorded("send")[-1].details["event"]["text"] == text


# Alone


@pytest.fixture
def file(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A record file, opened to read and write."""
    path = tmp_path / "record"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    yield descriptor, path
    os.close(descriptor)


class Unkind:
    """An object that cannot even be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


def nested(levels: int) -> Any:
    """A list in a list in a list…"""
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


async def run(recorder: Recorder, *sent: dict[str, Any]) -> None:
    """Let an application send these events through a recorder."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        for event in sent:
            await send(event)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(event: dict[str, Any]) -> None:
        pass

    await recorder.wrap(application)({"type": "websocket", "path": "/", "client": ["127.0.0.1", 1]}, receive, send)


@pytest.fixture(autouse=True)
def _no_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    from channels import consumer
    from channels.exceptions import ChannelFull
    from channels.layers import ChannelLayerManager

    monkeypatch.setattr(ChannelLayerManager, "_make_backend", ChannelLayerManager._make_backend)
    monkeypatch.setattr(ChannelFull, "__init__", ChannelFull.__init__)
    monkeypatch.setattr(consumer, "await_many_dispatch", consumer.await_many_dispatch)
    in_memory = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    monkeypatch.setattr(ChannelLayerManager, "configs", in_memory)


@pytest.mark.parametrize(
    "value",
    [
        Unkind(),
        {(1, 2): "a tuple as key", Unkind(): 1},
        nested(5000),
        {1, 2},
        10**5000,
        float("nan"),
        "\ud800",
        b"\xff" * 10,
        object(),
        ["x" * 10_000] * 10_000,
    ],
    ids=lambda value: type(value).__name__,
)
async def test_any_content(file: tuple[int, Path], value: object) -> None:
    """Whatever an application sends, the recorder writes a short line and never fails it."""
    descriptor, path = file
    await run(Recorder(descriptor), {"type": "websocket.send", "text": value})
    kinds = [event.kind for event in read_record(path)]
    assert kinds == ["begin", "open", "receive", "send", "end"]
    assert len(path.read_bytes().rstrip(b"\0")) < 30_000


async def test_content_that_holds_itself(file: tuple[int, Path]) -> None:
    """A message that contains itself is cut."""
    descriptor, path = file
    endless: dict[str, Any] = {"type": "websocket.send"}
    endless["again"] = endless
    await run(Recorder(descriptor), endless)
    assert [event.kind for event in read_record(path)][-1] == "end"


async def test_long_texts_are_cut(file: tuple[int, Path]) -> None:
    """A long text is cut, bytes are counted, headers are left out."""
    descriptor, path = file
    await run(
        Recorder(descriptor),
        {"type": "websocket.accept", "headers": [(b"a", b"b")], "subprotocol": None},
        {"type": "websocket.send", "text": "x" * 5000},
        {"type": "websocket.send", "bytes": b"ab" * 5000},
    )
    accept, text, data = [event.details["event"] for event in read_record(path) if event.kind == "send"]
    assert accept == {"type": "websocket.accept"}
    assert text["text"] == "x" * MOST_CHARACTERS + "…"
    assert data["bytes"]["bytes"] == 10_000


async def test_it_is_bounded(file: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood ends the record with a line that says so, and not the application."""
    descriptor, path = file
    monkeypatch.setattr(recorder_module, "MOST_BYTES", 10_000)
    await run(Recorder(descriptor), *({"type": "websocket.send", "text": "x" * 300} for _ in range(1000)))
    assert path.stat().st_size < 200_000
    assert [event.kind for event in read_record(path)].count("full") == 1
    assert read_record(path)[-1].kind == "full"


async def test_a_full_disk() -> None:
    """A disk that is full ends the record, and not the application."""
    descriptor = os.open("/dev/full", os.O_RDWR)
    await run(Recorder(descriptor), {"type": "websocket.send", "text": "x"})
    os.close(descriptor)


async def test_what_is_no_connection_passes(file: tuple[int, Path]) -> None:
    """The lifespan scope is left alone."""
    descriptor, path = file

    async def application(scope: Any, receive: Any, send: Any) -> str:
        return "passed"

    assert await Recorder(descriptor).wrap(application)({"type": "lifespan"}, None, None) == "passed"  # type: ignore[arg-type]
    assert [event.kind for event in read_record(path)] == ["begin"]


async def test_an_error_goes_on(file: tuple[int, Path]) -> None:
    """An exception of the application is recorded and raised."""
    descriptor, path = file

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError(Unkind())

    with pytest.raises(ValueError):
        await Recorder(descriptor).wrap(application)({"type": "http", "path": "/"}, None, None)  # type: ignore[arg-type]
    assert read_record(path)[-1].details["error"] == "ValueError: <ValueError>"


async def test_a_layer_is_recorded(file: tuple[int, Path]) -> None:
    """Calls of a layer are recorded by position and by name, with their errors, and keep their results."""
    from channels.layers import ChannelLayerManager

    descriptor, path = file
    recorder = Recorder(descriptor)
    record_layers(recorder)
    layer = ChannelLayerManager()._make_backend("default", {})
    await layer.group_add("room", "specific.abc!def")
    await layer.group_send(message={"type": "hello", "n": {"deep": [1]}}, group="room")
    assert await layer.receive("specific.abc!def") == {"type": "hello", "n": {"deep": [1]}}
    with pytest.raises(TypeError):
        await layer.group_add("no such room: é", "x")
    with pytest.raises(TypeError):
        await layer.group_send()
    backend, *calls = read_record(path)
    assert backend.details["backend"] == "InMemoryChannelLayer" and backend.details["capacity"] == 100
    seen = [(e.details["call"], e.details["to"], e.details["message"]) for e in calls if "error" not in e.details]
    assert seen[:3] == [
        ("group_add", "room", "specific.abc!def"),
        ("group_send", "room", {"type": "hello", "n": {"deep": [1]}}),
        ("receive", "specific.abc!def", {"type": "hello", "n": {"deep": [1]}}),
    ]
    errors = [event.details["error"] for event in calls if "error" in event.details]
    assert len(errors) == 2 and all(error.startswith("TypeError: ") for error in errors)
    assert isinstance(read_record(path)[0], Event) and json.loads(path.read_text().splitlines()[0])
