"""A caller: an open connection to the answer's server that says what it expects, and raises what came instead."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from websockets.frames import CloseCode

from channels_lab.grading.unmet import Unmet, difference, quoted
from channels_lab.picture.expectation.expectation import MOST_CHARACTERS, Line
from channels_lab.wire.client import Client, Closed, NothingCame

__all__ = ["MOST_MESSAGE", "Caller", "Words", "payload"]

# What an answer may send while something else is awaited.
_MOST_MESSAGES = 1000
_MOST_BYTES = 16 * 2**20
# The library refuses a longer message, packed or not, and keeps sixteen that are not yet read.
MOST_MESSAGE = 2**18
_CLOSE_SECONDS = 0.5
_SHOWN = 3


def payload(value: Any) -> str:
    """A message as one line of the expectation says it: any JSON, or text; types in it say nothing there."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    known = _known(value)
    if value and known == {}:
        known = next(iter(value))  # nothing is known but a key
    text = value if isinstance(value, str) else json.dumps(known, ensure_ascii=False)
    return text if len(text) <= MOST_CHARACTERS else ""


def _known(value: Any) -> Any:
    """An object without the keys of which only the type is known; in lists, too."""
    if isinstance(value, list):
        return [_known(one) for one in value if not isinstance(one, type)]
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items() if not isinstance(one, type)}
    return value


@dataclass(frozen=True)
class Words:
    """How what is expected of the other end is said."""

    wish: str = "{name} should have received {what}"
    silence: str = "Nothing should have come to {name}"
    stay: str = "{name} should have stayed connected and heard nothing"
    close: str = "The server should have closed {name}'s connection with {code}"
    fail: str = "{name} could not send {what}"
    codes: Mapping[int, str] = MappingProxyType(
        {1011: ", as when a consumer raises an exception", 1006: ": it was cut off"}
    )


