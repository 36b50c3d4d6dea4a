"""Cases of rules about the project's own tests: `manage.py test` runs them."""

from .cases import Case, Edit
from .cases_async import SYNC, written

__all__ = ["CASES"]

ORIGIN = 'headers=[(b"origin", b"http://testserver")]'
HEAD = """\
import unittest

from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import SimpleTestCase, TestCase

from chat.consumers import ChatConsumer
from config.asgi import application


class ChatTests(SimpleTestCase):
"""
LOBBY = '"/ws/chat/lobby/"'
OPEN = f"client = WebsocketCommunicator(application, {LOBBY}, {ORIGIN})"
CONNECT = "connected, _ = await client.connect()"
CHECK = "self.assertTrue(connected)"
SAY = 'await client.send_json_to({"message": "hi"})'
HEAR = 'self.assertEqual((await client.receive_json_from())["message"], "hi")'


def tests(*lines: str, head: str = HEAD, name: str = "test_chat", word: str = "async def", more: str = "") -> str:
    """A file with one test of these lines, and more methods."""
    method = "\n        ".join([f"    {word} {name}(self):", *lines])
    return f"{head}{more}{method}\n"


def case(
    name: str,
    rule: str,
    text: str,
    *,
    good: bool = False,
    base: str = "chat",
    path: str = "chat/tests.py",
    files: dict[str, str | None] | None = None,
    edits: dict[str, Edit | list[Edit]] | None = None,
    env: dict[str, str] | None = None,
) -> Case:
    """A case of, or a neighbour of, a rule: a project with these tests, which are run."""
    return Case(
        name,
        None if good else rule,
        neighbour_of=rule if good else "",
        files={path: text, **(files or {})},
        edits=edits or {},
        base=base,
        start="test",
        env=env or {},
    )


def plain(text: str, base: str) -> str:
    """The tests, with another base class."""
    return text.replace("ChatTests(SimpleTestCase)", f"ChatTests({base})" if base else "ChatTests")


COUNTING = HEAD.replace("import SimpleTestCase, TestCase", "import TestCase, TransactionTestCase").replace(
    "from channels.testing", "from channels.db import database_sync_to_async\nfrom channels.testing"
)
COUNT = ("count = database_sync_to_async(User.objects.count)", "self.assertEqual(await count(), await count())")
ON_DISK = {"config/settings.py": ('"NAME":', '"TEST": {"NAME": "test.sqlite3"}, "NAME":')}

GOOD = tests(OPEN, CONNECT, CHECK, SAY, HEAR, "await client.disconnect()")

RUNNING = [
    case("a class of tests without TestCase", "no-tests-found", plain(GOOD, "")),
    case("a test that is not called test", "no-tests-found", tests(OPEN, CONNECT, CHECK, name="chat_works")),
    case("tests in a file of another name", "no-tests-found", GOOD, path="chat/chat_tests.py"),
    case("tests in a folder that is no package", "no-tests-found", GOOD, path="chat/tests/test_chat.py"),
    case("a test that is found", "no-tests-found", GOOD, good=True),
    case(
        "a test in a package of tests",
        "no-tests-found",
        GOOD,
        good=True,
        path="chat/test_all/test_chat.py",
        files={"chat/test_all/__init__.py": ""},
    ),
    Case("a project without tests", neighbour_of="no-tests-found", start="test"),
    case("async tests in unittest.TestCase", "async-test-not-run", plain(GOOD, "unittest.TestCase")),
    case(
        "async tests in IsolatedAsyncioTestCase",
        "async-test-not-run",
        plain(GOOD, "unittest.IsolatedAsyncioTestCase"),
        good=True,
    ),
    case(
        "async def setUp",
        "async-setup-not-run",
        tests(
            "connected, _ = await self.client.connect()",
            CHECK,
            more=f"    async def setUp(self):\n        self.{OPEN}\n\n",
        ).replace("self.client", "self.talker"),
    ),
    case(
        "a plain setUp",
        "async-setup-not-run",
        tests(
            "connected, _ = await self.client.connect()",
            CHECK,
            more=f"    def setUp(self):\n        self.{OPEN}\n\n",
        ).replace("self.client", "self.talker"),
        good=True,
    ),
    case(
        "a query in a SimpleTestCase",
        "database-in-simple-test",
        tests("await User.objects.acount()"),
        base="site",
    ),
    case(
        "a query in a TestCase",
        "database-in-simple-test",
        plain(tests("await User.objects.acount()"), "TestCase"),
        base="site",
        good=True,
    ),
    case(
        "a TestCase whose connection is closed",
        "testcase-closes-database",
        plain(tests(*COUNT, head=COUNTING), "TestCase"),
        base="site",
        edits=ON_DISK,
    ),
    case(
        "a TransactionTestCase whose connection is closed and opened again",
        "testcase-closes-database",
        plain(tests(*COUNT, head=COUNTING), "TransactionTestCase"),
        base="site",
        edits=ON_DISK,
        good=True,
    ),
    case(
        "a sync query in an async test",
        "query-in-async-code",
        plain(tests("User.objects.count()"), "TestCase"),
        base="site",
    ),
    case(
        "tests of a site whose Redis is down",
        "tests-need-redis",
        tests(OPEN, CONNECT, CHECK),
        base="site",
        env={"REDIS_URL": "redis://127.0.0.1:1"},
    ),
    case(
        "tests with a layer of their own",
        "tests-need-redis",
        tests(OPEN, CONNECT, CHECK)
        .replace("import SimpleTestCase", "import SimpleTestCase, override_settings")
        .replace(
            "class ChatTests",
            '@override_settings(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})\n'
            "class ChatTests",
        ),
        base="site",
        env={"REDIS_URL": "redis://127.0.0.1:1"},
        good=True,
    ),
]

