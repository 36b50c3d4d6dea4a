"""A crowd in one room: what anybody says reaches everybody, and each delivery tells how long it took."""

import asyncio
import contextlib
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from channels_lab.errors import LabError
from channels_lab.measure.listener import Listener

__all__ = ["Crowd", "Heard"]

_MARK = b"~"
_FILLING = "a line of ordinary length in an ordinary chat"
_PATIENCE = 3.0  # seconds after which a message that has not reached everybody is lost
_QUIET = 0.3  # seconds without a word: who enters is told to the others, and that is over then
_PAUSE = 0.02  # seconds between two looks whether the first round is over
_AT_ONCE = 16  # handshakes under way together


@dataclass(frozen=True)
class Heard:
    """What a crowd heard in so many `seconds`."""

    seconds: float
    latencies: Sequence[float]  # of each delivery, in seconds
    lost: int  # messages that did not reach everybody
    busy: float  # the part of the time for which the crowd's own process was at work
    spent: float  # seconds of the server's processor


class Crowd:
    """So many clients in one room of the server on `port`; each has its cookie, where there are any.

    `path` is where they connect, `join` what each says to enter, answered by the first frame that it gets. `message` is
    what is said, "{id}" replaced by a text. One after the other speaks; `under_way` messages are so at any time.
    """

    def __init__(
        self,
        port: int,
        number: int,
        *,
        path: str,
        message: str,
        join: str = "",
        cookies: Sequence[str] = (),
        under_way: int = 1,
        timeout: float = 20.0,
    ) -> None:
        self._port, self._number, self._timeout = port, number, timeout
        self._path, self._message, self._join = path, message, join
        self._cookies, self._most = cookies, under_way
        self._clients: list[Listener] = []
        self._under_way: dict[int, int] = {}  # when it was said, in nanoseconds → how many have not heard it yet
        self._latencies: list[float] = []
        self._lost = self._turn = 0
        self._talking = False
        self._refused = ""
        self._heard_at = 0.0
        self._silence = asyncio.Event()  # nobody talks, and all have heard all
        self._whole = 0  # messages that all have heard

    async def __aenter__(self) -> "Crowd":
        """Connect everybody, and wait until all are in and it is quiet; raises LabError when somebody is not let in."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def enter(place: int) -> None:
            async with gate:
                await self._connect(self._cookies[place % len(self._cookies)] if self._cookies else "")

        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.gather(*(enter(place) for place in range(self._number)))
                while time.perf_counter() - self._heard_at < _QUIET:  # noqa: ASYNC110 - nobody announces quiet
                    await asyncio.sleep(_QUIET / 4)
        except (ConnectionError, TimeoutError) as error:
            await self.__aexit__()
            raise LabError(
                f"A client of {self._number} was not let in: {str(error) or 'no answer in time'}.",
                "Look into the server's log. Do path, join and cookies fit this server?",
            ) from None
        return self

    async def _connect(self, cookie: str) -> None:
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(
            lambda: Listener(self._port, self._path, self._join, cookie, self._hear), "127.0.0.1", self._port
        )
        self._clients.append(client)
        await client.entered

    async def __aexit__(self, *_: object) -> None:
        """Everybody goes."""
        for client in self._clients:
            client.close()
        await asyncio.sleep(0)

    async def talk(self, seconds: float, clock: Callable[[], float]) -> Heard:
        """Talk for a time, after warming up. `clock` tells the server's processor seconds.

        A quarter of the time is for warming up, or what the first round of messages takes: with less, what the server
        had worked for before would be counted as delivered for nothing.
        """
        self._talking = True
        self._silence.clear()
        for _ in range(self._most):
            self._say()
        await self._listen(seconds / 4)
        until = time.perf_counter() + min(4 * seconds, _PATIENCE)
        while self._whole < self._most and time.perf_counter() < until:
            await self._listen(_PAUSE)
        self._latencies, self._lost = [], 0
        gc.collect()
        gc.disable()  # its pauses would be counted as the server's
        try:
            began, worked, spent = time.perf_counter(), time.process_time(), clock()
            await self._listen(seconds)
            took, worked, spent = time.perf_counter() - began, time.process_time() - worked, clock() - spent
            heard = Heard(took, self._latencies, self._lost, worked / took, spent)
        finally:
            gc.enable()
            self._talking = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._silence.wait()
        return heard

    async def _listen(self, seconds: float) -> None:
        """Let time go by; what has not come in time is lost, and another is said in its place."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            await asyncio.sleep(min(left, 0.5))
            if self._refused:
                raise LabError(f"A client was refused: {self._refused}", "May these clients say so much?")
            if gone := sum(client.lost for client in self._clients):
                raise LabError(f"{gone} of {self._number} clients were cut off.", "Look into the server's log.")
            late = time.perf_counter_ns() - int(_PATIENCE * 1e9)
            for said in [said for said in self._under_way if said < late]:
                del self._under_way[said]
                self._lost += 1
                self._say()

    def _say(self) -> None:
        if not self._talking:
            if not self._under_way:
                self._silence.set()
            return
        now = time.perf_counter_ns()
        self._under_way[now] = self._number
        mark = _MARK.decode()
        text = self._message.replace("{id}", f"{mark}{now}{mark} {_FILLING}")
        self._clients[self._turn].send(text.encode())
        self._turn = (self._turn + 1) % self._number

    def _hear(self, payload: bytes) -> None:
        begin = payload.find(_MARK)
        if begin < 0 or b'"error"' in payload:
            self._heard_at = time.perf_counter()  # somebody came or went
            if b'"error"' in payload:
                self._refused = payload.decode(errors="replace")
            return
        now = time.perf_counter_ns()
        said = int(payload[begin + 1 : payload.find(_MARK, begin + 1)])
        self._latencies.append((now - said) / 1e9)
        left = self._under_way.get(said)
        if left is None:
            return  # lost, or of somebody else's crowd
        if left > 1:
            self._under_way[said] = left - 1
        else:
            del self._under_way[said]
            self._whole += 1
            self._say()
