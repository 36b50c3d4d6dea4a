"""The status pipe of a process, and its log."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels_lab.running.log import Log, fresh_place
from channels_lab.running.status import Status


@pytest.fixture
def pipe() -> Iterator[tuple[Status, int]]:
    """A status, and the end of its pipe that tells."""
    told, tell = os.pipe()
    status = Status(told)
    yield status, tell
    status.close()
    with contextlib.suppress(OSError):  # the test may have closed it
        os.close(tell)


def test_lines_as_they_come(pipe: tuple[Status, int]) -> None:
    """Whole lines are yielded, once; a part of one is kept until its rest comes."""
    status, tell = pipe
    assert list(status.lines()) == []
    os.write(tell, b"pid 5\nrea")
    assert list(status.lines()) == ["pid 5"]
    os.write(tell, b"dy\n\xff\n")
    assert list(status.lines()) == ["ready", "\ufffd"]
    assert list(status.lines()) == [] and not status.closed


def test_the_end(pipe: tuple[Status, int]) -> None:
    """At the end of file the last lines are yielded, and the status is closed."""
    status, tell = pipe
    os.write(tell, b"exit 0\n" * 2000)
    os.close(tell)
    assert list(status.lines()) == ["exit 0"] * 2000 and status.closed
    assert list(status.lines()) == []
    status.close()


async def test_news(pipe: tuple[Status, int]) -> None:
    """Who waits is woken when something comes, and at the end; where it is closed, nobody waits."""
    status, tell = pipe
    waiting = asyncio.ensure_future(status.news())
    await asyncio.sleep(0)
    os.write(tell, b"x\n")
    await asyncio.wait_for(waiting, 5)
    assert list(status.lines()) == ["x"]
    waiting = asyncio.ensure_future(status.news())
    await asyncio.sleep(0)
    os.close(tell)
    await asyncio.wait_for(waiting, 5)
    assert list(status.lines()) == []
    await status.news()


async def test_several_wait(pipe: tuple[Status, int]) -> None:
    """All who wait are woken, whoever of them reads; one that gives up does not take the others' news."""
    status, tell = pipe
    one, two, three = (asyncio.ensure_future(status.news()) for _ in range(3))
    await asyncio.sleep(0)
    one.cancel()
    await asyncio.sleep(0)
    os.write(tell, b"x\n")
    await asyncio.wait_for(asyncio.gather(two, three), 5)
    assert one.cancelled() and list(status.lines()) == ["x"]


async def test_closed_while_somebody_waits(pipe: tuple[Status, int]) -> None:
    """Who waits is woken when the status is closed by another."""
    status, _ = pipe
    waiting = asyncio.ensure_future(status.news())
    await asyncio.sleep(0)
    status.close()
    await asyncio.wait_for(waiting, 5)


async def test_who_gives_up_listens_no_longer(pipe: tuple[Status, int]) -> None:
    """A wait that is cancelled leaves nothing behind in the event loop."""
    status, tell = pipe
    waiting = asyncio.ensure_future(status.news())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not asyncio.get_running_loop().remove_reader(status._descriptor)
    os.write(tell, b"x\n")
    await asyncio.wait_for(status.news(), 5)


# The log


def test_a_log(tmp_path: Path) -> None:
    """A log tells what was printed, all of it or what came later, and how much that is."""
    log = Log(tmp_path / "log")
    assert (log.text(), log.size) == ("", 0)
    log.path.write_bytes("ä".encode())
    assert (log.text(), log.size) == ("ä", 2)
    size = log.size
    with log.path.open("ab") as file:
        file.write(b"later\xff")
    assert log.text(size) == "later\ufffd" and log.text(100) == "" and log.text(1).startswith("\ufffd")


def test_a_place_of_its_own(tmp_path: Path) -> None:
    """Each process of a name has a place that none before it has, also where others have taken some; folders differ."""
    folder = tmp_path / "run"
    (tmp_path / "main-3.log").touch()
    places = []
    for _ in range(3):
        places.append(fresh_place(folder, "main", "log"))
        places[-1].touch()
        fresh_place(tmp_path, "main", "log").touch()
    assert [place.name for place in places] == ["main-1.log", "main-2.log", "main-3.log"]
    assert fresh_place(tmp_path, "main", "log").name == "main-5.log"
    assert fresh_place(folder, "a/b", "record").name == "a_b-1.record"
