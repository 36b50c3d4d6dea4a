"""A task: what may be changed, how it should behave, which mistakes are known; and finding one by its number."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, overload

from channels_lab.errors import LabError
from channels_lab.explain.book import Rule, Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.behaviour import Behaviour, Mutant, Run
from channels_lab.grading.verdict import Judged

__all__ = ["Behaviour", "Kind", "Layer", "Mutant", "Task", "course_task", "find_task", "is_known", "tasks"]

Kind = Literal["server", "worker", "streams", "client", "tests"]
Layer = Literal["memory", "redis"]
Mistake = Callable[[Evidence], Said | None]

_MODULE = re.compile(r"t(\d\d)_(\d+)")
_NUMBER = re.compile(r"(\d{1,2})\.(\d{1,2})")


@dataclass
class Task:
    """A task, as its module in `tasks/` defines it: `task = Task(difficulty="easy", minutes=10, files=(…), hints=(…))`.

    `files` may be changed, and no others; the first is the main one. `hints` are a question, a direction, and nearly
    the code. `kind` says what is judged: a "server", one with its "worker", "streams" (a server by hand, `serve(reader,
    writer)` of the first file), a "client" (the learner's script, against our server), or "tests" (the learner's tests,
    on a sound project and on broken ones). `layer` "redis" gives the task a Valkey of its own; kind "worker" always has
    it. `checkpoint` is the chapter whose end the task starts from, its own by default. `deadline` bounds the whole, in
    seconds. A task that looks at times is judged `alone`: no other answer beside it.

    `number` and `title` come from the module: its name and its docstring.
    """

    difficulty: Literal["easy", "medium", "hard"]
    minutes: int
    files: tuple[str, ...]
    hints: tuple[str, str, str]
    kind: Kind = "server"
    layer: Layer = "memory"
    checkpoint: str = ""
    deadline: float = 20
    alone: bool = False
    number: str = ""
    title: str = ""
    behaviours: list[Behaviour] = field(default_factory=list)
    mistakes: list[Rule] = field(default_factory=list)
    mutants: dict[str, Mutant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.files or len(self.hints) != 3:
            raise ValueError("a task has a file that may be changed, and three hints")
        if self.kind == "worker":
            self.layer = "redis"

    @property
    def chapter(self) -> str:
        """The number of the chapter whose end the task starts from."""
        return self.checkpoint or self.number.partition(".")[0]

    @property
    def points(self) -> int:
        """What a whole answer earns."""
        return sum(behaviour.points for behaviour in self.behaviours)

    def unjudged(self) -> tuple[Judged, ...]:
        """Its behaviours, of which none was seen."""
        return tuple(one.judged() for one in self.behaviours)

    def weigh(self, **points: int) -> None:
        """Give behaviours, by their names, other points: `task.weigh(comes_back=1, nobody_else=3)`."""
        names = {one.name for one in self.behaviours}
        for name, value in points.items():
            if name not in names or type(value) is not int or value < 0:
                raise ValueError(f"{name}={value!r} is no whole number of points for one of {', '.join(names)}")
        self.behaviours = [replace(one, points=points.get(one.name, one.points)) for one in self.behaviours]

    @overload
    def behaviour(self, run: Run, /) -> Run: ...
    @overload
    def behaviour(self, /, *, points: int = 1, deadline: float | None = None) -> Callable[[Run], Run]: ...
    def behaviour(
        self, run: Run | None = None, /, *, points: int = 1, deadline: float | None = None
    ) -> Run | Callable[[Run], Run]:
        """Enter an async function of the trial as the next behaviour: `@task.behaviour(points=2)`.

        Its docstring's first line is the sentence that the learner reads. It fails by what the trial's own waits and
        `expect…` raise; `trial.expect(whether, "sentence")` is for what they do not cover. `deadline` (half of the
        task's by default) bounds it.
        """

        def enter(run: Run) -> Run:
            sentence = (inspect.getdoc(run) or "").partition("\n")[0]
            name = run.__name__
            if not sentence or points < 1 or any(other.name == name for other in self.behaviours):
                raise ValueError(f"the behaviour {name} needs a sentence, at least one point, and a name of its own")
            self.behaviours.append(Behaviour(name, sentence, points, run, deadline or self.deadline / 2))
            return run

        return enter(run) if run else enter

    @overload
    def mistake(self, check: Mistake, /) -> Mistake: ...
    @overload
    def mistake(self, /, *, page: str = "") -> Callable[[Mistake], Mistake]: ...
    def mistake(self, check: Mistake | None = None, /, *, page: str = "") -> Mistake | Callable[[Mistake], Mistake]:
        """Enter a known wrong answer: a function from the evidence of the first failure to what is said, or None.

        It is asked before the rules of `explain/`, in the order of definition, and the first that speaks is told.
        `evidence.error` is what the behaviour raised; `evidence.source` is the project with the answer in it. `page` is
        the address of a page to read.
        """

        def enter(check: Mistake) -> Mistake:
            self.mistakes.append(Rule(check.__name__.replace("_", "-"), page, check))
            return check

        return enter(check) if check else enter

    def sound(self, sentence: str, *, points: int = 1) -> None:
        """Of kind "tests", first: the learner's tests must pass on the project as it is; see `mutant`."""

        async def passes(trial: Any) -> None:
            await trial.expect_success()

        self.behaviours.append(Behaviour("sound", sentence, points, passes, self.deadline))

    def mutant(self, sentence: str, path: str, old: str, new: str, *, points: int = 1) -> None:
        """Of kind "tests": the learner's tests must fail on the project with this change; see `Mutant`.

        `sentence` is a behaviour's: "They notice that a message goes to the sender alone." It begins so.
        """
        name = f"mutant {len(self.mutants) + 1}"
        self.mutants[name] = Mutant(path, old, new)

        async def notices(trial: Any) -> None:
            await trial.expect_failure(name, sentence)

        self.behaviours.append(Behaviour(name, sentence, points, notices, self.deadline))


def tasks(chapter: str = "") -> dict[str, Task]:
    """The course's tasks, or a chapter's, by their number ("06.2"), in order. What a module raises comes through."""
    return {number: _load(name) for number, name in _modules().items() if chapter in ("", number.partition(".")[0])}


def course_task(number: str) -> Task:
    """A copy of the course's task of this number, for an instructor's own checks. Raises LabError for no such one."""
    modules = _modules()
    if number not in modules:
        raise LabError(f"The course has no task {number}.", _near(number, modules))
    task = _load(modules[number])
    behaviours, mistakes, mutants = [*task.behaviours], [*task.mistakes], {**task.mutants}
    return replace(task, behaviours=behaviours, mistakes=mistakes, mutants=mutants)


def is_known(number: str) -> bool:
    """Whether there is a task of this number, the course's or an instructor's own."""
    from channels_lab.grading.own_tasks import own_tasks

    return number in _modules() or number in own_tasks()


def find_task(number: str) -> Task:
    """The task of this number, an instructor's own before the course's.

    Raises LabError for an unknown one, naming those that are near.
    """
    from channels_lab.grading.own_tasks import own_tasks

    modules = _modules()
    match = _NUMBER.fullmatch(str(number).strip())
    key = f"{int(match[1]):02}.{int(match[2])}" if match else str(number).strip()
    if own := own_tasks().get(key):
        return own
    if key in modules:
        return _load(modules[key])
    if not modules:
        raise LabError("There are no tasks.", "Get them with  git checkout -- channels_lab/grading/tasks")
    raise LabError(f"There is no task {key[:40]!r}.", _near(key, modules))


def _near(key: str, known: Iterable[str]) -> str:
    known = list(known)
    chapter = [number for number in known if number.partition(".")[0] == key.partition(".")[0]]
    if near := chapter or get_close_matches(key, known, 5, 0.4):
        near.sort(key=known.index)
        return f"Did you mean {' or '.join(near)}? progress() shows them all."
    return "progress() shows all tasks: their numbers look like 06.2."


@lru_cache(1)
def _modules() -> dict[str, str]:
    """Number → name of the module."""
    folder = Path(__file__).parent / "tasks"
    found = [(match, file.stem) for file in folder.glob("t*.py") if (match := _MODULE.fullmatch(file.stem))]
    found.sort(key=lambda one: (one[0][1], int(one[0][2])))
    return {f"{match[1]}.{int(match[2])}": name for match, name in found}


@lru_cache(None)
def _load(name: str) -> Task:
    module = importlib.import_module(f"channels_lab.grading.tasks.{name}")
    task: Task = module.task
    match = _MODULE.fullmatch(name)
    title = (inspect.getdoc(module) or "").partition("\n")[0].removesuffix(".")
    if not match or not title or not task.behaviours:
        raise ValueError(f"the module {name} needs a docstring, which is the title, and a behaviour at least")
    task.number, task.title = f"{match[1]}.{int(match[2])}", title
    return task
