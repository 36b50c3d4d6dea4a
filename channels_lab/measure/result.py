"""What a race has shown: a table, and two plots."""

from dataclasses import dataclass
from html import escape

from channels_lab.measure.lap import Lap
from channels_lab.measure.race_plots import race_plots
from channels_lab.picture.drawn import Drawn
from channels_lab.picture.story.diagram import one_line

__all__ = ["Race"]

_HEAD = (
    "way",
    "notices",
    "requests",
    "bytes up a notice",
    "bytes down a notice",
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
        rows = [_HEAD, *map(self._row, self.laps)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
            )
            for row in rows
        ]
        return "\n".join([*lines, *self._remarks()])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align: right">{escape(word)}</th>' for word in _HEAD)
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left">{escape(row[0])}</th>'
            + "".join(f'<td style="text-align: right">{escape(cell)}</td>' for cell in row[1:])
            + "</tr>"
            for row in map(self._row, self.laps)
        )
        remarks = "".join(f"<div>{escape(remark)}</div>" for remark in self._remarks())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{remarks}"

    def plot(self) -> Drawn:
        """Two plots: delays, and what each notice costs; numbers as ways are the axis."""
        return race_plots(self.laps, repr(self))

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
