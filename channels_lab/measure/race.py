"""The race: the same notices by several ways at once, from one server; what each way costs, and how late it is."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from channels_lab.errors import LabError
from channels_lab.measure.lap import Lap
from channels_lab.measure.measured import Host, Progress
from channels_lab.measure.result import Race
from channels_lab.wire.visitor import Visitor

__all__ = ["Way", "race"]

# A client that waits for notices: `way(visitor, after=ID)` yields each, a dict with its id, when it has arrived.
Way = Callable[..., AsyncIterator[dict[str, Any]]]
# What a network does. Anything else is an error in the way itself, and comes through.
_OF_THE_NETWORK = (httpx.HTTPError, WebSocketException, OSError, LabError)


class _Runner:
    """One way in the race: who runs it, and what has come."""

    def __init__(self, name: str | float, way: Way, visitor: Visitor) -> None:
        self.name = name
        self.visitor = visitor
        self.came: dict[int, float] = {}
        self.again = 0
        self.stopped = ""
        self._way = way
        self._news = asyncio.Event()

    async def run(self, after: int) -> None:
        """Take notices in until cancelled, or until the network has an end."""
        try:
            async with aclosing(self._way(self.visitor, after=after)) as notices:  # type: ignore[type-var]
                async for notice in notices:
                    self.again += notice["id"] in self.came
                    self.came.setdefault(notice["id"], time.monotonic())
                    self._tell()
            self.stopped = "it ended by itself"
        except _OF_THE_NETWORK as error:
            self.stopped = f"{type(error).__name__}: {error}".splitlines()[0]
        except Exception as error:
            error.add_note(f"This was raised by the way {self.name!r} of the race.")
            raise
        finally:
            self._tell()

    async def has(self, notice: int) -> None:
        """Wait until a notice has come, or nothing comes any more."""
        while notice not in self.came and not self.stopped:
            await self._news.wait()

    def lap(self, sent: Mapping[int, float]) -> Lap:
        """The result, against the moments at which the notices were sent."""
        delays = tuple(self.came[notice] - moment for notice, moment in sent.items() if notice in self.came)
        return Lap(self.name, delays, len(sent) - len(delays), self.again, self.visitor.traffic, self.stopped)

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


async def race(
    server: Host,
    ways: Mapping[Any, Way],
    *,
    notices: int = 20,
    every: float = 0.3,
    path: str = "/notices/",
    patience: float = 3,
) -> Race:
    """Put up `notices` notices, about `every` seconds apart, and see how each way brings them.

    `ways` maps a name, or a number that becomes an axis, to a client: an async generator `way(visitor, after=ID)`. All
    run at once, each with a visitor of its own. The first notice, which brings them on their way, is not timed; the
    race waits `patience` seconds for it to come. What has not come so long after the last POST is missing.
    Raises LabError where there is nothing to measure, or `path` takes no notices; an error in a way itself comes
    through.
    """
    _check(ways, notices, every)
    try:
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            publisher = await stack.enter_async_context(server.visitor("publisher"))
            visitors = [await stack.enter_async_context(server.visitor(str(name))) for name in ways]
            runners = [_Runner(*way, visitor) for way, visitor in zip(ways.items(), visitors, strict=True)]
            first = await _post(publisher, path, "ready?")
            tasks = [group.create_task(runner.run(first - 1)) for runner in runners]
            await _all_have(runners, first, patience)
            with server.progress("race", notices) as progress:
                sent = await _put_up(publisher, path, notices, every, progress)
            await _all_have(runners, max(sent), patience)
            laps = [runner.lap(sent) for runner in runners]
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as group_of_errors:
        raise group_of_errors.exceptions[0] from None  # who reads it has made one mistake
    return Race(tuple(laps), notices)


async def _put_up(publisher: Visitor, path: str, notices: int, every: float, progress: Progress) -> dict[int, float]:
    """Put the notices up at irregular moments, so that no way falls into step, the same in each run; id → moment."""
    sent: dict[int, float] = {}
    chance = random.Random(notices)
    for number in range(1, notices + 1):
        moment = time.monotonic()
        sent[await _post(publisher, path, f"notice {number}")] = moment
        progress.show(f"notice {number} of {notices}", number)
        await asyncio.sleep(every * chance.uniform(0.5, 1.5))
    return sent


def _check(ways: Mapping[Any, Way], notices: int, every: float) -> None:
    if not ways or not all(callable(way) for way in ways.values()):
        raise LabError(
            "A race needs at least one way, and each is a function.",
            'For example  {"polling": clients.polling} , without brackets behind polling.',
        )
    if notices < 1 or every <= 0:
        raise LabError("There must be at least one notice, and time between them.", "Try notices=20, every=0.3.")


async def _post(publisher: Visitor, path: str, text: str) -> int:
    answer = await publisher.post(path, data={"text": text})
    if answer.status_code != httpx.codes.CREATED:
        raise LabError(
            f"POST {path} was answered by {answer.status_code}, and 201 was expected.",
            "The race puts up notices there: does its view take them?",
        )
    return int(answer.json()["id"])


async def _all_have(runners: list[_Runner], notice: int, seconds: float) -> None:
    """Wait until each has this notice; whoever has it not in time goes on without it."""
    try:
        async with asyncio.timeout(seconds):
            for runner in runners:
                await runner.has(notice)
    except TimeoutError:
        pass
