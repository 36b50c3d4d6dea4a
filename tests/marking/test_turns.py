"""Answers are judged several at once; what fails in a crowd that may have been why is not sure."""

import asyncio
import time

import pytest

from channels_lab.marking import turns
from channels_lab.marking.turns import Turns


async def test_turns() -> None:
    """So many have a turn at once; who wants to be alone waits for all, and is not overtaken."""
    given, order = Turns(2), list[str]()

    async def judged(name: str, *, alone: bool = False) -> None:
        async with given.take(alone=alone):
            order.append(name)
            await asyncio.sleep(0)
            order.append(name)

    async with given.take(), given.take():
        waiting = [asyncio.create_task(judged(name, alone=name == "alone")) for name in ("alone", "after")]
        await asyncio.sleep(0)
        assert not order
    await asyncio.gather(*waiting)
    assert order == ["alone", "alone", "after", "after"]


async def test_what_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is sure, unless a clock came late here, it took long, or another broke its sandbox; alone it is."""
    monkeypatch.setattr(turns, "_LATE_SECONDS", 0.1)
    given = Turns(2)
    async with given.take() as own, given.take() as other:
        assert given.is_sure(own, 9) and not given.is_sure(own, 0)
        given.note_break(other)
        assert given.is_sure(other, 9) and not given.is_sure(own, 9)
    async with given.take() as crowded, given.take():
        await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251 - as a core that others have
        await asyncio.sleep(0.01)
        assert not given.is_sure(crowded, 9)
    async with given.take(alone=True) as alone:
        given.note_break(alone)
        assert given.is_sure(alone, 0)
