"""One client of a crowd: it asks, waits for its own answer, asks again, and keeps the times.

A bare client of `websockets` costs little, so that what is measured is the server: no compression, no pings, no memory
of what came.
"""

import asyncio
import contextlib
import time

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Origin

__all__ = ["Talker"]

_CLOSING = 2.0  # seconds for a server to answer a close frame


class Talker:
    """Client `number` of a crowd on a loopback `port`; every wait ends after `timeout` seconds.

    `message` is what it sends, "{id}" replaced by a word that is in no other message: its answer is the next message
    that holds that word, or simply the next one where the message has no "{id}". `times` holds the seconds that each
    answer took, with the moment when it came; `lost` says why the client is no longer there.
    """

    def __init__(self, number: int, port: int, path: str, message: str | bytes, timeout: float) -> None:
        self.number = number
        self.times: list[tuple[float, float]] = []
        self.lost = ""
        self._address = f"ws://127.0.0.1:{port}{path.replace('{client}', str(number))}"
        self._origin = Origin(f"http://127.0.0.1:{port}")
        self._message = message
        self._timeout = timeout
        self._sent = 0
        self._connection: ClientConnection | None = None

    async def connect(self) -> None:
        """Open the connection, or be lost."""
        try:
            self._connection = await connect(
                self._address,
                origin=self._origin,
                proxy=None,
                compression=None,
                ping_interval=None,
                open_timeout=self._timeout,
                close_timeout=_CLOSING,
            )
        except InvalidStatus as error:
            self.lost = f"refused with status {error.response.status_code}"
        except TimeoutError:
            self.give_up_connecting()
        except (OSError, InvalidHandshake, EOFError) as error:
            self.lost = f"could not connect: {error}"

    def give_up_connecting(self) -> None:
        """Be lost, unless connected by now."""
        if not self._connection and not self.lost:
            self.lost = f"not let in within {self._timeout:g} s"

    async def talk(self, until: float) -> None:
        """Ask again and again until a moment of `time.perf_counter`; an answer that is awaited then is waited for."""
        await self.ask()
        while not self.lost and time.perf_counter() < until:
            await self.ask()

    async def ask(self) -> None:
        """Send one message and wait for its answer, or be lost."""
        connection = self._connection
        if self.lost or connection is None:
            return
        word = f"{self.number:05}.{self._sent:07}"
        self._sent += 1
        message, mark = self._message, word if _names_itself(self._message) else ""
        if mark:
            message = message.replace("{id}", word) if isinstance(message, str) else _fill(message, word)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                await connection.send(message)
                while not _holds(await connection.recv(), mark):
                    pass
        except TimeoutError:
            self.lost = f"no answer within {self._timeout:g} s"
        except ConnectionClosed as error:
            self.lost = f"closed with code {error.rcvd.code if error.rcvd else 1006}"
        else:
            now = time.perf_counter()
            self.times.append((now - began, now))

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection:
            with contextlib.suppress(OSError):
                await self._connection.close()


def _names_itself(message: str | bytes) -> bool:
    return "{id}" in message if isinstance(message, str) else b"{id}" in message


def _fill(message: bytes, word: str) -> bytes:
    return message.replace(b"{id}", word.encode())


def _holds(answer: str | bytes, word: str) -> bool:
    return word in answer if isinstance(answer, str) else word.encode() in answer
