"""Whose turn it was: blocked event loops, and handlers that began late."""

from math import inf

import pytest

from channels_lab.picture.timeline.turns import Turns
from channels_lab.record.events import Event
from tests.happened import answer, asgi, asked, blocked, opened, process, server


def parts(events: list[Event], start: float, end: float, connection: int = 1) -> list[tuple[float, float, bool]]:
    """What was a connection's turn in a time, and what it waited."""
    return [(p.start, p.end, p.waiting) for p in Turns(events).parts(start, end, ("main", connection))]


def test_without_a_block() -> None:
    """Where nothing held the event loop, all the time is one's own turn."""
    assert parts(opened(0), 0, 1) == [(0, 1, False)]
    assert Turns(opened(0)).blocks == {}


def test_a_block() -> None:
    """A block is known by its process, with its place in the project, from the first notice to the last."""
    [block] = Turns(blocked(1, 3)).blocks["main"]
    assert (block.start, block.end) == (pytest.approx(1), 3)
    assert block.place == "chat/consumers.py, line 12"


def test_a_block_begins_with_what_the_loop_did_last() -> None:
    """A block is noticed at the next beat of the watch; it began with the event before, if that was just before."""
    just_before, long_before = server(0.95, "log", 0), server(0.5, "log", 0)
    assert Turns([just_before, *blocked(1, 3)]).blocks["main"][0].start == 0.95
    assert Turns([long_before, *blocked(1, 3)]).blocks["main"][0].start == pytest.approx(1)


def test_a_block_without_an_end() -> None:
    """A block that is not over goes on; where its process ended, it ended with that."""
    seen = blocked(1, 3)[:1]
    assert Turns(seen).blocks["main"][0].end == inf
    assert Turns([*seen, process(2, "end", code=-9, asked=False)]).blocks["main"][0].end == 2


def test_who_holds_the_loop() -> None:
    """In a block it is the turn of the connection that gives something out at the end of a silence; others wait."""
    events = [
        asgi(1, "receive", 1, type="websocket.receive", text="a"),
        asgi(1.001, "receive", 2, type="websocket.receive", text="b"),
        *blocked(1.05, 3),
        asgi(2, "send", 1, type="websocket.send", text="a"),
        asgi(2.99, "send", 2, type="websocket.send", text="b"),
    ]
    assert parts(events, 1, 2, connection=1) == [(1, 2, False)]
    assert parts(events, 1.001, 2.99, connection=2) == [(1.001, 2, True), (2, 2.99, False)]
    assert parts(events, 1.001, 2.5, connection=3) == [(1.001, 2.5, True)]


def test_what_comes_in_says_nothing_of_who_ran() -> None:
    """What a connection takes in at the end of a silence has not run through it: who ran before did."""
    events = [
        asgi(1, "receive", 1, type="websocket.receive", text="a"),
        *blocked(1.05, 3),
        asgi(2.5, "receive", 2, type="websocket.receive", text="b"),
    ]
    assert parts(events, 1, 2.5, connection=1) == [(1, 2.5, False)]


def test_another_process_waits_for_nobody_here() -> None:
    """A block holds up its own process only."""
    assert parts(blocked(1, 3, process="second"), 1, 3) == [(1, 3, False)]


def test_a_handler_that_began_late() -> None:
    """A handler that was seen to begin late has waited until then."""
    late = server(2, "turn", waited=0.9)
    assert parts([late], 1, 3) == [(1, 1.1, False), (1.1, 2, True), (2, 3, False)]
    assert parts([late], 1, 3, connection=2) == [(1, 3, False)]
    assert Turns([late]).was_late(1, 3, ("main", 1)) and not Turns([late]).was_late(2, 3, ("main", 1))


def test_waits_that_overlap() -> None:
    """Where one waited for two reasons at once, it waited once."""
    events = [*asked(0.9, 1), *blocked(1, 3), server(2.5, "turn", 2, waited=1.5), *answer(2, 2.1)]
    before, waiting, after = parts(events, 0.5, 3.5, connection=2)
    assert (before[1], waiting, after[0]) == (pytest.approx(1), (pytest.approx(1), 2.5, True), 2.5)


def test_a_wait_within_another() -> None:
    """A wait within a longer one does not end that."""
    late = [server(3, "turn", waited=2), server(2, "turn", waited=0.5)]
    assert parts(late, 0, 4) == [(0, 1, False), (1, 3, True), (3, 4, False)]
