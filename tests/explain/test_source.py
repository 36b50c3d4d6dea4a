"""The source of a project: files, consumers, calls, settings, routes, imports."""

import ast
from pathlib import Path

import pytest

from channels_lab.explain.literal import NOT_LITERAL
from channels_lab.explain.source import Source
from tests import chat_project

CONSUMERS = """\
import asyncio
from asgiref.sync import async_to_sync as to_sync
from channels.generic.websocket import AsyncJsonWebsocketConsumer, WebsocketConsumer as WC

class Base(AsyncJsonWebsocketConsumer):
    async def connect(self):
        await self.accept()
        self.send_json({})
        await asyncio.gather(self.send_json({}), *[self.send_json(one) for one in "ab"])

class Chat(Base):
    async def chat_message(self, event):
        self.accept

class Old(WC):
    def connect(self):
        to_sync(self.channel_layer.group_add)("room", channel=self.channel_name)
        later = lambda: self.send("x")

class Loop(Loop):
    pass
"""


def source(**files: str) -> Source:
    """A source of files whose names are given with `__` for `/`."""
    return Source({name.replace("__", "/") + ".py": text for name, text in files.items()})


# Files


def test_a_folder_is_read_without_what_is_not_the_projects(tmp_path: Path) -> None:
    """Hidden folders, virtual environments and caches are not read, nor what is no Python file."""
    chat_project.write(tmp_path)
    for name in (".venv/a.py", "venv/b.py", "x/__pycache__/c.py", "x/site-packages/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = Source.of(tmp_path)
    assert set(found.files) == {name for name in chat_project.replay().texts() if name.endswith(".py")}
    assert not found.errors and found.root == tmp_path


@pytest.mark.parametrize("text", ["def f(:\n", "x = '\0'", "(" * 2000])
def test_a_file_that_is_no_python_has_no_tree_and_the_others_have(text: str) -> None:
    """A file that does not parse is remembered with its SyntaxError, and asked nothing."""
    found = source(bad=text, good="f()")
    assert found.tree("bad.py") is None and found.tree("none.py") is None
    assert isinstance(found.tree("good.py"), ast.Module)
    assert list(found.errors) == ["bad.py"]
    assert [call.path for call in found.calls("f")] == ["good.py"]


def test_a_place_names_file_line_and_code() -> None:
    """A place holds the line without its indent; a line that is gone is empty."""
    found = source(a="if x:\n    f()\n")
    assert str(found.place("a.py", 2)) == "a.py:2: f()"
    assert str(found.place("a.py", 9)) == "a.py:9"
    assert found.place("a.py", found.calls("f")[0].node) == found.place("a.py", 2)


def test_strings_are_found_where_they_are_written() -> None:
    """Only a literal that is exactly the text counts, in one file or in all."""
    found = source(a='x = "one"\ny = "one two"', b='z = ["one"]')
    assert [str(place) for place in found.strings("one")] == ['a.py:1: x = "one"', 'b.py:1: z = ["one"]']
    assert [place.path for place in found.strings("one", "b.py")] == ["b.py"]


# Consumers and calls


def test_consumers_are_found_through_the_projects_own_classes_and_renamed_imports() -> None:
    """A class counts when a base of its bases is Channels', and says of which family it is; a loop of bases ends."""
    found = source(chat__consumers=CONSUMERS)
    assert [(c.name, c.base, c.is_async) for c in found.consumers()] == [
        ("Base", "AsyncJsonWebsocketConsumer", True),
        ("Chat", "AsyncJsonWebsocketConsumer", True),
        ("Old", "WebsocketConsumer", False),
    ]
    assert all(consumer.is_websocket for consumer in found.consumers())


def test_a_consumer_has_the_methods_of_its_bases_in_the_project() -> None:
    """Methods and calls of a base class in another file are the consumer's too; its own come first."""
    base, other = CONSUMERS.split("class Chat(Base):\n")
    chat = source(base=base, chat="from base import Base\nclass Chat(Base):\n" + other).consumers("Chat")[0]
    method = chat.method("connect")
    assert method and method.path == "base.py" and method.is_async
    assert set(chat.methods) == {"connect", "chat_message"} and chat.method("disconnect") is None
    assert [call.path for call in chat.calls("accept")] == ["base.py"]
    assert [(one.path, one.statement) for one in chat.references("accept")] == [("chat.py", True)]


def test_a_call_says_whether_anybody_waits_for_it() -> None:
    """Under `await`, and handed to gather, also in a list, a call is awaited; alone in its line it is a statement."""
    calls = source(chat__consumers=CONSUMERS).calls("send_json")
    assert [(call.awaited, call.statement) for call in calls] == [(False, True), (True, False), (True, False)]
    assert all(call.in_async and call.class_name == "Base" and call.target == "self.send_json" for call in calls)
    assert [call.value(0) for call in calls] == [{}, {}, NOT_LITERAL]


@pytest.mark.parametrize(
    ("code", "awaited"),
    [
        ("await f()", True),
        ("task = asyncio.create_task(f())", True),
        ("tasks.start(f())", False),
        ("await asyncio.wait_for(f(), 1)", True),
        ("await asyncio.gather(*(f() for x in y))", True),
        ("await g(f())", False),
        ("return f()", False),
    ],
)
def test_who_takes_a_coroutine_and_runs_it_counts_as_awaiting(code: str, awaited: bool) -> None:
    """create_task, wait_for and gather run what they are given; other functions may not."""
    call = source(a=f"async def main():\n    {code}").calls("f")[0]
    assert call.awaited == awaited and not call.statement


def test_a_wrapped_call_is_a_call_of_what_is_wrapped() -> None:
    """`async_to_sync(x.group_add)(…)` counts as group_add, under the wrapper's own name; the argument is none."""
    found = source(chat__consumers=CONSUMERS)
    call = found.calls("group_add")[0]
    assert (call.wrapped, call.target, call.in_async) == ("async_to_sync", "self.channel_layer.group_add", False)
    assert (
        call.value(0) == "room"
        and call.value(2) is None
        and ast.unparse(call.argument(1, "channel")) == ("self.channel_name")
    )
    assert found.references("group_add") == []


def test_a_lambda_is_no_part_of_the_function_around_it() -> None:
    """What is called in a lambda runs elsewhere: it has no enclosing function."""
    old = source(a=CONSUMERS).consumers("Old")[0]
    assert old.calls("send")[0].function is None


def test_calls_can_be_asked_of_one_method() -> None:
    """`within` narrows to a file, a consumer or a method."""
    found = source(a=CONSUMERS, b="accept()")
    connect = found.consumers("Base")[0].method("connect")
    assert connect
    assert len(found.calls("accept")) == 2
    assert [call.place.line for call in found.calls("accept", connect)] == [7]
    assert [call.path for call in found.calls("accept", "b.py")] == ["b.py"]


# Settings


def test_settings_are_what_the_last_line_leaves() -> None:
    """`+=`, lists put together, methods of lists and keys of dicts are followed, and the last line is the place."""
    setting = source(
        config__settings="""\
COMMON = ["a"]
INSTALLED_APPS = [*COMMON, "b"] + ["c"]
INSTALLED_APPS += ["d"]
INSTALLED_APPS.insert(0, "daphne")
LAYERS = {"default": {"BACKEND": "x"}}
LAYERS["default"]["CONFIG"] = {"hosts": [HOST, "y"]}
NUMBER: int = -1
"""
    ).setting
    apps = setting("INSTALLED_APPS")
    assert apps and apps.value == ["daphne", "a", "b", "c", "d"]
    assert str(apps.place) == 'config/settings.py:4: INSTALLED_APPS.insert(0, "daphne")'
    layers = setting("LAYERS")
    assert layers and layers.value == {"default": {"BACKEND": "x", "CONFIG": {"hosts": [NOT_LITERAL, "y"]}}}
    assert setting("NUMBER").value == -1
    assert setting("ABSENT") is None


@pytest.mark.parametrize(
    "text",
    [
        "X = env('x')",
        "X = ['a'] + env('x')",
        "X = ['a']\nif DEBUG:\n    X = ['b']",
        "X = ['a']\nX[HOST] = 1",
        "X = ['a']\nX.remove('b')",
        "X = []\ntry:\n    X += ['a']\nexcept OSError:\n    pass",
    ],
)
def test_a_setting_that_is_computed_is_not_literal(text: str) -> None:
    """What only running would tell is marked so; the mark is false and empty, and all in it is unknown."""
    value = source(config__settings=text).setting("X").value
    assert value is NOT_LITERAL
    assert not value and "a" not in value and value.get("a") is NOT_LITERAL and value["a"] is NOT_LITERAL
    assert list(value) == [] and len(value) == 0


def test_the_settings_module_is_found_through_manage_py() -> None:
    """Where config/settings.py is not, manage.py names the module, which may take others in with a star."""
    found = source(
        manage='os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.conf.local")',
        site__conf__local="from .base import *\nfrom site.more import *\nB += ['c']",
        site__conf__base="A = 1\nB = ['b']",
        site__more="A = 2\nfrom .conf.local import *",
    )
    assert found.settings_path == "site/conf/local.py"
    assert found.setting("A").value == 2 and found.setting("B").value == ["b", "c"]
    assert str(found.setting("A").place) == "site/more.py:1: A = 2"


def test_without_settings_nothing_is_set() -> None:
    """A project without settings has none, and no ASGI module."""
    found = source(hello="print()")
    assert found.settings_path == "" == found.asgi_path
    assert found.setting("INSTALLED_APPS") is None


def test_the_asgi_module_is_what_the_setting_names() -> None:
    """ASGI_APPLICATION names the module; without it, any asgi.py will do."""
    assert source(config__settings='ASGI_APPLICATION = "a.b.app"', a__b="", c__asgi="").asgi_path == "a/b.py"
    assert source(config__settings="", c__asgi="").asgi_path == "c/asgi.py"


# Routes and imports


def test_routes_are_found_with_what_they_lead_to() -> None:
    """Routes for a URLRouter are found, wherever they stand, and what leads to consumers; pages are not."""
    found = source(
        chat__routing="""\
from django.urls import path, re_path
websocket_urlpatterns = [
    path("/ws/a/", consumers.Chat.as_asgi()),
    re_path(r"ws/b/$", consumers.Chat.as_asgi),
    path("c/", consumers.Chat),
    path("d/", include("other.urls")),
    path(f"{x}", make()),
]
routes = [path("e/", Chat.as_asgi())]
""",
        config__asgi="URLRouter(chat.routing.routes)\nURLRouter([path('f/', Chat.as_asgi())])",
        config__urls="urlpatterns = [path('g/', views.index), path('h/', Chat.as_asgi()), path('i/', Chat)]",
        chat__consumers="class Chat(AsyncWebsocketConsumer): pass",
    )
    routes = [(r.text, r.kind, r.target_kind, r.holder, r.routed) for r in found.routes()]
    assert routes == [
        ("/ws/a/", "path", "as_asgi()", "websocket_urlpatterns", False),
        ("ws/b/$", "re_path", "as_asgi", "websocket_urlpatterns", False),
        ("c/", "path", "class", "websocket_urlpatterns", False),
        ("d/", "path", "include", "websocket_urlpatterns", False),
        ("", "path", "other", "websocket_urlpatterns", False),
        ("e/", "path", "as_asgi()", "routes", True),
        ("f/", "path", "as_asgi()", "", True),
        ("h/", "path", "as_asgi()", "urlpatterns", False),
        ("i/", "path", "class", "urlpatterns", False),
    ]
    assert found.routes()[0].target == "consumers.Chat.as_asgi()"


def test_imports_come_in_the_order_of_their_lines() -> None:
    """Imports say what they bring, and whether they run when the module is imported."""
    found = source(a="import os, sys\nif x:\n    from . import b\ndef f():\n    from chat.models import C, D as E\n")
    assert [(one.module, one.names, one.line, one.top) for one in found.imports("a.py")] == [
        ("os", (), 1, True),
        ("sys", (), 1, True),
        (".", ("b",), 3, True),
        ("chat.models", ("C", "D"), 5, False),
    ]
    assert found.imports("none.py") == []
