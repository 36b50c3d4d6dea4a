"""Stalls: an event loop that does not turn, since a line of the project's keeps it. Watched from a thread beside it."""

import asyncio
import selectors
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType

from channels_lab.record.excerpt import own_file, own_frames

__all__ = ["StallWatch"]

_STALL_SECONDS = 0.25
_LOOK_SECONDS = 0.05
_IDLE_SECONDS = 0.1
_TURN = asyncio.BaseEventLoop._run_once.__code__  # type: ignore[attr-defined]
_WAITING = selectors.BaseSelector.select.__code__.co_filename


class StallWatch:
    """Records when an event loop is blocked by the project's own code, and by which line: when seen, and at its end."""

    def __init__(self, write: Callable[..., None]) -> None:
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
        turn, since = None, 0.0
        while not self._loop.is_closed():
            time.sleep(_LOOK_SECONDS if turn else _IDLE_SECONDS)
            seen = _turn(sys._current_frames().get(self._thread))
            if seen is None or seen is not turn:
                turn, since = seen, time.monotonic()
            elif time.monotonic() - since >= _STALL_SECONDS:
                self._look(self._loop, since)

    def _look(self, loop: asyncio.AbstractEventLoop, since: float) -> None:
        beat = threading.Event()
        try:
            loop.call_soon_threadsafe(beat.set)
        except RuntimeError:
            return  # the loop is closed
        # A busy machine keeps a loop waiting, too: only a call of the project that is seen twice is the cause.
        calls = self._calls()
        if beat.wait(_LOOK_SECONDS) or not calls.keys() & self._calls().keys():
            return
        frames = own_frames(calls.items())
        del calls  # and with it, what these calls hold
        self._write("stalled", seconds=round(time.monotonic() - since, 3), frames=frames)
        beat.wait()
        self._write("stalled", seconds=round(time.monotonic() - since, 3), frames=frames, over=True)

    def _calls(self) -> dict[FrameType, int]:
        """The project's own calls that this turn of the loop is in, outermost first, each with its line now."""
        calls: list[tuple[FrameType, int]] = []
        for frame, line in traceback.walk_stack(sys._current_frames().get(self._thread)):
            if frame.f_code is _TURN:  # what is further out, manage.py, waits for the loop to end
                return dict(reversed(calls))
            if own_file(frame.f_code.co_filename):
                calls.append((frame, line))
        return {}


def _turn(frame: FrameType | None) -> FrameType | None:
    """The turn of the loop that a stack is in, as its frame: each turn has one of its own. None while nothing happens.

    It is looked at, and not asked: a loop that has nothing to do would be woken each time, and that costs.
    """
    if frame is None or frame.f_code.co_filename == _WAITING:
        return None
    while frame is not None and frame.f_code is not _TURN:
        frame = frame.f_back
    return frame
