"""Cases of rules about `def` and `async def`, and about plain consumers."""

from .acts import answered, closed, ignored, refused, spoke
from .cases import Case
from .cases_first import consumer
from .written import SYNC, group, receive

__all__ = ["CASES"]


PLAIN = """\
async def websocket_connect(self, event):
    await self.send({"type": "websocket.accept"})

async def websocket_receive(self, event):
    await self.send({"type": "websocket.send", "text": event["text"]})

"""
STOP = "async def websocket_disconnect(self, event):\n    raise StopConsumer()"


def plain(body: str) -> dict[str, str | None]:
    """A plain AsyncConsumer."""
    files = consumer(body, "AsyncConsumer")
    text = str(files["chat/consumers.py"]).replace("generic.websocket", "consumer")
    return {"chat/consumers.py": "from channels.exceptions import StopConsumer\n" + text}


CASES = [
    Case(
        "a plain def connect() in an async consumer",
        "handler-not-async",
        files=consumer("def connect(self):\n    pass"),
        act=refused(500),
    ),
    Case(
        "a plain def receive() in an async consumer",
        "handler-not-async",
        files=consumer("def receive(self, text_data=None, bytes_data=None):\n    pass"),
        act=closed("hi"),
    ),
    Case(
        "a plain def disconnect() in an async consumer",
        "handler-not-async",
        files=consumer("def disconnect(self, code):\n    pass"),
        act=spoke(),
    ),
    Case(
        "a plain def handler in an async consumer",
        "handler-not-async",
        files=group(handler='def chat_message(self, event):\n    self.text = event["text"]'),
        act=closed("hi"),
    ),
    Case(
        "a plain def that is called as one",
        neighbour_of="handler-not-async",
        files=receive(
            "await self.send(self.loud(text_data))", before="def loud(self, text):\n    return text.upper()\n\n"
        ),
        act=answered("hi", answer="HI"),
    ),
    Case(
        "a handler behind database_sync_to_async",
        neighbour_of="handler-not-async",
        files=receive(
            "await self.count()",
            'await self.send("done")',
            before="@database_sync_to_async\ndef count(self):\n    pass\n\n",
            imports="from channels.db import database_sync_to_async",
        ),
        act=answered("hi"),
    ),
    Case(
        "async def receive() in a sync consumer",
        "handler-never-awaited",
        files=consumer(
            "async def receive(self, text_data=None, bytes_data=None):\n    await self.send(text_data)", SYNC
        ),
        act=ignored("hi"),
    ),
    Case(
        "async def connect() in a sync consumer",
        "handler-never-awaited",
        files=consumer("async def connect(self):\n    await self.accept()", SYNC),
        act=refused(None),
    ),
    Case(
        "async def disconnect() in a sync consumer",
        "handler-never-awaited",
        files=consumer("async def disconnect(self, code):\n    pass", SYNC),
        act=spoke("hi"),
    ),
    Case(
        "an async method that a sync consumer runs by async_to_sync",
        neighbour_of="handler-never-awaited",
        files=receive(
            "async_to_sync(self.note)()",
            "self.send(text_data)",
            base=SYNC,
            before="async def note(self):\n    pass\n\n",
            imports="from asgiref.sync import async_to_sync",
        ),
        act=answered("hi", answer="hi"),
    ),
    # Plain consumers
    Case(
        "a plain consumer without websocket_disconnect", "raw-handler-missing", files=plain(PLAIN), act=answered("hi")
    ),
    Case(
        "a plain consumer without websocket_receive",
        "raw-handler-missing",
        files=plain(PLAIN.partition("async def websocket_receive")[0] + STOP),
        act=closed("hi"),
    ),
    Case(
        "a plain consumer with all three",
        neighbour_of="raw-handler-missing",
        files=plain(PLAIN + STOP),
        act=answered("hi"),
    ),
    Case(
        "a plain consumer that sends a text",
        "raw-send",
        files=plain(PLAIN.replace('{"type": "websocket.send", "text": event["text"]}', 'event["text"]') + STOP),
        act=closed("hi"),
    ),
    Case(
        "a plain consumer that sends an event without a type",
        "raw-send",
        files=plain(PLAIN.replace('"type": "websocket.send", ', "") + STOP),
        act=closed("hi"),
    ),
    Case(
        "a plain consumer that sends bytes",
        neighbour_of="raw-send",
        files=plain(PLAIN.replace('"text": event', '"bytes": b"x", "was": event') + STOP),
        act=answered("hi"),
    ),
    Case(
        "websocket_disconnect() in place of disconnect()",
        "websocket-method-replaced",
        files=consumer("async def websocket_disconnect(self, message):\n    self.left = True"),
        options=("--application-close-timeout", "0"),
        act=spoke("hi"),
    ),
    Case(
        "websocket_disconnect() that calls super()",
        neighbour_of="websocket-method-replaced",
        files=consumer(
            "async def websocket_disconnect(self, message):\n    await super().websocket_disconnect(message)"
        ),
        options=("--application-close-timeout", "0"),
        act=spoke("hi"),
    ),
]
