"""How many submissions a minute are graded, in sandboxes, against `nbgrader autograde` and against the checks alone.

    uv run --group test python benchmarks/grading.py [--sample N] [--chapter 06] [--jobs N] [--json]
    uv run --group test python benchmarks/grading.py --submissions 1000

A class of N (40 by default) whose answers are those of `tests/answers/` and the models, the same submissions for all:
`channels-lab grade` as one types it, `nbgrader autograde` in one process, and two of them with half of the class each.
The limit is what the same checks take with everything warm and no sandbox, so many submissions at once. The split is of
one worker that does one thing after another. With --submissions only ours is run, on that many, and memory is what is
looked at: of all its processes together, what several have in common counted once. --without-nbgrader leaves out what
takes longest: on two cores it is ten of the twelve minutes.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


DEADLINE = 3 * 3600
_TICK = 2.0  # looking is not free: there are sixty processes
_TENTHS = 10


@dataclass(frozen=True)
class Options:
    """What is measured: of `chapter` a `sample`, or `many` by ours alone; `jobs` at once, 0 for the default."""

    chapter: str
    sample: int
    many: int
    jobs: int
    json: bool
    nbgrader: bool


def options() -> Options:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=40, metavar="N", help="how many submissions (40)")
    parser.add_argument("--chapter", default="06", help="of which chapter (06)")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="how many at once (as grade has it)")
    parser.add_argument("--submissions", type=int, default=0, metavar="N", help="only ours, on so many: its memory")
    parser.add_argument("--without-nbgrader", action="store_true", help="leave out what takes longest")
    parser.add_argument("--json", action="store_true", help="print JSON, not tables")
    given = parser.parse_args()
    number = f"{int(given.chapter):02}" if given.chapter.isdigit() else given.chapter
    return Options(number, given.sample, given.submissions, given.jobs, given.json, not given.without_nbgrader)


# The class


def answers(chapter: str) -> dict[str, Iterator[dict[str, str]]]:
    """Task → its answers, over and over: the model, then those that are right or wrong."""
    from tests.grading.answers import models, written_answers

    found: dict[str, list[dict[str, str]]] = {}
    for one in [*models(), *written_answers()]:
        if one.number.startswith(chapter):
            found.setdefault(one.number, []).append(one.files)
    return {number: cycle(files) for number, files in found.items()}


def make_class(folder: Path, count: int, chapter: str, *, quiet: bool = True) -> None:
    """So many students' notebooks, in nbgrader's layout."""
    from tests.marking.classes import submit

    given = answers(chapter)
    for number in track(range(count), "a class", disable=quiet):
        submit(folder, f"student{number:04}", {task: next(one) for task, one in given.items()}, chapter)


# Memory


class Memory:
    """Looks at a process and all below it, every other second: `peak` in MiB, and all `seen` with the seconds."""

    def __init__(self, pid: int) -> None:
        self.seen: list[tuple[float, float]] = []
        self._pid, self._over, self._began = pid, threading.Event(), time.monotonic()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    @property
    def peak(self) -> float:
        """The most that it has been."""
        return max((mib for _, mib in self.seen), default=0)

    def close(self) -> None:
        """Look no longer."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            total = 0
            try:
                first = psutil.Process(self._pid)
                for process in [first, *first.children(recursive=True)]:
                    try:
                        total += process.memory_full_info().pss
                    except psutil.Error:
                        continue
            except psutil.Error:
                return
            self.seen.append((time.monotonic() - self._began, total / 2**20))


def timed(command: list[str], cwd: Path) -> tuple[float, Memory]:
    """Run a command; returns its seconds and memory. Raises CalledProcessError where it fails."""
    began = time.perf_counter()
    # nbgrader starts programs that lie beside Python.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"CHANNELS_LAB_ROOT": str(ROOT), "PATH": path}
    with (cwd / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log)
        memory = Memory(process.pid)
        try:
            if process.wait(DEADLINE):
                raise subprocess.CalledProcessError(process.returncode, command)
        finally:
            process.kill()
            memory.close()
    return time.perf_counter() - began, memory


# The ways


def ours(submitted: Path, place: Path, jobs: int = 0) -> tuple[float, Memory]:
    """`channels-lab grade`."""
    place.mkdir()
    words = ["grade", str(submitted), "--out", str(place / "grades"), *(["--jobs", str(jobs)] if jobs else [])]
    return timed([sys.executable, "-m", "channels_lab.cli", *words], place)


