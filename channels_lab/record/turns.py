"""Turns: what began late, since something else was at work in the one thread that synchronous handlers share.

Runs inside the server.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from time import monotonic_ns
from typing import Any

from channels_lab.record.variables import Variable, values

__all__ = ["watch_turns"]

# Less is a thread that gets going, and nothing that a picture could show.
_LATE_NANOSECONDS = 50_000_000

Write = Callable[..., None]


def watch_turns(connection: Variable[int], write: Write) -> None:
    """Record each wait for that thread, once it is over: a handler waited so many seconds, and begins now.

    `connection` is, where a handler is asked for, the number of the connection that it serves.
    """
    try:
        from asgiref.sync import SyncToAsync
    except ImportError:
        return
    SyncToAsync.single_thread_executor = _SharedThread(connection, write)


class _SharedThread(Executor):
    """In place of asgiref's ThreadPoolExecutor, of one thread as well: each call brings the time when it was asked for.

    A clock around that one's calls takes two Python calls more, by which a busy server with async consumers was a
    hundredth slower. This needs none; and as it never has a second thread to start, it does less than what it replaces.
    """

    def __init__(self, connection: Variable[int], write: Write) -> None:
        self._connection, self._write = connection, write
        self._asked: SimpleQueue[Any] = SimpleQueue()
        # Named as the one that it replaces.
        self._thread = threading.Thread(target=self._run, name="ThreadPoolExecutor-0_0", daemon=True)
        self._starting = threading.Lock()

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a call made in the thread, in its turn."""
        if self._thread.ident is None:
            self._start()
        future: Future[Any] = Future()
        self._asked.put((future, monotonic_ns(), values(), call, args, kwargs))
        return future

    def _start(self) -> None:
        with self._starting:
            if self._thread.ident is None:
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._make(*self._asked.get())

    def _make(
        self,
        future: Future[Any],
        asked: int,
        kept: dict[Any, Any],
        call: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        if not future.set_running_or_notify_cancel():
            return
        # The number is looked up only for the few that wait long.
        if (waited := monotonic_ns() - asked) >= _LATE_NANOSECONDS:
            self._write("turn", connection=self._connection.within(kept), waited=round(waited / 1e9, 3))
        try:
            result = call(*args, **kwargs)
        except BaseException as error:  # whatever it is: who waits for the call is told
            future.set_exception(error)
            del future  # which holds the error, and that this call
        else:
            future.set_result(result)
