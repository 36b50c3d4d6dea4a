"""Cases of rules about async code: the border to sync code, coroutines that nobody awaits, blocking, tasks."""

import asyncio
import contextlib
import socket

from .cases import Case
from .cases_first import consumer, enter, say, talk
from .run import Run

__all__ = ["CASES", "hear_nothing", "written"]

SYNC = "WebsocketConsumer"
TO_SYNC = "from asgiref.sync import async_to_sync\n"
TO_ASYNC = "from channels.db import database_sync_to_async\n"
WAYS_OUT = ("--application-close-timeout", "1")


def written(body: str, head: str = "", base: str = "AsyncWebsocketConsumer") -> dict[str, str | None]:
    """The file of a consumer with this body, below these imports."""
    files = consumer(body, base)
    return {path: f"{head}{text}" for path, text in files.items()}


def receive(*lines: str, more: str = "") -> str:
    """An async `receive` of these lines, and more methods."""
    return "\n    ".join(["async def receive(self, text_data):", *lines]) + (f"\n{more}" if more else "")


def sync_receive(*lines: str, more: str = "") -> str:
    """A sync `receive` of these lines, and more methods."""
    return receive(*lines, more=more).removeprefix("async ")


async def refused(run: Run) -> None:
    """Connect, and be refused as connect() raises."""
    await run.refused("/ws/chat/lobby/", 500)


async def hear_nothing(run: Run) -> None:
    """Say something, and hear nothing."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive_nothing()


async def hear(run: Run) -> None:
    """Say something, and hear something."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive(5)


async def hear_after_death(run: Run) -> None:
    """Hear something, and see the server going on for a while after the client has left."""
    await hear(run)
    with contextlib.suppress(AssertionError):
        await run.until(lambda evidence: len(evidence.sent("websocket.send")) > 5, 1)


async def see_killed(run: Run) -> None:
    """Say something, leave, and see Daphne kill the consumer."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
    await run.until(lambda evidence: evidence.search("took too long to shut down"))


async def wait_for_page(run: Run) -> None:
    """Let the consumer ask a server that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with run.connect("/ws/chat/lobby/") as alice:
            await alice.send(str(silent.getsockname()[1]))
            await alice.receive(5)


async def see_collected(run: Run) -> None:
    """Say something, and let the failed task be thrown away."""
    await hear(run)
    await asyncio.sleep(0)


BORDER = [
    Case(
        "async_to_sync in an async consumer",
        "async-to-sync-in-async",
        files=written(receive("async_to_sync(self.send)(text_data)"), TO_SYNC),
        act=say,
    ),
    Case(
        "async_to_sync(self.accept) in an async connect()",
        "async-to-sync-in-async",
        files=written("async def connect(self):\n    async_to_sync(self.accept)()", TO_SYNC),
        act=refused,
    ),
    Case(
        "async_to_sync in a helper of an async consumer",
        "async-to-sync-in-async",
        files=written(
            receive("self.tell(text_data)", more="def tell(self, text):\n    async_to_sync(self.send)(text)"), TO_SYNC
        ),
        act=say,
    ),
    Case(
        "await instead of async_to_sync",
        neighbour_of="async-to-sync-in-async",
        files=written(receive("await self.send(text_data)")),
        act=hear,
    ),
    Case(
        "async_to_sync in a thread of an async consumer",
        neighbour_of="async-to-sync-in-async",
        files=written(
            receive(
                "await asyncio.to_thread(self.tell, text_data)",
                more="def tell(self, text):\n    async_to_sync(self.send)(text)",
            ),
            f"import asyncio\n{TO_SYNC}",
        ),
        act=hear,
    ),
    Case(
        "async_to_sync around a call",
        "async-to-sync-parentheses",
        files=written(
            sync_receive("async_to_sync(self.channel_layer.group_send('a', {'type': 'chat.message'}))"), TO_SYNC, SYNC
        ),
        act=hear_nothing,
    ),
    Case(
        "async_to_sync around a call, then called",
        "async-to-sync-parentheses",
        files=written(
            sync_receive("async_to_sync(self.channel_layer.group_send('a', {'type': 'chat.message'}))()"),
            TO_SYNC,
            SYNC,
        ),
        act=say,
    ),
    Case(
        "async_to_sync around the name",
        neighbour_of="async-to-sync-parentheses",
        files=written(
            sync_receive("async_to_sync(self.channel_layer.group_send)('a', {'type': 'chat.message'})"), TO_SYNC, SYNC
        ),
        act=hear_nothing,
    ),
    Case(
        "database_sync_to_async around a call",
        "sync-to-async-called-early",
        files=written(
            receive("await database_sync_to_async(self.count(text_data))", more="def count(self, text):\n    return 3"),
            TO_ASYNC,
        ),
        act=say,
    ),
    Case(
        "database_sync_to_async around the name",
        neighbour_of="sync-to-async-called-early",
        files=written(
            receive(
                "count = await database_sync_to_async(self.count)(text_data)",
                "await self.send(str(count))",
                more="def count(self, text):\n    return 3",
            ),
            TO_ASYNC,
        ),
        act=hear,
    ),
    Case(
        "database_sync_to_async of an async method",
        "sync-to-async-of-async",
        files=written(
            receive("await database_sync_to_async(self.save)(text_data)", more="async def save(self, text):\n    pass"),
            TO_ASYNC,
        ),
        act=say,
    ),
    Case(
        "a method of its own, awaited",
        neighbour_of="sync-to-async-of-async",
        files=written(
            receive("await self.save(text_data)", more="async def save(self, text):\n    await self.send(text)")
        ),
        act=hear,
    ),
    Case(
        "database_sync_to_async without the second parentheses",
        "sync-to-async-not-called",
        files=written(
            receive("n = await database_sync_to_async(self.count)", more="def count(self):\n    return 3"), TO_ASYNC
        ),
        act=say,
    ),
    Case(
        "database_sync_to_async kept, and called later",
        neighbour_of="sync-to-async-not-called",
        files=written(
            receive(
                "count = database_sync_to_async(self.count)",
                "await self.send(str(await count()))",
                more="def count(self):\n    return 3",
            ),
            TO_ASYNC,
        ),
        act=hear,
    ),
    Case(
        "await of a plain method",
        "await-of-plain-value",
        files=written(receive("await self.note(text_data)", more="def note(self, text):\n    self.last = text")),
        act=say,
    ),
    Case(
        "await json.loads",
        "await-of-plain-value",
        files=written(receive("data = await json.loads(text_data)"), "import json\n"),
        act=say,
    ),
    Case(
        "a plain method without await",
        neighbour_of="await-of-plain-value",
        files=written(
            receive("self.note(text_data)", "await self.send(self.last)", more="def note(self, t):\n    self.last = t")
        ),
        act=hear,
    ),
]

