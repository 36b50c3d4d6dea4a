"""Cases of the general rules about the learner's own exceptions, and of those about attributes that are not there."""

from .acts import answered, closed, looked_at, refused, spoke
from .cases import Case
from .cases_first import consumer, enter, talk
from .run import Run
from .written import SYNC, connect, receive

__all__ = ["CASES"]

VIEWS = "chat/views.py"


def page(body: str, imports: str = "from django.http import HttpResponse", word: str = "def") -> dict[str, str | None]:
    """The site's page, as a view with this body."""
    return {VIEWS: f"{imports}\n\n\n{word} index(request):\n    {body}\n"}


async def give_a_task(run: Run) -> None:
    """Give the worker a task, and wait until it has tried."""
    await run.worker("tasks")
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "task shout"})
        await run.until(lambda evidence: evidence.raised("ZeroDivisionError"))


CASES = [
    Case("an exception in connect()", "consumer-raised", files=connect("1 / 0"), act=refused()),
    Case("an exception in a sync receive()", "consumer-raised", files=receive("1 / 0", base=SYNC), act=closed("hi")),
    Case(
        "an exception in disconnect()",
        "consumer-raised",
        files=consumer("async def disconnect(self, code):\n    1 / 0"),
        act=spoke("hi"),
    ),
    Case(
        "an exception in a helper",
        "consumer-raised",
        files=receive("self.note(text_data)", before="def note(self, text):\n    return int(text)\n\n"),
        act=closed("hi"),
    ),
    Case(
        "an exception in a worker's consumer",
        "consumer-raised",
        base="site",
        redis=True,
        edits={"chat/consumers.py": ('event["text"].upper()', 'event["text"] * (1 // 0)')},
        act=give_a_task,
    ),
    Case(
        "an exception that is caught and logged",
        neighbour_of="consumer-raised",
        files=receive(
            "try:",
            "    1 / 0",
            "except ZeroDivisionError:",
            "    logging.exception('no')",
            "    await self.send('no')",
            imports="import logging",
        ),
        act=answered("hi", answer="no"),
    ),
    Case("a server that is stopped while somebody is there", neighbour_of="consumer-raised", act=talk),
    Case(
        "an exception in a page",
        "http-view-raised",
        base="site",
        files=page("return HttpResponse(1 / 0)"),
        act=looked_at(status=500),
    ),
    Case(
        "an exception in an async page",
        "http-view-raised",
        base="site",
        files=page("return HttpResponse({}['room'])", word="async def"),
        act=looked_at(status=500),
    ),
    Case("a page that is not there", neighbour_of="http-view-raised", base="site", act=looked_at("/nothing/", 404)),
    Case(
        "a page that answers 500 itself",
        neighbour_of="http-view-raised",
        base="site",
        files=page("return HttpResponse('sorry', status=500)"),
        act=looked_at(status=500),
    ),
    Case(
        "a view without return",
        "view-returned-nothing",
        base="site",
        files=page("HttpResponse('hello')"),
        act=looked_at(status=500),
    ),
    Case(
        "a view that returns a coroutine",
        "view-returned-nothing",
        base="site",
        files=page("return answer(request)", "async def answer(request):\n    pass"),
        act=looked_at(status=500),
    ),
    Case(
        "a view with return",
        neighbour_of="view-returned-nothing",
        base="site",
        files=page("return HttpResponse('hello')"),
        act=looked_at(),
    ),
    # Attributes and methods
    Case(
        "an attribute that connect() did not come to set",
        "attribute-not-set",
        files=consumer(
            "async def connect(self):\n    if not self.scope['query_string']:\n        return await self.close()\n"
            "    self.group = 'room'\n    await self.accept()\n\n"
            "async def disconnect(self, code):\n    print(self.group)"
        ),
        act=refused(403),
    ),
    Case(
        "an attribute that is set further down",
        "attribute-not-set",
        files=connect("await self.channel_layer.group_add(self.room, self.channel_name)", "self.room = 'room'"),
        act=refused(),
    ),
    Case(
        "an attribute that is misspelt",
        "attribute-not-set",
        files=connect("self.room_name = 'room'", "self.title = self.roomname.title()", "await self.accept()"),
        act=refused(),
    ),
    Case(
        "an attribute that nobody sets",
        "attribute-not-set",
        files=receive("self.history.append(text_data)"),
        act=closed("hi"),
    ),
    Case(
        "an attribute with a value to begin with",
        neighbour_of="attribute-not-set",
        files=receive("await self.send(str(self.last))", "self.last = text_data", before="last = None\n\n"),
        act=answered("hi", answer="None"),
    ),
    Case("acept()", "no-such-method", files=connect("await self.acept()"), act=refused()),
    Case(
        "a method of the learner's own, misspelt",
        "no-such-method",
        files=receive(
            "await self.brodcast(text_data)", before="async def broadcast(self, text):\n    await self.send(text)\n\n"
        ),
        act=closed("hi"),
    ),
    Case(
        "a method that is like nothing",
        "consumer-raised",
        files=receive("await self.publish(text_data)"),
        act=closed("hi"),
    ),
    Case("accept()", neighbour_of="no-such-method", files=connect("await self.accept()"), act=enter),
]
