"""The database and the channels of a project that runs, reached from beside it."""

import asyncio
import contextlib
import json
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["ask", "groups", "hold", "hold_here", "look", "put", "put_here", "take", "tell"]

_NAME = "db.sqlite3"
_MOST = 1000
_LIES_SECONDS = 0.2  # what lies there comes at once


def ask(project: Path, statement: str, rows: list[Any], most: int) -> list[tuple[Any, ...]]:
    """Run a statement on the project's database; raises sqlite3.Error.

    With `most` it is a query, of which so many rows are returned, for the values in `rows`; else it is done for each of
    the rows.
    """
    place = f"file:{project / _NAME}?mode={'ro' if most else 'rw'}"
    with closing(sqlite3.connect(place, uri=True, timeout=2)) as base:
        if most:
            return base.execute(statement, rows).fetchmany(most)
        with base:
            for row in rows:
                base.execute(statement, row)  # executemany takes no trigger
    return []


def tell(args: list[str], descriptors: dict[str, int]) -> int:
    """The same in a process of its own, whose target this is: prints what comes of it as JSON."""
    project, statement, rows, most = json.loads(args[0])
    try:
        print(json.dumps(ask(Path(project), statement, rows, most)))
    except sqlite3.Error as error:
        print(error)
        return 1
    return 0


def hold(project: Path) -> sqlite3.Connection:
    """Begin to write into the project's database, so that all others who write wait; raises sqlite3.Error."""
    place = f"file:{project / _NAME}?mode=rw"
    base = sqlite3.connect(place, uri=True, timeout=2, isolation_level=None, check_same_thread=False)
    try:
        base.execute("begin immediate")
    except sqlite3.Error:
        base.close()
        raise
    return base


def hold_here(args: list[str], descriptors: dict[str, int]) -> None:
    """The same in a process of its own, whose target this is: ready when it holds it, for as long as it lives."""
    base = hold(Path(args[0]))
    os.write(descriptors["status"], b"ready\n")
    threading.Event().wait()
    base.close()


async def put(url: str, channel: str, message: dict[str, Any]) -> None:
    """Put a message into a channel of the Valkey there."""
    from channels_redis.core import RedisChannelLayer  # few tasks need it

    layer = RedisChannelLayer(hosts=[url])
    try:
        await layer.send(channel, message)
    finally:
        await layer.close_pools()


def put_here(args: list[str], descriptors: dict[str, int]) -> None:
    """The same in a process of its own, whose target this is."""
    asyncio.run(put(*json.loads(args[0])))


async def groups(url: str) -> dict[str, list[str]]:
    """The groups in the Valkey there, each with the channels that are in it."""
    from redis.asyncio import Redis

    async with Redis.from_url(url) as valkey:
        keys = [key async for key in valkey.scan_iter("*:group:*", count=1000)]
        return {
            key.decode().partition(":group:")[2]: [one.decode() for one in await valkey.zrange(key, 0, -1)]
            for key in keys[:_MOST]
        }


async def take(url: str, channel: str) -> list[dict[str, Any]]:
    """Take what lies in a channel of the Valkey there."""
    from channels_redis.core import RedisChannelLayer

    layer = RedisChannelLayer(hosts=[url])
    found: list[dict[str, Any]] = []
    try:
        with contextlib.suppress(TimeoutError):
            while len(found) < _MOST:
                async with asyncio.timeout(_LIES_SECONDS):
                    found.append(await layer.receive(channel))
    finally:
        await layer.close_pools()
    return found


def look(args: list[str], descriptors: dict[str, int]) -> None:
    """The same in a process of its own, whose target this is: prints what it finds as JSON."""
    url, channel = json.loads(args[0])
    print(json.dumps(asyncio.run(take(url, channel) if channel else groups(url)), default=str))