UNAWAITED = [
    Case(
        "self.send without await",
        "consumer-call-not-awaited",
        files=written(receive("self.send(text_data)")),
        act=hear_nothing,
    ),
    Case(
        "self.send_json without await",
        "consumer-call-not-awaited",
        files=written("async def receive_json(self, content):\n    self.send_json(content)", "", f"AsyncJson{SYNC}"),
        act=hear_nothing,
    ),
    Case(
        "self.close without await",
        "consumer-call-not-awaited",
        files=written(receive("self.close()")),
        act=hear_nothing,
    ),
    Case(
        "self.send in a plain helper of an async consumer",
        "consumer-call-not-awaited",
        files=written(receive("self.tell(text_data)", more="def tell(self, text):\n    self.send(text)")),
        act=hear_nothing,
    ),
    Case(
        "self.send without await in a sync consumer",
        neighbour_of="consumer-call-not-awaited",
        files=written(sync_receive("self.send(text_data)"), "", SYNC),
        act=hear,
    ),
    Case(
        "self.send handed to gather",
        neighbour_of="consumer-call-not-awaited",
        files=written(receive("await asyncio.gather(self.send(text_data), self.send('b'))"), "import asyncio\n"),
        act=hear,
    ),
    Case(
        "a helper that returns the coroutine",
        neighbour_of="consumer-call-not-awaited",
        files=written(receive("await self.tell(text_data)", more="def tell(self, text):\n    return self.send(text)")),
        act=hear,
    ),
    Case(
        "group_send without await",
        "layer-call-not-awaited",
        edits={"chat/consumers.py": ("await self.channel_layer.group_send", "self.channel_layer.group_send")},
        act=hear_nothing,
    ),
    Case(
        "group_add without await",
        "layer-call-not-awaited",
        edits={"chat/consumers.py": ("await self.channel_layer.group_add", "self.channel_layer.group_add")},
        act=hear_nothing,
    ),
    Case("group_send with await", neighbour_of="layer-call-not-awaited", act=talk),
    Case(
        "group_send as a task",
        neighbour_of="layer-call-not-awaited",
        edits={
            "chat/consumers.py": [
                (
                    "await self.channel_layer.group_send(",
                    "self.task = asyncio.create_task(self.channel_layer.group_send(",
                ),
                ('"message": message})', '"message": message}))'),
                ("import json\n", "import asyncio\nimport json\n"),
            ]
        },
        act=talk,
    ),
    Case(
        "group_send in a sync consumer",
        "layer-call-in-sync-code",
        base="site",
        database=True,
        edits={
            "chat/consumers.py": (
                "async_to_sync(self.channel_layer.group_send)(self.group, event)",
                "self.channel_layer.group_send(self.group, event)",
            )
        },
        act=hear_nothing,
    ),
    Case(
        "group_add in a sync consumer, and accept()",
        "layer-call-in-sync-code",
        files=written(
            "def connect(self):\n    self.channel_layer.group_add('a', self.channel_name)\n    self.accept()", "", SYNC
        ),
        act=enter,
    ),
    Case(
        "group_send in a plain helper of an async consumer",
        "layer-call-in-sync-code",
        files=written(
            receive(
                "self.tell(text_data)",
                more="def tell(self, text):\n    self.channel_layer.group_send('a', {'type': 'chat.message'})",
            )
        ),
        act=hear_nothing,
    ),
    Case(
        "group_send in a sync consumer, through async_to_sync",
        neighbour_of="layer-call-in-sync-code",
        base="site",
        database=True,
        act=talk,
    ),
    Case(
        "an async method without await",
        "coroutine-not-awaited",
        files=written(receive("self.tell(text_data)", more="async def tell(self, text):\n    await self.send(text)")),
        act=hear_nothing,
    ),
    Case(
        "a database_sync_to_async method without await",
        "coroutine-not-awaited",
        files=written(
            receive("self.save(text_data)", more="@database_sync_to_async\ndef save(self, text):\n    pass"), TO_ASYNC
        ),
        act=hear_nothing,
    ),
    Case(
        "database_sync_to_async(f)(x) without await",
        "coroutine-not-awaited",
        files=written(
            receive("database_sync_to_async(self.save)(text_data)", more="def save(self, text):\n    pass"), TO_ASYNC
        ),
        act=hear_nothing,
    ),
    Case(
        "an async method called in a sync consumer",
        "coroutine-not-awaited",
        files=written(
            sync_receive("self.tell(text_data)", more="async def tell(self, text):\n    self.send(text)"), "", SYNC
        ),
        act=hear_nothing,
    ),
    Case(
        "an async method with await",
        neighbour_of="coroutine-not-awaited",
        files=written(
            receive("await self.save(text_data)", more="@database_sync_to_async\ndef save(self, text):\n    pass"),
            TO_ASYNC,
        ),
        act=hear_nothing,
    ),
    Case(
        "asyncio.sleep without await",
        "sleep-not-awaited",
        files=written(receive("asyncio.sleep(30)", "await self.send(text_data)"), "import asyncio\n"),
        act=hear,
    ),
    Case(
        "asyncio.sleep with await",
        neighbour_of="sleep-not-awaited",
        files=written(receive("await asyncio.sleep(0.01)", "await self.send(text_data)"), "import asyncio\n"),
        act=hear,
    ),
    Case(
        "an attribute of a coroutine",
        "coroutine-used",
        files=written(
            receive("who = self.who()", "await self.send(who.upper())", more="async def who(self):\n    return 'bob'")
        ),
        act=say,
    ),
    Case(
        "a coroutine into JSON",
        "coroutine-used",
        files=written(
            receive("await self.send(json.dumps({'who': self.who()}))", more="async def who(self):\n    return 'bob'"),
            "import json\n",
        ),
        act=say,
    ),
    Case(
        "a coroutine in a for",
        "coroutine-used",
        files=written(
            receive("for one in self.who():", "    pass", more="async def who(self):\n    return ['bob']"),
        ),
        act=say,
    ),
    Case(
        "an awaited result in JSON",
        neighbour_of="coroutine-used",
        files=written(
            receive(
                "await self.send(json.dumps({'who': await self.who()}))", more="async def who(self):\n    return 'bob'"
            ),
            "import json\n",
        ),
        act=hear,
    ),
]

