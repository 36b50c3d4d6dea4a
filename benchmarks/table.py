"""What every benchmark prints: medians and ratios of one run, as a table, or with --json as JSON."""

import json
import statistics
import sys
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

__all__ = ["Measured", "report"]


@dataclass
class Measured:
    """One way of doing it: its name and the figures of each round, in seconds."""

    name: str
    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, figure: str, seconds: float) -> None:
        """Note one round."""
        self.figures.setdefault(figure, []).append(seconds)

    def median(self, figure: str) -> float | None:
        """The median in seconds; None where this way has no such figure."""
        return statistics.median(self.figures[figure]) if self.figures.get(figure) else None


def report(title: str, ways: list[Measured], figures: list[str], against: str, remarks: list[str]) -> None:
    """Print medians in milliseconds, and for each way the factor by which `against` is slower."""
    baseline = next(way for way in ways if way.name == against)
    rows = {
        way.name: {
            figure: {"median_ms": round(median * 1000, 2), "times_faster": round(base / median, 1)}
            for figure in figures
            if (median := way.median(figure)) is not None and (base := baseline.median(figure)) is not None
        }
        for way in ways
    }
    if "--json" in sys.argv:
        print(json.dumps({"title": title, "against": against, "rows": rows, "remarks": remarks}, indent=1))
        return
    table = Table("", *(f"{figure} (ms)\ntimes faster" for figure in figures), title=title)
    for name, row in rows.items():
        cells = [f"{row[f]['median_ms']:.1f}\n× {row[f]['times_faster']:.1f}" if f in row else "–" for f in figures]
        table.add_row(name, *cells, end_section=True)
    console = Console()
    console.print(table)
    for remark in remarks:
        console.print(remark, highlight=False)
