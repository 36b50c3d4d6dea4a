"""Marks: what counts for a student's chapter, from the judge's verdicts, what people have changed, and lateness."""

from collections.abc import Iterable
from dataclasses import dataclass

from channels_lab.errors import LabError
from channels_lab.grading.task import Task
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.overrides import Override, Overrides, number_of, shown

__all__ = ["Mark", "TaskMark", "mark_of"]

_NOTHING_CAME = (State.MISSING, State.NOT_DUE, State.UNREADABLE)


@dataclass(frozen=True)
class TaskMark:
    """A task's mark: the judge's `outcome` and points, and an `override`, which counts in their place."""

    number: str
    outcome: str
    automatic: float
    of: float
    override: Override | None = None

    @property
    def points(self) -> float:
        """What counts."""
        return number_of(self.override.points) if self.override else self.automatic

    @property
    def changed(self) -> str:
        """What the judge says now, where it is something else than when a person changed the mark; else ""."""
        one = self.override
        if (
            not one
            or not one.outcome
            or (number_of(one.automatic or "0"), one.outcome) == (self.automatic, self.outcome)
        ):
            return ""
        before = f"{one.outcome}, {one.automatic} of {shown(self.of)}"
        return f"it said {before} then, and says {self.outcome}, {shown(self.automatic)} of {shown(self.of)} now"


@dataclass(frozen=True)
class Mark:
    """The mark of a student's chapter; small, so that a class's are held at once."""

    entry: Entry
    tasks: tuple[TaskMark, ...] = ()

    @property
    def raw(self) -> float:
        """The points of its tasks."""
        return round(sum(one.points for one in self.tasks), 2)

    @property
    def of(self) -> float:
        """The points that there are."""
        return round(sum(one.of for one in self.tasks), 2)

    @property
    def off(self) -> float:
        """What lateness costs: a part of the points that there are, and never more than were earned."""
        return min(self.raw, round(self.of * self.entry.percent_off / 100, 2))

    @property
    def points(self) -> float:
        """What counts in the end."""
        return round(self.raw - self.off, 2)

    def task(self, number: str) -> TaskMark:
        """Its mark of one task; raises LabError, naming those that there are, for another one."""
        for one in self.tasks:
            if one.number == number:
                return one
        known = ", ".join(one.number for one in self.tasks)
        raise LabError(f"There is no task {number} in chapter {self.entry.chapter}.", f"There are {known}.")

    @property
    def came(self) -> bool:
        """Whether anything was handed in that can be read."""
        return self.entry.state not in _NOTHING_CAME

    @property
    def worth_telling(self) -> bool:
        """Whether there is more to tell than that nothing came: points by hand, or why it is not readable."""
        return self.came or self.entry.state is State.UNREADABLE or any(one.override for one in self.tasks)

    @property
    def whole(self) -> bool:
        """Whether all of it has been judged, by the judge or by hand: else a score would be said too early."""
        waits = self.entry.state is State.UNREADABLE and not any(one.override for one in self.tasks)
        return not waits and not self.unjudged

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Tasks that wait for a person: they could not be checked, and nobody has given a mark."""
        return tuple(one.number for one in self.tasks if one.outcome == Outcome.NOT_CHECKED and not one.override)


def mark_of(entry: Entry, verdicts: Iterable[Verdict], tasks: Iterable[Task], overrides: Overrides) -> Mark:
    """The mark of an entry: of its verdicts, or, where there are none, of its chapter's `tasks` with no points."""
    judged = [(one.number, str(one.outcome), one.points, one.of) for one in verdicts]
    without = str(entry.state) if entry.state in _NOTHING_CAME else str(Outcome.NOT_CHECKED)
    judged = judged or [(task.number, without, 0, task.points) for task in tasks]
    return Mark(entry, tuple(TaskMark(*one, overrides.of(entry.student, one[0])) for one in judged))
