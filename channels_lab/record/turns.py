"""Turns: what began late, since something else was at work in the one thread that synchronous handlers share.

Runs inside the server.
"""

from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from channels_lab.record.variables import Variable, values

__all__ = ["watch_turns"]

# Less is a thread that gets going, and nothing that a picture could show.
_LATE_NANOSECONDS = 50_000_000


def watch_turns(connection: Variable[int], write: Callable[..., None]) -> None:
    """Record each wait for that thread, once it is over: a handler waited so many seconds, and begins now.

    `connection` is, where a handler is asked for, the number of the connection that it serves.
    """
    try:
        from asgiref.sync import SyncToAsync
    except ImportError:
        return
    executor = SyncToAsync.single_thread_executor
    submit = executor.submit

    def submit_noted(call: Callable[..., Any], /, *args: Any) -> Any:
        # The number is looked up only for the few that wait long.
        return submit(begin, monotonic_ns(), values(), call, args)

    def begin(asked: int, kept: dict[Any, Any], call: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if (waited := monotonic_ns() - asked) >= _LATE_NANOSECONDS:
            write("turn", connection=connection.within(kept), waited=round(waited / 1e9, 3))
        return call(*args)

    setattr(executor, "submit", submit_noted)  # noqa: B010 - to mypy, an object's own may not change
