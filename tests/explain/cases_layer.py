"""Cases of rules about the channel layer: its setting, its messages, and how much it holds."""

from channels_lab.running.process import ProcessEnded

from .cases import Act, Case
from .cases_first import consumer, talk
from .cases_redis import LAYER, SETTINGS, URL, fail, hosts, layer
from .run import Run

__all__ = ["CASES", "CONSUMERS", "hung_up"]

CONSUMERS = "chat/consumers.py"
MEMORY = "channels.layers.InMemoryChannelLayer"
MESSAGE = '{"type": "chat.message", "message": message}'
SEND = "        await self.channel_layer.group_send(self.group, "
LAST = "        message = json.loads"
IMPORTS = ("import os\n", "import os\nimport asyncio\nimport time\nfrom datetime import datetime\n")
KILL = ("--application-close-timeout", "1")


def message(text: str) -> tuple[str, str]:
    """The edit that sends another message."""
    return MESSAGE, text


def times(number: int, call: str = SEND) -> tuple[str, str]:
    """The edit that sends that often, in one method."""
    return SEND, f"        for _ in range({number}):\n    {call}"


SELF = SEND.replace("group_send(self.group", "send(self.channel_name")


async def hung_up(run: Run) -> None:
    """Say something that makes the consumer fail."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        assert await alice.wait_closed() == 1011


async def leave(run: Run) -> None:
    """Say something, and leave at once."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
    await run.until(lambda evidence: all(one.over for one in evidence.connections))


def hear(number: int) -> Act:
    """Say something, and hear it so often: who leaves earlier makes the consumer's `send` fail."""

    async def act(run: Run) -> None:
        async with run.connect("/ws/chat/lobby/") as alice:
            await alice.send_json({"message": "hi"})
            for _ in range(number):
                await alice.receive()

    return act


