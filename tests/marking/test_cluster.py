"""A run on a Dask cluster: its workers judge in sandboxes of their own, and one that is killed costs nobody a mark."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.tree import Checkpoints
from channels_lab.marking import batch as batches
from channels_lab.marking.batch import Batch
from channels_lab.marking.results import Result, Results
from channels_lab.marking.submissions import Submitted
from tests.conftest import ROOT
from tests.grading.answers import models, written_answers
from tests.marking.classes import lay_checkpoints, submit
from tests.ports import free_port

MODEL = {one.number: one.files for one in models() if one.number == "06.1"}
WRONG = {one.number: one.files for one in written_answers() if str(one) == "06.1/wrong_to_all"}
_DASK = [sys.executable, "-W", "ignore", "-m", "dask"]


class Cluster:
    """A scheduler and its workers, each a process as a person would start it on a machine of its own."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.log = (folder / "dask.log").open("wb")
        port = str(free_port())
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        more = [self.address, "--no-nanny", "--no-dashboard", "--nthreads", "1", "--host", "127.0.0.1"]
        more += ["--death-timeout", "60", "--local-directory", str(folder)]
        self.workers = [self._start("worker", *more) for _ in range(workers)]
        self._wait_for(int(port))

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + 60
        with socket.socket() as caller:
            while caller.connect_ex(("127.0.0.1", port)):
                if self.scheduler.poll() is not None or time.monotonic() > deadline:
                    self.close()
                    pytest.fail(f"The scheduler does not listen: {self.log.name}")
                time.sleep(0.05)

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([*_DASK, *words], cwd=ROOT, stdout=self.log, stderr=self.log)

    def close(self) -> None:
        """End all of it: the workers first, for they take leave of their scheduler."""
        for group in (self.workers, [self.scheduler]):
            for process in group:
                process.terminate()
            for process in group:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.log.close()


@pytest.fixture
def cluster(
    tmp_path: Path, needs: Callable[[str], str], workspace: Path, checkpoints: Checkpoints
) -> Iterator[Cluster]:
    """A cluster of three workers."""
    needs("bwrap")
    lay_checkpoints(checkpoints, workspace)
    made = Cluster(tmp_path, 3)
    yield made
    made.close()


def test_a_cluster_of_which_one_is_killed(
    cluster: Cluster, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a worker is killed in the middle all marks are there, none twice; one of another version judges nothing."""
    folder = tmp_path / "submitted"
    for number in range(5):
        submit(folder, f"s{number}", WRONG if number % 2 else MODEL)
    submitted = Submitted(course, folder, tmp_path / "beside")
    place = tmp_path / "results.jsonl"
    results = Results(place)

    def kill(result: Result) -> None:
        if len(results.by_key) == 1:
            cluster.workers[0].kill()

    Batch(submitted, results, scheduler=cluster.address).run(kill)
    assert {key: one.points for key, one in results.by_key.items()} == {
        f"s{number}/06": 3 if number % 2 else 4 for number in range(5)
    }
    assert len(place.read_text().splitlines()) == 5

    monkeypatch.setattr(batches, "version_of", lambda root: "of yesterday")
    with pytest.raises(LabError, match="here is of yesterday") as told:
        Batch(submitted, Results(tmp_path / "others.jsonl"), scheduler=cluster.address).run()
    assert "same commit" in told.value.fix
