"""Several servers and workers at once, each with its record, and the one story that these tell."""

import pytest

from channels_lab.picture.story.teller import tell
from tests.live import Host, Site

CORE = "channels_redis.core.RedisChannelLayer"
TASKS = """
from channels.consumer import SyncConsumer


class Asker(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add("answers", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard("answers", self.channel_name)

    async def receive(self, text_data):
        await self.channel_layer.send("tasks", {"type": "do.work", "text": text_data})

    async def answer(self, event):
        await self.send(event["text"])


class Tasks(AsyncConsumer):
    async def do_work(self, event):
        if event["text"] == "join":
            await self.channel_layer.group_add("workers", self.channel_name)
            await self.channel_layer.group_send("workers", {"type": "told", "text": "by group"})
        elif event["text"] == "fail":
            raise ValueError("cannot work")
        elif event["text"] == "exit":
            os._exit(3)
        else:
            print("working on", event["text"])
            await self.answer(event["text"].upper())

    async def told(self, event):
        await self.answer(event["text"])

    async def answer(self, text):
        await self.channel_layer.group_send("answers", {"type": "answer", "text": text})
"""
WORKERS = """
from channels.routing import ChannelNameRouter
from chat import consumers

application = ProtocolTypeRouter({
    **application.application_mapping,
    "channel": ChannelNameRouter({"tasks": consumers.Tasks.as_asgi()}),
})
"""


@pytest.fixture
async def pair(host: Host) -> tuple[Site, Site]:
    """A server and a worker on one Valkey."""
    await host.redis(CORE)
    host.append("config/asgi.py", WORKERS)
    site = await host.serve(TASKS)
    return site, await host.work("tasks")


def told(site: Site, connection: int | None = None) -> list[tuple[str, str, str]]:
    """The events of the layer: call, group or channel without what is made up, text or channel."""
    events = [e for e in site.recorded("layer") if connection in (None, e.connection)]
    seen = []
    for event in events:
        what = event.details.get("message")
        text = what["text"] if isinstance(what, dict) else "a channel"
        seen.append((event.details["call"], event.details["to"].partition(".")[0], text))
    return seen


async def ask(site: Site, *words: str) -> list[str]:
    """What is answered to words."""
    async with site.connect("/ws/asker/", name="alice") as client:
        answers = []
        for word in words:
            await client.send(word)
            answers.append(str(await client.receive()))
    return answers


async def test_a_worker(pair: tuple[Site, Site]) -> None:
    """A worker's record begins, and tells what its listener takes, what its consumer is given and what that does."""
    site, worker = pair
    assert await ask(site, "hi", "ho") == ["HI", "HO"]
    [begin] = worker.recorded("begin")
    assert begin.details["command"] == "manage.py runworker tasks" and begin.details["pid"] == worker.process.pid
    assert begin.name == "worker" and site.recorded("begin")[0].name == "main"
    [opened] = worker.recorded("open")
    assert (opened.details["type"], opened.details["channel"], opened.connection) == ("channel", "tasks", 1)
    assert [event.details["event"] for event in worker.recorded("receive")] == [
        {"type": "do.work", "text": "hi"},
        {"type": "do.work", "text": "ho"},
    ]
    assert told(worker, 0) == [("receive", "tasks", "hi"), ("receive", "tasks", "ho")]
    assert told(worker, 1) == [("group_send", "answers", "HI"), ("group_send", "answers", "HO")]
    assert [event.details["text"] for event in worker.recorded("print")] == ["working on hi", "working on ho"]
    assert [event.details["through"] for event in worker.recorded("scope")][-1] == "Tasks"


async def test_a_worker_in_a_group(pair: tuple[Site, Site]) -> None:
    """What a worker's consumer gets on its own channel is told as such, and once."""
    site, worker = pair
    assert await ask(site, "join") == ["by group"]
    assert told(worker, 1) == [
        ("group_add", "workers", "a channel"),
        ("group_send", "workers", "by group"),
        ("receive", "specific", "by group"),
        ("group_send", "answers", "by group"),
    ]


