"""Row 56 of the table of faults: the workers' Redis dies and returns, and the supervisor brings the workers back."""

import signal
import time
from contextlib import suppress
from typing import Any

import psutil

from channels_lab.wire.client import Closed, NothingCame
from channels_lab.wire.handshake import Refused, connect
from tests.site.test_projects import manage
from tests.site.test_supervisor import Supervised, supervised  # noqa: F401 - a fixture

from .layered import log_in


async def a_task_is_done(port: int, cookies: dict[str, str], timeout: float = 30) -> None:
    """What the page does: connect and start a task, again and again until one is done."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with suppress(Refused, Closed, NothingCame):
            async with connect(port, "/ws/tasks/", name="alice", cookies=cookies) as alice:
                await alice.send_json({"command": "start", "kind": "count", "room": 1})
                told: dict[str, Any] = {}
                while told.get("task", {}).get("state") != "done" and "error" not in told:
                    told = await alice.receive_json(3)
                if "error" not in told:
                    return
    raise AssertionError("no task was done")


async def test_56_workers_come_back_with_their_redis(supervised: Supervised) -> None:  # noqa: F811
    """A worker whose Redis is gone ends; the supervisor says so and starts it again, and tasks are done as before."""
    cookies = log_in(supervised.site, manage)["alice"]
    await a_task_is_done(supervised.port, cookies)
    family = psutil.Process(supervised.process.pid).children(recursive=True)
    [valkey] = [one for one in family if "valkey" in one.name()]
    valkey.send_signal(signal.SIGKILL)
    workers = ("worker-0", "worker-1")
    supervised.until(
        r"exited: valkey \(terminated by SIGKILL",
        *(rf"exited: {name} \(exit status 1; not expected\)" for name in workers),
        *(f"success: {name} entered RUNNING" for name in ("valkey", *workers)),
    )
    await a_task_is_done(supervised.port, cookies)
