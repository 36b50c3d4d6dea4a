"""Starting servers in a notebook: where they listen, what they are told, and what is said when they cannot start."""

import contextlib
import time
from collections.abc import Callable

from channels_lab.course.course import Chapter
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.notebook import cell as cells
from channels_lab.notebook.display import show_note
from channels_lab.notebook.frame import Frame, still_coming
from channels_lab.notebook.pages import place_of
from channels_lab.notebook.pictures import Pictures
from channels_lab.notebook.server import Server
from channels_lab.notebook.skipped import skipped_cells
from channels_lab.running.migrations import migrate
from channels_lab.running.process import Process
from channels_lab.running.servers import Listener

__all__ = ["Starts", "tell_started"]


class Starts(Pictures):
    """Remembers what it has started by name: `servers`, and the workers."""

    _told_cold = False

    def __init__(self, chapter: Chapter, workspace: Workspace) -> None:
        self.chapter = chapter
        self.workspace = workspace
        self.project = workspace.project
        self.servers: dict[str, Server] = {}
        self.failed: Process | None = None  # what was started last, where it could not start
        self._others: dict[str, Process] = {}
        self._coming: dict[int, list[Frame]] = {}  # by port: pages that a browser may not have had

    async def _other(self, name: str, start: Callable[[], Process], timeout: float) -> Process:
        await self._stop_other(name)
        self._others[name] = process = start()
        await self._ready(process, timeout)
        return process

    async def _stop_other(self, name: str) -> None:
        if old := self._others.pop(name, None):
            await old.stop()

    async def _listener(self, name: str, port: int | None) -> Listener:
        """Stop the server of this name, and listen where it did: an open page finds the new one."""
        if not self.project.is_dir():
            raise LabError(
                f"There is no project in {self.workspace.folder}.",
                f'Run  lab = channels_lab.open_chapter("{self.chapter.number}")  again.',
            )
        if self.workspace.chapter != self.chapter.number:
            raise LabError(
                f"The workspace is in chapter {self.workspace.chapter} now, this notebook is {self.chapter.number}.",
                f'Run  lab = channels_lab.open_chapter("{self.chapter.number}")  again.',
            )
        old = self.servers.get(name)
        # That a port is taken is told before anything is stopped.
        listener = Listener.open(port) if port is not None and not (old and old.port == port) else None
        if old:
            stopped = time.monotonic()
            await old.stop()
            del self.servers[name]
            self._coming.setdefault(old.port, []).extend(still_coming(old.frames, old.events, stopped))
            if listener is None:
                with contextlib.suppress(LabError):
                    return Listener.open(old.port)
        return listener or Listener.open(port or 0)

    async def _environment(self, listener: Listener, env: dict[str, str] | None) -> dict[str, str]:
        if cells.running().id and (skipped := skipped_cells(self.workspace, self.chapter, cells.running().id)):
            show_note(f"Not run yet, though above this cell: {skipped}.", warning=True)
        try:
            await migrate(self.project, self.workspace.folder / ".lab" / "migrated")
        except BaseException:
            listener.socket.close()
            raise
        return place_of(listener.port).environment | (env or {})

    async def _started(self, server: Server, listener: Listener, timeout: float) -> Server:
        try:
            await self._ready(server.process, timeout)
        except BaseException:
            await server.stop()
            raise
        finally:
            # Only the server listens: when it has gone, a client is refused and does not wait.
            listener.socket.close()
        self.servers[server.name] = server
        server.frames = self._coming.pop(server.port, [])
        for frame in server.frames:
            frame.show_again()
        return server

    async def _ready(self, process: Process, timeout: float) -> None:
        try:
            await process.ready(timeout)
        except LabError as error:
            skipped = skipped_cells(self.workspace, self.chapter, cells.running().id)
            if skipped and "not run yet" not in error.fix:
                error.fix = f"{error.fix} Not run yet: {skipped}.".strip()
            self.failed = process
            raise
        self.failed = None
        tell_started(process)
        if (problem := process.keeper.problem) and not Starts._told_cold:
            Starts._told_cold = True
            show_note(f"Servers start cold, and slower: {problem}.", warning=True)


def tell_started(process: Process) -> None:
    """Say that a process is ready, and the command that a person would type for it."""
    ready = f"ready in {process.ready_after * 1000:.0f} ms" if process.ready_after else "started"
    show_note(f"$ {process.command}", lines=[ready])
