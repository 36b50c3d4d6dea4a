"""What a room of learners on one machine takes: memory, processes, and how long all wait who begin at once.

    uv run python benchmarks/room.py [--learners N] [--json]

Each learner (6, or N) has a kernel and a workspace of their own. All at once they open chapter 07, start its Daphne
and a Valkey, and two clients talk. Memory is the proportional set size of the kernel and all that it started: what
processes share is shared out among them, so that the sum over the room is what the machine must have. JupyterLab is
not in it.
"""

import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
LEARNERS = int(sys.argv[sys.argv.index("--learners") + 1]) if "--learners" in sys.argv else 6
DEADLINE = 300
OPEN = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("07")'
START = "server = await lab.daphne()\nawait lab.redis()"
TALK = """\
alice = await server.connect("/ws/chat/lobby/", name="alice")
bob = await server.connect("/ws/chat/lobby/", name="bob")
await alice.send_json({"message": "hi"})
await bob.receive_json(30)"""


class Learner:
    """A kernel in a workspace of its own, and what its cells cost."""

    def __init__(self, folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        spec = self.manager.kernel_spec
        assert spec
        spec.env |= {"CHANNELS_LAB_ROOT": str(ROOT), "CHANNELS_LAB_WORKSPACE": str(folder)}
        folder.mkdir()
        self.manager.start_kernel(cwd=str(folder))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=DEADLINE)

    def run(self, source: str) -> float:
        """Run a cell; returns the seconds that it took."""
        started = time.perf_counter()
        reply = self.client.execute_interactive(source, timeout=DEADLINE, output_hook=lambda message: None)
        if reply["content"]["status"] != "ok":
            raise SystemExit(f"{source!r} failed: {reply['content'].get('evalue')}")
        return time.perf_counter() - started

    def family(self) -> list[psutil.Process]:
        """The kernel, and all that it has started."""
        kernel = psutil.Process(self.manager.provisioner.process.pid)  # type: ignore[union-attr]
        return [kernel, *kernel.children(recursive=True)]

    def memory(self) -> float:
        """MiB of all of them."""
        return sum(process.memory_full_info().pss for process in self.family()) / 2**20

    def close(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def main() -> None:
    """Fill the room, measure, and print."""
    quiet = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(LEARNERS) as at_once:
        places = [Path(folder) / f"learner{number}" for number in range(LEARNERS)]
        room = [Learner(place) for place in track(places, "they come in", console=quiet)]
        try:
            idle = [one.memory() for one in room]
            seconds = {
                name: list(at_once.map(lambda one, cell=cell: one.run(cell), room)) for name, cell in CELLS.items()
            }
            full = [one.memory() for one in room]
            processes = max(len(one.family()) for one in room)
        finally:
            list(at_once.map(Learner.close, room))
    figures = {
        "learners": LEARNERS,
        "MiB each, a kernel alone": round(statistics.median(idle)),
        "MiB each, with Daphne, Valkey and clients": round(statistics.median(full)),
        "MiB of the largest": round(max(full)),
        "processes each": processes,
        **{f"seconds until all {name}": round(max(took), 1) for name, took in seconds.items()},
    }
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=1))
        return
    table = Table("", f"a room of {LEARNERS}", title="Learners on one machine, all at once")
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console().print(table)


CELLS = {"have opened a chapter": OPEN, "have a server and a Valkey": START, "have talked": TALK}

if __name__ == "__main__":
    main()
