"""Cases of rules about what a client sends: JSON or none, with and without the keys that are read."""

from .acts import answered, closed, ignored
from .cases import Case
from .cases_first import consumer, talk
from .written import ASYNC, JSON, SYNC, receive

__all__ = ["CASES"]

LOADS = "import json"

CASES = [
    Case("a text that is no JSON", "bad-json", act=closed("hi")),
    Case("an empty text for json.loads()", "bad-json", act=closed("")),
    Case("a text that is no JSON, for a JSON consumer", "bad-json", files=receive("pass", base=JSON), act=closed("hi")),
    Case("a long text that is no JSON", "bad-json", act=closed("hi " * 500)),
    Case(
        "JSON that is decoded twice",
        "consumer-raised",
        files=receive("json.loads(json.loads(text_data)['inner'])", imports=LOADS),
        act=closed('{"inner": "no JSON"}'),
    ),
    Case(
        "a text that is no JSON, and an answer to it",
        neighbour_of="bad-json",
        files=receive(
            "try:",
            "    json.loads(text_data)",
            "except json.JSONDecodeError as error:",
            "    await self.send(str(error))",
            imports=LOADS,
        ),
        act=answered("hi"),
    ),
    Case(
        "a binary message for json.loads()",
        "no-text",
        files=receive("json.loads(text_data)", imports=LOADS),
        act=closed(b"{}"),
    ),
    Case("a binary message for a JSON consumer", "no-text", files=receive("pass", base=JSON), act=closed(b"{}")),
    Case("an empty text for a JSON consumer", "no-text", files=receive("pass", base=JSON), act=closed("")),
    Case(
        "a None of the learner's own for json.loads()",
        "consumer-raised",
        files=receive("json.loads(None)", imports=LOADS),
        act=closed("{}"),
    ),
    Case(
        "a binary message for json.loads(), which takes bytes",
        neighbour_of="no-text",
        files=receive("await self.send(json.loads(bytes_data))", imports=LOADS),
        act=answered(b'"hi"', answer="hi"),
    ),
    Case("a message without the key that is read", "missing-key", act=closed('{"text": "hi"}')),
    Case("an object without keys", "missing-key", act=closed("{}")),
    Case(
        "a message without the key, read through a name",
        "missing-key",
        files=receive("data = json.loads(text_data)", "self.send(data['message'])", base=SYNC, imports=LOADS),
        act=closed('{"mesage": "hi"}'),
    ),
    Case(
        "a message without the key that receive_json() reads",
        "missing-key",
        files=receive("await self.send(content['message'])", base=JSON),
        act=closed('{"text": "hi"}'),
    ),
    Case(
        "a key that is missing elsewhere",
        "consumer-raised",
        files=receive("rooms = {}", "await self.send(rooms[content['room']])", base=JSON),
        act=closed('{"room": "lobby"}'),
    ),
    Case(
        "a key of a dict in the message",
        "consumer-raised",
        files=receive("await self.send(content['user']['name'])", base=JSON),
        act=closed('{"user": {}, "name": ""}'),
    ),
    Case(
        "a message without the key, read with get()",
        neighbour_of="missing-key",
        files=receive("await self.send(content.get('message', 'nothing'))", base=JSON),
        act=answered("{}", answer="nothing"),
    ),
    Case(
        "a list where an object is read",
        "json-not-a-dict",
        files=receive("await self.send(content['message'])", base=JSON),
        act=closed('["hi"]'),
    ),
    Case("an object that was encoded twice", "json-not-a-dict", act=closed('"{\\"message\\": 1}"')),
    Case(
        "a number where an object is read by get()",
        "json-not-a-dict",
        files=receive("data = json.loads(text_data)", "self.send(data.get('message'))", base=SYNC, imports=LOADS),
        act=closed("7"),
    ),
    Case(
        "a list where a list is read",
        neighbour_of="json-not-a-dict",
        files=receive("await self.send(content[0])", base=JSON),
        act=answered('["hi"]', answer="hi"),
    ),
    Case(
        "a text that is read like a dict",
        "text-not-decoded",
        files=receive("await self.send(text_data['message'])"),
        act=closed('{"message": "hi"}'),
    ),
    Case(
        "a text that is read by get()",
        "text-not-decoded",
        files=receive("self.send(text_data.get('message'))", base=SYNC),
        act=closed('{"message": "hi"}'),
    ),
    Case(
        "a text that is read like a dict in a JSON consumer",
        "text-not-decoded",
        files=consumer("async def receive(self, text_data):\n    await self.send(text_data['message'])", JSON),
        act=closed('{"message": "hi"}'),
    ),
    Case(
        "another text that is read like a dict",
        "consumer-raised",
        files=receive("name = 'alice'", "await self.send(name['first'])"),
        act=closed("hi"),
    ),
    Case(
        "a text that is read like a text",
        neighbour_of="text-not-decoded",
        files=receive("await self.send(text_data[0].upper())", base=ASYNC),
        act=answered("hi", answer="H"),
    ),
    Case("JSON as the chat has it", neighbour_of="bad-json", act=talk),
    Case("no message at all", neighbour_of="no-text", files=receive("pass", base=JSON), act=ignored()),
]
