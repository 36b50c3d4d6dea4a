"""Cases of rules about the border between sync and async code, and about `await`."""

from .cases import Case
from .cases_first import consumer, say
from .run import Run

__all__ = ["CASES", "SYNC", "TO_ASYNC", "TO_SYNC", "hear", "hear_nothing", "receive", "sync_receive", "written"]

SYNC = "WebsocketConsumer"
TO_SYNC = "from asgiref.sync import async_to_sync\n"
TO_ASYNC = "from channels.db import database_sync_to_async\n"


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


CASES = [
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
