"""Cases of rules about what a consumer sends: text, bytes, JSON, or nothing."""

from .acts import answered, closed, ignored, looked_at
from .cases import Case
from .written import JSON, SYNC, receive

__all__ = ["CASES"]

DUMPS = "import json"
NOW = "import datetime\nimport json"

CASES = [
    Case("send() of a dict", "send-not-text", files=receive("await self.send({'text': text_data})"), act=closed("hi")),
    Case("send() of a number", "send-not-text", files=receive("self.send(7)", base=SYNC), act=closed("hi")),
    Case(
        "send() of a list in a JSON consumer",
        "send-not-text",
        files=receive("await self.send([1])", base=JSON),
        act=closed("1"),
    ),
    Case("send() of bytes as text", "send-not-text", files=receive("await self.send(b'hi')"), act=closed("hi")),
    Case(
        "send() of a text as bytes",
        "send-not-text",
        files=receive("await self.send(bytes_data=text_data)"),
        act=closed("hi"),
    ),
    Case(
        "encode() of what is no text, in the learner's own line",
        "consumer-raised",
        files=receive("await self.send('x')", "value = {}", "value.encode()"),
        act=closed("hi"),
    ),
    Case(
        "send() of bytes as bytes",
        neighbour_of="send-not-text",
        files=receive("await self.send(bytes_data=b'hi')"),
        act=answered("hi", answer=b"hi"),
    ),
    Case(
        "send() of a dict as JSON",
        neighbour_of="send-not-text",
        files=receive("await self.send(json.dumps({'text': text_data}))", imports=DUMPS),
        act=answered("hi", answer='{"text": "hi"}'),
    ),
    Case(
        "send_json() of a consumer that is none for JSON",
        "send-json-unknown",
        files=receive("await self.send_json({'text': text_data})"),
        act=closed("hi"),
    ),
    Case(
        "send_json() of a JSON consumer",
        neighbour_of="send-json-unknown",
        files=receive("self.send_json({'got': content})", base="JsonWebsocketConsumer"),
        act=answered("1", answer='{"got": 1}'),
    ),
    Case(
        "a datetime in JSON",
        "not-serialisable",
        files=receive("await self.send(json.dumps({'at': datetime.datetime.now()}))", imports=NOW),
        act=closed("hi"),
    ),
    Case(
        "a set in JSON",
        "not-serialisable",
        files=receive("await self.send_json({'people': {1, 2}})", base=JSON),
        act=closed("1"),
    ),
    Case(
        "a set in the JSON of a page",
        "not-serialisable",
        base="site",
        files={
            "chat/views.py": "from django.http import JsonResponse\n\n\n"
            "def index(request):\n    return JsonResponse({'people': {1, 2}})\n"
        },
        act=looked_at(status=500),
    ),
    Case(
        "a datetime as text in JSON",
        neighbour_of="not-serialisable",
        files=receive("await self.send(json.dumps({'at': datetime.datetime.now().isoformat()}))", imports=NOW),
        act=answered("hi"),
    ),
    Case(
        "json.dumps() for send_json()",
        "json-twice",
        files=receive("await self.send_json(json.dumps(content))", base=JSON, imports=DUMPS),
        act=answered('{"a": 1}'),
    ),
    Case(
        "json.dumps() of what json.dumps() gave",
        "json-twice",
        files=receive("text = json.dumps([text_data])", "await self.send(json.dumps(text))", imports=DUMPS),
        act=answered("hi"),
    ),
    Case(
        "a text in JSON that looks like no object",
        neighbour_of="json-twice",
        files=receive("await self.send_json('7')", base=JSON),
        act=answered("1", answer='"7"'),
    ),
    Case(
        "an object in JSON that holds JSON as a value",
        neighbour_of="json-twice",
        files=receive("await self.send_json({'was': json.dumps(content)})", base=JSON, imports=DUMPS),
        act=answered('{"a": 1}'),
    ),
    Case("send() of an empty text", "empty-send", files=receive("await self.send('')"), act=ignored("hi")),
    Case("send() of an empty dict", "empty-send", files=receive("self.send({})", base=SYNC), act=ignored("hi")),
    Case("send() of empty bytes", "empty-send", files=receive("await self.send(bytes_data=b'')"), act=ignored("hi")),
    Case(
        "send() of an empty text, and then of another",
        neighbour_of="empty-send",
        files=receive("await self.send('')", "await self.send('hi')"),
        act=answered("hi", answer="hi"),
    ),
    Case(
        "send() of an empty text in JSON",
        neighbour_of="empty-send",
        files=receive("await self.send_json('')", base=JSON),
        act=answered("1", answer='""'),
    ),
    Case("send() of nothing", "send-nothing", files=receive("await self.send()"), act=closed("hi")),
    Case(
        "an echo of text, and bytes come",
        "send-nothing",
        files=receive("self.send(text_data)", base=SYNC),
        act=closed(b"hi"),
    ),
    Case(
        "an echo of both, and bytes come",
        neighbour_of="send-nothing",
        files=receive("await self.send(text_data, bytes_data)"),
        act=answered(b"hi", answer=b"hi"),
    ),
    Case("send(message=…)", "send-argument", files=receive("await self.send(message=text_data)"), act=closed("hi")),
    Case("close(status=…)", "send-argument", files=receive("self.close(status=4003)", base=SYNC), act=closed("hi")),
    Case(
        "send(text_data=…)",
        neighbour_of="send-argument",
        files=receive("await self.send(text_data=text_data)"),
        act=answered("hi", answer="hi"),
    ),
    Case(
        "an unknown argument for a method of the learner's own",
        "consumer-raised",
        files=receive("self.say(text=text_data)", before="def say(self, words):\n    pass\n\n"),
        act=closed("hi"),
    ),
]
