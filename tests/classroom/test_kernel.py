"""The room from a learner's kernel: a real one, on the course's own exercises, over a line that writes all down."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.kernel import Kernel

from .between import Between
from .room import Room

NAME = "06_sync_consumer/06_sync_consumer.ipynb"
CELLS = {c["id"]: "".join(c["source"]) for c in json.loads((ROOT / "solutions" / NAME).read_text())["cells"]}
RIGHT = CELLS["06-1-consumers"]
WRONG = RIGHT.replace("async_to_sync(self.channel_layer.group_add)", "self.channel_layer.group_add")
OPEN = "%load_ext channels_lab\nimport channels_lab\nfrom channels_lab import check\n"


@pytest.fixture(scope="module")
def between(room: Room) -> Iterator[Between]:
    """A line to the room."""
    with Between(room.port) as line:
        yield line


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A learner's workspace."""
    return tmp_path_factory.mktemp("learner") / "secret workspace"


def kernel_in(workspace: Path, name: str) -> Kernel:
    env = {"CHANNELS_LAB_ROOT": str(ROOT), "CHANNELS_LAB_WORKSPACE": str(workspace)}
    kernel = Kernel(workspace.parent / name, env=env)
    kernel.ok(OPEN + 'lab = channels_lab.open_chapter("06")')
    return kernel


@pytest.fixture(scope="module")
def kernel(workspace: Path) -> Iterator[Kernel]:
    """A kernel in chapter 06."""
    made = kernel_in(workspace, "beside")
    yield made
    made.close()


def until(condition: object, seconds: float = 20) -> None:
    """Wait until something is so: what happens in a kernel tells this process nothing."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_nothing_is_sent_before_one_joins(kernel: Kernel, between: Between) -> None:
    """Off by default: without a room nothing is sent, and the calls say how to join one."""
    assert kernel.ok("lab.classroom()").strip() == "You are in no room, and nothing is sent."
    error = kernel.run('lab.raise_hand("why?")')
    assert "You are in no room." in error.shown and "lab.classroom(" in error.shown
    assert between.headers == []


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('lab.classroom("nonsense", name="Ada")', "is no room's address"),
        ('lab.classroom("CODE@host:99999999", name="Ada")', "is no room's address"),
        ('lab.classroom("http://127.0.0.1:{port}/", name="Ada")', "has no code"),
        ('lab.classroom("{code}@127.0.0.1:{port}")', "Say who you are"),
        ('lab.classroom("{code}@127.0.0.1:{port}", name="{long}")', "40 characters at most"),
        ('lab.classroom("WRONG2@127.0.0.1:{port}", name="Ada")', "This room has another code"),
    ],
)
def test_what_leads_nowhere_is_told(kernel: Kernel, between: Between, room: Room, call: str, told: str) -> None:
    """A wrong address, code or name is told in the cell with what to type, and one is in no room."""
    ran = kernel.run(call.format(port=between.port, code=room.code, long="x" * 41))
    assert told in ran.shown and "Traceback" not in ran.shown
    assert "in no room" in kernel.ok("lab.classroom()")


def test_all_that_leaves_a_kernel_is_this(kernel: Kernel, between: Between, room: Room, workspace: Path) -> None:
    """In a session of every kind of call nothing leaves but the fields listed here, and `lab.classroom()` shows all."""
    between.up.clear()
    between.headers.clear()
    shown = kernel.ok(f'lab.classroom("{room.code}@127.0.0.1:{between.port}", name="Ada")')
    assert "You are Ada in the room" in shown and "lab.leave_classroom() ends it" in shown
    kernel.ok(WRONG)
    kernel.ok('check("06.1")')
    kernel.ok(RIGHT)
    kernel.ok('check("06.1")')
    kernel.ok('lab.raise_hand("why?")')
    kernel.ok("lab.lower_hand()")
    kernel.run('raise RuntimeError("a secret error")')
    until(lambda: '"hand": false' in between.up[-1])
    join, *frames = between.said
    assert set(join) == {"join", "name", "secret", "sender"} and (join["join"], join["name"]) == (room.code, "Ada")
    assert all(set(frame) == {"reports"} for frame in frames)
    reports = [report for frame in frames for report in frame["reports"]]
    kinds = [{key: value for key, value in report.items() if key not in ("id", "ago")} for report in reports]
    assert [report["id"] for report in reports] == list(range(1, len(reports) + 1))
    assert kinds == [
        {"chapter": "06", "task": ""},
        {"chapter": "06", "task": "06.1"},
        {"task": "06.1", "outcome": "not yet", "mistake": "layer-call-in-sync-code"},
        {"chapter": "06", "task": "06.1"},
        {"task": "06.1", "outcome": "passed", "mistake": ""},
        {"hand": True, "words": "why?"},
        {"hand": False},
    ]
    (headers,) = between.headers
    assert {name.lower() for name in headers} == {
        *("host", "upgrade", "connection"),
        *(f"sec-websocket-{what}" for what in ("key", "version", "extensions", "protocol")),
    }
    everything = "\n".join([*between.up, *map(str, between.headers)])
    for private in (str(workspace.parent), "secret", "ChatConsumer", "group_add", "Error"):
        assert private not in everything.replace('"secret"', "")
    told = kernel.ok("lab.classroom()")
    for frame in between.up:
        assert frame.replace(join["secret"], "…") in told


def test_the_leaders_words_come_with_the_next_cell(kernel: Kernel, room: Room) -> None:
    """An offer is shown with the line that takes it, and jumps nowhere; a twin and the timer are told, each once."""
    import asyncio

    async def lead() -> None:
        async with room.screen(leader=True) as leader, room.kernel("Ada"):
            await leader.send({"command": "goto", "chapter": "07"})
            await leader.send({"command": "timer", "seconds": 600})
            await leader.until(lambda leader: leader.told["room"]["timer"] and leader.told["room"]["goto"])

    asyncio.run(lead())
    shown = ""

    def has_come() -> bool:
        nonlocal shown
        shown += kernel.ok("1 + 1")
        return "Timer: 10 minutes" in shown

    until(has_come)
    assert "We are at chapter 07: jump? Open notebooks/07_channel_layer.ipynb, or run here lab = " in shown.replace(
        "`", ""
    )
    assert "Another Ada has joined. The board calls them Ada (2)." in shown
    assert "From the room" not in kernel.ok("lab.chapter.number")
    assert kernel.ok("lab.chapter.number").strip() == "'06'"


def test_another_notebook_is_in_the_room_too_until_one_leaves(
    kernel: Kernel, between: Between, room: Room, workspace: Path
) -> None:
    """A notebook opened later says that it is in the room; leaving in one ends it in both, and the board forgets."""
    made = kernel_in(workspace, "another")
    try:
        assert "You have joined in another notebook" in made.ok("lab.classroom()")
        made.ok('channels_lab.raise_hand("from here")')
        assert "The board has forgotten you." in kernel.ok("lab.leave_classroom()")
        assert "in no room" in made.ok("lab.classroom()")
        number = len(between.up)
        made.ok('lab = channels_lab.open_chapter("06")')
        kernel.ok(RIGHT)
        assert len(between.up) == number
    finally:
        made.close()
