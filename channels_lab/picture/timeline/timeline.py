"""A timeline: who waits while whom is served, as lanes over time; a picture, and the same as text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from channels_lab.picture.drawn import Drawn
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.lane import Timetable
from channels_lab.picture.timeline.picture import svg
from channels_lab.picture.timeline.text import summary, text, waits

__all__ = ["Timeline", "Timelines"]


@dataclass(frozen=True)
class Timeline:
    """Lanes over time of what clients, servers and workers did. `print(timeline)` shows it as text."""

    table: Timetable
    title: str = "Who waits, and who is served"

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<{one_line(self.title)}: {summary(self.table)}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}

    def text(self) -> str:
        """The timeline as lines of text: a bar of characters for each lane, and the longest waits in words."""
        return text(self.table, self.title)

    def svg(self) -> str:
        """The picture as an SVG image; strangers' text is text in it, and nothing else."""
        return self._svg

    def html(self) -> str:
        """The picture with a description for those who do not see it, and the text to be unfolded below."""
        about = " ".join([f"{one_line(self.title)}: {summary(self.table)}", *waits(self.table)[:3]])
        return Drawn(self.title, self.svg(), about, self.text()).html()

    def beside(self, *others: "Timeline") -> "Timelines":
        """This timeline and others, one below the other, to one scale: what looks longer has taken longer."""
        tables = [timeline.table for timeline in (self, *others)]
        longest = max(table.end - table.start for table in tables)
        return Timelines([replace(one, table=replace(one.table, shown=longest)) for one in (self, *others)])

    @cached_property
    def _svg(self) -> str:
        return svg(self.table, self.title)


@dataclass(frozen=True)
class Timelines:
    """Several timelines to be compared. `print(timelines)` shows them as text."""

    each: Sequence[Timeline]

    def __str__(self) -> str:
        return "\n\n".join(one.text() for one in self.each)

    def __repr__(self) -> str:
        return f"<{len(self.each)} timelines to one scale: {', '.join(map(repr, self.each))}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": "".join(one.html() for one in self.each), "text/plain": str(self)}
