"""Symptoms: what a process shows beside its events: log lines, prints, unawaited coroutines, a blocked event loop."""

import asyncio
import logging
import os
import re
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from channels_lab.wire.excerpt import error_details, own_frames, word
from channels_lab.wire.layers import over_capacity

__all__ = ["StallWatch", "watch_coroutines", "watch_log", "watch_prints"]

Write = Callable[..., None]

# An access line of Daphne's tells what the record tells already.
_ACCESS = re.compile(r'\S+ - - \[.*?\] "')
_STALL_SECONDS = 0.3
_BEAT_SECONDS = 0.1


def watch_log(write: Write) -> None:
    """Record warnings and errors that are logged, and what channels_redis says of full groups, at INFO.

    A handler would change what is printed: `basicConfig` does nothing where there is one.
    """
    call_handlers = logging.Logger.callHandlers
    logging.getLogger("channels_redis").setLevel(logging.INFO)

    def call_recorded(self: logging.Logger, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING or record.name.startswith("channels_redis"):
            text = word(record.getMessage())
            details = error_details(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}
            if dropped := over_capacity(text):
                write("dropped", **dropped)
            write("log", logger=record.name, level=record.levelname, text=text, **details)
        call_handlers(self, record)

    logging.Logger.callHandlers = call_recorded  # type: ignore[method-assign]


def watch_prints(write: Write) -> None:
    """Record the lines that are printed to the standard output, with the connection that prints them."""
    sys.stdout = _Told(sys.stdout, write)


class _Told:
    """A stream that also tells its lines."""

    def __init__(self, stream: Any, write: Write) -> None:
        self._stream = stream
        self._write = write
        self._line = ""

    def write(self, text: str) -> int:
        done = self._stream.write(text)
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if line.strip() and not _ACCESS.match(line):
                self._write("print", text=word(line))
        return int(done)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def watch_coroutines(write: Write) -> None:
    """Record coroutines that were never awaited; Python's own warning goes on as before."""
    warn = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]

    def warn_recorded(coroutine: Any) -> None:
        code = coroutine.cr_code
        write(
            "unawaited", coroutine=coroutine.__qualname__, file=_short_path(code.co_filename), line=code.co_firstlineno
        )
        warn(coroutine)

    warnings._warn_unawaited_coroutine = warn_recorded  # type: ignore[attr-defined]


def _short_path(file: str) -> str:
    path = os.path.relpath(file)
    return file if path.startswith("..") else path


class StallWatch:
    """Records when an event loop is blocked by the project's own code, and by which line."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def start(self) -> None:
        """Watch the loop that runs now, in this thread; watched already, nothing happens."""
        if self._loop is None:
            self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
            threading.Thread(target=self._run, name="stall watch", daemon=True).start()

    def _run(self) -> None:
        assert self._loop is not None
        pause = threading.Event()
        while True:
            beat = threading.Event()
            asked = time.monotonic()
            try:
                self._loop.call_soon_threadsafe(beat.set)
            except RuntimeError:
                return  # the loop is closed
            if not beat.wait(_STALL_SECONDS):
                self._look(beat, asked)
            pause.wait(_BEAT_SECONDS)

    def _look(self, beat: threading.Event, asked: float) -> None:
        # Seen twice at one line: a busy machine may keep a loop waiting, too.
        first = self._frames()
        if beat.wait(_STALL_SECONDS / 3) or not first or first[-1:] != self._frames()[-1:]:
            return
        self._write("stalled", seconds=round(time.monotonic() - asked, 3), frames=first)
        beat.wait()
        self._write("stalled", seconds=round(time.monotonic() - asked, 3), frames=first, over=True)

    def _frames(self) -> list[tuple[str, int, str]]:
        frame = sys._current_frames().get(self._thread)
        return own_frames(reversed(list(traceback.walk_stack(frame)))) if frame else []