ALONE = 'client = WebsocketCommunicator(ChatConsumer.as_asgi(), "/ws/chat/lobby/")'
USER = "async def connect(self):\n    self.user = self.scope['user']\n    await self.accept()"

CONNECTING = [
    case(
        "a test of a consumer that does not accept",
        "test-connect-timeout",
        tests(OPEN, CONNECT, CHECK),
        files=written("async def connect(self):\n    self.room = 1"),
    ),
    case(
        "a test of a consumer that accepts",
        "test-connect-timeout",
        tests(OPEN, CONNECT, CHECK),
        files=written("def connect(self):\n    self.accept()", "", SYNC),
        good=True,
    ),
    case("a test of the consumer alone", "test-without-router", tests(ALONE, CONNECT, CHECK)),
    case(
        "a test of the consumer alone, with a url_route",
        "test-without-router",
        tests(ALONE, 'client.scope["url_route"] = {"kwargs": {"room": "lobby"}}', CONNECT, CHECK, SAY, HEAR),
        good=True,
    ),
    case("a test without a user", "test-without-user", tests(ALONE, CONNECT, CHECK), files=written(USER)),
    case(
        "a test with a user",
        "test-without-user",
        tests(ALONE, 'client.scope["user"] = "alice"', CONNECT, CHECK),
        files=written(USER),
        good=True,
    ),
    case(
        "a communicator without Origin",
        "test-without-origin",
        tests(OPEN.replace(f", {ORIGIN}", ""), CONNECT, CHECK),
    ),
    case(
        "a communicator without Origin, and a plain assert",
        "test-without-origin",
        tests(OPEN.replace(f", {ORIGIN}", ""), CONNECT, "assert connected"),
    ),
    case("a communicator with an Origin", "test-without-origin", tests(OPEN, CONNECT, CHECK), good=True),
    case(
        "a communicator without Origin, and no validator",
        "test-without-origin",
        tests(ALONE, CONNECT, CHECK),
        files=written("async def connect(self):\n    await self.accept()"),
        good=True,
    ),
    case(
        "a consumer that refuses in the test",
        "test-without-origin",
        tests(OPEN, CONNECT, CHECK),
        files=written("async def connect(self):\n    await self.close()"),
        good=True,
    ),
    case(
        "a communicator with the Origin localhost",
        "test-origin-not-allowed",
        tests(OPEN.replace("testserver", "localhost:8000"), CONNECT, CHECK),
    ),
    case(
        "a communicator with an Origin that is allowed",
        "test-origin-not-allowed",
        tests(OPEN.replace("testserver", "chat.example"), CONNECT, CHECK),
        good=True,
        env={"DJANGO_ALLOWED_HOSTS": "chat.example"},
    ),
    case(
        "a path without a route in a test",
        "test-no-route",
        tests(OPEN.replace("chat/lobby/", "lobby/"), CONNECT, CHECK),
    ),
    case(
        "a path without a slash in a test",
        "test-no-route",
        tests(OPEN.replace('"/ws', '"ws'), CONNECT, CHECK),
        good=True,
    ),
    case(
        "a test of a class",
        "test-of-a-class",
        tests('client = WebsocketCommunicator(ChatConsumer, "/")', CONNECT, CHECK),
    ),
    case(
        "a test of as_asgi()",
        "test-of-a-class",
        tests('client = WebsocketCommunicator(ChatConsumer.as_asgi(), "/")', CONNECT, CHECK),
        files=written("async def connect(self):\n    await self.accept()"),
        good=True,
    ),
]

