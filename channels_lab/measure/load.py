"""The load measurement: more and more clients ask a server at once. How long do they wait, and what does it take?"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from channels_lab.errors import LabError
from channels_lab.measure.descriptors import see_that_they_suffice
from channels_lab.measure.levels import Level, Load, level_of, told
from channels_lab.measure.measured import Measured
from channels_lab.measure.talker import Talker
from channels_lab.running.usage import Usage

__all__ = ["load"]

_AT_ONCE = 32  # handshakes under way together: a server's backlog is finite
_LOOK = 0.1  # seconds between two looks at the server's process
_LONGEST = 600.0  # seconds
_MOST = 2000  # clients: beyond that, the clients' own process is what is measured


async def load(
    server: Measured,
    name: str = "",
    *,
    clients: int | Iterable[int] = (1, 10, 50, 200),
    seconds: float = 1.0,
    path: str = "/ws/chat/load-{client}/",
    message: str | bytes = '{"message": "{id}"}',
    timeout: float = 10.0,
) -> Load:
    """Let crowds of clients talk to a server, and measure latency, throughput, threads and memory of each.

    Each number in `clients` is one crowd. Every client of it connects, sends a message, waits for the answer to it and
    sends the next, for `seconds`; what is under way then is waited for. One message of each is for warming up.
    `path` is where they connect, "{client}" replaced by the client's number: a room of its own for each. `message` is
    what they send, "{id}" replaced by a word that only this message has: its answer is the message that holds it, or
    without "{id}" the next one that comes. `timeout` bounds, in seconds, connecting a crowd and every answer. `name` is
    what plots call this.

    Clients that are refused, closed or kept waiting are counted and named in the result. Raises LabError for arguments
    that make no sense, for a crowd none of whom gets an answer, and when the server ends meanwhile.
    """
    crowds = _checked(clients, seconds, timeout, path, message)
    if not hasattr(server, "usage"):
        raise LabError(
            f"{server!r} is no server.",
            "A server comes first: server = await lab.daphne()..",
        )
    server.check()
    see_that_they_suffice(max(crowds), server.process.pid)
    levels: list[Level] = []
    with server.progress(name or "load", len(crowds)) as progress:
        for number in crowds:
            progress.show(f"{number} client{'s' * (number > 1)}", len(levels))
            talkers = [Talker(place, server.port, path, message, timeout) for place in range(number)]
            levels.append(await _measure(server, talkers, seconds, timeout))
    return Load(name, tuple(levels))


async def _measure(server: Measured, talkers: list[Talker], seconds: float, timeout: float) -> Level:
    """One crowd, from its first handshake to its last close."""
    looks: list[Usage] = []
    async with _connected(server, talkers, timeout):
        await asyncio.gather(*(talker.ask() for talker in talkers))
        await _see_that_some_are_left(server, talkers)
        for talker in talkers:
            talker.times.clear()
        watching = asyncio.create_task(_watch(server, looks))
        began = time.perf_counter()
        try:
            await asyncio.gather(*(talker.talk(began + seconds) for talker in talkers))
        finally:
            watching.cancel()
        await _see_that_some_are_left(server, talkers)
        looks.append(server.usage())
    return level_of(talkers, began, looks)


@asynccontextmanager
async def _connected(server: Measured, talkers: list[Talker], timeout: float) -> AsyncIterator[None]:
    """The crowd, connected; who is not let in within the time is lost."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def enter(talker: Talker) -> None:
        async with gate:
            await talker.connect()

    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await asyncio.gather(*(enter(talker) for talker in talkers))
        for talker in talkers:
            talker.give_up_connecting()
        yield
    finally:
        await asyncio.gather(*(talker.close() for talker in talkers))


async def _watch(server: Measured, looks: list[Usage]) -> None:
    while True:
        looks.append(server.usage())
        await asyncio.sleep(_LOOK)


async def _see_that_some_are_left(server: Measured, talkers: list[Talker]) -> None:
    """Raise when the server has ended, or when no client is left."""
    lost = Counter(talker.lost for talker in talkers if talker.lost)
    if not lost:
        return
    await server.process.wait_ended(0.3)  # it is heard of a moment after its connections are gone
    server.process.check()
    if lost.total() == len(talkers):
        raise LabError(
            f"None of {len(talkers)} client{'s' * (len(talkers) > 1)} got an answer: {told(lost)}.",
            "server.log() shows what went wrong there; lab.explain() may know why. Does this path answer each message?",
        )


def _checked(
    clients: int | Iterable[int], seconds: float, timeout: float, path: str, message: str | bytes
) -> list[int]:
    """The numbers of clients; raises LabError for arguments that make no sense."""
    crowds: list[object] = list(clients) if isinstance(clients, Iterable) else [clients]
    for number in crowds:
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= _MOST:
            raise LabError(
                f"{number!r} is no number of clients: from 1 to {_MOST} can be had.",
                "Write, for example, clients=(1, 10, 50).",
            )
    if not crowds:
        raise LabError("There is no number of clients to measure with.", "Write, for example, clients=(1, 10, 50).")
    for what, value in (("seconds", seconds), ("timeout", timeout)):
        if not isinstance(value, int | float) or not 0 < value <= _LONGEST:
            raise LabError(f"{what}={value!r} is no time to measure for.", f"Write, for example, {what}=1.")
    if not isinstance(path, str) or not path.startswith("/"):
        raise LabError(f"{path!r} is no path.", 'A path begins with a slash: "/ws/chat/load-{client}/".')
    if not isinstance(message, str | bytes) or not message:
        raise LabError(f"{message!r} is no message.", "A message is a text or bytes, and not empty.")
    return [number for number in crowds if isinstance(number, int)]
