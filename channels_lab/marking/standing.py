"""Where the class stands: which task, and which mistake, cost how many students how much."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from channels_lab.errors import LabError
from channels_lab.explain.explanation import clean
from channels_lab.grading.task import find_task
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.feedback import page, write_page
from channels_lab.marking.marks import Mark
from channels_lab.marking.overrides import shown
from channels_lab.marking.tables import write_table

__all__ = ["MistakeStanding", "Standing", "TaskStanding"]

_UNKNOWN = "no known mistake"
_NOT_RUN = "It could not be started."


@dataclass
class TaskStanding:
    """One task: how its students' answers came out, and what they earned of how much."""

    number: str
    of: float = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    points: list[float] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The task's name."""
        with contextlib.suppress(LabError):  # one of an instructor's, who does not name their folder now
            return find_task(self.number).title
        return ""

    @property
    def most(self) -> str:
        """The points that there are."""
        return shown(self.of)

    @property
    def median(self) -> str:
        """The median of the points."""
        return shown(median(self.points)) if self.points else ""

    @property
    def lost(self) -> str:
        """What the class has not earned in it."""
        return shown(round(sum(self.of - one for one in self.points), 2))

    @property
    def counts(self) -> list[int]:
        """How many passed, not yet, not attempted, could not be checked."""
        return [self.outcomes[outcome] for outcome in Outcome]


@dataclass
class MistakeStanding:
    """One mistake in one task: how many made it, and the points that their answers lost.

    Where no mistake was recognised its name is "no known mistake", and `told` the first thing that was not seen.
    What an instructor's own check saw is `hidden`: it is for files that are the teacher's, and not for a screen.
    """

    number: str
    name: str
    told: str
    hidden: str = ""
    students: int = 0
    points: float = 0

    @property
    def lost(self) -> str:
        """Those points, written."""
        return shown(round(self.points, 2))


class Standing:
    """Counts, as results come. Verdicts are looked at and not kept."""

    def __init__(self) -> None:
        self._tasks: dict[str, TaskStanding] = {}
        self._mistakes: dict[tuple[str, str, str], MistakeStanding] = {}
        self._states: dict[str, Counter[str]] = {}

    def add(self, mark: Mark, verdicts: tuple[Verdict, ...] = ()) -> None:
        """Count a student's chapter: what its marks are, and why its answers failed."""
        self._states.setdefault(mark.entry.chapter, Counter())[str(mark.entry.state)] += 1
        if not verdicts:
            return
        points = {one.number: one.points for one in mark.tasks if one.number not in mark.unjudged}
        for verdict in verdicts:
            task = self._tasks.setdefault(verdict.number, TaskStanding(verdict.number))
            task.of = max(task.of, verdict.of)
            task.outcomes[verdict.outcome] += 1
            if verdict.number in points:
                task.points.append(points[verdict.number])
            if verdict.outcome is Outcome.NOT_YET:
                self._mistake(verdict)

    @property
    def tasks(self) -> list[TaskStanding]:
        """All tasks, in order."""
        return sorted(self._tasks.values(), key=lambda one: (one.number[:2], int(one.number[3:])))

    @property
    def mistakes(self) -> list[MistakeStanding]:
        """All mistakes: first those that most have made, of those the ones that cost most."""
        return sorted(self._mistakes.values(), key=lambda one: (-one.students, -one.points, one.number, one.name))

    @property
    def states(self) -> dict[str, str]:
        """Chapter → how many are in time, late, missing, …, in words."""
        return {
            chapter: ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            for chapter, counts in sorted(self._states.items())
        }

    def write(self, folder: Path) -> list[Path]:
        """Write `standing.html` and `standing.csv`; returns where. Raises LabError when that is impossible."""
        places = [folder / "standing.html", folder / "standing.csv"]
        values = {
            "states": list(self.states.items()),
            "tasks": self.tasks,
            "outcomes": list(Outcome),
            "mistakes": self.mistakes,
        }
        write_page(places[0], page("standing.html", values))
        columns = ("task", "what", "name", "told", "students", "points_lost", "median", "max", *map(str, Outcome))
        write_table(places[1], columns, self._rows())
        return places

    def _mistake(self, verdict: Verdict) -> None:
        first = next((one for one in verdict.judged if one.passed is False), None)
        sentence = first.sentence if first else _NOT_RUN
        # What is told of a mistake has the student's own words in it; what the task asks for is the same for all.
        name = verdict.explanation.rule if verdict.explanation else _UNKNOWN
        key = (verdict.number, name, first.name if first and not verdict.explanation else "")
        hidden = clean(first.hidden, 300) if first else ""
        new = MistakeStanding(verdict.number, clean(name, 100), clean(sentence, 300), hidden)
        one = self._mistakes.setdefault(key, new)
        one.students += 1
        one.points += verdict.of - verdict.points

    def _rows(self) -> Iterator[list[str]]:
        for task in self.tasks:
            counts = [str(count) for count in task.counts]
            named = [task.number, "task", task.title, "", str(task.outcomes.total()), task.lost]
            yield [*named, task.median, task.most, *counts]
        for one in self.mistakes:
            yield [
                one.number,
                "mistake",
                one.name,
                one.hidden or one.told,
                str(one.students),
                one.lost,
                "",
                "",
                "",
                "",
                "",
                "",
            ]
