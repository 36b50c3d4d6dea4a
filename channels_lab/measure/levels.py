"""What a load measurement found: a level for each crowd, as a table."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from channels_lab.errors import LabError
from channels_lab.measure.percentile import percentile
from channels_lab.measure.table import Table
from channels_lab.measure.talker import Talker
from channels_lab.picture.drawn import Drawn
from channels_lab.running.usage import Usage

__all__ = ["Level", "Load", "level_of", "told"]

_HEADS = ("clients", "messages", "messages/s", "median ms", "99th ms", "threads", "MiB", "lost")


@dataclass(frozen=True)
class Level:
    """One crowd: how many `clients`, the `messages` answered, in all and by the second (`throughput`).

    `median` and `longest` are milliseconds from a message to its answer: half and 99 of 100 answers took no longer.
    `threads` and `memory` (MiB) are the most that the server's process took meanwhile. `lost` counts the clients that
    are not there to the end, by what became of them.
    """

    clients: int
    messages: int
    throughput: float
    median: float
    longest: float
    threads: int
    memory: float
    lost: Counter[str]


@dataclass(frozen=True)
class Load:
    """The levels of one measurement, in the order measured; `name` is what plots call it."""

    name: str
    levels: tuple[Level, ...]

    def __repr__(self) -> str:
        return self._table.text()

    def _repr_html_(self) -> str:
        return self._table.html()

    def plot(self, *others: "Load") -> Drawn:
        """Draw it, with `others`, in four plots against the number of clients; `print` shows the same as tables.

        Raises LabError when they cannot be told apart.
        """
        from channels_lab.measure.curves import MOST, curves

        loads = (self, *others)
        names = Counter(load.name for load in loads)
        if len(loads) > 1 and ("" in names or max(names.values()) > 1):
            raise LabError(
                "These measurements cannot be told apart: each wants a name of its own.",
                'Name each: channels_lab.load(server, "sync").',
            )
        if len(loads) > MOST:
            raise LabError(f"{len(loads)} measurements are too many for one plot.", f"Draw at most {MOST} together.")
        return curves(loads)

    @property
    def _table(self) -> Table:
        lost = [f"Lost of {level.clients} clients: {told(level.lost)}." for level in self.levels if level.lost]
        return Table(_HEADS, [_row(level) for level in self.levels], self.name, lost)


def level_of(talkers: Sequence[Talker], began: float, looks: Sequence[Usage]) -> Level:
    """Sum up a crowd that has talked since the moment `began`; at least one answer has come."""
    times = [seconds for talker in talkers for seconds, _ in talker.times]
    ended = max(moment for talker in talkers for _, moment in talker.times)
    return Level(
        clients=len(talkers),
        messages=len(times),
        throughput=len(times) / (ended - began),
        median=statistics.median(times) * 1000,
        longest=percentile(times, 99) * 1000,
        threads=max(look.threads for look in looks),
        memory=max(look.memory for look in looks),
        lost=Counter(talker.lost for talker in talkers if talker.lost),
    )


def told(lost: Counter[str]) -> str:
    """What became of clients, in words: "3 closed with code 1011, 1 refused with status 403"."""
    return ", ".join(f"{number} {what}" for what, number in lost.most_common())


def _row(level: Level) -> tuple[str, ...]:
    return (
        str(level.clients),
        f"{level.messages:,}",
        f"{level.throughput:,.0f}",
        f"{level.median:,.1f}",
        f"{level.longest:,.1f}",
        str(level.threads),
        f"{level.memory:.1f}",
        str(level.lost.total() or ""),
    )
