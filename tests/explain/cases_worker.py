"""Cases of rules about background workers."""

from channels_lab.running.process import ProcessEnded
from channels_lab.wire.client import NothingCame

from .cases import Case
from .run import Run

__all__ = ["CASES"]

CONSUMERS = "chat/consumers.py"
ASGI = "config/asgi.py"
ROUTED = '        "channel": ChannelNameRouter({"tasks": TaskConsumer.as_asgi()}),\n'
REPLY = '        async_to_sync(self.channel_layer.send)(event["reply_to"], reply)\n'
HANDLER = "    def task_run(self, event):\n"


async def work(run: Run) -> None:
    """Have the worker do something, and hear of it."""
    await run.worker("tasks")
    await ask(run)


async def ask(run: Run) -> None:
    """Ask for a job, and get its result."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "task shout"})
        assert await alice.receive_json(5) == {"message": "SHOUT"}


async def ask_in_vain(run: Run) -> None:
    """Ask for a job, and hear nothing."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "task shout"})
        await alice.receive(0.4)


async def work_in_vain(run: Run) -> None:
    """There is a worker, and the job brings nothing."""
    await run.worker("tasks")
    await ask_in_vain(run)


async def ask_and_go(run: Run) -> None:
    """Ask for a job and leave; the worker ends of it."""
    worker = await run.worker("tasks")
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "task shout"})
    assert await worker.end(5) == 1


async def work_elsewhere(run: Run) -> None:
    """There is a worker, and it reads another channel."""
    await run.worker("jobs")
    await ask_in_vain(run)


async def start_later(run: Run) -> None:
    """A job waits for the worker, which starts later."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "task shout"})
        await run.worker("tasks")
        assert await alice.receive_json(5) == {"message": "SHOUT"}


async def redis_for_one(run: Run) -> None:
    """The server has Redis, and the worker has not."""
    await run.worker("tasks")
    await run.redis()
    await run.server()
    await ask_in_vain(run)


async def two_channels(run: Run) -> None:
    """One worker reads two channels."""
    await run.worker("jobs", "tasks")
    await ask(run)


async def jobs(run: Run) -> None:
    """A worker reads `jobs`, and answers."""
    await run.worker("jobs")
    await ask(run)


JOBS = {CONSUMERS: ('send)("tasks"', 'send)("jobs"')}

CASES = [
    Case(
        "a job without a type",
        "worker-message-without-type",
        base="site",
        redis=True,
        edits={CONSUMERS: ('"type": "task.run", ', "")},
        act=ask_and_go,
    ),
    Case("a job with a type", neighbour_of="worker-message-without-type", base="site", redis=True, act=work),
    Case(
        "a worker with no method for a job",
        "worker-no-handler",
        base="site",
        redis=True,
        edits={CONSUMERS: ('"task.run"', '"task.start"')},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "a job whose type has no dot",
        neighbour_of="worker-no-handler",
        base="site",
        redis=True,
        edits={CONSUMERS: ('"task.run"', '"task_run"')},
        act=work,
    ),
    Case(
        "a router without the key channel",
        "worker-not-routed",
        base="site",
        redis=True,
        edits={ASGI: (ROUTED, "")},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "a consumer for all channels",
        neighbour_of="worker-not-routed",
        base="site",
        redis=True,
        edits={ASGI: ('ChannelNameRouter({"tasks": TaskConsumer.as_asgi()})', "TaskConsumer.as_asgi()")},
        act=work,
    ),
    Case(
        "a channel that the router has not",
        "worker-channel-not-routed",
        base="site",
        redis=True,
        edits=JOBS,
        act=work_elsewhere,
        raises=NothingCame,
    ),
    Case(
        "a channel that the router has",
        neighbour_of="worker-channel-not-routed",
        base="site",
        redis=True,
        edits=JOBS | {ASGI: ('{"tasks"', '{"jobs"')},
        act=jobs,
    ),
    Case(
        "runworker without a channel",
        "worker-without-channels",
        base="site",
        redis=True,
        start="worker",
        raises=ProcessEnded,
    ),
    Case(
        "runworker with two channels", neighbour_of="worker-without-channels", base="site", redis=True, act=two_channels
    ),
    Case("no worker", "worker-not-running", base="site", redis=True, act=ask_in_vain, raises=NothingCame),
    Case("no worker, in memory", "worker-not-running", base="site", act=ask_in_vain, raises=NothingCame),
    Case("a worker that is started later", neighbour_of="worker-not-running", base="site", redis=True, act=start_later),
    Case(
        "a worker on another channel",
        "worker-reads-another-channel",
        base="site",
        redis=True,
        act=work_elsewhere,
        raises=NothingCame,
    ),
    Case(
        "jobs for another channel",
        "worker-reads-another-channel",
        base="site",
        redis=True,
        edits={CONSUMERS: ('send)("tasks"', 'send)("task"')},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "a worker on two channels",
        neighbour_of="worker-reads-another-channel",
        base="site",
        redis=True,
        act=two_channels,
    ),
    Case(
        "self.send in a worker",
        "worker-sends-to-nobody",
        base="site",
        redis=True,
        edits={CONSUMERS: (REPLY, "        self.send(reply)\n")},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case("an answer over the layer", neighbour_of="worker-sends-to-nobody", base="site", redis=True, act=work),
    Case(
        "the user of a worker",
        "worker-scope",
        base="site",
        redis=True,
        edits={CONSUMERS: (HANDLER, HANDLER + '        user = self.scope["user"]\n')},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "the room of a worker",
        "worker-scope",
        base="site",
        redis=True,
        edits={CONSUMERS: (HANDLER, HANDLER + '        room = self.scope["url_route"]["kwargs"]["room"]\n')},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "the channel of a worker",
        neighbour_of="worker-scope",
        base="site",
        redis=True,
        edits={CONSUMERS: (HANDLER, HANDLER + '        channel = self.scope["channel"]\n')},
        act=work,
    ),
    Case("a worker with its own memory", "memory-and-worker", base="site", act=work_in_vain, raises=NothingCame),
    Case(
        "a worker without the server's Redis",
        "memory-and-worker",
        base="site",
        start="",
        act=redis_for_one,
        raises=NothingCame,
    ),
    Case("a worker and Redis", neighbour_of="memory-and-worker", base="site", redis=True, act=work),
    Case(
        "a worker whose method raises",
        "consumer-raised",
        base="site",
        redis=True,
        edits={CONSUMERS: (HANDLER, HANDLER + "        1 / 0\n")},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "a worker's consumer without as_asgi()",
        "no-as-asgi",
        base="site",
        redis=True,
        edits={ASGI: ("TaskConsumer.as_asgi()", "TaskConsumer")},
        act=work_in_vain,
        raises=NothingCame,
    ),
    Case(
        "a layer that the worker's command names",
        "layer-alias-unknown",
        start="worker --layer=other tasks",
        raises=ProcessEnded,
    ),
]
