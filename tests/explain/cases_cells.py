"""Cases of rules about notebook cells: each cell runs inside a running loop, as a notebook's does."""

import ast
import inspect
import traceback
import warnings
from types import SimpleNamespace
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer
from django.core.exceptions import ImproperlyConfigured, SynchronousOnlyOperation
from django.utils.asyncio import async_unsafe

from channels_lab.wire.client import Closed
from channels_lab.wire.handshake import Refused

from .cases import Case
from .run import Run

__all__ = ["CASES", "execute"]

OPEN = 'async with server.connect("/ws/chat/lobby/", name="alice") as alice:'
SAY = '    await alice.send_json({"message": "hi"})'


async def execute(run: Run) -> None:
    """Execute the cell as IPython does: its text compiled with `await` allowed at the top, under a cell's name."""
    server = SimpleNamespace(connect=run.connect, get=run.get, log=lambda: "")
    names: dict[str, Any] = {
        "lab": SimpleNamespace(daphne=start, stop=run.stop),
        "server": server,
        "User": SimpleNamespace(objects=People()),
        "layer": InMemoryChannelLayer(),
        "async_to_sync": async_to_sync,
    }
    warnings.filterwarnings("ignore", "coroutine '.+' was never awaited", RuntimeWarning)
    code = compile(run.cell, "/tmp/ipykernel_1/1.py", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    try:
        found = eval(code, names)
        if inspect.iscoroutine(found):
            await found
    except Exception as error:
        _close_coroutines(error)
        raise


def _close_coroutines(error: Exception) -> None:
    """Close what the cell never awaited: Python would complain of it in a later test."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        for value in frame.f_locals.values():
            if inspect.iscoroutine(value):
                value.close()


class People:
    """A manager that Django guards as it guards every query."""

    @async_unsafe
    def count(self) -> int:
        """How many there are."""
        return 3

    async def acount(self) -> int:
        """How many there are, for async code."""
        return self.count.__wrapped__(self)  # type: ignore[attr-defined, no-any-return]


async def start() -> Any:
    """Stands for `lab.daphne()`."""
    return SimpleNamespace(connect=print)


def case(name: str, rule: str, raises: type[BaseException] | None, *lines: str, start: str = "daphne") -> Case:
    """A case of a rule, whose cell raises; or a neighbour of one, whose cell does not."""
    given = {"rule": rule} if raises else {"neighbour_of": rule}
    return Case(name, **given, start=start, cell="\n".join(lines), act=execute, raises=raises)  # type: ignore[arg-type]


LOOP = [
    case(
        "asyncio.run in a cell",
        "asyncio-run-in-cell",
        RuntimeError,
        "import asyncio",
        "",
        "async def main():",
        "    return 1",
        "",
        "asyncio.run(main())",
        start="",
    ),
    case(
        "await main() in a cell",
        "asyncio-run-in-cell",
        None,
        "async def main():",
        "    return 1",
        "",
        "await main()",
        start="",
    ),
    case(
        "run_until_complete in a cell",
        "run-until-complete-in-cell",
        RuntimeError,
        "import asyncio",
        "loop = asyncio.get_event_loop()",
        "loop.run_until_complete(asyncio.sleep(0))",
        start="",
    ),
    case(
        "create_task in a cell",
        "run-until-complete-in-cell",
        None,
        "import asyncio",
        "await asyncio.get_event_loop().create_task(asyncio.sleep(0))",
        start="",
    ),
    case(
        "async_to_sync in a cell",
        "async-to-sync-in-cell",
        RuntimeError,
        "server = async_to_sync(lab.daphne)()",
        start="",
    ),
    case("await lab.daphne() in a cell", "async-to-sync-in-cell", None, "server = await lab.daphne()", start=""),
    case("a query in a cell", "query-in-cell", SynchronousOnlyOperation, "User.objects.count()", start=""),
    case(
        "an async query in a cell",
        "query-in-cell",
        None,
        "await User.objects.acount()",
        start="",
    ),
    case(
        "a model of Django's in a cell",
        "project-in-the-kernel",
        ImproperlyConfigured,
        "from django.contrib.auth.models import User",
        start="",
    ),
    case(
        "the project's consumers in a cell",
        "project-in-the-kernel",
        ModuleNotFoundError,
        "from chat.consumers import ChatConsumer",
        start="",
    ),
    case("a module of Python's in a cell", "project-in-the-kernel", None, "import json", start=""),
    case(
        "await in a plain def of a cell",
        "await-in-plain-def",
        SyntaxError,
        "def talk(alice):",
        '    await alice.send("hi")',
        start="",
    ),
    case(
        "async with in a plain def of a cell",
        "await-in-plain-def",
        SyntaxError,
        "def talk():",
        '    async with server.connect("/ws/chat/lobby/") as alice:',
        "        pass",
        start="",
    ),
    case(
        "await in an async def of a cell",
        "await-in-plain-def",
        None,
        "async def talk(alice):",
        '    await alice.send_json({"message": "hi"})',
        "",
        OPEN,
        "    await talk(alice)",
    ),
]

LAYER = [
    case(
        "a text sent by hand",
        "message-not-a-dict",
        AssertionError,
        'await layer.send("post", "just text")',
        start="",
    ),
    case(
        "an event sent by hand",
        "message-not-a-dict",
        None,
        'await layer.send("post", {"type": "letter", "text": "just text"})',
        start="",
    ),
    case(
        "a channel with a space, by hand",
        "channel-name-invalid",
        TypeError,
        'await layer.send("my post", {"type": "letter"})',
        start="",
    ),
]

AWAITED = [
    case(
        "lab.daphne() without await",
        "not-awaited-in-cell",
        AttributeError,
        "server = lab.daphne()",
        'server.connect("/ws/chat/lobby/")',
        start="",
    ),
    case(
        "receive_json() without await, and a key of it",
        "not-awaited-in-cell",
        TypeError,
        OPEN,
        SAY,
        "    message = alice.receive_json()",
        '    message["message"]',
    ),
    case(
        "receive_json() without await, compared",
        "not-awaited-in-cell",
        AssertionError,
        OPEN,
        SAY,
        '    assert alice.receive_json() == {"message": "hi"}',
    ),
    case(
        "receive_json() with await, compared",
        "not-awaited-in-cell",
        None,
        OPEN,
        SAY,
        '    assert (await alice.receive_json())["message"] == "hi"',
    ),
    case(
        "a method without parentheses, awaited in a cell",
        "await-of-plain-value",
        TypeError,
        "await lab.stop",
        start="",
    ),
    case("await of a text in a cell", "await-of-plain-value", TypeError, "await server.log()", start=""),
]

CLIENTS = [
    case(
        "with server.connect",
        "with-instead-of-async-with",
        TypeError,
        OPEN.removeprefix("async "),
        "    pass",
    ),
    case("async with server.connect", "with-instead-of-async-with", None, OPEN, SAY),
    case(
        "async with await server.connect",
        "async-with-await",
        TypeError,
        OPEN.replace("with server", "with await server"),
        SAY,
    ),
    case(
        "await server.connect, closed by hand",
        "async-with-await",
        None,
        'alice = await server.connect("/ws/chat/lobby/")',
        "await alice.close()",
    ),
    case(
        "server.connect without await",
        "client-not-opened",
        AttributeError,
        'alice = server.connect("/ws/chat/lobby/")',
        'await alice.send("hi")',
    ),
    case(
        "server.connect kept for later",
        "client-not-opened",
        None,
        'opening = server.connect("/ws/chat/lobby/")',
        "async with opening as alice:",
        SAY,
    ),
    case("a client after its block", "client-left", Closed, OPEN, SAY, 'await alice.send_json({"message": "bye"})'),
    case(
        "a client after its close()",
        "client-left",
        Closed,
        OPEN,
        "    await alice.close()",
        "    await alice.receive()",
    ),
    case("a client inside its block", "client-left", None, OPEN, SAY, "    await alice.receive_json()"),
    case(
        "a client that waits for the server's close",
        "client-left",
        None,
        OPEN.replace("chat/lobby", "odd"),
        '    await alice.send("close 1000")',
        "    assert await alice.wait_closed() == 1000",
    ),
    case("a path without a slash", "path-without-slash", Refused, 'await server.connect("ws/chat/lobby/")'),
    case(
        "a whole URL for a path",
        "path-without-slash",
        Refused,
        'await server.connect("ws://127.0.0.1:8000/ws/chat/lobby/")',
    ),
    case("a path with a slash", "path-without-slash", None, OPEN, "    pass"),
    case("a dict to send", "client-sends-a-dict", Exception, OPEN, SAY.replace("send_json", "send")),
    case("a dict to send_json", "client-sends-a-dict", None, OPEN, SAY),
    case(
        "async for over a client",
        "async-for-over-a-client",
        TypeError,
        OPEN,
        "    async for one in alice:",
        "        pass",
    ),
    case(
        "a loop over receive()",
        "async-for-over-a-client",
        None,
        OPEN,
        SAY,
        "    for _ in range(1):",
        "        await alice.receive()",
    ),
]

CASES = [*LOOP, *LAYER, *AWAITED, *CLIENTS]
