"""Consumers as learners write them: the file chat/consumers.py of a case."""

from .cases_first import consumer

__all__ = ["ASYNC", "JSON", "SYNC", "connect", "group", "receive"]

ASYNC, SYNC, JSON = "AsyncWebsocketConsumer", "WebsocketConsumer", "AsyncJsonWebsocketConsumer"

_GROUP = """\
async def connect(self):
    await self.channel_layer.group_add("room", self.channel_name)
    await self.accept()

async def receive(self, text_data=None, bytes_data=None):
    await self.channel_layer.group_send("room", {message})

"""
_HANDLER = 'async def chat_message(self, event):\n    await self.send(event["text"])'


def receive(*lines: str, base: str = ASYNC, before: str = "", imports: str = "") -> dict[str, str | None]:
    """A consumer whose `receive` has these lines; for a JSON base it is `receive_json(self, content)`."""
    parameters = "receive_json(self, content)" if "Json" in base else "receive(self, text_data=None, bytes_data=None)"
    return _method(parameters, lines, base, before, imports)


def connect(*lines: str, base: str = ASYNC, before: str = "", imports: str = "") -> dict[str, str | None]:
    """A consumer whose `connect` has these lines."""
    return _method("connect(self)", lines, base, before, imports)


def group(
    message: str = '{"type": "chat.message", "text": text_data}', handler: str = _HANDLER
) -> dict[str, str | None]:
    """A consumer that sends what comes to its group, as this message, and what comes from there to the client."""
    return consumer(_GROUP.replace("{message}", message) + handler)


def _method(head: str, lines: tuple[str, ...], base: str, before: str, imports: str) -> dict[str, str | None]:
    word = "async def" if base.startswith("Async") else "def"
    body = "".join(f"    {line}\n" for line in lines)
    files = consumer(f"{before}{word} {head}:\n{body}", base)
    return {path: f"{imports}\n{text}" if imports else text for path, text in files.items()}