def nbgrader(submitted: Path, place: Path, chapter: str, parts: int) -> tuple[float, float]:
    """`nbgrader autograde`, in so many processes, each on its part of the class; returns seconds and memory."""
    from channels_lab.course.course import Course
    from channels_lab.course.exercise import exercises

    name = next(one.notebook.stem for one in exercises(Course(ROOT)).values() if one.chapter == chapter)
    students = sorted(submitted.iterdir())
    courses = [place / str(number) for number in range(parts)]
    for number, course in enumerate(courses):
        course.mkdir(parents=True)
        shutil.copy(ROOT / "nbgrader_config.py", course)
        shutil.copytree(ROOT / "solutions" / name, course / "solutions" / name)
        for student in students[number::parts]:
            shutil.copytree(student, course / "submitted" / student.name)
        timed([sys.executable, "-m", "nbgrader", "generate_assignment", name, "--create"], course)
    began = time.perf_counter()
    with ThreadPoolExecutor(parts) as pool:
        command = [sys.executable, "-m", "nbgrader", "autograde", name]
        done = list(pool.map(lambda course: timed(command, course), courses))
    return time.perf_counter() - began, sum(memory.peak for _, memory in done)


def warm(submitted: Path, jobs: int) -> float:
    """The seconds that the checks take: no sandbox, and workers that have judged before."""
    from channels_lab.course.course import Course
    from channels_lab.marking.crew import Crew
    from channels_lab.marking.submissions import Submitted

    course = Course(ROOT)
    found = Submitted(course, submitted, submitted.parent / "beside")
    given = [[one for one in found.answers(each)[0].values() if one.attempted] for each in found.submissions]
    crew = Crew(course.root, course.workspace_folder / ".lab" / "checkpoints", trust=True)
    try:
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda one: crew.judge(one, DEADLINE), given[: 2 * jobs]))
            began = time.perf_counter()
            list(pool.map(lambda one: crew.judge(one, DEADLINE), given))
            return time.perf_counter() - began
    finally:
        crew.close()


def split(submitted: Path, place: Path, count: int) -> dict[str, float]:
    """Milliseconds of each part, by submission, of one worker; "once" is what a worker does before the first."""
    from channels_lab.course.course import Course
    from channels_lab.grading.task import find_task
    from channels_lab.grading.tree import Checkpoints
    from channels_lab.marking.entries import Entry
    from channels_lab.marking.feedback import Feedback
    from channels_lab.marking.marks import mark_of
    from channels_lab.marking.overrides import Overrides
    from channels_lab.marking.submissions import Submitted
    from channels_lab.marking.untrusted import judge_untrusted
    from channels_lab.sandbox.sandboxes import Sandboxes

    spent = dict.fromkeys(("once", "reading", "sandbox", "server", "checks", "sweeping", "feedback"), 0.0)
    course = Course(ROOT)
    checkpoints = Checkpoints(course)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import channels_lab.marking.bench"], check=True)
    found = Submitted(course, submitted, submitted.parent / "beside")
    overrides, feedback = Overrides(place / "overrides.csv"), Feedback(place / "feedback", course)
    sandboxes = Sandboxes()
    with sandboxes.make():
        spent["once"] = time.perf_counter() - began

    def lap(part: str) -> None:
        nonlocal began
        spent[part] += time.perf_counter() - began
        began = time.perf_counter()

    async def judge() -> None:
        nonlocal began
        for one in found.submissions[:count]:
            began = time.perf_counter()
            given = found.answers(one)[0]
            lap("reading")
            sandbox = sandboxes.make()
            lap("sandbox")
            verdicts = []
            for answer in given.values():
                verdict, _ = await judge_untrusted(
                    find_task(answer.number), answer.files, sandbox, checkpoints=checkpoints
                )
                verdicts.append(verdict)
                lap("sweeping")
                for part, seconds in (("server", verdict.starting), ("checks", verdict.seconds - verdict.starting)):
                    spent[part] += seconds
                    spent["sweeping"] -= seconds
            sandbox.close()
            lap("sandbox")
            feedback.write(mark_of(Entry(one.student, one.chapter), verdicts, (), overrides), verdicts)
            lap("feedback")

    asyncio.run(judge())
    sandboxes.close()
    once = spent.pop("once")
    return {"once": once * 1000} | {part: seconds * 1000 / count for part, seconds in spent.items()}


def seconds_of_one(place: Path, chapter: str) -> tuple[float, float]:
    """What one honest submission of a whole chapter takes: by a worker that is warm, and from the command on."""
    from channels_lab.course.course import Course
    from channels_lab.marking.crew import Crew
    from channels_lab.marking.submissions import Submitted

    alone = place / "one"
    make_class(alone, 1, chapter)
    course = Course(ROOT)
    found = Submitted(course, alone, place / "beside-one")
    given = list(found.answers(found.submissions[0])[0].values())
    crew = Crew(course.root, course.workspace_folder / ".lab" / "checkpoints", trust=False)
    try:
        crew.judge(given, DEADLINE)
        began = time.perf_counter()
        crew.judge(given, DEADLINE)
        warm_seconds = time.perf_counter() - began
    finally:
        crew.close()
    return warm_seconds, ours(alone, place / "ours-one")[0]


