"""A timeline: who waits while whom is served, as lanes over time; a picture, and the same as text."""

from dataclasses import dataclass
from functools import cached_property

from channels_lab.picture.drawn import Drawn
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.timeline.lane import Timetable
from channels_lab.picture.timeline.picture import svg
from channels_lab.picture.timeline.text import summary, text, waits

__all__ = ["Timeline"]


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

    @cached_property
    def _svg(self) -> str:
        return svg(self.table, self.title)
