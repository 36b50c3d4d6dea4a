"""Several answers of one submission are judged at once where no other wants the places."""

import asyncio
import contextlib

from channels_lab.marking.shares import Share, Shares


async def test_shares() -> None:
    """Whoever is alone has all places; two have half of them each, as soon as they are free; the last has all again."""
    shares, busy = Shares(4), {"one": 0, "other": 0}
    leave = asyncio.Semaphore(0)

    async def judged(name: str, share: Share) -> None:
        async with share.place():
            busy[name] += 1
            await leave.acquire()
            busy[name] -= 1

    async def submission(name: str, count: int) -> None:
        async with shares.share(4) as share:
            await asyncio.gather(*(judged(name, share) for _ in range(count)))

    async def seen(one: int, other: int) -> None:
        async with asyncio.timeout(5):
            while busy != {"one": one, "other": other}:  # noqa: ASYNC110
                await asyncio.sleep(0)

    tasks = [asyncio.create_task(submission("one", 8))]
    await seen(4, 0)
    tasks.append(asyncio.create_task(submission("other", 2)))
    await seen(4, 2)
    for _ in range(3):  # who has come first leaves first
        leave.release()
    await seen(2, 2)
    for _ in range(3):
        leave.release()
    await seen(4, 0)
    for _ in range(4):
        leave.release()
    await asyncio.gather(*tasks)


async def test_one_place_at_least() -> None:
    """Where there are more than places, each has one; and nobody more than it wants."""
    shares = Shares(2)
    async with contextlib.AsyncExitStack() as stack, asyncio.timeout(5):
        there = [await stack.enter_async_context(shares.share(most)) for most in (1, 2, 2)]
        for each in there:
            await stack.enter_async_context(each.place())
        assert [each.taken for each in there] == [1, 1, 1]
    async with shares.share(1) as alone, alone.place():
        waiting = asyncio.create_task(alone.place().__aenter__())
        assert not (await asyncio.wait([waiting], timeout=0.05))[0]
        waiting.cancel()
