"""Acts that many cases share: what a client does to the project. The room is /ws/chat/lobby/."""

from typing import Any

from channels_lab.wire.client import NothingCame

from .cases import Act
from .run import Run

__all__ = ["ROOM", "answered", "closed", "ignored", "looked_at", "refused", "spoke"]

ROOM = "/ws/chat/lobby/"


def refused(status: int | None = 500, path: str = ROOM, **options: Any) -> Act:
    """Knock, and be refused with this HTTP status; None: give up after half a second without an answer."""

    async def act(run: Run) -> None:
        if status is None:
            options.setdefault("timeout", 0.5)
        await run.refused(path, status, **options)

    return act


def closed(*messages: str | bytes, path: str = ROOM, code: int = 1011, **options: Any) -> Act:
    """Send messages, and see the server close the connection with this code."""

    async def act(run: Run) -> None:
        async with run.connect(path, **options) as alice:
            for message in messages:
                await alice.send(message)
            assert await alice.wait_closed() == code

    return act


def answered(*messages: str | bytes, path: str = ROOM, answer: str | bytes | None = None, **options: Any) -> Act:
    """Send messages, and get an answer (that one, where it is given)."""

    async def act(run: Run) -> None:
        async with run.connect(path, **options) as alice:
            for message in messages:
                await alice.send(message)
            got = await alice.receive(5)
            assert answer in (None, got), got

    return act


def ignored(*messages: str | bytes, path: str = ROOM, wait: float = 0.2, **options: Any) -> Act:
    """Send messages, and wait for an answer in vain."""

    async def act(run: Run) -> None:
        async with run.connect(path, **options) as alice:
            for message in messages:
                await alice.send(message)
            try:
                got = await alice.receive(wait)
            except NothingCame:
                return
            raise AssertionError(f"got {got!r}")

    return act


def spoke(*messages: str | bytes, path: str = ROOM, **options: Any) -> Act:
    """Send messages, see that the server has received all, and leave."""

    async def act(run: Run) -> None:
        async with run.connect(path, **options) as alice:
            for message in messages:
                await alice.send(message)
            await run.until(lambda evidence: len(evidence.received("websocket.receive")) >= len(messages))

    return act


def looked_at(path: str = "/", status: int = 200) -> Act:
    """GET a page, and get this status."""

    async def act(run: Run) -> None:
        assert (await run.get(path)).status_code == status

    return act
