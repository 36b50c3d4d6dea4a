"""When the leader's server is away: learning goes on, reports wait, and all of them count once when it is back."""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels_lab.classroom.address import Address
from channels_lab.classroom.courier import Courier
from channels_lab.classroom.journal import place_of_room
from channels_lab.classroom.membership import Membership
from channels_lab.errors import LabError

from .between import Between
from .room import Room

SECRET = "s" * 24


def tried(task: str) -> dict[str, Any]:
    return {"task": task, "outcome": "not yet", "mistake": ""}


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so that a thread brings about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_the_leaders_restart_loses_nothing_and_doubles_nothing(new_room: Callable[[], Room]) -> None:
    """Before the board is there, after it was killed, and when an answer is lost: each report counts once."""
    room = new_room()
    room.start()
    code, key = room.code, room.key
    room.stop()
    courier = Courier(Address(code, f"{room.url}/"), "Ada", SECRET, lambda answer: None)
    courier.start()
    try:
        courier.report(tried("01.1"))
        await until(lambda: courier.state == "away")
        began = time.process_time()
        for number in range(40):
            courier.report(tried(f"02.{number % 4 + 1}"))
        assert time.process_time() - began < 0.1
        room.start()
        assert (room.code, room.key) == (code, key)
        await until(lambda: not courier.outbox.waiting)
        room.stop(signal.SIGKILL)
        courier.report({"chapter": "03", "task": ""})
        courier.report({"chapter": "03", "task": "03.1"})
        courier.report({"hand": True, "words": "still here"})
        await until(lambda: courier.state == "away")
        assert courier.outbox.waiting[0][2] == {"chapter": "03", "task": "03.1"}
        room.start()
        async with room.screen(leader=True) as leader:
            await leader.until(lambda leader: leader.named("Ada").get("hand") is not None)
            assert leader.named("Ada")["tried"] == {"01.1": 1} | {f"02.{number}": 10 for number in range(1, 5)}
            assert (leader.named("Ada")["task"], leader.named("Ada")["words"]) == ("03.1", "still here")
        with Between(room.port) as line:
            other = Courier(Address(code, f"http://127.0.0.1:{line.port}/"), "Bob", "b" * 24, lambda answer: None)
            other.start()
            await until(lambda: other.state == "joined")
            line.cut_after = 0
            other.report(tried("04.1"))
            await until(lambda: not other.outbox.waiting)
            other.report(tried("04.1"))
            await until(lambda: not other.outbox.waiting)
            assert [len(frame.get("reports", [])) for frame in line.said].count(1) >= 2
            async with room.screen() as wall:
                assert wall.named("Bob")["tried"] == {"04.1": 2}
            assert other.end(leave=True)
    finally:
        courier.end(leave=False)


