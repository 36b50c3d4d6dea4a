"""The evidence of a run: its connections, exceptions and lines, from records, logs and the cell."""

import time
from pathlib import Path

import pytest

from channels_lab.errors import LabError
from channels_lab.explain.book import explain
from channels_lab.explain.evidence import CELL, Evidence
from channels_lab.explain.gather import gather
from channels_lab.explain.source import Source
from channels_lab.explain.tracebacks import read_tracebacks
from channels_lab.record.events import Event
from channels_lab.running.warmstart import WarmStart
from tests import chat_project, happened

from .cases_async import receive, written
from .cases_blocking import TICKS
from .run import Run

LOG = """\
ready
Traceback (most recent call last):
  File "/lib/site-packages/channels/x.py", line 3, in app
    call()
  File "/project/chat/consumers.py", line 2, in connect
    f()
KeyError: 'room'
between
Traceback (most recent call last):
  File "/lib/x.py", line 1, in send
json.JSONDecodeError: first

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/lib/x.py", line 9, in other
ValueError: second
  + Exception Group Traceback (most recent call last):
  |   File "/lib/y.py", line 1, in main
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "chat/tasks.py", line 4, in run
    |     g()
    | OSError: inside
    +------------------------------------
"""


def event(
    t: float, kind: str, side: str = "server", connection: int = 0, name: str = "main", **details: object
) -> Event:
    """An event of a record."""
    return Event(t, side, kind, connection, name, details)


def opened(t: float, connection: int, port: int, path: str = "/ws/") -> Event:
    """A WebSocket that opens at a server."""
    return event(t, "open", connection=connection, type="websocket", path=path, client=["127.0.0.1", port])


# Connections


def test_a_connection_has_its_own_events_and_its_clients() -> None:
    """Events are sorted by connection, and a client's by the port that it connected from, also when it reconnects."""
    events = [
        event(1, "connect", "client", name="alice", client=["127.0.0.1", 11]),
        opened(2, 1, 11),
        opened(3, 2, 99),
        event(4, "receive", connection=1, event={"type": "websocket.connect"}),
        event(5, "send", connection=1, event={"type": "websocket.accept"}),
        event(6, "closed", "client", name="alice", code=1000),
        event(7, "end", connection=1),
        event(8, "connect", "client", name="alice", client=["127.0.0.1", 12]),
        opened(9, 3, 12),
        event(10, "scope", connection=3, through="URLRouter"),
        event(11, "scope", connection=3, through="ChatConsumer", consumer=True),
        event(12, "refused", "client", name="alice", status=500),
    ]
    first, browser, second = Evidence(events, {}, Source({})).connections
    assert (first.client, first.accepted, first.over, first.consumer) == ("alice", True, True, "")
    assert [one.kind for one in first.client_events] == ["connect", "closed"]
    assert first.received("websocket.connect") and not first.received("websocket.receive")
    assert (browser.client, browser.client_events, browser.over) == ("", [], False)
    assert (second.client, second.accepted, second.consumer) == ("alice", False, "ChatConsumer")
    assert [one.kind for one in second.client_events] == ["connect", "refused"]
    assert second.through == ["URLRouter", "ChatConsumer"]


def test_a_server_that_is_started_again_counts_anew() -> None:
    """The second connection number 1 of a name is another connection."""
    events = [opened(1, 1, 11), event(2, "end", connection=1), opened(3, 1, 12), event(4, "receive", connection=1)]
    first, second = Evidence(events, {}, Source({})).connections
    assert [one.kind for one in first.events] == ["open", "end"]
    assert [one.kind for one in second.events] == ["open", "receive"]


def test_what_clients_met_is_found_by_status_and_code() -> None:
    """Refusals are found by their status, None being no answer, and ends by their code."""
    events = [
        event(1, "refused", "client", status=403),
        event(2, "refused", "client", status=None),
        event(3, "closed", "client", code=1011),
    ]
    evidence = Evidence(events, {}, Source({}))
    assert [e.t for e in evidence.refused()] == [1, 2]
    assert [e.t for e in evidence.refused(403)] == [1] and [e.t for e in evidence.refused(None)] == [2]
    assert [e.t for e in evidence.closed(1011, 1006)] == [3] and evidence.closed(1000) == []


def test_the_backend_is_that_of_the_default_layer() -> None:
    """Another alias is not meant, and without a layer there is none."""
    events = [event(1, "backend", alias="default", backend="A"), event(2, "backend", alias="other", backend="B")]
    assert Evidence(events, {}, Source({})).backend() == "A"
    assert Evidence([], {}, Source({})).backend() == ""


# Exceptions


def test_tracebacks_are_read_with_the_projects_own_frames() -> None:
    """Each traceback has its exception and own frames; what a library raised from another, and groups, are followed."""
    assert [(one.error, one.frames) for one in read_tracebacks(LOG, Path("/project"))] == [
        ("KeyError: 'room'", (("chat/consumers.py", 2, "connect"),)),
        ("json.JSONDecodeError: first", ()),
        ("ValueError: second", ()),
        ("ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)", ()),
        ("OSError: inside", (("chat/tasks.py", 4, "run"),)),
    ]
    assert read_tracebacks("nothing", Path("/project")) == []


def test_a_library_that_raises_from_the_learners_error_has_its_lines() -> None:
    """Where the last exception has no own frame, those of the one that it was raised from count."""
    first, second = LOG.split("between\n")[0], LOG.split("direct cause")[1]
    log = f"{first}\nThe above exception was the direct cause{second}"
    assert read_tracebacks(log, Path("/project"))[1].frames == (("chat/consumers.py", 2, "connect"),)


