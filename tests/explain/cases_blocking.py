"""Cases of rules about a blocked event loop, and about tasks and loops in consumers."""

import contextlib
import socket

from channels_lab.explain.evidence import Evidence

from .cases import Case
from .cases_async import SYNC, hear, receive, sync_receive, written
from .run import Run

__all__ = ["CASES"]

WAYS_OUT = ("--application-close-timeout", "1")


async def hear_after_death(run: Run) -> None:
    """Hear something, and see the server going on for a while after the client has left."""
    await hear(run)
    with contextlib.suppress(AssertionError):
        await run.until(_sends_to_nobody, 2)


async def hear_all(run: Run) -> None:
    """Hear all that a loop of eight has to say, and leave."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        for _ in range(8):
            await alice.receive()


async def leave_unread(run: Run) -> None:
    """Say goodbye, and leave unread what keeps the connection open until the consumer sends once more."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive()
        alice.connection.transport.pause_reading()
        # More than the sockets hold between them.
        await run.until(lambda evidence: len(evidence.connections[0].of("send")) > 30)
        alice.connection.transport.write(b"\x88\x80mask")  # a close frame, masked, with nothing in it
        await run.until(lambda evidence: evidence.search("Attempt to send on a closed protocol"))
        alice.connection.transport.abort()


def _sends_to_nobody(evidence: Evidence) -> bool:
    """Whether messages were sent after their consumer had ended."""
    ends = {connection.number: connection.of("end") for connection in evidence.connections}
    return any(
        sum(event.t > ends[connection.number][0].t for event in connection.of("send")) > 2
        for connection in evidence.connections
        if ends[connection.number]
    )


async def see_killed(run: Run) -> None:
    """Say something, leave, and see Daphne kill the consumer."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
    await run.until(lambda evidence: evidence.search("took too long to shut down"))


async def wait_for_page(run: Run) -> None:
    """Let the consumer ask a server that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with run.connect("/ws/chat/lobby/") as alice:
            await alice.send(str(silent.getsockname()[1]))
            await alice.receive(5)


BLOCKING = [
    Case(
        "time.sleep in an async consumer",
        "sleep-blocks-the-loop",
        files=written(receive("time.sleep(0.8)", "await self.send(text_data)"), "import time\n"),
        act=hear,
    ),
    Case(
        "sleep from time, in a helper",
        "sleep-blocks-the-loop",
        files=written(
            receive("self.rest()", "await self.send(text_data)", more="def rest(self):\n    sleep(0.8)"),
            "from time import sleep\n",
        ),
        act=hear,
    ),
    Case(
        "time.sleep in a sync consumer",
        neighbour_of="sleep-blocks-the-loop",
        files=written(sync_receive("time.sleep(0.8)", "self.send(text_data)"), "import time\n", SYNC),
        act=hear,
    ),
    Case(
        "a long asyncio.sleep",
        neighbour_of="sleep-blocks-the-loop",
        files=written(receive("await asyncio.sleep(0.8)", "await self.send(text_data)"), "import asyncio\n"),
        act=hear,
    ),
    Case(
        "urlopen in an async consumer",
        "call-blocks-the-loop",
        files=written(
            receive(
                "try:",
                "    urlopen(f'http://127.0.0.1:{text_data}/', timeout=0.8)",
                "except OSError:",
                "    await self.send('no answer')",
            ),
            "from urllib.request import urlopen\n",
        ),
        act=wait_for_page,
    ),
    Case(
        "subprocess in an async consumer",
        "call-blocks-the-loop",
        files=written(receive("subprocess.run(['sleep', '0.8'])", "await self.send(text_data)"), "import subprocess\n"),
        act=hear,
    ),
    Case(
        "urlopen in a thread",
        neighbour_of="call-blocks-the-loop",
        files=written(
            receive(
                "try:",
                "    await asyncio.to_thread(urlopen, f'http://127.0.0.1:{text_data}/', timeout=0.8)",
                "except OSError:",
                "    await self.send('no answer')",
            ),
            "import asyncio\nfrom urllib.request import urlopen\n",
        ),
        act=wait_for_page,
    ),
    Case(
        "an async subprocess",
        neighbour_of="call-blocks-the-loop",
        files=written(
            receive(
                "process = await asyncio.create_subprocess_exec('sleep', '0.8')",
                "await process.wait()",
                "await self.send(text_data)",
            ),
            "import asyncio\n",
        ),
        act=hear,
    ),
    Case(
        "a long sum in an async consumer",
        "computing-blocks-the-loop",
        files=written(
            receive(
                "end = time.monotonic() + 0.8",
                "total = sum(1 for _ in iter(lambda: time.monotonic() < end, False))",
                "await self.send(str(total))",
            ),
            "import time\n",
        ),
        act=hear,
    ),
    Case(
        "a busy loop in an async consumer",
        "computing-blocks-the-loop",
        files=written(
            receive(
                "end = time.monotonic() + 0.8",
                "while time.monotonic() < end:",
                "    pass",
                "await self.send(text_data)",
            ),
            "import time\n",
        ),
        act=hear,
    ),
    Case(
        "a long sum in a thread",
        neighbour_of="computing-blocks-the-loop",
        files=written(
            receive(
                "await asyncio.to_thread(self.compute)",
                "await self.send(text_data)",
                more="def compute(self):\n    end = time.monotonic() + 0.8\n"
                "    while time.monotonic() < end:\n        pass",
            ),
            "import asyncio\nimport time\n",
        ),
        act=hear,
    ),
]