async def test_what_waits_outlives_its_kernel(new_room: Callable[[], Room], tmp_path: Path) -> None:
    """What kernels that are gone could not send, the next one in the same room sends, once, and before its own; what a
    living one has to send is left to it, what cannot be read is passed over, and leaving the room leaves nothing.
    """
    room = new_room()
    room.start()
    member = Membership.new(tmp_path, Address(room.code, f"{room.url}/"), "Ada")
    kept = place_of_room(tmp_path, member.secret)

    def courier() -> Courier:
        made = Courier(member.address, "Ada", member.secret, lambda answer: None, kept)
        made.start()
        return made

    one = courier()
    await until(lambda: one.state == "joined")
    one.report(tried("01.1"))
    await until(lambda: not one.waits() and not list(kept.glob("*")))
    room.stop()
    two, living = courier(), courier()
    for gone, task in ((one, "01.1"), (two, "01.2")):
        gone.report({"chapter": "05", "task": ""})
        gone.report({"chapter": "01", "task": task})
        gone.report(tried(task))
        gone.report({"hand": True, "words": f"why {task}?"})
        gone.end(leave=False)
    living.report(tried("01.3"))
    (kept / "torn.jsonl").write_text('[1, 1.0, {"task": "01.1", "outco')
    (kept / "torn-strange.jsonl").write_text('[1, 1.0, {"task": "secret", "outcome": "who knows"}]')
    assert len(list(kept.glob("*.jsonl"))) == 5 and all(not file.stat().st_mode & 0o077 for file in kept.glob("[!t]*"))
    last = courier()
    last.report({"chapter": "02", "task": ""})
    assert [what.get("task") for what in last.waits()] == ["secret", "01.1", "01.1", None, "01.2", "01.2", None, ""]
    room.start()
    try:
        await until(lambda: not last.waits() and not living.waits())
        async with room.screen(leader=True) as leader:
            await leader.until(lambda leader: leader.named("Ada").get("chapter") == "02")
            ada = leader.named("Ada")
            assert ada["tried"] == {"01.1": 2, "01.2": 1, "01.3": 1} and ada["words"] == "why 01.2?"
        assert list(kept.glob("*")) == []
        room.stop()
        living.report(tried("01.3"))
        assert list(kept.glob("*"))
    finally:
        last.end(leave=False)
        living.end(leave=False)
    Membership.end(tmp_path)
    assert not kept.exists()


async def test_what_waits_is_bounded(tmp_path: Path) -> None:
    """A courier whose board never answers keeps a thousand reports, and says how many found no place."""
    courier = Courier(Address("K7QF2M", "http://127.0.0.1:9/"), "Ada", SECRET, lambda answer: None)
    courier.start()
    for number in range(1010):
        courier.report(tried(f"02.{number % 4 + 1}"))
    for _ in range(5):
        courier.report({"chapter": "03", "task": ""})
    assert (len(courier.outbox.waiting), courier.outbox.lost) == (1000, 15)
    assert courier.settled.wait(10) and courier.state == "away" and courier.problem
    assert courier.end(leave=True) is False


@pytest.mark.parametrize(
    ("typed", "code", "url"),
    [
        ("K7QF2M@192.168.1.5:8700", "K7QF2M", "http://192.168.1.5:8700/"),
        (" k7q-f2m@localhost:8700 ", "K7QF2M", "http://localhost:8700/"),
        ("K7QF2M@https://hub.example/services/classroom/", "K7QF2M", "https://hub.example/services/classroom/"),
        ("http://10.0.0.2:8700/?code=K7QF2M", "K7QF2M", "http://10.0.0.2:8700/"),
        ("K7QF2M@[::1]:8700", "K7QF2M", "http://[::1]:8700/"),
        ("K7QF2M", "K7QF2M", "http://board.example:8700/"),
    ],
)
def test_an_address_is_read_as_it_is_typed(typed: str, code: str, url: str) -> None:
    """Code and place, a whole address, or a code alone where the variable says the rest."""
    read = Address.read(typed, default="board.example:8700")
    assert (read.code, read.url) == (code, url)
    assert read.socket == url.replace("http", "ws", 1) + "ws/learner/"


def test_a_membership_is_of_one_evening(tmp_path: Path) -> None:
    """Another day one is in no room; the file is one's own, and a broken one is none."""
    address = Address("K7QF2M", "http://localhost:8700/")
    made = Membership.new(tmp_path, address, "Ada")
    made.save(tmp_path)
    file = tmp_path / ".lab" / "classroom.json"
    assert Membership.read(tmp_path) == made and file.stat().st_mode & 0o077 == 0
    assert Membership.new(tmp_path, address, "Ada").secret == made.secret
    assert Membership.new(tmp_path, address, "Bob").secret != made.secret
    Membership(address, "Ada", SECRET, time.time() - 1).save(tmp_path)
    assert Membership.read(tmp_path) is None
    for text in ("", "[]", '{"address": 1}'):
        file.write_text(text)
        assert Membership.read(tmp_path) is None
    with pytest.raises(LabError, match="no room's address"):
        Address.read("K7QF2M")
