import asyncio
import os
from html.parser import HTMLParser

import pytest
from redis.asyncio import Redis as Client

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.notebook.execute import clean_workspace, execute
from channels_lab.notebook.monitor import html
from channels_lab.picture.monitor.monitor import Monitor
from channels_lab.picture.monitor.redis_command import Command
from channels_lab.picture.monitor.watched import Interpreter
from tests import small_course
from tests.small_course import OPEN

HOSTILE = '"><script>alert(1)</script>\u202e\n&amp;'
CHAT = """
from channels_redis.core import RedisChannelLayer
async with lab.layer_monitor() as monitor:
    layer = RedisChannelLayer(hosts=[await lab.redis()])
    await layer.group_add("chat.lobby", "one.member")
    await layer.group_send("chat.lobby", {"type": "chat.message"})
    await layer.close_pools()
"""
# As many commands as fit into a second, and what was drawn of them.
BUSY = """
import asyncio, time
from redis.asyncio import Redis
async with lab.layer_monitor() as monitor, Redis.from_url(await lab.redis()) as client:
    until = time.monotonic() + 1
    while time.monotonic() < until:
        await client.get("x")
await lab.stop()
"""


class Rows(HTMLParser):
    """The texts of a table's cells, a row each, and the names of all tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def watched(*commands: tuple[str, ...], step: float = 0.001) -> Monitor:
    """A monitor that has seen these commands."""
    monitor, interpreter = Monitor("redis://"), Interpreter()
    for number, words in enumerate(commands):
        who, words = ("lua", words[1:]) if words[0] == "lua" else ("127.0.0.1:5", words)
        command = Command(100 + number * step, who, tuple(word.encode() for word in words))
        monitor.commands.append(interpreter.read(command))
    monitor.started = 100
    return monitor


async def test_a_lab_watches_its_own_server(lab, capsys):
    """`layer_monitor()` starts the lab's server, watches inside the block, and is a table in HTML beside text."""
    async with lab.layer_monitor() as monitor:
        async with Client.from_url(os.environ["REDIS_URL"]) as client:
            await client.zadd("asgi:group:chat.lobby", {"one.member": 1})
        assert "so far: " in str(monitor)
    assert monitor.calls == {"group_add": 1}
    assert monitor.commands[-1].meaning == "group_add chat.lobby: one.member joins"
    bundle = monitor._repr_mimebundle_()
    assert bundle["text/plain"] == str(monitor) == repr(monitor)
    assert "group_add chat.lobby: one.member joins" in bundle["text/html"]
    # Outside a notebook nothing is drawn by itself.
    assert "group_add" not in capsys.readouterr().out


async def test_a_monitor_that_was_never_open_says_how_to_use_it(lab):
    """Without `async with` there is nothing to see, and the text and the error say what to write."""
    monitor = lab.layer_monitor()
    assert monitor._repr_mimebundle_() == {
        "text/plain": "A monitor that is not open yet: async with lab.layer_monitor()"
    }
    with pytest.raises(LabError, match=r"async with lab\.layer_monitor"):
        monitor.commands.clear()


async def test_a_server_that_is_not_there_is_told_on_entering(lab, monkeypatch):
    """Where the server that was named does not run, entering says so, and leaves nothing open."""
    monkeypatch.setenv("CHANNELS_LAB_REDIS_URL", "unix:///nowhere.sock")
    monitor = lab.layer_monitor()
    with pytest.raises(LabError, match=r"watched at unix:///nowhere\.sock"):
        await monitor.__aenter__()
    assert "not open yet" in str(monitor)


def test_html_has_the_rows_of_the_text():
    """The table has a row for each command, with a mark that is a sign and a word, and a script's commands under it."""
    monitor = watched(
        ("ZADD", "asgi:group:a", "1", "s.x"),
        ("EVAL", "…", "0", "asgis.a!", "asgis.a!$inflight"),
        ("lua", "DEL", "asgis.a!$inflight"),
        ("GET", "x"),
    )
    found = Rows(html(monitor))
    assert found.rows[0] == ["ms", "from", "", "command", "what it means"]
    assert [row[1:] for row in found.rows[1:]] == [
        ["connection 1", "■\xa0layer", "ZADD asgi:group:a 1 s.x", "group_add a: s.x joins"],
        [
            "connection 1",
            "■\xa0layer",
            "EVAL (script) 0 asgis.a! asgis.a!$inflight",
            "receive on s.a!: first, what a cancelled one may have left",
        ],
        ["connection 1", "■\xa0layer", "└ DEL asgis.a!$inflight", "nothing is left over now"],
        ["connection 1", "", "GET x", ""],
    ]
    assert [row[0] for row in found.rows[1:]] == ["0.0", "1.0", "2.0", "3.0"]


