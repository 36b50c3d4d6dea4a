"""Cases of rules about a server that ends with its connections."""

import os
import signal

from channels_lab.wire.client import Closed

from .acts import ROOM, answered
from .cases import Case
from .cases_first import consumer
from .run import Run

__all__ = ["CASES"]

LEAVES = """\
async def receive(self, text_data):
    import os

    if text_data == "leave":
        os._exit(3)
    await self.send(text_data)
"""


async def _until_it_ends(run: Run) -> None:
    await run.until(lambda evidence: evidence.of("end", "process"))


async def killed(run: Run) -> None:
    """The server is killed while alice is connected."""
    async with run.connect(ROOM) as alice:
        os.kill(run.processes[-1].pid, signal.SIGKILL)
        assert await alice.wait_closed() == 1006
    await _until_it_ends(run)


async def killed_without_anybody(run: Run) -> None:
    """The server is killed after alice has left."""
    async with run.connect(ROOM):
        pass
    await run.settled()
    os.kill(run.processes[-1].pid, signal.SIGKILL)
    await _until_it_ends(run)


async def stopped(run: Run) -> None:
    """The server is stopped, as a learner does it, while alice is connected."""
    async with run.connect(ROOM) as alice:
        await run.processes[-1].stop()
        await alice.wait_closed()


async def told_to_leave(run: Run) -> None:
    """Alice says what ends the server, and waits for its answer."""
    async with run.connect(ROOM) as alice:
        await alice.send("leave")
        await alice.receive()


CASES = [
    Case("a server that is killed", "server-killed", act=killed),
    Case("a server that is stopped", neighbour_of="server-killed", act=stopped),
    Case("a server that is killed with nobody there", neighbour_of="server-killed", act=killed_without_anybody),
    Case("os._exit() in a consumer", "server-exits", files=consumer(LEAVES), act=told_to_leave, raises=Closed),
    Case("an os._exit() that is not reached", neighbour_of="server-exits", files=consumer(LEAVES), act=answered("hi")),
]
