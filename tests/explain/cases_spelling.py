"""Cases of rules about files that Python cannot read, and names that it does not know."""

from channels_lab.running.process import ProcessEnded

from .cases import Case
from .cases_first import say, talk

__all__ = ["CASES"]

SETTINGS = "config/settings.py"
CONSUMERS = "chat/consumers.py"
ROUTING = "chat/routing.py"

CASES = [
    Case(
        "a bracket left open",
        "syntax-error",
        edits={ROUTING: ("urlpatterns = [", "urlpatterns = [(")},
        raises=ProcessEnded,
    ),
    Case(
        "a colon left out", "syntax-error", edits={CONSUMERS: ("connect(self):", "connect(self)")}, raises=ProcessEnded
    ),
    Case(
        "a colon left out, for runserver",
        "syntax-error",
        edits={CONSUMERS: ("connect(self):", "connect(self)")},
        start="runserver",
        raises=ProcessEnded,
    ),
    Case("a comma left out in the settings", "syntax-error", edits={SETTINGS: ('"chat"]', '"chat"')}, start="check"),
    Case(
        "no comma between two routes",
        "syntax-error",
        edits={ROUTING: ("ChatConsumer.as_asgi()),", "ChatConsumer.as_asgi())")},
        raises=ProcessEnded,
    ),
    Case(
        "a line that is indented too little",
        "wrong-indent",
        edits={CONSUMERS: ("        self.group =", "    self.group =")},
        raises=ProcessEnded,
    ),
    Case(
        "a line that is indented too much",
        "wrong-indent",
        edits={CONSUMERS: ("        self.group =", "         self.group =")},
        raises=ProcessEnded,
    ),
    Case("await in def", "await-in-def", edits={CONSUMERS: ("async def connect", "def connect")}, raises=ProcessEnded),
    Case(
        "await in a sync consumer",
        "await-in-def",
        base="site",
        edits={CONSUMERS: ("async_to_sync(self.channel_layer.group_add)(", "await self.channel_layer.group_add(")},
        raises=ProcessEnded,
    ),
    Case(
        "await in no function",
        "await-in-def",
        edits={CONSUMERS: ('VERSION = "one"', "VERSION = await version()")},
        raises=ProcessEnded,
    ),
    Case("await in async def", neighbour_of="await-in-def", act=talk),
    Case(
        "a broken file that nobody imports", neighbour_of="syntax-error", files={"chat/notes.py": "def f(:\n"}, act=talk
    ),
    Case(
        "a broken file that nobody imports, badly indented",
        neighbour_of="wrong-indent",
        files={"chat/notes.py": "def f():\npass\n"},
        act=talk,
    ),
    Case(
        "a name that is not imported",
        "name-not-known",
        edits={ROUTING: ("from django.urls import path\n", "")},
        raises=ProcessEnded,
    ),
    Case(
        "a module that is not imported, and used in a handler",
        "name-not-known",
        edits={CONSUMERS: ("import json\n", "")},
        act=say,
    ),
    Case(
        "a class that is not imported",
        "name-not-known",
        edits={CONSUMERS: ("from channels.generic.websocket import AsyncWebsocketConsumer\n", "")},
        raises=ProcessEnded,
    ),
    Case(
        "a name that is misspelt",
        "name-not-known",
        edits={ROUTING: ("from chat import consumers", "from chat import consumers as consumer")},
        raises=ProcessEnded,
    ),
    Case(
        "a method that is misspelt",
        "attribute-not-known",
        edits={CONSUMERS: ('VERSION = "one"', 'VERSION = "one".capitalise()')},
        raises=ProcessEnded,
    ),
    Case(
        "a method that is spelt right",
        neighbour_of="attribute-not-known",
        edits={CONSUMERS: ('VERSION = "one"', 'VERSION = "one".capitalize()')},
        act=talk,
    ),
    Case("a name that is imported", neighbour_of="name-not-known", act=talk),
]
