"""A page in a frame: shown again where its server was started anew before a browser had the page."""

import time
from collections.abc import Iterable
from typing import Any

from IPython.display import DisplayHandle, IFrame, display

from channels_lab.record.events import Event

__all__ = ["Frame", "still_coming"]

# Styles and scripts come within this time after their page; a page of which nothing is recorded within the other.
_REST_SECONDS = 1.0
_PAGE_SECONDS = 5.0


class Frame:
    """The page at `src`, which its server knows as `path`."""

    def __init__(self, src: str, path: str, height: int) -> None:
        self.src = src
        self.path = path
        self.shown = 0.0  # when (seconds on the machine's monotonic clock)
        self._height = height
        self._handle: DisplayHandle | None = None

    def _ipython_display_(self) -> None:
        self.shown = time.monotonic()
        self._handle = display(self._page(), display_id=True)

    def show_again(self) -> None:
        """Let the browser load the page anew, in the same place."""
        if self._handle:
            self.shown = time.monotonic()
            self._handle.update(self._page())

    def _page(self) -> Any:
        return IFrame(self.src, "100%", self._height)


def still_coming(frames: Iterable[Frame], events: Iterable[Event], stopped: float) -> list[Frame]:
    """Those of the frames whose page a browser may not have had whole when their server was stopped.

    "Run All" starts servers faster than a browser loads pages. `events` are the server's.
    """
    events = [event for event in events if event.side == "server"]
    paths = {event.key: event.details["path"] for event in events if event.kind == "open"}
    ends = [(paths.get(event.key), event.t) for event in events if event.kind == "send" and _ends_answer(event)]

    def has_come(frame: Frame) -> bool:
        if not events:
            return stopped - frame.shown >= _PAGE_SECONDS
        return any(path == frame.path and frame.shown <= t <= stopped - _REST_SECONDS for path, t in ends)

    return [frame for frame in frames if frame.shown and not has_come(frame)]


def _ends_answer(event: Event) -> bool:
    sent = event.details["event"]
    return sent.get("type") == "http.response.body" and not sent.get("more_body")