TALKING = [
    case("a communicator that never connects", "test-never-connected", tests(OPEN, SAY, HEAR)),
    case(
        "a communicator that connects",
        "test-never-connected",
        tests(OPEN, "await client.connect()", SAY, HEAR),
        good=True,
    ),
    case("a message that does not come", "test-receive-timeout", tests(OPEN, CONNECT, HEAR)),
    case(
        "a message that does not come, after a helper has connected",
        "test-receive-timeout",
        tests(
            "async with connected('/ws/chat/lobby/') as client:",
            f"    {HEAR}",
            head=HEAD.replace(
                "import unittest\n", "import unittest\nfrom contextlib import asynccontextmanager\n"
            ).replace(
                "class ChatTests",
                "@asynccontextmanager\n"
                "async def connected(path):\n"
                f"    {OPEN.replace(LOBBY, 'path')}\n"
                "    await client.connect()\n"
                "    yield client\n\n\n"
                "class ChatTests",
            ),
        ),
    ),
    case(
        "that no message comes",
        "test-receive-timeout",
        tests(OPEN, CONNECT, "self.assertTrue(await client.receive_nothing())"),
        good=True,
    ),
    case(
        "a communicator after a timeout",
        "communicator-after-timeout",
        tests(OPEN, CONNECT, "with self.assertRaises(TimeoutError):", "    await client.receive_from()", SAY),
    ),
    case(
        "a communicator after receive_nothing()",
        "communicator-after-timeout",
        tests(OPEN, CONNECT, "self.assertTrue(await client.receive_nothing())", SAY, HEAR),
        good=True,
    ),
    case(
        "a communicator in a plain test",
        "communicator-in-two-loops",
        tests(OPEN, "async_to_sync(client.connect)()", "async_to_sync(client.send_to)(text_data='{}')", word="def"),
    ),
    case(
        "an async helper in a plain test",
        "communicator-in-two-loops",
        tests(
            "async_to_sync(self.talk)()",
            word="def",
            more=f"    async def talk(self):\n        {OPEN}\n        {CONNECT}\n\n",
        ),
        good=True,
    ),
    case(
        "connect() without await, unpacked", "test-call-not-awaited", tests(OPEN, CONNECT.replace("await ", ""), CHECK)
    ),
    case("connect() in a plain test", "test-call-not-awaited", tests(OPEN, "client.connect()", word="def")),
    case(
        "receive_json_from() without await, compared",
        "test-call-not-awaited",
        tests(OPEN, CONNECT, SAY, 'self.assertEqual(client.receive_json_from(), {"message": "hi"})'),
    ),
    case("calls with await", "test-call-not-awaited", GOOD, good=True),
    case(
        "a dict for send_to",
        "test-sends-a-dict",
        tests(OPEN, CONNECT, SAY.replace("send_json_to", "send_to")),
    ),
    case(
        "JSON text for send_to",
        "test-sends-a-dict",
        tests(OPEN, CONNECT, 'await client.send_to(text_data=\'{"message": "hi"}\')', HEAR),
        good=True,
    ),
    case(
        "a close where a message was expected",
        "test-got-a-close",
        tests(OPEN, CONNECT, SAY, HEAR),
        files=written("async def receive(self, text_data):\n    await self.close(4000)"),
    ),
    case(
        "a close that was expected",
        "test-got-a-close",
        tests(OPEN, CONNECT, SAY, "self.assertEqual((await client.receive_output())['code'], 4000)"),
        files=written("async def receive(self, text_data):\n    await self.close(4000)"),
        good=True,
    ),
    case(
        "an exception of the consumer in a test",
        "consumer-raised-in-test",
        tests(OPEN, CONNECT, "await client.send_to(text_data='no JSON')", HEAR),
    ),
    case(
        "an exception that the test expects",
        "consumer-raised-in-test",
        tests(
            OPEN,
            CONNECT,
            "await client.send_to(text_data='no JSON')",
            "with self.assertRaises(ValueError):",
            "    await client.receive_from()",
        ),
        good=True,
    ),
]

CASES = [*RUNNING, *CONNECTING, *TALKING]
