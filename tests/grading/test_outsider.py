"""The outsider, a program beside the site that an answer asks: asked over its own socket."""

import asyncio
from pathlib import Path

import pytest

from channels_lab.errors import LabError
from channels_lab.grading.outsider import Outsider
from channels_lab.grading.unmet import Unmet
from channels_lab.running.warmstart import WarmStart


async def test_questions_wait_until_they_are_answered(tmp_path: Path, keeper: WarmStart) -> None:
    """Who asks waits until the behaviour answers, in whichever order, and hears the end where it never does."""
    async with Outsider(tmp_path / "oracle", keeper) as oracle:
        lines = [await asyncio.open_unix_connection(tmp_path / "oracle") for _ in range(3)]
        asked = []
        for number, (_, writer) in enumerate(lines):
            writer.write(f"question {number}\n".encode())
            asked.append(await oracle.asked(f"question {number}"))
        await asked[1].answer("one")
        await asked[0].answer("zero")
        assert [await reader.readline() for reader, _ in lines[:2]] == [b"zero\n", b"one\n"]
    assert await lines[2][0].readline() == b""
    for _, writer in lines:
        writer.close()
    assert not (tmp_path / "oracle").exists()


async def test_what_is_not_asked_is_said(tmp_path: Path, keeper: WarmStart) -> None:
    """It is said where nobody asks, where something else is asked, and where nobody can listen."""
    async with Outsider(tmp_path / "oracle", keeper) as oracle:
        with pytest.raises(Unmet, match=r"The oracle should have been asked `why`; for 0\.05 s nobody asked"):
            await oracle.asked("why", timeout=0.05)
        _, writer = await asyncio.open_unix_connection(tmp_path / "oracle")
        writer.write(b"how\n")
        with pytest.raises(Unmet, match="asked `why`; `how` was asked"):
            await oracle.asked("why")
        writer.close()
    with pytest.raises(LabError, match="cannot be listened at"):
        await Outsider(tmp_path / ("long" * 30), keeper).__aenter__()
