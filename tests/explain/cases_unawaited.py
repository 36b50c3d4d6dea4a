"""Cases of rules about coroutines that nobody awaits."""

from .cases import Case
from .cases_async import SYNC, TO_ASYNC, hear, hear_nothing, receive, sync_receive, written
from .cases_first import enter, say, talk

__all__ = ["CASES"]

CASES = [
    Case(
        "self.send without await",
        "consumer-call-not-awaited",
        files=written(receive("self.send(text_data)")),
        act=hear_nothing,
    ),
    Case(
        "self.send without await, and a sync consumer beside it",
        "consumer-call-not-awaited",
        files={
            **written(receive("self.send(text_data)")),
            "another.py": "from channels.generic.websocket import WebsocketConsumer\n\n\n"
            "class Other(WebsocketConsumer):\n    def receive(self, text_data):\n        self.send(text_data)\n",
        },
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
