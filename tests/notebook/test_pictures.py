"""What a server and a lab show and explain, of all that has happened or of a cell."""

import math
import re

import pytest

from channels_lab.course.filecell import FileCell
from channels_lab.errors import LabError
from channels_lab.notebook import cell as cells
from channels_lab.notebook.inquiry import inquire
from channels_lab.notebook.lab import Lab
from channels_lab.notebook.server import Server
from channels_lab.record.settled import is_settled
from channels_lab.running.process import ProcessEnded
from channels_lab.wire.client import Closed, NothingCame
from tests.happened import answer, asked, client, closed, opened, process, server

APPLICATION = """
import os


async def application(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"page"})
        return
    while (event := await receive())["type"] != "websocket.disconnect":
        match event.get("text"):
            case None:
                await send({"type": "websocket.accept"})
            case "raise":
                raise ValueError("wrong")
            case "exit":
                print("going", flush=True)
                os._exit(3)
            case "print":
                print("printed")
                await send({"type": "websocket.send", "text": "done"})
            case text:
                await send({"type": "websocket.send", "text": text})
"""


@pytest.fixture
async def running(lab: Lab) -> Server:
    """A server of the lab's."""
    lab.workspace.write(FileCell("hello.py", "", APPLICATION), lab.chapter)
    return await lab.daphne("hello:application")


async def say(to: Server, *words: str, name: str = "alice") -> None:
    """Send words, and get an answer to each."""
    async with to.connect("/", name=name) as one:
        for word in words:
            await one.send(word)
            await one.receive()


# Pictures


async def test_kinds_of_lane(running: Server) -> None:
    """`lanes` draws these kinds of lane only; without it, processes and what was printed are left out."""
    await say(running, "print")
    await running.get("/page")
    plain = str(running.diagram())
    assert "GET /page" in plain and "printed" not in plain and "$ daphne" not in plain
    assert "printed" in str(running.diagram(lanes=["log"]))
    assert "GET" not in str(running.diagram(lanes=["clients", "consumers"]))
    processes = str(running.diagram(lanes=["processes"]))
    assert "$ daphne" in processes and "ready" in processes and "alice" not in processes
    with pytest.raises(LabError, match="no lane 'people'"):
        running.diagram(lanes=["people"])


async def test_a_part_of_the_time(running: Server) -> None:
    """`since` and `until` are seconds on the clock that the whole picture shows, and their picture keeps it."""
    await say(running, "one")
    assert "disconnect" in str(running.diagram())  # it waits for the end
    steps = running.story().steps
    between = steps[-1].t - steps[0].t + 1e-6
    await say(running, "two", name="bob")
    assert "alice" not in str(running.diagram(since=between)) and "two" in str(running.diagram(since=between))
    whole, part = (
        re.findall(r"(\d+) ms +bob ", str(diagram)) for diagram in (running.diagram(), running.diagram(since=between))
    )
    assert whole == part
    assert "bob" not in str(running.diagram(until=between)) and "one" in str(running.diagram(until=between))
    assert str(running.diagram(since=math.inf)).endswith("nothing has happened yet.")


async def test_a_client_of_which_nothing_is_known(running: Server) -> None:
    """A picture of a client that there was not names those that there were, but a page may not have been open."""
    assert "nothing has happened" in str(running.diagram(clients=["Alice"]))
    await say(running, "one")
    with pytest.raises(LabError, match="no client 'Alice'") as raised:
        running.diagram(clients=["Alice"])
    assert raised.value.fix == "The clients were alice."
    assert "one" in str(running.diagram(clients=["alice", "browser 1"]))


async def test_what_was_just_sent_is_not_said_to_be_lost(running: Server) -> None:
    """A picture that is drawn at once waits for the server to note what its clients have sent."""
    async with running.connect("/", name="alice") as alice:
        for number in range(20):
            await alice.send(f"message {number}")
            assert "never reached" not in str(running.diagram())


async def test_one_lab_draws_all_its_processes(running: Server, lab: Lab) -> None:
    """A lab draws all its servers in one diagram."""
    second = await lab.daphne("hello:application", name="second")
    await say(running, "one")
    await say(second, "two", name="bob")
    text = str(lab.diagram())
    assert "alice's consumer (main)" in text and "bob's consumer (second)" in text


def test_settled() -> None:
    """A record has caught up when each message that was sent has come, and each connection that was ended has ended."""
    talk = [*opened(0), *asked(1, 1.1), *answer(2, 2.1)]
    ended = closed(3)
    ours, theirs = (
        [[event for event in [*talk, *ended, server(3, "end")] if event.side == side] for side in ("client", "server")]
    )  # fmt: skip
    assert is_settled(ours, theirs) and is_settled([], [])
    assert not is_settled(ours, theirs[:-2])  # its end is not noted
    assert not is_settled([*ours[:-1], client(2.5, "sent", message="more")], theirs[:-2])
    assert is_settled([*ours, client(4, "sent", message="too late")], theirs)
    assert is_settled([client(1, "connect", client=["127.0.0.1", 9]), client(2, "refused", status=None)], [])
    assert is_settled(ours, [*theirs[:-2], process(3, "end", code=-9, asked=True)])  # killed: nothing more is noted


# Inquiries


def kinds(error: BaseException | None, lab: Lab) -> list[str]:
    """The kinds of event in the evidence for an error."""
    return [event.kind for event in inquire(lab, error).events if event.side == "server"]


async def test_an_error_sees_the_faults_of_its_cell(running: Server, lab: Lab) -> None:
    """What failed and printed in a cell before is no evidence for an error in this one."""
    async with running.connect("/", name="alice") as alice:
        await alice.send("raise")
        await alice.wait_closed()
    sizes = {running.process.printed.path: running.process.printed.size}
    cells.begin(cells.Cell("2", "await bob.receive()", printed=sizes))
    assert "error" not in kinds(ValueError(), lab)
    async with running.connect("/", name="bob") as bob:
        with pytest.raises(NothingCame) as caught:
            await bob.receive(0.1)
        evidence = inquire(lab, caught.value)
    assert [one.client for one in evidence.connections] == ["bob"]
    assert "ValueError" not in evidence.logs["main"] and "WSCONNECT" in evidence.logs["main"]
    assert evidence.cell == "await bob.receive()" and evidence.error is caught.value
    assert [one.client for one in inquire(lab).connections] == ["alice", "bob"]


async def test_a_crash_that_is_noticed_later_sees_all(running: Server, lab: Lab) -> None:
    """That a server has gone, or closed a connection, is explained by what happened in cells before."""
    async with running.connect("/", name="alice") as alice:
        await alice.send("exit")
        await running.process.end(5)
        cells.begin(cells.Cell("2", printed={running.process.printed.path: running.process.printed.size}))
        with pytest.raises(Closed) as closed_early:
            await alice.receive()
    with pytest.raises(ProcessEnded) as ended:
        running.connect("/")
    for error in (closed_early.value, ended.value):
        evidence = inquire(lab, error)
        assert [one.client for one in evidence.connections] == ["alice"]
        assert "going" in evidence.logs["main"]
        [end] = evidence.of("end", "process")
        assert end.details == {"code": 3, "asked": False}
    assert inquire(lab, ValueError()).logs["main"] == ""


def test_without_a_lab() -> None:
    """Without a lab there is the cell alone."""
    cells.begin(cells.Cell("1", "1 / 0"))
    evidence = inquire(None, ZeroDivisionError())
    assert (evidence.events, evidence.logs, evidence.cell) == ([], {}, "1 / 0")