BLOCKING = [
    Case(
        "time.sleep in an async consumer",
        "sleep-blocks-the-loop",
        files=written(receive("time.sleep(0.8)", "await self.send(text_data)"), "import time\n"),
        act=hear,
    ),
    Case(
        "sleep from time, in a helper",
        "sleep-blocks-the-loop",
        files=written(
            receive("self.rest()", "await self.send(text_data)", more="def rest(self):\n    sleep(0.8)"),
            "from time import sleep\n",
        ),
        act=hear,
    ),
    Case(
        "time.sleep in a sync consumer",
        neighbour_of="sleep-blocks-the-loop",
        files=written(sync_receive("time.sleep(0.8)", "self.send(text_data)"), "import time\n", SYNC),
        act=hear,
    ),
    Case(
        "a long asyncio.sleep",
        neighbour_of="sleep-blocks-the-loop",
        files=written(receive("await asyncio.sleep(0.8)", "await self.send(text_data)"), "import asyncio\n"),
        act=hear,
    ),
    Case(
        "urlopen in an async consumer",
        "call-blocks-the-loop",
        files=written(
            receive(
                "try:",
                "    urlopen(f'http://127.0.0.1:{text_data}/', timeout=0.8)",
                "except OSError:",
                "    await self.send('no answer')",
            ),
            "from urllib.request import urlopen\n",
        ),
        act=wait_for_page,
    ),
    Case(
        "subprocess in an async consumer",
        "call-blocks-the-loop",
        files=written(receive("subprocess.run(['sleep', '0.8'])", "await self.send(text_data)"), "import subprocess\n"),
        act=hear,
    ),
    Case(
        "urlopen in a thread",
        neighbour_of="call-blocks-the-loop",
        files=written(
            receive(
                "try:",
                "    await asyncio.to_thread(urlopen, f'http://127.0.0.1:{text_data}/', timeout=0.8)",
                "except OSError:",
                "    await self.send('no answer')",
            ),
            "import asyncio\nfrom urllib.request import urlopen\n",
        ),
        act=wait_for_page,
    ),
    Case(
        "an async subprocess",
        neighbour_of="call-blocks-the-loop",
        files=written(
            receive(
                "process = await asyncio.create_subprocess_exec('sleep', '0.8')",
                "await process.wait()",
                "await self.send(text_data)",
            ),
            "import asyncio\n",
        ),
        act=hear,
    ),
    Case(
        "a long sum in an async consumer",
        "computing-blocks-the-loop",
        files=written(receive("total = sum(i * i for i in range(14_000_000))", "await self.send(str(total))")),
        act=hear,
    ),
    Case(
        "a busy loop in an async consumer",
        "computing-blocks-the-loop",
        files=written(
            receive(
                "end = time.monotonic() + 0.8",
                "while time.monotonic() < end:",
                "    pass",
                "await self.send(text_data)",
            ),
            "import time\n",
        ),
        act=hear,
    ),
    Case(
        "a long sum in a thread",
        neighbour_of="computing-blocks-the-loop",
        files=written(
            receive("total = await asyncio.to_thread(sum, range(30_000_000))", "await self.send(str(total))"),
            "import asyncio\n",
        ),
        act=hear,
    ),
]

