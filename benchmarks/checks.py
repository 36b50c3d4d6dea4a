"""How long a check takes, from the call to the verdict, against doing the same by hand.

    uv run python benchmarks/checks.py [--rounds N] [--task 06.2] [--json]

The model answers of all tasks, each checked N times by one warm checker, as a kernel has it. By hand: a copy of the
same project, `daphne` typed anew, and, when it answers, a script in a fresh Python that sees the same behaviours
over the same client (what it imports beyond `websockets` and `httpx` is not counted). Tasks that need more than one
server, their record or a script of the learner's have no such way: they count among all checks only.
"""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import Measured, report

ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 5
ONLY = sys.argv[sys.argv.index("--task") + 1] if "--task" in sys.argv else ""
VERDICT = "verdict"
BIN = Path(sys.executable).parent
DEADLINE = 30


def script(number: str, port: int, tree: Path, prepared: Path) -> None:
    """The script by hand: goes through the behaviours of a task, against a server that runs; prints its imports."""
    began = time.perf_counter()
    import httpx  # noqa: F401
    import websockets.asyncio.client  # noqa: F401

    needed = time.perf_counter() - began
    from channels_lab.course.course import Course
    from channels_lab.grading.chance import Chance
    from channels_lab.grading.task import find_task
    from channels_lab.grading.tree import Checkpoint, Checkpoints
    from channels_lab.grading.trial import Trial

    class Plain(Trial):
        async def settle(self) -> None: ...

    class Hand:
        def __init__(self, checkpoint: Checkpoint) -> None:
            self.printed: dict[Path, int] = {}
            self.ports = {"main": port}
            self.processes: list[object] = []
            self.checkpoint, self.tree = checkpoint, tree

    async def go() -> None:
        checkpoint = await Checkpoints(Course.find(Path(__file__).parent), prepared).at(task.chapter, None)  # type: ignore[arg-type]
        print(time.perf_counter() - began - needed, flush=True)
        for behaviour in task.behaviours:
            trial = Plain(Hand(checkpoint), Chance())  # type: ignore[arg-type]
            await behaviour.run(trial)
            await trial.close()

    task = find_task(number)
    asyncio.run(go())


def by_hand(number: str, files: dict[str, str], checkpoint: Path, prepared: Path, environment: dict[str, str]) -> float:
    """Copy, start, wait, run the script, stop; returns the seconds. Raises CalledProcessError where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(["cp", "-r", f"{checkpoint}/.", folder], check=True)
        for path, text in files.items():
            (Path(folder) / path).write_text(text, encoding="utf-8")
        port = free_port()
        server = subprocess.Popen(
            [str(BIN / "daphne"), "-p", str(port), "config.asgi:application"],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_for(port)
            words = [sys.executable, __file__, "--script", number, str(port), folder, str(prepared)]
            done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=DEADLINE)
            return time.perf_counter() - began - float(done.stdout)
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def free_port() -> int:
    """A port for a command that cannot be handed a socket."""
    from channels_lab.running.servers import Listener

    with Listener.open().socket as found:
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    """By hand, nothing tells when a server listens."""
    import socket

    deadline = time.perf_counter() + DEADLINE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.perf_counter() > deadline:
                raise
            time.sleep(0.002)


def main() -> None:
    """Measure and report."""
    from channels_lab.course.answer import Answer
    from channels_lab.course.course import Course
    from channels_lab.grading.checker import Checker
    from channels_lab.grading.task import find_task
    from channels_lab.grading.tree import Checkpoints
    from channels_lab.grading.verdict import Outcome
    from channels_lab.running.warmstart import warm_start

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests.grading.answers import models

    course = Course.find(Path(__file__).parent)
    every, checks, hand = Measured("check(), all tasks"), Measured("check(), one server"), Measured("by hand, the same")
    rest: list[float] = []
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["CHANNELS_LAB_WORKSPACE"] = workspace
        prepared = Path(workspace) / ".lab" / "checkpoints"
        checker = Checker(course)
        for model in models():
            if ONLY not in ("", model.number):
                continue
            task = find_task(model.number)
            answer = Answer(model.number, model.files, True)
            checker.check(answer)  # prepares the chapter
            times = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                verdict = checker.check(answer)
                times.append(time.perf_counter() - began)
                assert verdict.outcome is Outcome.PASSED, (model.number, verdict.reason)
                rest.append(1 - verdict.starting / times[-1])
            every.add(VERDICT, statistics.median(times))
            print(f"{model.number} {task.kind:6} {statistics.median(times) * 1000:6.0f} ms", file=sys.stderr)
            if task.kind != "server" or task.layer != "memory":
                continue
            checkpoint = asyncio.run(Checkpoints(course, prepared).at(task.chapter, warm_start()))
            environment = os.environ | checkpoint.env
            try:
                slow = [
                    by_hand(model.number, model.files, checkpoint.folder, prepared, environment) for _ in range(ROUNDS)
                ]
            except subprocess.CalledProcessError as error:
                print(f"{model.number} not by hand: {error.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            hand.add(VERDICT, statistics.median(slow))
            checks.add(VERDICT, statistics.median(times))
        checker.close()
    remark = f"Of a check, {statistics.median(rest):.0%} is not the start of servers: copying, behaviours, the verdict."
    count = len(every.figures[VERDICT])
    title = f"From the call to the verdict: medians over {count} tasks, {ROUNDS} rounds each"
    report(title, [every, checks, hand], [VERDICT], hand.name, [remark])


if __name__ == "__main__":
    if "--script" in sys.argv:
        script(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5]))
    else:
        main()
