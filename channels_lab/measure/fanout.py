"""Fan-out, measured: one message goes to everybody in a room. How many are delivered, how late, at what price?"""

from collections.abc import Mapping
from dataclasses import dataclass

from channels_lab.errors import LabError
from channels_lab.measure.crowd import Crowd
from channels_lab.measure.measured import Measured
from channels_lab.measure.percentile import percentile
from channels_lab.measure.table import Table
from channels_lab.picture.drawn import Drawn

__all__ = ["FanOut", "FanOuts", "fan_out"]

_MOST = 2000  # clients


@dataclass(frozen=True)
class FanOut:
    """What a server did for one room: `delivered` messages in a second, counted at the clients.

    `work` is how many it delivers in a second of its processor: a figure that other programs disturb less. `median` and
    `longest` are milliseconds from saying to hearing: half and 99 of 100 deliveries took no longer. `lost` messages did
    not reach everybody.
    """

    name: str
    clients: int
    delivered: float
    work: float
    median: float
    longest: float
    lost: int

    def __repr__(self) -> str:
        return self.beside().__repr__()

    def _repr_html_(self) -> str:
        return self.beside()._repr_html_()

    def beside(self, *others: "FanOut") -> "FanOuts":
        """The same with others, in one table, which compares each with the first."""
        return FanOuts((self, *others))


@dataclass(frozen=True)
class FanOuts:
    """Measurements beside each other, compared with the first by what a second of the processor delivers."""

    all: tuple[FanOut, ...]

    def __repr__(self) -> str:
        return self._table.text()

    def _repr_html_(self) -> str:
        return self._table.html()

    def plot(self) -> Drawn:
        """Draw them, a bar for each; `print` shows the same as a table."""
        from channels_lab.measure.fanout_plots import fan_out_plots

        return fan_out_plots(self.all, repr(self))

    @property
    def _table(self) -> Table:
        head = ("", "clients", "delivered/s", "per processor second", "times", "median ms", "99th ms", "lost")
        rows = [
            (
                one.name,
                str(one.clients),
                f"{one.delivered:,.0f}",
                f"{one.work:,.0f}",
                f"{one.work / self.all[0].work:.1f}",
                f"{one.median:.1f}",
                f"{one.longest:.1f}",
                str(one.lost),
            )
            for one in self.all
        ]
        return Table(head, rows)


async def fan_out(
    server: Measured,
    name: str = "",
    *,
    clients: int = 50,
    seconds: float = 1.0,
    path: str = "/ws/chat/fan-out/",
    message: str = '{"message": "{id}"}',
    join: str = "",
    cookies: Mapping[str, str] | None = None,
    at_once: int = 1,
) -> FanOut:
    """Let `clients` talk in one room for `seconds`: one speaks, all hear it, the next one speaks.

    With `at_once` so many speak at the same time: as soon as all have heard one, another speaks.
    `path` is where they connect, `message` what they say, "{id}" replaced by a text that comes back in what they hear.
    `join` is said first by each, and the first answer must be no error. `cookies` are sent by all of them.

    Raises LabError when somebody is not let in, refused or cut off, when nothing is heard, and for arguments that make
    no sense.
    """
    if not hasattr(server, "usage"):
        raise LabError(f"{server!r} is no server.", "A server comes first: server = await lab.daphne().")
    if type(clients) is not int or not 1 <= clients <= _MOST:
        raise LabError(f"{clients!r} is no number of clients: from 1 to {_MOST} can be had.", "Write clients=50.")
    if not isinstance(seconds, int | float) or not 0 < seconds <= 600:
        raise LabError(f"seconds={seconds!r} is no time to measure for.", "Write, for example, seconds=1.")
    if type(at_once) is not int or not 1 <= at_once <= clients:
        raise LabError(f"at_once={at_once!r}: from 1 to {clients} clients can speak at once.", "Write at_once=8.")
    if "{id}" not in message:
        raise LabError(f"{message!r} has no place for a text.", 'Write "{id}" where the text of a message stands.')
    server.check()
    cookie = "; ".join(f"{key}={value}" for key, value in (cookies or {}).items())
    cookies_of_all = [cookie] if cookie else ()
    crowd = Crowd(
        server.port, clients, path=path, message=message, join=join, cookies=cookies_of_all, under_way=at_once
    )
    async with crowd:
        heard = await crowd.talk(seconds, server.clock())
    server.check()
    number = len(heard.latencies)
    if not number:
        raise LabError("Nobody heard anything.", f"Does {path} send to everybody what it is told?")
    late, median = (percentile(heard.latencies, percent) * 1000 for percent in (99, 50))
    work = number / heard.spent if heard.spent else float("nan")
    return FanOut(name, clients, number / heard.seconds, work, median, late, heard.lost)