TICKS = "async def tick(self):\n    while True:\n        await self.send('tick')\n        await asyncio.sleep(0.02)"

TASKS = [
    Case(
        "a task that fails",
        "task-failed-unseen",
        files=written(
            receive(
                "asyncio.create_task(self.work())",
                "await self.send(text_data)",
                more="async def work(self):\n    raise ValueError('no work today')",
            ),
            "import asyncio\n",
        ),
        act=hear,
    ),
    Case(
        "a task that fails, and is awaited where that is expected",
        neighbour_of="task-failed-unseen",
        files=written(
            receive(
                "task = asyncio.create_task(self.work())",
                "try:",
                "    await task",
                "except ValueError:",
                "    await self.send(text_data)",
                more="async def work(self):\n    raise ValueError('no work today')",
            ),
            "import asyncio\n",
        ),
        act=hear,
    ),
    Case(
        "a task that nobody cancels",
        "task-outlives-connection",
        files=written(receive("asyncio.create_task(self.tick())", more=TICKS), "import asyncio\n"),
        act=hear_after_death,
    ),
    Case(
        "a task that disconnect cancels",
        neighbour_of="task-outlives-connection",
        files=written(
            receive(
                "self.task = asyncio.create_task(self.tick())",
                more=f"async def disconnect(self, code):\n    self.task.cancel()\n{TICKS}",
            ),
            "import asyncio\n",
        ),
        act=hear_after_death,
    ),
    Case(
        "while True in receive",
        "endless-loop-in-method",
        files=written(
            receive("while True:", "    await self.send('tick')", "    await asyncio.sleep(0.02)"), "import asyncio\n"
        ),
        act=hear_after_death,
    ),
    Case(
        "while True, and the server refuses to send",
        "endless-loop-in-method",
        files=written(
            receive("while True:", "    await self.send(900_000 * '.')", "    await asyncio.sleep(0.02)"),
            "import asyncio\n",
        ),
        act=leave_unread,
    ),
    Case(
        "while True without sending, until it is killed",
        "endless-loop-in-method",
        files=written(receive("while True:", "    await asyncio.sleep(0.02)"), "import asyncio\n"),
        options=WAYS_OUT,
        act=see_killed,
    ),
    Case(
        "a loop that ends by itself",
        neighbour_of="endless-loop-in-method",
        files=written(
            receive("for number in range(8):", "    await self.send('tick')", "    await asyncio.sleep(0.02)"),
            "import asyncio\n",
        ),
        act=hear_all,
    ),
]

CASES = [*BLOCKING, *TASKS]