def test_hostile_text_is_escaped_in_html():
    """Tags, entities and what reorders a line are text, wherever they stand."""
    text = html(
        watched(
            ("ZADD", f"asgi:group:{HOSTILE}", "1", HOSTILE),
            ("SET", HOSTILE, HOSTILE),
            (HOSTILE,),
            ("PUBLISH", f"asgi__group__{HOSTILE}", HOSTILE),
        )
    )
    found = Rows(text)
    assert found.tags <= {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "\u202e" not in text and "\n" not in text
    assert "<script>" in found.rows[1][-1]


def test_a_table_is_bounded():
    """Five hundred commands are at most a hundred rows, and equal ones are three or fewer."""
    many = Rows(html(watched(*[("GET", f"k{number}") for number in range(500)])))
    assert len(many.rows) == 101
    assert many.rows[70][3] == "… 401 more commands"
    same = Rows(html(watched(*[("GET", "k")] * 500)))
    assert [row[3] for row in same.rows[1:]] == ["GET k", "… the same command 499 more times, until 499.0 ms"]


def test_rounds_of_commands_are_folded():
    """A receive that waits again and again is shown once, whatever its round of commands is."""
    wait = [
        ("EVAL", "…", "0", "asgis.a!", "asgis.a!$inflight"),
        ("lua", "ZRANGE", "asgis.a!$inflight", "0", "-1"),
        ("lua", "DEL", "asgis.a!$inflight"),
        ("BZPOPMIN", "asgis.a!", "5"),
    ]
    rows = Rows(html(watched(*wait * 20, ("GET", "x")))).rows[1:]
    assert len(rows) == 6
    assert rows[4][2:4] == ["■\xa0layer", "… the same 4 commands 19 more times, until 79.0 ms"]


def test_messages_that_differ_are_not_folded():
    """Three messages with different texts are three, and three members that join are one and two more."""
    sent = [("PUBLISH", "asgi__group__a", f'{{"type": "x", "n": {number}}}') for number in range(3)]
    joined = [("ZADD", "asgi:group:a", "1", f"s.{number}") for number in range(3)]
    rows = Rows(html(watched(*sent, *joined))).rows[1:]
    assert [row[4] for row in rows[:4]] == [
        'group_send a: x {"n": 0}',
        'group_send a: x {"n": 1}',
        'group_send a: x {"n": 2}',
        "group_add a: s.0 joins",
    ]
    assert rows[4][3].startswith("… the same command 2 more times")


def test_the_table_grows_in_the_notebook_and_is_folded_when_it_is_closed(tmp_path, monkeypatch):
    """In a kernel the cell shows a display that ends folded away, and `monitor` shows the table."""
    monkeypatch.delenv("CHANNELS_LAB_ROOT", raising=False)
    course: Course = small_course.write(
        tmp_path / "course", {"00_start": [OPEN.format(number="00"), CHAT, "monitor", "await lab.stop()"]}
    )
    with clean_workspace(course):
        outcome = execute(course.chapter("00"))
    assert outcome.error == ""
    cells = [cell for cell in outcome.notebook.cells if cell.cell_type == "code"]
    live = cells[1].outputs[-1]
    assert live.data["text/plain"].startswith("The monitor is closed. Redis commands in ")
    assert live.data["text/html"].startswith("<details><summary>The monitor is closed. Redis commands in ")
    assert "1 group_add, 1 group_send" in live.data["text/plain"]
    (table,) = cells[2].outputs
    assert "group_send chat.lobby: chat.message to 1 channel" in table.data["text/plain"]
    assert Rows(table.data["text/html"]).rows == Rows(live.data["text/html"]).rows


def test_a_busy_server_is_drawn_a_few_times_a_second(opened, shell):
    """However many commands come, the display is drawn at most five times a second, and once more at the end."""
    shell.ipython.kernel = None  # it is there: as in a notebook
    captured = shell.run(BUSY)
    texts = [output.data["text/plain"] for output in captured.outputs if "Redis commands" in output.data["text/plain"]]
    assert opened().project.is_dir()
    assert "so far: 0" in texts[0]
    assert "The monitor is closed. Redis commands in" in texts[-1]
    assert 3 <= len(texts) <= 8
    counts = [int(text.split(": ")[1].split(".")[0].split(";")[0].replace(",", "")) for text in texts[:-1]]
    assert counts == sorted(counts) and counts[-1] > 10


async def test_a_body_that_is_cancelled_leaves_nothing_running(lab):
    """Interrupting the cell closes the monitor: its task and its connections are gone."""
    entered = asyncio.Event()

    async def watch() -> None:
        async with lab.layer_monitor():
            entered.set()
            await asyncio.Event().wait()

    before = asyncio.all_tasks()
    task = asyncio.create_task(watch())
    await asyncio.wait_for(entered.wait(), 10)
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()
    assert asyncio.all_tasks() == before
    async with Client.from_url(await lab.redis()) as client:
        assert [about["cmd"] for about in await client.client_list()] == ["client|list"]
