"""The connections of a monitor: one on which the server tells of every command, one to ask by."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoPermissionError, ResponseError

from channels_lab.errors import LabError
from channels_lab.picture.monitor.redis_command import plain

__all__ = ["MonitorConnection", "fault", "reason"]

_MOST_OF_A_LINE = 131_072


@dataclass
class MonitorConnection:
    """`lines` are those that the server tells, without their ends; a long one is cut at 128 KB."""

    lines: AsyncIterator[bytes]
    _asking: AbstractConnection

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, url: str) -> "AsyncIterator[MonitorConnection]":
        """Connect to the server at `url`, and begin to listen; raises OSError, RedisError, or ValueError for a bad URL.

        Both connections have introduced themselves before the first command is told of.
        """
        pool = ConnectionPool.from_url(url)
        try:
            asking, watching = [await pool.get_connection() for _ in range(2)]  # type: ignore[no-untyped-call]
            await watching.send_command("MONITOR")
            lines = _lines(watching)
            if (answer := await anext(lines, b"")) != b"+OK":
                raise ResponseError(answer.decode("utf-8", "replace").removeprefix("-"))
            yield cls(lines, asking)
        finally:
            await pool.disconnect()

    async def echo(self, word: bytes) -> None:
        """Send ECHO on the other connection, and wait for the answer."""
        await self._asking.send_command("ECHO", word)
        await self._asking.read_response()


async def _lines(connection: AbstractConnection) -> AsyncIterator[bytes]:
    """Yield the lines that come, without their ends; a long one is cut.

    redis-py reads at most 64 KB a line, and a message to a large group is longer: the stream is read here.
    """
    stream = connection._reader
    assert stream
    line = bytearray()
    while data := await stream.read(65_536):
        *whole, rest = data.split(b"\n")
        for part in whole:
            line += part[: _MOST_OF_A_LINE - len(line)]
            yield bytes(line.removesuffix(b"\r"))
            line.clear()
        line += rest[: _MOST_OF_A_LINE - len(line)]


def reason(error: Exception, timeout: float) -> str:
    """What went wrong, without a full stop."""
    if isinstance(error, TimeoutError):
        return f"the server did not answer within {timeout:g} s"
    return plain(str(error) or type(error).__name__).rstrip(".")


def fault(url: str, error: Exception, timeout: float) -> LabError:
    """Why the server cannot be watched, and what to do; the URL may hold a password, which is not told."""
    place = plain(re.sub(r"//.*@", "//", url).partition("?")[0])
    why = "that is no URL of a Redis server" if isinstance(error, ValueError) else reason(error, timeout)
    if isinstance(error, NoPermissionError) or why.startswith("NOPERM"):
        return LabError(
            f"The server at {place} forbids MONITOR: {why}.",
            "Allow it:  ACL SETUSER name +monitor +echo . Or take CHANNELS_LAB_REDIS_URL away, and the lab starts "
            "a server of its own.",
        )
    # redis-py makes a plain ConnectionError of some of these.
    if re.search("authentic|password|NOAUTH", why, re.IGNORECASE):
        return LabError(
            f"The server at {place} asks who you are: {why}.",
            "Write it in the URL:  redis://user:password@host:6379",
        )
    return LabError(
        f"No Redis or Valkey server can be watched at {place}: {why}.",
        "Start the lab's own:  await lab.redis() . Or see that CHANNELS_LAB_REDIS_URL names one that runs.",
    )