CASES = [
    Case("no CHANNEL_LAYERS", "no-channel-layer", edits={SETTINGS: (LAYER, "")}, act=fail),
    Case(
        "no CHANNEL_LAYERS, and a consumer with groups",
        "no-channel-layer",
        files=consumer('groups = ["all"]'),
        edits={SETTINGS: (LAYER, "")},
        act=fail,
    ),
    Case("an empty CHANNEL_LAYERS", "no-channel-layer", edits={SETTINGS: (LAYER, "CHANNEL_LAYERS = {}")}, act=fail),
    Case(
        "no CHANNEL_LAYERS, and a worker",
        "no-channel-layer",
        base="site",
        edits={SETTINGS: (LAYER, "")},
        start="worker tasks",
        raises=ProcessEnded,
    ),
    Case(
        "a consumer that needs no layer",
        neighbour_of="no-channel-layer",
        files=consumer("async def receive(self, text_data):\n    await self.send(text_data)"),
        edits={SETTINGS: (LAYER, "")},
        act=talk,
    ),
    Case(
        "a layer of another name",
        "layer-alias-unknown",
        edits={SETTINGS: ('"default": {"BACKEND"', '"main": {"BACKEND"')},
        act=fail,
    ),
    Case(
        "a consumer that asks for a layer of another name",
        "layer-alias-unknown",
        edits={
            CONSUMERS: (
                "class ChatConsumer(AsyncWebsocketConsumer):\n",
                'class ChatConsumer(AsyncWebsocketConsumer):\n    channel_layer_alias = "chat"\n\n',
            )
        },
        act=fail,
    ),
    Case(
        "two layers",
        neighbour_of="layer-alias-unknown",
        edits={
            SETTINGS: ('"default": {"BACKEND"', f'"chat": {{"BACKEND": "{MEMORY}"}}, "default": {{"BACKEND"'),
            CONSUMERS: (
                "class ChatConsumer(AsyncWebsocketConsumer):\n",
                'class ChatConsumer(AsyncWebsocketConsumer):\n    channel_layer_alias = "chat"\n\n',
            ),
        },
        act=talk,
    ),
    Case(
        "a typo in the backend's path",
        "backend-not-found",
        edits={SETTINGS: ("channels.layers.", "channels.layer.")},
        act=fail,
    ),
    Case(
        "a typo in the backend's path, and a worker",
        "backend-not-found",
        base="site",
        edits={SETTINGS: ("channels.layers.", "channels.layer.")},
        start="worker tasks",
        raises=ProcessEnded,
    ),
    Case(
        "a backend of one's own",
        neighbour_of="backend-not-found",
        edits={SETTINGS: (MEMORY, "chat.layer.Mine")},
        files={
            "chat/layer.py": "from channels.layers import InMemoryChannelLayer\n\n\n"
            "class Mine(InMemoryChannelLayer):\n    pass\n"
        },
        act=talk,
    ),
    Case("no BACKEND", "backend-missing", edits={SETTINGS: ('{"BACKEND": ', '{"ENGINE": ')}, act=fail),
    Case("a BACKEND alone", neighbour_of="backend-missing", act=talk),
    Case(
        "hosts for a layer in memory",
        "layer-unknown-option",
        edits=layer('"CONFIG": {"hosts": ["redis://localhost"]}', MEMORY),
        act=fail,
    ),
    Case(
        "a typo in an option",
        "layer-unknown-option",
        redis=True,
        edits=layer(f'"CONFIG": {{"hosts": [{URL}], "capcity": 9}}'),
        act=fail,
    ),
    Case(
        "options that there are",
        neighbour_of="layer-unknown-option",
        redis=True,
        edits=layer(f'"CONFIG": {{"hosts": [{URL}], "capacity": 9, "expiry": 9, "prefix": "x"}}'),
        act=talk,
    ),
    Case("a message that is a text", "message-not-a-dict", edits={CONSUMERS: message("message")}, act=hung_up),
    Case(
        "a message that is a text, over Redis",
        "message-not-a-dict",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: message("message")},
        act=hung_up,
    ),
    Case(
        "a message that is made by dict()",
        neighbour_of="message-not-a-dict",
        edits={CONSUMERS: message('dict(type="chat.message", message=message)')},
        act=talk,
    ),
    Case(
        "a datetime over Redis",
        "message-not-serializable",
        redis=True,
        edits=hosts(URL)
        | {CONSUMERS: [IMPORTS, message('{"type": "chat.message", "message": message, "at": datetime.now()}')]},
        act=hung_up,
    ),
    Case(
        "a datetime in memory",
        neighbour_of="message-not-serializable",
        edits={CONSUMERS: [IMPORTS, message('{"type": "chat.message", "message": message, "at": datetime.now()}')]},
        act=talk,
    ),
    Case(
        "a datetime as text over Redis",
        neighbour_of="message-not-serializable",
        redis=True,
        edits=hosts(URL)
        | {
            CONSUMERS: [
                IMPORTS,
                message('{"type": "chat.message", "message": message, "at": datetime.now().isoformat()}'),
            ]
        },
        act=talk,
    ),
    Case(
        "a number of 70 bits over Redis",
        "message-int-too-large",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: message('{"type": "chat.message", "message": message, "n": 2**70}')},
        act=hung_up,
    ),
    Case(
        "a number of 63 bits over Redis",
        neighbour_of="message-int-too-large",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: message('{"type": "chat.message", "message": message, "n": 2**63 - 1}')},
        act=talk,
    ),
    Case(
        "numbers as keys over Redis",
        "message-int-keys",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: message('{"type": "chat.message", "message": message, "scores": {1: 2}}')},
        act=hung_up,
    ),
    Case(
        "texts as keys over Redis",
        neighbour_of="message-int-keys",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: message('{"type": "chat.message", "message": message, "scores": {"1": 2}}')},
        act=talk,
    ),
    Case("300 messages to oneself", "channel-full", edits={CONSUMERS: times(300, SELF)}, act=hung_up),
    Case(
        "300 messages to oneself, over Redis",
        "channel-full",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: times(300, SELF)},
        act=hung_up,
    ),
    Case("90 messages to oneself", neighbour_of="channel-full", edits={CONSUMERS: times(90, SELF)}, act=hear(90)),
    Case("300 messages to the group", "messages-dropped", edits={CONSUMERS: times(300)}, act=talk),
    Case(
        "300 messages to the group, over Redis",
        "messages-dropped",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: times(300)},
        act=talk,
    ),
    Case(
        "a small capacity",
        "messages-dropped",
        edits=layer('"CONFIG": {"capacity": 2}', MEMORY) | {CONSUMERS: times(5)},
        act=talk,
    ),
    Case("90 messages to the group", neighbour_of="messages-dropped", edits={CONSUMERS: times(90)}, act=hear(90)),
    Case(
        "300 messages to the group, and room for them",
        neighbour_of="messages-dropped",
        edits=layer('"CONFIG": {"capacity": 400}', MEMORY) | {CONSUMERS: times(300)},
        act=hear(300),
    ),
    Case(
        "busy when the client has left",
        "killed-at-the-end",
        options=KILL,
        edits={CONSUMERS: [IMPORTS, (LAST, f"        await asyncio.sleep(30)\n{LAST}")]},
        act=leave,
    ),
    Case(
        "a busy thread when the client has left",
        "killed-at-the-end",
        base="site",
        options=KILL,
        edits={CONSUMERS: [("import json\n", "import json\nimport time\n"), (LAST, f"        time.sleep(4)\n{LAST}")]},
        act=leave,
    ),
    Case(
        "busy for a while when the client has left",
        neighbour_of="killed-at-the-end",
        options=KILL,
        edits={CONSUMERS: [IMPORTS, (LAST, f"        await asyncio.sleep(0.2)\n{LAST}")]},
        act=leave,
    ),
]