class Caller(Client):
    """One open connection, by name. What it sends and expects is noted in `script`, for the picture of the difference.

    `settled` is awaited before "nothing came" counts: until the server has heard all that was said. `patience` is how
    many seconds are waited where no `timeout` is given.
    """

    script: list[Line]
    settled: Callable[[], Awaitable[None]]
    patience: float
    words = Words()
    taken = 0

    @classmethod
    def of(
        cls, client: Client, script: list[Line], settled: Callable[[], Awaitable[None]], patience: float
    ) -> "Caller":
        """The same connection, as a caller's."""
        caller = cls(client.name, client.connection, client.events, client.tap)
        caller.script, caller.settled, caller.patience = script, settled, patience
        # A server that hangs must not hold up the verdict.
        client.connection.close_timeout = _CLOSE_SECONDS
        return caller

    async def send(self, message: str | bytes, timeout: float = 3) -> None:
        """Send a text or binary message; raises Unmet where the connection is closed, or the server does not read."""
        try:
            await super().send(message, timeout)
        except Closed as closed:
            raise Unmet(f"{self._said(self.words.fail, message)}: {self._closing(closed)}.") from None
        except NothingCame:
            raise Unmet(f"{self._said(self.words.fail, message)} within {timeout:g} s: nobody reads.") from None
        # Noted with a connection that is open: one that was closed before is told otherwise.
        self._script(replace(self._line(payload(message)), source=self._line("").target, target=self._line("").source))

    async def receive(self, timeout: float = 2) -> str | bytes:
        """Return the next message, as a client does; raises Unmet where all that came is too much."""
        message = await super().receive(timeout)
        self.taken += len(message)
        if self.taken > _MOST_BYTES:
            raise Unmet(f"{self.name} has been sent more than {_MOST_BYTES >> 20} MiB, and hears no more.")
        return message

    async def expect_json(self, value: Any, *, extra: bool = False, timeout: float | None = None) -> Any:
        """The next message is this JSON; returns it. A type stands for any value of it: `{"at": float}`.

        With `extra` objects may have more keys than are named.
        """
        self._expect(value)
        message = await self._next(value, timeout)
        if said := self._differs(message, value, extra):
            raise Unmet(f"{self._wish(value)}; {quoted(message)} came instead: {said}.", came=self._came(message))
        return json.loads(message)

    async def expect_jsons(self, *values: Any, extra: bool = False, timeout: float | None = None) -> list[Any]:
        """The next messages are these, in any order; returns them as they came."""
        left, came = list(values), []
        for _ in values:
            message = await self._next(left[0], timeout, noted=left)
            fitting = [one for one in left if not self._differs(message, one, extra)]
            if not fitting:
                self._expect(left[0])
                wish = " or ".join([self._wish(left[0]), *map(quoted, left[1:_SHOWN])])
                said = self._differs(message, left[0], extra) if len(left) == 1 else ""
                because = f": {said}" if said else ""
                raise Unmet(f"{wish}; {quoted(message)} came instead{because}.", came=self._came(message))
            left.remove(fitting[0])
            self._expect(fitting[0])
            came.append(json.loads(message))
        return came

    async def wait_for_json(self, value: Any, *, extra: bool = True, timeout: float | None = None) -> Any:
        """Among what comes is this JSON; returns it. Other messages before it do not matter."""
        self._expect(value)
        before, timeout = len(self.received), timeout or self.patience
        try:
            async with asyncio.timeout(timeout):
                while len(self.received) - before < _MOST_MESSAGES:
                    message = await self._next(value, timeout + 1)
                    if not self._differs(message, value, extra):
                        return json.loads(message)
        except TimeoutError:
            raise Unmet(f"{self._wish(value)}; within {timeout:g} s {self._heard(self.received[before:])}.") from None
        raise Unmet(f"{self._wish(value)}; {_MOST_MESSAGES} other messages came.")

    async def expect_text(self, text: str, *, timeout: float | None = None) -> None:
        """The next message is this text, exactly."""
        await self._expect_same(text, timeout)

    async def expect_bytes(self, data: bytes, *, timeout: float | None = None) -> None:
        """The next message is binary, and these bytes."""
        await self._expect_same(data, timeout)

    async def expect_nothing(self, seconds: float = 0.2) -> None:
        """Nothing comes for so long, counted from when the server has heard all that was said."""
        self._script(Line("server", self.name, nothing=True))
        await self.settled()
        try:
            await self.receive_nothing(seconds)
        except Closed as closed:
            raise Unmet(f"{self._said(self.words.stay)}; {self._closing(closed)}.") from None
        except AssertionError:
            raise Unmet(f"{self._said(self.words.silence)}; {quoted(self.received[-1])} came.") from None

    async def expect_close(self, code: int, *, timeout: float | None = None) -> None:
        """The server closes the connection with this code. What it says before does not matter."""
        self._script(self._line(f"close ({code})"))
        before, timeout = len(self.received), timeout or 1 + self.patience  # Daphne takes a second to close by an error
        try:
            async with asyncio.timeout(timeout):
                while len(self.received) - before < _MOST_MESSAGES:
                    await self.receive(timeout + 1)
        except Closed as closed:
            if closed.code != code:
                raise Unmet(f"{self.words.close.format(name=self.name, code=code)}; {self._closing(closed)}.") from None
            return
        except TimeoutError:
            pass
        wish = self.words.close.format(name=self.name, code=code)
        raise Unmet(f"{wish}; within {timeout:g} s that did not happen: {self._heard(self.received[before:])}.")

    # Details

    async def _expect_same(self, wanted: str | bytes, timeout: float | None) -> None:
        self._expect(wanted)
        message = await self._next(wanted, timeout)
        if message != wanted:
            raise Unmet(f"{self._wish(wanted)}; {quoted(message)} came instead.", came=self._came(message))

    async def _next(self, wanted: Any, timeout: float | None, noted: list[Any] | None = None) -> str | bytes:
        timeout = timeout or self.patience
        try:
            return await self.receive(timeout)
        except Closed as closed:
            said = self._closing(closed)
        except NothingCame:
            said = self._too_long() or f"nothing came for {timeout:g} s"
        if noted:
            self._expect(noted[0])
        raise Unmet(f"{self._wish(wanted)}; {said}.")

    @staticmethod
    def _differs(message: str | bytes, wanted: Any, extra: bool) -> str:
        if isinstance(message, bytes):
            return "it is binary, no text"
        try:
            found = json.loads(message)
        except (ValueError, RecursionError):
            return "it is no JSON"
        return difference(found, wanted, extra=extra)

    def _came(self, message: str | bytes) -> tuple[str, str]:
        return self.name, payload(message)

    def _wish(self, what: Any) -> str:
        return self._said(self.words.wish, what)

    def _said(self, words: str, what: Any = "") -> str:
        return words.format(name=self.name, what=quoted(what))

    def _closing(self, closed: Closed) -> str:
        because = f" ({closed.reason})" if closed.reason else ""
        return (
            self._too_long()
            or f"the connection was closed with {closed.code}{because}{self.words.codes.get(closed.code, '')}"
        )

    def _too_long(self) -> str:
        """That a message came which is not taken, as a clause; "" where none has. The other end may stay on then."""
        sent = self.connection.protocol.close_sent
        too_long = f"a message came that is longer than {MOST_MESSAGE >> 10} KiB"
        return too_long if sent and sent.code == CloseCode.MESSAGE_TOO_BIG else ""

    @staticmethod
    def _heard(messages: list[str | bytes]) -> str:
        if not messages:
            return "nothing came"
        told = ", ".join(map(quoted, messages[-_SHOWN:]))
        return f"{'… ' if len(messages) > _SHOWN else ''}{told} came"

    def _line(self, what: str) -> Line:
        """The line of something that is expected to come."""
        return Line("server", self.name, what)

    def _expect(self, value: Any) -> None:
        self._script(self._line(payload(value)))

    def _script(self, line: Line) -> None:
        if len(self.script) < _MOST_MESSAGES:
            self.script.append(line)
