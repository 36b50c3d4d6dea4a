"""What a sync consumer costs against an async one: the chat of chapter 06, both ways, with 1, 10, 50 and 200 clients.

    uv run python benchmarks/consumers.py [--rounds N] [--json]

In each round both servers are fresh and up together, and crowds of each size talk to the one and to the other in turn,
each client in a room of its own. Compared is the time that a message takes the server when a crowd keeps it busy, the
inverse of throughput. Nothing is recorded. Threads and memory of the server are told below the table.
"""

import asyncio
import contextlib
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from recorder import ASYNC_CONSUMER
from server_ready import DEADLINE, write_project
from table import Measured, report

from channels_lab.measure.levels import Level
from channels_lab.measure.load import load
from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.usage import Usage, usage_of
from channels_lab.running.warmstart import WarmStart

ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 7
CROWDS = (1, 10, 50, 200)
SECONDS = 0.6


@dataclass
class Server:
    """A server that is measured."""

    process: Process
    port: int

    def check(self) -> None:
        """See that it runs."""
        self.process.check()

    def usage(self) -> Usage:
        """What its process takes now."""
        return usage_of(self.process.pid)


async def one_round(projects: dict[str, Path], keeper: WarmStart, number: int) -> dict[str, list[Level]]:
    """A fresh server of each kind, and all crowds on each, in turn."""
    async with contextlib.AsyncExitStack() as stack:
        up: dict[str, Server] = {}
        for kind, project in projects.items():
            listener = servers.Listener.open()
            with listener.socket:
                process = servers.daphne(project, listener=listener, keeper=keeper, record=False)
                stack.push_async_callback(process.stop)
                await process.ready(DEADLINE)
                up[kind] = Server(process, listener.port)
        found: dict[str, list[Level]] = {kind: [] for kind in projects}
        for clients in CROWDS:
            # Who is first is last the next time.
            for kind in sorted(up, reverse=bool(number % 2)):
                found[kind] += (await load(up[kind], clients=clients, seconds=SECONDS)).levels
        return found


async def main() -> None:
    """Measure and report."""
    ways = {"sync": Measured("sync consumer"), "async": Measured("async consumer")}
    levels: dict[tuple[str, int], list[Level]] = {}
    keeper = WarmStart()
    keeper.wait_until_warm()
    with tempfile.TemporaryDirectory() as folder:
        projects = {kind: Path(folder) / kind for kind in ways}
        for project in projects.values():
            project.mkdir()
            write_project(project)
        (projects["async"] / "chat" / "consumers.py").write_text(ASYNC_CONSUMER)
        for number in range(ROUNDS):
            for kind, found in (await one_round(projects, keeper, number)).items():
                for level in found:
                    ways[kind].add(_named(level.clients), 1 / level.throughput)
                    levels.setdefault((kind, level.clients), []).append(level)
    keeper.close()
    title = f"Time of a message, of a crowd that keeps the server busy: medians of {ROUNDS} rounds"
    remarks = [_told(clients, levels) for clients in CROWDS]
    report(title, list(ways.values()), [_named(clients) for clients in CROWDS], "sync consumer", remarks)


def _named(clients: int) -> str:
    return f"{clients} client{'s' * (clients > 1)}"


def _told(clients: int, levels: dict[tuple[str, int], list[Level]]) -> str:
    """What each way took, in words, with one crowd."""
    said = []
    for kind in ("sync", "async"):
        found = levels[kind, clients]
        median, longest = (statistics.median(getattr(one, what) for one in found) for what in ("median", "longest"))
        memory = statistics.median(one.memory for one in found)
        lost = sum(one.lost.total() for one in found)
        said.append(
            f"{kind} answers in {median:.1f} ms (99th {longest:.1f}), {max(one.threads for one in found)} threads, "
            f"{memory:.1f} MiB" + (f", {lost} clients lost" if lost else "")
        )
    return f"{_named(clients)}: {'; '.join(said)}."


if __name__ == "__main__":
    asyncio.run(main())
