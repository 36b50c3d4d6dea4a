"""What a race has shown: a table, and two plots."""

from dataclasses import dataclass

from channels_lab.measure.lap import Lap
from channels_lab.measure.race_plots import race_plots
from channels_lab.measure.table import Table
from channels_lab.picture.drawn import Drawn
from channels_lab.picture.story.diagram import one_line

__all__ = ["Race"]

_HEAD = (
    "way",
    "notices",
    "requests",
    "bytes up / notice",
    "bytes down / notice",
    "connections",
    "most open",
    "median ms",
    "99th ms",
)


@dataclass(frozen=True)
class Race:
    """The `laps` of a race, one for each way, over so many `notices`; it shows itself as a table."""

    laps: tuple[Lap, ...]
    notices: int

    def __getitem__(self, way: str | float) -> Lap:
        """The lap of one way."""
        return next(lap for lap in self.laps if lap.way == way)

    def __repr__(self) -> str:
        return self._table.text()

    def _repr_html_(self) -> str:
        return self._table.html()

    def plot(self) -> Drawn:
        """Two plots: delays, and what each notice costs; numbers as ways are the axis."""
        return race_plots(self.laps, repr(self))

    @property
    def _table(self) -> Table:
        return Table(_HEAD, [self._row(lap) for lap in self.laps], remarks=self._remarks())

    def _row(self, lap: Lap) -> tuple[str, ...]:
        traffic = lap.traffic
        return (
            one_line(str(lap.way)),
            f"{len(lap.delays)} of {self.notices}",
            str(traffic.requests),
            _number(lap.per_notice(traffic.sent)),
            _number(lap.per_notice(traffic.received)),
            str(traffic.opened),
            str(traffic.most_open),
            _number(lap.median, 1),
            _number(lap.late, 1),
        )

    def _remarks(self) -> list[str]:
        remarks = []
        for lap in self.laps:
            name = one_line(str(lap.way))
            if lap.stopped:
                remarks.append(f"{name} stopped: {one_line(lap.stopped)}")
            if lap.again:
                remarks.append(f"{name}: {lap.again} notices came twice.")
        return remarks


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