def test_an_exception_is_found_in_the_record_the_log_and_the_cell() -> None:
    """The record is asked first, then logs, then the cell; each says what it knows of the place."""
    source = Source({"chat/consumers.py": "def connect(self):\n    f()\n"}, Path("/project"))
    recorded = event(
        1,
        "error",
        connection=7,
        error="ValueError: x",
        cause="OSError: y",
        frames=[["chat/consumers.py", 2, "connect"]],
    )
    evidence = Evidence([recorded], {"main": LOG}, source, error=LabError("no server", "start it"))
    raised = evidence.raised("ValueError: (.)")
    assert raised and (raised.match[1], str(raised.place), raised.process, raised.connection) == (
        "x",
        "chat/consumers.py:2: f()",
        "main",
        7,
    )
    assert evidence.raised("OSError: y")
    logged = evidence.raised("KeyError")
    assert logged and logged.text == "KeyError: 'room'" and str(logged.place) == "chat/consumers.py:2: f()"
    assert evidence.raised("LabError: no server$")
    assert evidence.raised("never") is None


def test_the_last_own_line_of_a_log_is_found() -> None:
    """`log_frame` is of the last traceback of a log; a log without one has none."""
    evidence = Evidence([], {"main": "fine", "worker": LOG}, Source({"chat/tasks.py": "\n\n\ng()"}))
    assert str(evidence.log_frame()) == str(evidence.log_frame("worker")) == "chat/tasks.py:4: g()"
    assert evidence.log_frame("main") is None
    assert evidence.search("^betw(een)$") and not evidence.search("^etween")


# The cell


def test_the_cells_code_is_read_without_its_magics() -> None:
    """Magics keep their lines empty; a file cell holds no code that runs in the kernel."""
    evidence = Evidence([], {}, Source({}), cell="%%time\n!ls\nasyncio.run(main())")
    assert [str(call.place) for call in evidence.cell_source.calls("run")] == [f"{CELL}:3: asyncio.run(main())"]
    file_cell = Evidence([], {}, Source({}), cell="%%project_file a.py\nasyncio.run(main())")
    assert file_cell.cell_source.calls("run") == []


def test_the_line_of_the_cell_that_raised_is_found() -> None:
    """The innermost frame of the cell counts, among causes too; an error from elsewhere has none."""
    cell = "def f():\n    1 / 0\ntry:\n    f()\nexcept Exception:\n    {}['x']"
    with pytest.raises(KeyError) as raised:
        exec(compile(cell, "/tmp/ipykernel_123/456.py", "exec"), {})
    evidence = Evidence([], {}, Source({}), error=raised.value, cell=cell)
    assert str(evidence.cell_frame()) == f"{CELL}:6: {{}}['x']"
    cause = evidence.raised("ZeroDivisionError")
    assert cause and str(cause.place) == f"{CELL}:2: 1 / 0"
    assert Evidence([], {}, Source({}), error=KeyError("x"), cell=cell).cell_frame() is None


def test_a_cell_that_is_no_python_names_its_line() -> None:
    """A SyntaxError has no frame of the cell, and a line."""
    error = SyntaxError("invalid syntax", ("/tmp/ipykernel_123/456.py", 2, 1, "x ="))
    assert str(Evidence([], {}, Source({}), error=error, cell="a\nx =").cell_frame()) == f"{CELL}:2: x ="


# Gathering


async def test_evidence_is_gathered_from_real_processes(tmp_path: Path, keeper: WarmStart) -> None:
    """Events of server, client and process come sorted, logs and commands by name; a window leaves out the rest."""
    run = Run(chat_project.write(tmp_path))
    try:
        await run.server()
        async with run.connect("/ws/chat/lobby/") as alice:
            await alice.send_json({"message": "hi"})
            await alice.receive_json()
        evidence = await run.settled()
        assert {one.side for one in evidence.events} == {"server", "client", "process"}
        assert evidence.events == sorted(evidence.events)
        assert (
            "daphne" in evidence.commands["main"]
            and evidence.ran("daphne") == ["main"]
            and not evidence.ran("runworker")
        )
        assert evidence.search(r'"WSCONNECT /ws/chat/lobby/"')
        (connection,) = evidence.connections
        assert (connection.client, connection.over) == ("alice", True)
        assert evidence.consumers_of(connection)
        (process,) = run.processes
        seen = {process.printed.path: process.printed.path.stat().st_size}
        later = gather(run.processes, run.clients, run.project, since=time.monotonic(), printed=seen)
        assert not later.connections and later.logs == {"main": ""} and later.backend() == "InMemoryChannelLayer"
    finally:
        await run.stop()


def test_a_task_that_sends_while_its_client_leaves() -> None:
    """What a task sends just after the close frame Daphne refuses, which ends it: it has outlived its consumer."""
    files = written(receive("asyncio.create_task(self.tick())", more=TICKS), "import asyncio\n")
    said = {"text": "Task exception was never retrieved\nfuture: <Task>", "level": "ERROR"}
    refused = {"error": "Disconnected: Attempt to send on a closed protocol", "frames": [["chat/consumers.py", 9]]}
    events = [*happened.opened(0), *happened.closed(2), happened.server(2.1, "log", 0, **said, **refused)]
    found = explain(Evidence(events, {}, Source({path: str(text) for path, text in files.items()})))
    assert [one.rule for one in found] == ["task-outlives-connection"] and "Disconnected" in found[0].see