TICKS = "async def tick(self):\n    while True:\n        await self.send('tick')\n        await asyncio.sleep(0.02)"

TASKS = [
    Case(
        "a task that fails",
        "task-failed-unseen",
        files=written(
            receive(
                "asyncio.create_task(self.work())",
                "await self.send(text_data)",
                more="async def work(self):\n    raise ValueError('no work today')",
            ),
            "import asyncio\n",
        ),
        act=see_collected,
    ),
    Case(
        "a task that fails, and is awaited where that is expected",
        neighbour_of="task-failed-unseen",
        files=written(
            receive(
                "task = asyncio.create_task(self.work())",
                "try:",
                "    await task",
                "except ValueError:",
                "    await self.send(text_data)",
                more="async def work(self):\n    raise ValueError('no work today')",
            ),
            "import asyncio\n",
        ),
        act=see_collected,
    ),
    Case(
        "a task that nobody cancels",
        "task-outlives-connection",
        files=written(receive("asyncio.create_task(self.tick())", more=TICKS), "import asyncio\n"),
        act=hear_after_death,
    ),
    Case(
        "a task that disconnect cancels",
        neighbour_of="task-outlives-connection",
        files=written(
            receive(
                "self.task = asyncio.create_task(self.tick())",
                more=f"async def disconnect(self, code):\n    self.task.cancel()\n{TICKS}",
            ),
            "import asyncio\n",
        ),
        act=hear_after_death,
    ),
    Case(
        "while True in receive",
        "endless-loop-in-method",
        files=written(
            receive("while True:", "    await self.send('tick')", "    await asyncio.sleep(0.02)"), "import asyncio\n"
        ),
        act=hear_after_death,
    ),
    Case(
        "while True without sending, until it is killed",
        "endless-loop-in-method",
        files=written(receive("while True:", "    await asyncio.sleep(0.02)"), "import asyncio\n"),
        options=WAYS_OUT,
        act=see_killed,
    ),
    Case(
        "a loop that ends by itself",
        neighbour_of="endless-loop-in-method",
        files=written(
            receive("for number in range(8):", "    await self.send('tick')", "    await asyncio.sleep(0.02)"),
            "import asyncio\n",
        ),
        act=hear_after_death,
    ),
]

CASES = [*BORDER, *UNAWAITED, *BLOCKING, *TASKS]
