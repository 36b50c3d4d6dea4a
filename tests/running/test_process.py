"""One process: its readiness, its log, its end."""

import asyncio
import signal
import time

import psutil
import pytest

from channels_lab.errors import LabError
from channels_lab.running.process import Process, ProcessEnded
from tests.patience import within

from ..leaks import ours, wait_until_gone
from .conftest import Start


async def test_ready_and_stop(start: Start) -> None:
    """It is ready when it says so, and gone after stop()."""
    process = start("ready_then_wait")
    assert await process.ready(10) is process
    assert process.alive and process.pid and psutil.pid_exists(process.pid)
    assert process.ready_after is not None and process.ready_after < 10
    await process.stop()
    assert not process.alive
    assert process.exit_code == -signal.SIGTERM
    assert not psutil.pid_exists(process.pid)


async def test_stopping_twice(start: Start) -> None:
    """A second stop() does nothing."""
    process = await start("ready_then_wait").ready(10)
    await process.stop()
    await process.stop()
    assert process.exit_code == -signal.SIGTERM


async def test_stopping_before_it_is_ready(start: Start) -> None:
    """stop() right after the start stops it."""
    process = start("stay")
    await process.stop()
    assert not process.alive


async def test_what_does_not_listen_is_made_to_end(start: Start) -> None:
    """A process that ignores SIGTERM, and its child that does too, are killed after the deadline."""
    process = await start("stubborn").ready(10)
    family = psutil.Process(process.pid).children()
    assert family
    await process.stop(timeout=0.3)
    assert process.exit_code == -signal.SIGKILL
    assert wait_until_gone(family, 5) == []


async def test_what_it_leaves_is_ended(start: Start) -> None:
    """A child that it has left behind ends with it."""
    before = ours()
    process = start("leave", "child")
    assert await process.end(10) == 0
    children = [one for one in ours() if one not in before and is_called(one, "sleep")]
    assert wait_until_gone(children, 5) == []


def is_called(process: psutil.Process, name: str) -> bool:
    """Whether this is a process's name; one that has just gone has none."""
    try:
        return process.name() == name
    except psutil.Error:
        return False


async def test_never_ready(start: Start) -> None:
    """One that is not ready in time is stopped, and the message has the deadline and the log's tail."""
    process = start("stay")
    with pytest.raises(LabError, match=r"probe was not ready after 0\.5 s, and was stopped\.") as caught:
        await process.ready(0.5)
    assert "here I stay" in caught.value.details
    assert not process.alive


async def test_never_ending(start: Start) -> None:
    """One that does not end in time is stopped, and the message says so."""
    process = start("stay")
    with pytest.raises(LabError, match=r"did not end within 0\.5 s") as caught:
        await process.end(0.5)
    assert "here I stay" in caught.value.details
    assert not process.alive


async def test_ending_before_it_is_ready(start: Start) -> None:
    """One that ends instead of being ready is told with its exit status and the learner's lines."""
    process = start("leave", "raise")
    with pytest.raises(ProcessEnded, match=r"probe ended with status 1 before it was ready\.") as caught:
        await process.ready(10)
    assert "probe.py, line" in caught.value.details
    assert "RuntimeError: no more of this" in caught.value.details
    assert "child.py" not in caught.value.details


@pytest.mark.parametrize(("how", "name"), [("signal", "SIGKILL"), ("segfault", "SIGSEGV")])
async def test_ending_by_a_signal(start: Start, how: str, name: str) -> None:
    """One that a signal has ended is told with the signal's name."""
    process = start("leave", how)
    with pytest.raises(ProcessEnded, match=f"was ended by signal {name}"):
        await process.ready(10)


async def test_a_later_crash(start: Start) -> None:
    """One that crashes after it was ready is reported by the next check()."""
    process = await start("ready_then_wait").ready(10)
    process.check()
    psutil.Process(process.pid).kill()
    assert await process.end(10) == -signal.SIGKILL
    with pytest.raises(ProcessEnded, match=r"probe was ended by signal SIGKILL\.") as caught:
        process.check()
    assert "start" in caught.value.fix


async def test_an_interrupt_does_not_reach_it(start: Start) -> None:
    """Ctrl-C in the kernel's group leaves it alone: its session is its own."""
    import os

    process = await start("ready_then_wait").ready(10)
    assert os.getsid(process.pid) == process.pid
    assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
    assert process.alive


