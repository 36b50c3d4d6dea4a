"""A crowd of WebSocket clients in one room, cheap enough not to be what is measured: plain sockets that count frames.

Each message holds the time at which it was said, so that each delivery of it tells its latency. A few messages are
under way at once; when the last client has one, the next client in turn says the next.
"""

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["Crowd", "Heard", "Way"]

UNDER_WAY = int(os.environ.get("UW", "1"))
PATIENCE = 3.0  # seconds after which a message that has not reached everybody counts as lost
QUIET = 0.3  # seconds without a word, before a crowd begins to talk
AT_ONCE = 16  # handshakes under way together
DEADLINE = 20
MARK = b"~"
FILLING = "a line of ordinary length in an ordinary chat"


@dataclass(frozen=True)
class Way:
    """How one talks to a server: the path, what is sent on entering and the answer to it, and how one says a text."""

    path: str
    say: str = '{"message": "TEXT"}'
    enter: str = ""
    entered: str = ""


@dataclass
class Heard:
    """What a crowd heard in a time."""

    seconds: float
    latencies: list[float]  # of each delivery, in seconds
    lost: int
    busy: float  # the share of the time that the crowd's own process was at work
    spent: float  # seconds of the server's processor


class Client(asyncio.Protocol):
    """One client: shakes hands, enters, and hands each frame to `hear`."""

    def __init__(self, way: Way, cookie: str, origin: str, hear: Callable[[bytes], None]) -> None:
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._way, self._cookie, self._origin, self._hear = way, cookie, origin, hear
        self._upgraded = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = [
            f"GET {self._way.path} HTTP/1.1",
            f"Host: {self._origin.removeprefix('http://')}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            f"Origin: {self._origin}",
            *([f"Cookie: {self._cookie}"] if self._cookie else []),
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        """Take the answer to the handshake, then frames."""
        data = self._rest + data if self._rest else data
        if not self._upgraded:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.entered.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
                return
            self._upgraded = True
            if self._way.enter:
                self.send(self._way.enter.encode())
            else:
                self.entered.set_result(None)
        for code, payload in self._frames(data):
            if code == 1:
                if not self.entered.done():
                    self._see_whether_entered(payload)
                else:
                    self._hear(payload)
            elif code == 9:
                self.send(payload, 10)

    def _see_whether_entered(self, payload: bytes) -> None:
        if self._way.entered.encode() in payload:
            self.entered.set_result(None)
        elif b'"error"' in payload:
            self.entered.set_exception(ConnectionError(payload.decode()))

    def _frames(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The whole frames in `data`; what is left waits for more."""
        at = 0
        while len(data) - at >= 4:
            size, begin = data[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, begin = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if len(data) < begin + size:
                break
            yield data[at] & 15, data[begin : begin + size]
            at = begin + size
        self._rest = data[at:]

    def send(self, payload: bytes, code: int = 1) -> None:
        """Send a frame, masked with zeros: that changes nothing, and costs nothing."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + size.to_bytes(2)
        self._transport.write(bytes([128 | code]) + length + bytes(4) + payload)

    def connection_lost(self, error: Exception | None) -> None:
        """Who is shut out before entering hears it."""
        if not self.entered.done():
            self.entered.set_exception(ConnectionError("closed"))

    def close(self) -> None:
        """Go, without ceremony."""
        self._transport.abort()


@dataclass
class Crowd:
    """Clients in one room of one server. The first `cookies` of as many people; without any, they are strangers."""

    port: int
    way: Way
    number: int
    cookies: list[str] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    async def __aenter__(self) -> "Crowd":
        """Connect everybody, and wait until all have entered."""
        gate = asyncio.Semaphore(AT_ONCE)
        loop = asyncio.get_running_loop()

        async def enter(place: int) -> Client:
            cookie = self.cookies[place] if self.cookies else ""
            async with gate:
                _, client = await loop.create_connection(
                    lambda: Client(self.way, cookie, f"http://127.0.0.1:{self.port}", self._hear),
                    "127.0.0.1",
                    self.port,
                )
                self.clients.append(client)
                await client.entered
            return client

        self._under_way: dict[int, int] = {}
        self._latencies: list[float] = []
        self._lost = self._turn = 0
        self._talking = False
        self._heard_at = 0.0
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(*(enter(place) for place in range(self.number)))
            # Who enters is told to the others: until that is over.
            while time.perf_counter() - self._heard_at < QUIET:
                await asyncio.sleep(QUIET / 4)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Everybody goes."""
        for client in self.clients:
            client.close()

    async def talk(self, seconds: float, clock: Callable[[], float]) -> Heard:
        """Talk for a time, after a quarter of it for warming up. `clock` tells the server's processor seconds."""
        self._talking = True
        for _ in range(UNDER_WAY):
            self._say()
        await self._listen(seconds / 4)
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            self._latencies, self._lost = [], 0
            began, worked, spent = time.perf_counter(), time.process_time(), clock()
            await self._listen(seconds)
            took, worked = time.perf_counter() - began, time.process_time() - worked
            heard = Heard(took, self._latencies, self._lost, worked / took, clock() - spent)
        finally:
            gc.enable()
            gc.unfreeze()
        self._talking = False
        async with asyncio.timeout(PATIENCE * 2):
            while self._under_way:
                await self._listen(0.05)
        return heard

    async def _listen(self, seconds: float) -> None:
        """Let time go by; what has not come in time is lost, and another is said for it."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            await asyncio.sleep(min(left, 0.5))
            late = time.perf_counter_ns() - int(PATIENCE * 1e9)
            for said in [said for said in self._under_way if said < late]:
                self._lost += self._under_way.pop(said)
                self._say()

    def _say(self) -> None:
        if not self._talking:
            return
        now = time.perf_counter_ns()
        self._under_way[now] = self.number
        mark = MARK.decode()
        text = f"{mark}{now}{mark} {FILLING}"
        self.clients[self._turn].send(self.way.say.replace("TEXT", text).encode())
        self._turn = (self._turn + 1) % self.number

    def _hear(self, payload: bytes) -> None:
        begin = payload.find(MARK)
        if begin < 0:
            self._heard_at = time.perf_counter()
            if b'"error"' in payload:
                raise ConnectionError(payload.decode())
            return  # somebody came or went
        now = time.perf_counter_ns()
        said = int(payload[begin + 1 : payload.find(MARK, begin + 1)])
        self._latencies.append((now - said) / 1e9)
        left = self._under_way.get(said)
        if left is None:
            return  # counted as lost before
        if left > 1:
            self._under_way[said] = left - 1
        else:
            del self._under_way[said]
            self._say()


def on_core(pid: int, core: int) -> bool:
    """Keep a process on one processor core; returns whether this system can."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(pid, {core})
    return True
