"""How long until a server answers its first WebSocket handshake, and how long until it is gone.

    uv run python benchmarks/server_ready.py [--rounds N] [--json]

One project, the ways interleaved in one run: `daphne` typed by hand, `manage.py runserver` typed by hand, and
the lab's warm start with its recorder and guard in place. Apart: a kernel's first call, while it still
preloads. The limit is a bare `os.fork` of a process that has nothing to do but answer one handshake.
"""

import asyncio
import base64
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from table import Measured, report
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake

from channels_lab.course.course import Course
from channels_lab.running import servers
from channels_lab.running.warmstart import WarmStart

ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 15
READY, STOPPED = "ready", "stopped"
BIN = Path(sys.executable).parent
DEADLINE = 30
# A daphne that is stopped in the middle of a sync disconnect() hangs at its exit: its thread waits for a loop
# that has ended. That is not what is measured here.
SETTLE = 0.3


async def handshake(port: int) -> None:
    """Connect until a handshake is answered; by hand, nothing tells when the server listens."""
    deadline = time.perf_counter() + DEADLINE
    while True:
        try:
            async with connect(f"ws://127.0.0.1:{port}/ws/chat/lobby/", origin="http://127.0.0.1", proxy=None):
                return
        except (OSError, InvalidHandshake):
            if time.perf_counter() > deadline:
                raise
            await asyncio.sleep(0.002)


async def by_hand(way: Measured, command: list[str], project: Path, port: int) -> None:
    """A process as a person would type it."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(port)] if "-p" in command else [*command, f"127.0.0.1:{port}"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    await handshake(port)
    way.add(READY, time.perf_counter() - start)
    await asyncio.sleep(SETTLE)
    start = time.perf_counter()
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(DEADLINE)
    way.add(STOPPED, time.perf_counter() - start)


async def by_lab(way: Measured, project: Path, keeper: WarmStart) -> None:
    """The lab's warm start, recorder and guard in place."""
    start = time.perf_counter()
    listener = servers.Listener.open()
    process = servers.daphne(project, listener=listener, keeper=keeper)
    await process.ready(DEADLINE)
    await handshake(listener.port)
    way.add(READY, time.perf_counter() - start)
    await asyncio.sleep(SETTLE)
    start = time.perf_counter()
    await process.stop()
    way.add(STOPPED, time.perf_counter() - start)
    listener.socket.close()


async def bare_fork(way: Measured) -> None:
    """The limit: fork, answer one handshake by hand, leave."""
    listener = servers.Listener.open()
    start = time.perf_counter()
    if (pid := os.fork()) == 0:
        connection, _ = listener.socket.accept()
        request = connection.recv(4096).decode()
        key = next(line for line in request.splitlines() if line.lower().startswith("sec-websocket-key")).split(": ")[1]
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connection.sendall(f"{head}Sec-WebSocket-Accept: {accept.decode()}\r\n\r\n".encode())
        connection.recv(4096)
        connection.sendall(b"\x88\x02\x03\xe8")
        os._exit(0)
    await handshake(listener.port)
    way.add(READY, time.perf_counter() - start)
    os.waitpid(pid, 0)
    listener.socket.close()


def write_project(folder: Path) -> None:
    """The site as it stands at the end of chapter 06."""
    course = Course.find(Path(__file__).parent)
    for path, text in course.after(course.chapter("06")).texts().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=folder, check=True)


def free_port() -> int:
    """A port for a command that cannot be handed a socket."""
    with servers.Listener.open().socket as found:
        return int(found.getsockname()[1])


async def main() -> None:
    """Measure and report."""
    daphne = Measured("daphne -p PORT, by hand")
    runserver = Measured("manage.py runserver, by hand")
    lab, first, limit = Measured("the lab"), Measured("the lab, a kernel's first call"), Measured("limit: a bare fork")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        write_project(project)
        keeper = WarmStart()
        keeper.wait_until_warm()
        await by_lab(Measured("warm-up"), project, keeper)
        for _ in range(ROUNDS):
            await by_hand(daphne, [str(BIN / "daphne"), "config.asgi:application", "-p"], project, free_port())
            await by_lab(lab, project, keeper)
            await bare_fork(limit)
            await by_hand(runserver, [sys.executable, "manage.py", "runserver"], project, free_port())
            fresh = WarmStart()
            await by_lab(first, project, fresh)
            fresh.close()
        keeper.close()
    ready, least = lab.median(READY), limit.median(READY)
    assert ready is not None and least is not None
    remark = f"Above a bare fork: {(ready - least) * 1000:.0f} ms; they are django.setup() and Daphne's reactor."
    title = f"From the call to the first answered handshake, and to the end: medians of {ROUNDS} rounds"
    report(title, [daphne, runserver, lab, first, limit], [READY, STOPPED], daphne.name, [remark])


if __name__ == "__main__":
    asyncio.run(main())
