"""The layer monitor in a notebook: a table of Redis commands that grows while it is open."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from html import escape
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from IPython import get_ipython
from IPython.display import display

from channels_lab.errors import LabError
from channels_lab.picture.monitor.table import Row, rows
from channels_lab.picture.monitor.watched import Watched

if TYPE_CHECKING:
    from channels_lab.picture.monitor.monitor import Monitor

__all__ = ["LayerMonitor", "html"]

_PAUSE = 0.2  # seconds between two drawings
_MARKS = {"layer": "■&nbsp;layer", "lost": "✗&nbsp;layer", "": ""}
# Tints that read on a light and on a dark page; the mark is a sign and a word besides.
_TINTS = {"layer": "rgba(56, 132, 244, 0.12)", "lost": "rgba(214, 69, 65, 0.18)", "": "transparent"}
_CELL = "text-align: left; vertical-align: top; padding: 1px 8px; border: 0"
_MONO = "font-family: monospace; font-size: 92%"


class LayerMonitor:
    """Watches a Redis server's commands inside an `async with`, and shows them (see `picture.monitor`).

    `redis` starts the server, unless it runs, and returns its URL. In a notebook the table grows in the cell.
    """

    def __init__(self, redis: Callable[[], Awaitable[str]], prefix: str = "asgi") -> None:
        self.prefix = prefix
        self.monitor: Monitor | None = None
        self._redis = redis
        self._handle: Any = None
        self._due: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        from channels_lab.picture.monitor.monitor import Monitor  # with redis-py, which takes long to import

        monitor = Monitor(await self._redis(), prefix=self.prefix, on_change=self._changed)
        await monitor.__aenter__()
        self.monitor = monitor
        # Elsewhere nothing can be drawn over: it is shown when it is asked for.
        if hasattr(get_ipython(), "kernel"):
            self._handle = display(self, display_id=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.monitor
        try:
            await self.monitor.__aexit__(kind, error, trace)
        finally:
            self._draw()

    @property
    def commands(self) -> list[Watched]:
        """The commands that were seen, in the server's order."""
        return self._monitor.commands

    @property
    def calls(self) -> Counter[str]:
        """How many calls of the channel layer reached the server, by name: `{"group_send": 2, …}`."""
        return self._monitor.calls

    def __str__(self) -> str:
        return str(self.monitor) if self.monitor else "A monitor that is not open yet: async with lab.layer_monitor()"

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        bundle = {"text/plain": str(self)}
        return bundle | ({"text/html": html(self.monitor)} if self.monitor else {})

    # Details

    @property
    def _monitor(self) -> "Monitor":
        if self.monitor is None:
            raise LabError("The monitor is not open.", "Use it so:  async with lab.layer_monitor() as monitor: …")
        return self.monitor

    def _changed(self) -> None:
        """Draw soon: many commands come at once, and a drawing of each would be more than a page can take."""
        if self._handle and self._due is None:
            self._due = asyncio.get_running_loop().call_later(_PAUSE, self._draw)

    def _draw(self) -> None:
        if self._due:
            self._due.cancel()
            self._due = None
        if not self._handle:
            return
        bundle = self._repr_mimebundle_()
        if not self._monitor.open:
            # The table is the monitor's own display from now on; here it is folded away.
            headline = f"The monitor is closed. {self._monitor.headline()}"
            folded = f"<details><summary>{escape(headline)}</summary>{bundle['text/html']}</details>"
            bundle = {"text/plain": headline, "text/html": folded}
        self._handle.update(bundle, raw=True)


def html(monitor: "Monitor") -> str:
    """The monitor's table as HTML, with all that came from outside escaped."""
    table = rows(monitor.commands, monitor.started)
    head = "".join(
        f'<th scope="col" style="{_CELL}; font-weight: 600">{title}</th>'
        for title in ("ms", "from", "", "command", "what it means")
        if title != "from" or _told_apart(table)
    )
    body = "".join(_row(row, before, _told_apart(table)) for row, before in zip(table, [None, *table], strict=False))
    caption = f'<caption style="text-align: left; padding: 2px 8px">{escape(monitor.headline())}</caption>'
    style = "border-collapse: collapse; margin: 0; font-size: 90%; line-height: 1.35"
    shown = f'<table style="{style}">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    if not table:
        shown = f"<div>{escape(monitor.headline())}</div>"
    remarks = "".join(
        f'<div style="padding: 2px 8px; font-size: 90%">{escape(said)}</div>' for said in monitor.remarks()
    )
    return f"<div>{shown}{remarks}</div>"


def _told_apart(table: list[Row]) -> bool:
    return any(row.who for row in table)


def _row(row: Row, before: Row | None, told_apart: bool) -> str:
    # A line where nothing came for a while shows what belongs together.
    pause = before is not None and row.ms - before.ms > 50
    line = "; border-top: 1px solid rgba(128, 128, 128, 0.6)" if pause else ""
    inside = "; padding-left: 24px" if row.inside else ""
    weight = "; font-weight: 600" if row.call else ""
    text = ("└ " if row.inside else "") + escape(row.text)
    cells = [
        f'<td style="{_CELL}{line}; text-align: right; white-space: nowrap">{row.ms:,.1f}</td>',
        f'<td style="{_CELL}{line}; white-space: nowrap">{escape(row.who)}</td>' if told_apart else "",
        f'<td style="{_CELL}{line}; white-space: nowrap">{_MARKS[row.mark]}</td>',
        f'<td style="{_CELL}{line}; {_MONO}; overflow-wrap: anywhere{inside}">{text}</td>',
        f'<td style="{_CELL}{line}; overflow-wrap: anywhere{weight}">{escape(row.meaning)}</td>',
    ]
    return f'<tr style="background: {_TINTS[row.mark]}">{"".join(cells)}</tr>'
