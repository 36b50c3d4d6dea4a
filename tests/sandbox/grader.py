"""A grader in a process of its own, as root or as an ordinary user: it judges answers in sandboxes.

Run as `python -m tests.sandbox.grader FOLDER CHAPTER…`: JSON lines in, answers and how they are judged; JSON lines out.
"""

import asyncio
import json
import os
import queue
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from channels_lab.grading import box, visits
from channels_lab.grading.task import find_task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Verdict
from channels_lab.marking.untrusted import judge_untrusted
from channels_lab.running import warmstart
from channels_lab.running.limits import Limits
from channels_lab.sandbox import sandbox
from channels_lab.sandbox.confinement import ALONE, alone
from channels_lab.sandbox.sandbox import Sandbox
from channels_lab.sandbox.sandboxes import Sandboxes

__all__ = ["Grader"]

# What is waited for what does not come: usually, and in haste.
_HASTE = {
    (box, "_READY_SECONDS"): (box._READY_SECONDS, 2),
    (sandbox, "_REPLY_SECONDS"): (sandbox._REPLY_SECONDS, 1),
    (visits, "_ANSWER_SECONDS"): (visits._ANSWER_SECONDS, 1),
}

ROOT = Path(__file__).resolve().parent.parent.parent
NOBODY = 65_534


class Grader:
    """The handle of such a process; `folder` is all that it writes to."""

    def __init__(self, *, ordinary: bool, chapters: tuple[str, ...] = ("01", "03", "06", "08", "10")) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="grader-", dir="/tmp"))
        self.process = subprocess.Popen(
            [
                *(_as_nobody(self.folder) if ordinary else []),
                *alone(),
                "--",
                sys.executable,
                "-m",
                __name__,
                str(self.folder),
                *chapters,
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ
            | {ALONE: "1", "TMPDIR": str(self.folder), "HOME": str(self.folder), "TOKEN_OF_THE_GRADER": "x1b2"},
        )
        assert self._told()["nursery"]  # as grading has it, here as well

    def judge(self, number: str, files: dict[str, str], seed: int | None = None) -> "Graded":
        """Judge an answer, in a sandbox of its own."""
        return self.judge_all([{"number": number, "files": files, "seed": seed}])[0]

    def judge_all(
        self, answers: list[dict[str, Any]], limits: Limits | None = None, *, lanes: int = 1, hasty: bool = False
    ) -> "list[Graded]":
        """Judge answers in sandboxes with these limits, which are swept between them; so many `lanes` side by side.

        A `hasty` one waits less for what does not come.
        """
        assert self.process.stdin
        request = {"answers": answers, "limits": asdict(limits or Limits()), "lanes": lanes, "hasty": hasty}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return [Graded(one) for one in self._told()["graded"]]

    def close(self) -> None:
        """End it, and remove what it wrote."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def _told(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the grader ended with status {self.process.wait(10)}"
        told: dict[str, Any] = json.loads(line)
        return told


class Graded:
    """What came of an answer: the verdict, how long it took, what the grader itself has taken, what was left there."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.verdict = Verdict.from_json(told["verdict"])
        self.seconds: float = told["seconds"]
        self.memory: float = told["memory"]
        self.fit: bool = told["fit"]
        self.left: list[str] = told["left"]

    @property
    def said(self) -> str:
        """All that is told of the failure."""
        return f"{self.verdict.reason} {self.verdict.details}"


def _as_nobody(folder: Path) -> list[str]:
    """The words before a command that is to run as an ordinary user, who can get at Python, whoever's home it is in."""
    os.chown(folder, NOBODY, NOBODY)
    words = ["bwrap", "--dev-bind", "/", "/"]
    needed = {str(ROOT), sys.prefix, sys.base_prefix}
    for home in {f"/{place.split('/')[1]}" for place in needed}:
        if not Path(home).stat().st_mode & 0o001:
            words += ["--perms", "0755", "--tmpfs", home]
            for place in sorted(place for place in needed if place.startswith(f"{home}/")):
                words += [word for above in _below(home, place) for word in ("--perms", "0755", "--dir", above)]
                words += ["--ro-bind", place, place]
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all"]
    return [*words, "--", "setpriv", *user]


def _below(home: str, place: str) -> list[str]:
    return [str(above) for above in reversed(Path(place).parents) if str(above).startswith(f"{home}/")]


class _Lane(threading.Thread):
    """Judges answers, one after another, in one sandbox as long as that is fit: a thread, with which that ends."""

    def __init__(
        self, waiting: "queue.SimpleQueue[tuple[int, dict[str, Any]]]", make: Callable[[], Sandbox], at: Checkpoints
    ) -> None:
        super().__init__()
        self.graded: dict[int, dict[str, Any]] = {}
        self._waiting, self._make, self._checkpoints = waiting, make, at
        self._sandbox: Sandbox | None = None

    def run(self) -> None:
        try:
            while True:
                number, answer = self._waiting.get_nowait()
                self.graded[number] = self._judge(answer)
        except queue.Empty:
            pass
        finally:
            if self._sandbox:
                self._sandbox.close()

    def _judge(self, answer: dict[str, Any]) -> dict[str, Any]:
        self._sandbox = self._sandbox or self._make()
        task = find_task(answer["number"])
        began = time.monotonic()
        verdict, fit = asyncio.run(
            judge_untrusted(
                task, answer["files"], self._sandbox, checkpoints=self._checkpoints, seed=answer.get("seed")
            )
        )
        if not fit:
            self._sandbox.close()
            self._sandbox = None
        return {"verdict": verdict.to_json(), "seconds": time.monotonic() - began, "fit": fit}


def _judged(request: dict[str, Any], checkpoints: Checkpoints, sandboxes: Sandboxes) -> list[dict[str, Any]]:
    for (module, name), (usual, short) in _HASTE.items():
        setattr(module, name, short if request["hasty"] else usual)
    waiting: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()
    for numbered in enumerate(request["answers"]):
        waiting.put(numbered)
    turn = threading.Lock()

    def make() -> Sandbox:
        with turn:
            return sandboxes.make(Limits(**request["limits"]))

    lanes = [_Lane(waiting, make, checkpoints) for _ in range(request["lanes"])]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    graded = {number: one for lane in lanes for number, one in lane.graded.items()}
    about = {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "left": _left(sandboxes)}
    return [graded[number] | about for number in range(len(request["answers"]))]


def _left(sandboxes: Sandboxes) -> list[str]:
    """The run folders that are no idle keeper's, nor the nursery's own."""
    idle = [one.folder for one in (warmstart._current, sandboxes._nursery) if one]
    found = [place for place in Path(tempfile.gettempdir()).glob("channels-lab-*") if place not in idle]
    if sandboxes._nursery:
        found += [place for place in sandboxes._nursery.folder.iterdir() if place.is_dir()]
    return list(map(str, found))


async def _serve(folder: Path) -> None:
    checkpoints = Checkpoints(Course(ROOT), folder / "checkpoints")
    for chapter in sys.argv[2:]:
        await checkpoints.at(chapter)
    sandboxes = Sandboxes()
    sandboxes.make().close()
    print(json.dumps({"ready": os.getuid(), "nursery": bool(sandboxes._nursery)}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"graded": _judged(json.loads(line), checkpoints, sandboxes)}), flush=True)
    sandboxes.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