def main() -> None:
    """Measure and report."""
    wanted = options()
    place = Path(tempfile.mkdtemp(prefix="grading-"))
    os.environ["CHANNELS_LAB_WORKSPACE"] = str(place / "workspace")
    try:
        submitted = place / "submitted"
        make_class(submitted, wanted.many or wanted.sample, wanted.chapter, quiet=wanted.json)
        prepare(wanted.chapter)
        told = many(wanted, submitted, place) if wanted.many else against(wanted, submitted, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if wanted.json:
        print(json.dumps(told, indent=1))


def prepare(chapter: str) -> None:
    """Have the checkpoint made, which is done once in a course's life."""
    from channels_lab.course.course import Course
    from channels_lab.grading.tree import Checkpoints
    from channels_lab.running.warmstart import warm_start

    asyncio.run(Checkpoints(Course(ROOT)).at(chapter))
    warm_start().close()


def many(wanted: Options, submitted: Path, place: Path) -> dict[str, object]:
    """Only ours, on many submissions: how memory goes."""
    seconds, memory = ours(submitted, place / "ours", wanted.jobs)
    size = max(1, len(memory.seen) // _TENTHS)
    tenths = [max(mib for _, mib in memory.seen[at : at + size]) for at in range(0, len(memory.seen) - size + 1, size)]
    table = Table(
        "after", "peak memory (MiB)", title=f"{wanted.many} submissions: {60 * wanted.many / seconds:.0f} a minute"
    )
    for number, mib in enumerate(tenths, start=1):
        table.add_row(f"{number * size * _TICK:.0f} s", f"{mib:.0f}")
    show(table, wanted)
    return {"submissions": wanted.many, "seconds": seconds, "tenths_mib": tenths}


def against(wanted: Options, submitted: Path, place: Path) -> dict[str, object]:
    """All ways, on the same submissions."""
    from channels_lab.marking.crew import PER_CORE, cores

    ways: dict[str, tuple[float, float | None]] = {}
    jobs = wanted.jobs or PER_CORE * cores()

    def note(name: str, seconds: float, peak: float | None) -> None:
        ways[name] = seconds, peak
        print(f"{name}: {seconds:.1f} s", file=sys.stderr)

    one, whole = seconds_of_one(place, wanted.chapter)
    seconds, memory = ours(submitted, place / "ours", wanted.jobs)
    note("channels-lab grade, in sandboxes", seconds, memory.peak)
    note("limit: the checks alone, warm, no sandbox", warm(submitted, jobs), None)
    if wanted.nbgrader:
        note("nbgrader autograde", *nbgrader(submitted, place / "nbgrader-1", wanted.chapter, 1))
        note("nbgrader autograde, in two halves", *nbgrader(submitted, place / "nbgrader-2", wanted.chapter, 2))
    base = ways.get("nbgrader autograde", (None,))[0]
    table = Table(
        "",
        "a minute",
        "times nbgrader",
        "peak memory (MiB)",
        title=f"{wanted.sample} submissions of chapter {wanted.chapter}",
    )
    for name, (seconds, peak) in ways.items():
        times = f"{base / seconds:.1f}" if base else "–"
        table.add_row(name, f"{60 * wanted.sample / seconds:.1f}", times, f"{peak:.0f}" if peak else "–")
    show(table, wanted)
    parts = split(submitted, place / "split", min(10, wanted.sample))
    table = Table("part", "ms", title="A submission, by one worker")
    for part, milliseconds in parts.items():
        table.add_row("once, before the first" if part == "once" else part, f"{milliseconds:.0f}")
    show(table, wanted)
    remark = (
        f"One honest submission: {one:.1f} s by a warm worker, {whole:.1f} s as a command of its own; {jobs} at once."
    )
    if not wanted.json:
        Console().print(remark, highlight=False)
    rates = {
        name: {"a_minute": 60 * wanted.sample / seconds, "peak_mib": peak} for name, (seconds, peak) in ways.items()
    }
    return {"ways": rates, "split_ms": parts, "one_seconds": one, "one_command_seconds": whole}


def show(table: Table, wanted: Options) -> None:
    """Print a table, unless JSON is wanted."""
    if not wanted.json:
        Console().print(table)


if __name__ == "__main__":
    main()
