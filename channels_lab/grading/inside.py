"""What is asked of a project that runs: from here, or where it runs in a sandbox by a process beside it."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from channels_lab.errors import LabError
from channels_lab.grading.unmet import Unmet
from channels_lab.running import database
from channels_lab.running.process import Process
from channels_lab.running.starter import Confined, Starter

__all__ = ["ask", "groups", "held", "put", "take"]

_SECONDS = 5
_MOST_CHARACTERS = 200


async def ask(project: Path, starter: Starter, statement: str, rows: list[Any], most: int) -> list[tuple[Any, ...]]:
    """Run a statement on the project's database, as `running.database.ask` does; raises sqlite3.Error."""
    if not starter.apart:
        return await asyncio.to_thread(database.ask, project, statement, rows, most)
    try:
        told = await _said(starter, "tell", str(project), statement, rows, most)
        return [tuple(row) for row in json.loads(told)]
    except (LabError, ValueError, TypeError, RecursionError) as error:
        raise sqlite3.Error(f"no answer: {error}"[:_MOST_CHARACTERS]) from None


@asynccontextmanager
async def held(project: Path, starter: Starter) -> AsyncIterator[None]:
    """Hold the project's database meanwhile, as somebody who writes: all may read, and whoever writes waits."""
    if not starter.apart:
        try:
            base = await asyncio.to_thread(database.hold, project)
        except sqlite3.Error as error:
            raise Unmet(f"The database should have been free to write; it said: {error}.") from None
        try:
            yield
        finally:
            await asyncio.to_thread(base.close)
        return
    holder = _beside(starter, "hold_here", str(project))
    try:
        await holder.ready(_SECONDS)
        yield
        if not holder.alive:
            raise Unmet("The database should have been held by somebody else meanwhile; that program was ended.")
    finally:
        await holder.stop(0.1)
        holder.printed.path.unlink(missing_ok=True)


async def put(starter: Starter, url: str, channel: str, message: dict[str, Any]) -> None:
    """Put a message into a channel of the project's Valkey; raises LabError where that is impossible."""
    if starter.apart:
        await _said(starter, "put_here", url, channel, message)
    else:
        await database.put(url, channel, message)


async def groups(starter: Starter, url: str) -> dict[str, list[str]]:
    """Who is in which group, as the project's Valkey knows it; raises LabError where that is impossible."""
    if not starter.apart:
        return await database.groups(url)
    told: dict[str, list[str]] = _read(await _said(starter, "look", url, ""), dict)
    return told


async def take(starter: Starter, url: str, channel: str) -> list[Any]:
    """Take what lies in a channel of the project's Valkey; raises LabError where that is impossible."""
    if not starter.apart:
        return await database.take(url, channel)
    told: list[Any] = _read(await _said(starter, "look", url, channel), list)
    return told


def _read(told: str, kind: type) -> Any:
    try:
        if isinstance(found := json.loads(told), kind):
            return found
    except (ValueError, RecursionError):
        pass
    raise LabError(f"The task's Valkey gave no answer: {told[:_MOST_CHARACTERS]}")


async def _said(starter: Starter, target: str, *given: Any) -> str:
    """What a process beside the project says; raises LabError where it fails."""
    process = _beside(starter, target, json.dumps(given))
    try:
        if code := await process.end(_SECONDS):
            raise LabError(process.log.strip()[-_MOST_CHARACTERS:] or f"{target} ended with status {code}")
        return process.log
    finally:
        process.printed.path.unlink(missing_ok=True)


def _beside(starter: Starter, target: str, *args: str) -> Process:
    """A process beside the project: not in its folder, where a module might be taken for a library's."""
    return Process(
        target,
        target,
        f"channels_lab.running.database:{target}",
        list(args),
        cwd=Path("/"),
        keeper=Confined(starter, {}),
    )
