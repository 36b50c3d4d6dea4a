"""Cases of rules about the arguments of a consumer's methods, and about what an own method or `__init__` replaces."""

from .acts import answered, closed, ignored, refused, spoke
from .cases import Case
from .cases_first import consumer, enter, talk
from .written import ASYNC, JSON, SYNC, group, receive

__all__ = ["CASES"]

CASES = [
    Case(
        "receive() with a name of its own for the text",
        "receive-signature",
        files=consumer("async def receive(self, message):\n    await self.send(message)"),
        act=closed("hi"),
    ),
    Case(
        "receive() that takes text only, and bytes come",
        "receive-signature",
        files=consumer("def receive(self, text_data):\n    self.send(text_data)", SYNC),
        act=closed(b"hi"),
    ),
    Case(
        "receive(self, content) of a JSON consumer",
        "receive-signature",
        files=consumer("async def receive(self, content):\n    await self.send_json(content)", JSON),
        act=closed("{}"),
    ),
    Case(
        "receive_json() without its argument",
        "receive-signature",
        files=consumer("async def receive_json(self):\n    pass", JSON),
        act=closed("{}"),
    ),
    Case(
        "receive() that takes text only, and text comes",
        neighbour_of="receive-signature",
        files=consumer("async def receive(self, text_data):\n    await self.send(text_data)"),
        act=answered("hi"),
    ),
    Case(
        "receive_json(self, content) without **kwargs",
        neighbour_of="receive-signature",
        files=receive("await self.send_json(content)", base=JSON),
        act=answered("{}", answer="{}"),
    ),
    Case(
        "receive() that the learner calls wrongly himself",
        "consumer-raised",
        files=consumer(
            "async def websocket_receive(self, message):\n    await self.receive()\n\n"
            "async def receive(self, text_data):\n    pass"
        ),
        act=closed("hi"),
    ),
    Case(
        "connect(self, event)",
        "connect-signature",
        files=consumer("async def connect(self, event):\n    await self.accept()"),
        act=refused(),
    ),
    Case(
        "connect(self, *args)",
        neighbour_of="connect-signature",
        files=consumer("async def connect(self, *args):\n    await self.accept()"),
        act=enter,
    ),
    Case(
        "disconnect() without the code",
        "disconnect-signature",
        files=consumer("async def disconnect(self):\n    pass"),
        act=spoke("hi"),
    ),
    Case(
        "disconnect(self, close_code)",
        neighbour_of="disconnect-signature",
        files=consumer("async def disconnect(self, close_code):\n    pass"),
        act=spoke("hi"),
    ),
    Case(
        "a handler without its message",
        "handler-signature",
        files=group(handler="async def chat_message(self):\n    pass"),
        act=closed("hi"),
    ),
    Case(
        "a handler without self",
        "handler-signature",
        files=group(handler='async def chat_message(event):\n    print(event["text"])'),
        act=closed("hi"),
    ),
    Case(
        "a handler with the message's values as parameters",
        "handler-signature",
        files=group(handler="async def chat_message(self, event, text):\n    await self.send(text)"),
        act=closed("hi"),
    ),
    Case(
        "a handler with a parameter that has a default",
        neighbour_of="handler-signature",
        files=group(handler='async def chat_message(self, event, loud=True):\n    await self.send(event["text"])'),
        act=answered("hi", answer="hi"),
    ),
    Case(
        "a handler that is called send",
        "method-replaced",
        files=receive(
            "await self.send(text_data=text_data)",
            before='async def send(self, event):\n    await self.send(text_data=event["text"])\n\n',
        ),
        act=closed("hi"),
    ),
    Case(
        "send() that calls itself for ever",
        "method-replaced",
        files=receive(
            "await self.send(text_data)",
            before="async def send(self, text_data):\n    await self.send(text_data)\n\n",
        ),
        act=closed("hi"),
    ),
    Case(
        "send() that hands on to super()",
        neighbour_of="method-replaced",
        files=receive(
            "await self.send(text_data)",
            before="async def send(self, text_data=None, bytes_data=None, close=False):\n"
            "    await super().send(text_data.upper())\n\n",
        ),
        act=answered("hi", answer="HI"),
    ),
    Case(
        "__init__() without super()",
        "init-without-super",
        files=consumer("def __init__(self, *args, **kwargs):\n    self.names = []"),
        act=refused(),
    ),
    Case(
        "__init__() with super()",
        neighbour_of="init-without-super",
        files=consumer(
            "def __init__(self, *args, **kwargs):\n    super().__init__(*args, **kwargs)\n    self.names = []"
        ),
        act=enter,
    ),
    Case("groups that is a text", "groups-is-a-text", files=consumer('groups = "lobby"', ASYNC), act=ignored("hi")),
    Case(
        "groups that is a list, with a group of one letter",
        neighbour_of="groups-is-a-text",
        files=consumer('groups = ["l", "lobby"]'),
        act=ignored("hi"),
    ),
    Case("the chat, whose methods take what they are given", neighbour_of="disconnect-signature", act=talk),
]