async def test_an_error_in_a_worker(pair: tuple[Site, Site]) -> None:
    """An exception in a worker's consumer is recorded with its line, and what comes later opens another."""
    site, worker = pair
    async with site.connect("/ws/asker/") as client:
        await client.send("fail")
        [error] = await worker.until("error")
        await worker.until("log")  # until it is logged, what comes goes to the consumer that is no more
        await client.send("again")
        assert await client.receive() == "AGAIN"
    assert error.details["error"] == "ValueError: cannot work"
    assert error.details["frames"][-1][::2] == ["chat/consumers.py", "do_work"]
    assert [event.connection for event in worker.recorded("open")] == [1, 2]


async def test_a_worker_that_dies(pair: tuple[Site, Site]) -> None:
    """A worker that ends by itself is told of in the story, in its own lane."""
    site, worker = pair
    async with site.connect("/ws/asker/", name="alice") as client:
        await client.send("exit")
        assert await worker.process.end(10) == 3
        await client.receive_nothing()
    story = tell([*site.everything, *worker.everything])
    [failed] = [step for step in story.steps if step.failed]
    assert (failed.source, failed.text) == ("worker", "ended with status 3")
    assert story.kinds["worker"] == "workers"


async def test_the_story_of_a_worker(pair: tuple[Site, Site]) -> None:
    """One story tells how a task goes from a client to the worker, and its answer back, each step once."""
    site, worker = pair
    await ask(site, "hi")
    story = tell([*site.everything, *worker.everything])
    assert story.participants == ["alice", "alice's consumer", "worker", "channel layer"]
    seen = [(step.source, step.target, step.text) for step in story.steps if not step.note]
    wanted = [
        ("alice", "alice's consumer", "hi"),
        ("alice's consumer", "channel layer", 'send tasks: do.work {"text": "hi"}'),
        ("channel layer", "worker", 'do.work {"text": "hi"}'),
        ("worker", "channel layer", 'group_send answers: answer {"text": "HI"}'),
        ("channel layer", "alice's consumer", 'answer {"text": "HI"}'),
        ("alice's consumer", "alice", "HI"),
    ]
    assert [step for step in seen if step in wanted] == wanted


# Several servers


async def chat(one: Site, two: Site, *, reaches: bool) -> None:
    """Alice at one server sends, and bob at another hears it, or not."""
    two.events = one.events
    async with (
        one.connect("/ws/chat/lobby/", name="alice") as alice,
        two.connect("/ws/chat/lobby/", name="bob") as bob,
    ):
        await alice.send_json({"message": "hi"})
        await alice.receive_json()
        if reaches:
            await bob.receive_json()
        else:
            await bob.receive_nothing()


async def test_two_servers_on_one_valkey(host: Host) -> None:
    """Each server has its own record, and their story has one lane for the layer that they share."""
    await host.redis(CORE)
    one, two = await host.serve(), await host.serve(name="second")
    await chat(one, two, reaches=True)
    assert {event.name for event in one.record} == {"main"} and {event.name for event in two.record} == {"second"}
    story = tell([*one.everything, *two.record])
    assert story.participants == ["alice", "bob", "alice's consumer (main)", "bob's consumer (second)", "channel layer"]
    texts = [(step.source, step.target) for step in story.steps if "chat.message" in step.text]
    assert texts.count(("channel layer", "bob's consumer (second)")) == 1
    assert [step.text for step in story.steps if "now" in step.text] == [
        "group_add chat_lobby: now alice",
        "group_add chat_lobby: now alice, bob",
        *(step.text for step in story.steps if "group_discard" in step.text),
    ]


async def test_two_servers_with_a_memory_each(host: Host) -> None:
    """Layers in memory are a lane for each server, and nobody is in the other's groups."""
    one, two = await host.serve(), await host.serve(name="second")
    await chat(one, two, reaches=False)
    story = tell([*one.everything, *two.record])
    assert story.participants[-2:] == ["memory of main", "memory of second"]
    joined = [(step.target, step.text) for step in story.steps if "group_add" in step.text]
    assert joined == [
        ("memory of main", "group_add chat_lobby: now alice"),
        ("memory of second", "group_add chat_lobby: now bob"),
    ]
    assert any(step.source == "bob" and step.text.startswith("waited 0.2 s") for step in story.steps)
