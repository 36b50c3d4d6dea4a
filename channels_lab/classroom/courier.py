"""The courier: sends what a learner does to the board, from a thread of its own, in order, and nothing twice.

A report waits here until the board says that it has it. While there is no board, it waits; nothing else does.
"""

import asyncio
import contextlib
import ipaddress
import json
import random
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from channels_lab.classroom.address import Address
from channels_lab.classroom.outbox import Outbox

__all__ = ["Courier", "Sent"]

_MOST_LOGGED = 2000
_LONGEST_WAIT = 15.0  # seconds between two tries
_DEADLINE = 10.0
_FOREVER = {"WRONG_CODE", "SENT_OUT", "ROOM_FULL", "DOOR_CLOSED", "BAD_NAME", "BAD_VALUE", "TOO_MANY"}


@dataclass(frozen=True)
class Sent:
    """A frame as it left: when (seconds since the epoch), and its text."""

    at: float
    text: str


class Courier:
    """Brings reports to the board at `address`. `hear` is called in its thread with each answer of the board's.

    `state` is "connecting", "joined", "away" (no answer; it tries again), "refused" (it does not), or "over";
    `problem` says why. `name` is what the board calls the learner.
    """

    def __init__(self, address: Address, name: str, secret: str, hear: Callable[[dict[str, Any]], None]) -> None:
        self.address = address
        self.name = name
        self.state, self.problem = "connecting", ""
        self.sent: deque[Sent] = deque(maxlen=_MOST_LOGGED)
        self.outbox = Outbox()
        self.settled = threading.Event()  # whether the first try has come to something
        self._asked = name
        self._secret = secret
        self._sender = secrets.token_urlsafe(9)
        self._hear = hear
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._leaving = self._ending = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True, name="classroom")

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def report(self, what: dict[str, Any]) -> None:
        """Let a report go when it can; returns at once."""
        self.outbox.put(what)
        self._poke()

    def end(self, *, leave: bool, seconds: float = 2.0) -> bool:
        """Stop. Who is to `leave` is forgotten by the board; returns whether it has heard of that in time."""
        self._leaving, self._ending = leave, True
        self._poke()
        self._thread.join(seconds)
        left = self.state == "left"
        self.state = "over"
        return left

    # In the thread

    def _poke(self) -> None:
        if self._loop and self._wake:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        tries = 0
        while not self._ending and self.state != "refused":
            try:
                await self._visit()
                if self.state == "joined":
                    self.state, self.problem, tries = "away", "its server has hung up", 0
            except Exception as error:  # whatever it is, learning goes on
                if self.state == "joined":
                    tries = 0
                self.state, self.problem = "away", str(error) or type(error).__name__
            self.outbox.flying = 0
            if self.state in ("refused", "left"):
                break
            self.settled.set()
            self._hear({})
            pause = min(2.0**tries, _LONGEST_WAIT) * random.uniform(0.5, 1)
            tries = min(tries + 1, 5)
            await self._sleep(pause)
        self.settled.set()
        self._hear({})

    async def _sleep(self, seconds: float) -> None:
        """Wait for the next try; whoever leaves is not waited for."""
        assert self._wake
        until = time.monotonic() + seconds
        while not self._ending and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), left)
            self._wake.clear()

    async def _visit(self) -> None:
        """Connect, join, and stay as long as the connection holds."""
        from websockets.asyncio.client import connect

        proxy: Literal[True] | None = None if _is_near(self.address.url) else True
        async with connect(
            self.address.socket,
            subprotocols=["classroom"],  # type: ignore[list-item]
            proxy=proxy,
            open_timeout=_DEADLINE,
            close_timeout=1,
            max_size=2**20,
            user_agent_header=None,
        ) as socket:
            join = {"join": self.address.code, "name": self._asked, "secret": self._secret, "sender": self._sender}
            await self._say(socket, join)
            answer = await self._answer(socket)
            if "joined" not in answer:
                self._refused(answer)
                return
            self.state, self.problem, self.name = "joined", "", str(answer["joined"])
            self._has(answer.get("have"))
            self._hear(answer)
            self.settled.set()
            hearing = asyncio.create_task(self._listen(socket))
            try:
                await self._bring(socket, hearing)
            finally:
                hearing.cancel()
                await asyncio.wait({hearing})
            if not hearing.cancelled() and (error := hearing.exception()):
                raise error

    async def _bring(self, socket: Any, hearing: "asyncio.Task[None]") -> None:
        """Send what waits, one frame at a time: the next goes when the board has the last."""
        assert self._wake
        while not hearing.done() and self.state == "joined":
            reports = self.outbox.next_frame()
            if reports and not self.outbox.flying:
                self.outbox.fly(reports)
                await self._say(socket, {"reports": reports})
            elif self._ending and not reports:
                if self._leaving:
                    await self._say(socket, {"leave": True})
                    await asyncio.wait({hearing}, timeout=1)
                    self.state = "left"
                return
            waking = asyncio.create_task(self._wake.wait())
            await asyncio.wait({waking, hearing}, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
            self._wake.clear()

    async def _listen(self, socket: Any) -> None:
        async for text in socket:
            answer = json.loads(text)
            if answer.get("error") == "TOO_FAST":
                asyncio.get_running_loop().call_later(float(answer.get("wait", 1)), self._again)
                continue
            if "error" in answer:
                self._refused(answer)
                return
            if "left" in answer and not self._leaving:
                self.state, self.problem = "refused", "You have left the room from another notebook."
                return
            if "have" in answer:
                self._has(answer["have"])
            self._hear(answer)

    def _again(self) -> None:
        self.outbox.flying = 0
        self._poke()

    def _has(self, last: int | None) -> None:
        self.outbox.arrived(last)
        self._poke()

    async def _say(self, socket: Any, what: dict[str, Any]) -> None:
        text = json.dumps(what, ensure_ascii=False)
        # What makes us who we are is not shown: a notebook with its output may go to others.
        shown = what | {"secret": "…"} if "secret" in what else what
        self.sent.append(Sent(time.time(), json.dumps(shown, ensure_ascii=False)))
        async with asyncio.timeout(_DEADLINE):
            await socket.send(text)

    async def _answer(self, socket: Any) -> dict[str, Any]:
        async with asyncio.timeout(_DEADLINE):
            answer = json.loads(await socket.recv())
        if not isinstance(answer, dict):
            raise ValueError("what answers there is no board")
        return answer

    def _refused(self, answer: dict[str, Any]) -> None:
        self.problem = str(answer.get("detail", "The board does not say why."))
        self.state = "refused" if answer.get("error") in _FOREVER else "away"
        if self.state == "away":
            raise ConnectionError(self.problem)


def _is_near(url: str) -> bool:
    """Whether an address is of this machine or its own network: no proxy stands in between."""
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".home.arpa"))