async def test_forgetting_it_ends_it(start: Start, keeper: object, folder: object) -> None:
    """A process that nobody refers to any more leaves."""
    from channels_lab.running.process import Process

    process = await Process("probe", "", "probe:ready_then_wait", [], cwd=folder).ready(10)  # type: ignore[arg-type]
    child = psutil.Process(process.pid)
    del process
    assert wait_until_gone([child], 10) == []


async def test_its_state_in_words(start: Start) -> None:
    """Its repr says its command and whether it runs."""
    process = await start("ready_then_wait").ready(10)
    assert repr(process) == f"<probe: probe ready_then_wait (pid {process.pid})>"
    await process.stop()
    assert repr(process) == "<probe: probe ready_then_wait (ended with status -15)>"


async def test_logs_are_kept_apart(start: Start) -> None:
    """Each start has a log of its own, also under the same name."""
    first, second = start("leave", "return"), start("leave", "exit")
    assert (await first.end(10), await second.end(10)) == (3, 4)
    assert (first.log, second.log) == ("leaving by return\n", "leaving by exit\n")


@pytest.mark.parametrize("name", ["a/b", "../up", "[x]*", "한글 이름", "x" * 300])
async def test_strange_names(start: Start, folder: object, name: str) -> None:
    """A name that is no file name serves as well."""
    from channels_lab.running.process import Process

    process = Process(name, "", "probe:leave", ["return"], cwd=folder)  # type: ignore[arg-type]
    assert await process.end(10) == 3
    assert process.log == "leaving by return\n"
    assert process.printed.path.parent == process.keeper.folder


async def test_many_at_once(start: Start) -> None:
    """Twenty started together are all ready, and all stopped."""
    processes = [start("ready_then_wait") for _ in range(20)]
    await asyncio.gather(*(process.ready(30) for process in processes))
    began = time.monotonic()
    await asyncio.gather(*(process.stop() for process in processes))
    assert time.monotonic() - began < within(3)
    assert not any(process.alive for process in processes)


async def test_a_wait_that_is_cancelled(start: Start) -> None:
    """A cell that is interrupted while it waits leaves a process that can still be stopped."""
    process = start("stay")
    waiting = asyncio.create_task(process.ready(30))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await process.stop()
    assert not process.alive


# Its events, for the record


def told(process: Process) -> list[tuple[str, dict[str, object]]]:
    """The kinds and details of its events; each is its own and not before the one before."""
    times = [event.t for event in process.events]
    assert times == sorted(times) and times[-1] <= time.monotonic()
    assert {(event.side, event.name) for event in process.events} == {("process", process.name)}
    return [(event.kind, event.details) for event in process.events]


async def test_its_life_is_noted(start: Start) -> None:
    """Its start with its command, its readiness and its end are events; an end that was asked for says so."""
    process = await start("ready_then_wait").ready(10)
    await process.stop()
    await process.stop()
    assert told(process) == [
        ("start", {"command": process.command}),
        ("ready", {}),
        ("end", {"code": -signal.SIGTERM, "asked": True}),
    ]
    start_at, ready_at, _ = (event.t for event in process.events)
    assert process.ready_after == ready_at - start_at


async def test_an_end_that_nobody_asked_for(start: Start) -> None:
    """An end by itself was not asked for, though stop() is called later; its time is when it ended."""
    process = await start("ready_then_wait").ready(10)
    before = time.monotonic()
    psutil.Process(process.pid).kill()
    await process.wait_ended(10)
    after = time.monotonic()
    await process.stop()
    assert told(process)[-1] == ("end", {"code": -signal.SIGKILL, "asked": False})
    assert before <= process.events[-1].t <= after


async def test_several_wait_for_its_end(start: Start) -> None:
    """All who wait for it hear of its end at once, also those who have their own deadlines."""
    process = await start("ready_then_wait").ready(10)
    waiting = [asyncio.ensure_future(process.wait_ended(seconds)) for seconds in (0.01, 30, 30)]
    assert await waiting[0] is False
    await process.stop()
    assert await asyncio.wait_for(asyncio.gather(*waiting[1:]), 5) == [True, True]
