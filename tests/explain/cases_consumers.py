"""Cases of rules about handlers, and about names that Channels looks for."""

from .acts import answered, closed, ignored
from .cases import Case
from .cases_first import consumer
from .written import SYNC, group, receive

__all__ = ["CASES"]

HANDLER = 'async def chat_message(self, event):\n    await self.send(event["text"])'

CASES = [
    # Handlers
    Case(
        "a handler at the left margin",
        "handler-outside-class",
        edits={
            "chat/consumers.py": (
                "    async def chat_message(self, event):\n        await",
                "async def chat_message(self, event):\n    await",
            )
        },
        act=closed('{"message": "hi"}'),
    ),
    Case(
        "a handler inside another method",
        "handler-outside-class",
        files=group(handler="\n".join(f"    {line}" for line in HANDLER.splitlines())),
        act=closed("hi"),
    ),
    Case(
        "a handler in its place", neighbour_of="handler-outside-class", files=group(), act=answered("hi", answer="hi")
    ),
    Case("a message without a type", "message-without-type", files=group('{"text": text_data}'), act=closed("hi")),
    Case(
        "a message with a key Type",
        "message-without-type",
        files=group('{"Type": "chat.message", "text": text_data}'),
        act=closed("hi"),
    ),
    Case(
        "a message made by dict()",
        neighbour_of="message-without-type",
        files=group('dict(type="chat.message", text=text_data)'),
        act=answered("hi", answer="hi"),
    ),
    Case(
        "a type with a leading underscore",
        "type-with-underscore",
        files=group('{"type": "_chat.message", "text": text_data}', HANDLER.replace("chat_", "_chat_")),
        act=closed("hi"),
    ),
    Case(
        "a type with a leading dot",
        "type-with-underscore",
        files=group('{"type": ".message", "text": text_data}'),
        act=closed("hi"),
    ),
    Case(
        "a type with underscores inside",
        neighbour_of="type-with-underscore",
        files=group('{"type": "chat_message", "text": text_data}'),
        act=answered("hi", answer="hi"),
    ),
    Case(
        "a type that is called send",
        "type-names-own-method",
        files=group('{"type": "send", "text": text_data}'),
        act=closed("hi"),
    ),
    Case(
        "a type that is called receive, and goes round in circles",
        "type-names-own-method",
        files=group('{"type": "receive", "text": text_data}'),
        act=ignored("hi"),
    ),
    Case(
        "a type that is the name of an ASGI event",
        "type-names-own-method",
        files=group('{"type": "websocket.send", "text": text_data}'),
        act=closed("hi"),
    ),
    Case(
        "a type that only contains send",
        neighbour_of="type-names-own-method",
        files=group('{"type": "chat.send", "text": text_data}', HANDLER.replace("chat_message", "chat_send")),
        act=answered("hi", answer="hi"),
    ),
    # Names
    Case(
        "recieve()",
        "method-misnamed",
        files=consumer("async def recieve(self, text_data=None, bytes_data=None):\n    await self.send(text_data)"),
        act=ignored("hi"),
    ),
    Case(
        "receive_json() of a consumer that is none for JSON",
        "method-misnamed",
        files=consumer("async def receive_json(self, content):\n    await self.send(content)"),
        act=ignored("{}"),
    ),
    Case(
        "on_connect()",
        "method-misnamed",
        files=consumer('def on_connect(self):\n    self.accept()\n    self.send("welcome")', SYNC),
        act=ignored(),
    ),
    Case(
        "a consumer that has nothing to say",
        neighbour_of="method-misnamed",
        files=receive(
            "self.note(text_data)",
            before="def note_received(self):\n    pass\n\ndef note(self, text):\n    self.text = text\n\n",
        ),
        act=ignored("hi"),
    ),
    Case(
        "a method that is nearly called receive, and is called by receive",
        neighbour_of="method-misnamed",
        files=consumer(
            "async def websocket_receive(self, message):\n    await self.received(message)\n\n"
            "async def received(self, message):\n    pass"
        ),
        act=ignored("hi"),
    ),
]
