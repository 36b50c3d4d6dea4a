"""Places where submissions are judged: this machine's cores, or a Dask cluster's; both by an executor of futures."""

import asyncio
import contextlib
import functools
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.crew import Crew
from channels_lab.marking.job import Job, version_of

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["Places", "cluster", "here", "judge_there"]

_ADDRESS = re.compile(r"(tcp|tls)://\S+:\d+")
_ANSWER_SECONDS = 15
_WORKERS_SECONDS = 60
_INSTALL = "Install it:  uv sync --group cluster . Or leave --scheduler out, and this machine's cores are used."
_CHECKOUT = (
    "Workers need a checkout of this course, of the same commit, and of what --tasks names, in CHANNELS_LAB_TASKS. "
    "Start each in it:  uv run --group cluster dask worker"
)


@dataclass(frozen=True)
class Places:
    """Where jobs go: `executor` runs `judge` on each; so many at once as `count` says."""

    executor: Executor
    judge: Callable[[Job], list[Verdict]]
    count: Callable[[], int]

    def submit(self, job: Job) -> "Future[list[Verdict]]":
        """Begin with a job."""
        return self.executor.submit(self.judge, job)


@contextlib.contextmanager
def here(course: Course, chapters: Iterable[str], jobs: int, *, trust: bool) -> Iterator[Places]:
    """This machine; what has been started ends with the context. Raises LabError where nothing can be prepared."""
    place = course.workspace_folder / ".lab" / "checkpoints"
    crew = Crew(course.root, place, trust=trust)
    with ThreadPoolExecutor(jobs, thread_name_prefix="judge") as executor:
        try:
            crew.begin(jobs)
            # Of our own project, before anybody needs one; the workers become warm meanwhile.
            asyncio.run(_prepare(Checkpoints(course, place), chapters))
            yield Places(executor, functools.partial(_judge, crew), lambda: jobs)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            crew.close()


def _judge(crew: Crew, job: Job) -> list[Verdict]:
    return crew.judge(job.answers, job.seconds, apart=job.apart)


async def _prepare(checkpoints: Checkpoints, chapters: Iterable[str]) -> None:
    for chapter in sorted(set(chapters)):
        await checkpoints.at(chapter)


@contextlib.contextmanager
def cluster(address: str, root: Path, version: str) -> Iterator[Places]:
    """A cluster, by its scheduler's address. Raises LabError where it is not there, or its workers are not like us."""
    try:
        from distributed import Client
    except ImportError:
        raise LabError("The package distributed (Dask) is not installed.", _INSTALL) from None
    if not _ADDRESS.fullmatch(address):
        raise LabError(f"{address!r} is no address of a scheduler.", "Write it like  tcp://10.0.0.5:8786 .")
    try:
        client = Client(address, timeout=_ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise LabError(
            f"No scheduler answers at {address}: {error}.", "Start one with  dask scheduler , and name its address."
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError:
            told = f"No worker has come to {address} within {_WORKERS_SECONDS} s."
            raise LabError(told, f"{_CHECKOUT} {address} .") from None
        for worker, told in client.run(_unlike, root, version, on_error="return").items():
            if told:
                raise LabError(f"The worker {worker} cannot judge: {told}", f"{_CHECKOUT} {address} .")
        # Never the result of an equal job: each is run.
        executor = client.get_executor(pure=False)
        yield Places(executor, judge_there, functools.partial(_threads, client))
        client.run(_rest, on_error="ignore")


def _threads(client: "Client") -> int:
    return sum(client.nthreads().values())


# On a cluster's worker


def judge_there(job: Job) -> list[Verdict]:
    """Judge a job where this is called, by the course that is there; raises LabError where that is another one."""
    if told := _unlike(job.root, job.version):
        raise LabError(f"A worker cannot judge: {told}", _CHECKOUT)
    return _judge(_crew(_course(job.root).root, job.trust), job)


def _unlike(root: Path, version: str) -> str:
    """What is not here as it is there, as a sentence; "" where all is."""
    try:
        own = version_of(_course(root).root)
    except LabError as error:
        return error.message
    return "" if own == version else f"its course is {own}, and the one here is {version}."


def _course(root: Path) -> Course:
    """The course in the worker's own folder; else the one in the folder that the grader has, on the same disk."""
    try:
        return Course.find()
    except LabError:
        return Course.find(root)


_crews: dict[tuple[Path, bool], Crew] = {}
_making = threading.Lock()


def _crew(root: Path, trust: bool) -> Crew:
    """This process's crew, whose workers end with it at the latest."""
    with _making:
        if (root, trust) not in _crews:
            checkpoints = Course(root).workspace_folder / ".lab" / "checkpoints"
            _crews[root, trust] = Crew(root, checkpoints, trust=trust)
        return _crews[root, trust]


def _rest() -> None:
    for crew in _crews.values():
        crew.rest()
