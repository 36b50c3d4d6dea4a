"""The courier: sends what a learner does to the board, from a thread of its own, in order, and nothing twice.

A report waits here until the board says that it has it. While there is no board, it waits; nothing else does. What
waited in kernels that are gone goes first.
"""

import asyncio
import contextlib
import json
import random
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

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
    `problem` says why. `name` is what the board calls the learner. What waits is kept in `folder`, if there is one.
    """

    def __init__(
        self,
        address: Address,
        name: str,
        secret: str,
        hear: Callable[[dict[str, Any]], None],
        folder: Path | None = None,
    ) -> None:
        self.address = address
        self.name = name
        self.state, self.problem = "connecting", ""
        self.sent: deque[Sent] = deque(maxlen=_MOST_LOGGED)
        self.outbox = Outbox.kept_in(folder) if folder else Outbox()
        self.boxes = [*(Outbox.left_behind(folder) if folder else []), self.outbox]  # in the order in which they go
        self.settled = threading.Event()  # whether the first try has come to something
        self._asked = name
        self._secret = secret
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

    def waits(self) -> list[dict[str, Any]]:
        """What the board does not have yet, in order; what other kernels left behind, too."""
        return [what for box in list(self.boxes) for what in box.waits()]

    def end(self, *, leave: bool, seconds: float = 2.0) -> bool:
        """Stop. Who is to `leave` is forgotten by the board; returns whether it has heard of that in time."""
        self._leaving, self._ending = leave, True
        self._poke()
        self._thread.join(seconds)
        left = self.state == "left"
        self.state = "over"
        for box in self.boxes:
            box.close()
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
            box = self.boxes[0]
            try:
                await self._visit(box)
                if self.state == "joined" and box is not self.outbox and not len(box):
                    self.boxes.remove(box)  # all of it has arrived: the next has its turn
                    continue
                if self.state == "joined":
                    self.state, self.problem, tries = "away", "its server has hung up", 0
            except Exception as error:  # whatever it is, learning goes on
                if self.state == "joined":
                    tries = 0
                self.state, self.problem = "away", str(error) or type(error).__name__
            box.flying = 0
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

    async def _visit(self, box: Outbox) -> None:
        """Connect, join, and stay as long as the connection holds; with a box left behind, till it is empty."""
        from websockets.asyncio.client import connect

        proxy: Literal[True] | None = None if self.address.is_near else True
        async with connect(
            self.address.socket,
            subprotocols=["classroom"],  # type: ignore[list-item]
            proxy=proxy,
            open_timeout=_DEADLINE,
            close_timeout=1,
            max_size=2**20,
            user_agent_header=None,
        ) as socket:
            join = {"join": self.address.code, "name": self._asked, "secret": self._secret, "sender": box.sender}
            await self._say(socket, join)
            answer = await self._answer(socket)
            if "joined" not in answer:
                self._refused(answer)
                return
            self.state, self.problem, self.name = "joined", "", str(answer["joined"])
            self._has(box, answer.get("have"))
            self._hear(answer)
            self.settled.set()
            hearing = asyncio.create_task(self._listen(socket, box))
            try:
                await self._bring(socket, box, hearing)
            finally:
                hearing.cancel()
                await asyncio.wait({hearing})
            if not hearing.cancelled() and (error := hearing.exception()):
                raise error

    async def _bring(self, socket: Any, box: Outbox, hearing: "asyncio.Task[None]") -> None:
        """Send what waits, one frame at a time: the next goes when the board has the last."""
        assert self._wake
        while not hearing.done() and self.state == "joined":
            reports = box.next_frame()
            if reports and not box.flying:
                box.fly(reports)
                await self._say(socket, {"reports": reports})
            elif self._ending and not reports:
                if self._leaving:
                    await self._say(socket, {"leave": True})
                    await asyncio.wait({hearing}, timeout=1)
                    self.state = "left"
                return
            elif box is not self.outbox and not reports:
                return
            waking = asyncio.create_task(self._wake.wait())
            await asyncio.wait({waking, hearing}, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
            self._wake.clear()

    async def _listen(self, socket: Any, box: Outbox) -> None:
        async for text in socket:
            answer = json.loads(text)
            if answer.get("error") == "TOO_FAST":
                asyncio.get_running_loop().call_later(float(answer.get("wait", 1)), self._again, box)
                continue
            if answer.get("error") == "BAD_VALUE" and box is not self.outbox:
                self._has(box, sys.maxsize)  # somebody has been at the file: nothing of it can be sent
                continue
            if "error" in answer:
                self._refused(answer)
                return
            if "left" in answer and not self._leaving:
                self.state, self.problem = "refused", "You have left the room from another notebook."
                return
            if "have" in answer:
                self._has(box, answer["have"])
            self._hear(answer)

    def _again(self, box: Outbox) -> None:
        box.flying = 0
        self._poke()

    def _has(self, box: Outbox, last: int | None) -> None:
        box.arrived(last)
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
