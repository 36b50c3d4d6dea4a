"""The lab of one chapter: what `open_chapter` returns, and what starts servers in a notebook."""

import contextlib
from types import ModuleType

from channels_lab.course.course import Chapter
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.notebook import cell as cells
from channels_lab.notebook.display import Log, show_note
from channels_lab.notebook.lab_redis import LabRedis
from channels_lab.notebook.monitor import LayerMonitor
from channels_lab.notebook.pages import place_of
from channels_lab.notebook.pictures import Pictures
from channels_lab.notebook.server import Server
from channels_lab.notebook.skipped import skipped_cells
from channels_lab.record.events import Event
from channels_lab.running import servers
from channels_lab.running.migrations import migrate
from channels_lab.running.process import Process
from channels_lab.running.servers import ASGI_APPLICATION, Listener

__all__ = ["Lab"]


class Lab(Pictures):
    """Starts the processes of one chapter, and remembers them by name."""

    _told_cold = False

    def __init__(self, chapter: Chapter, workspace: Workspace) -> None:
        self.chapter = chapter
        self.workspace = workspace
        self.project = workspace.project
        self.servers: dict[str, Server] = {}
        self.failed: Process | None = None  # what was started last, where it could not start
        self._redis = LabRedis()
        self._others: dict[str, Process] = {}

    def __repr__(self) -> str:
        return f"<Lab of chapter {self.chapter.number}: {self.project}>"

    async def daphne(
        self,
        application: str = ASGI_APPLICATION,
        *,
        name: str = "main",
        port: int | None = None,
        options: tuple[str, ...] = (),
        env: dict[str, str] | None = None,
        record: bool = True,
        timeout: float = 10,
    ) -> Server:
        """Start Daphne on the project, with the code as it is now; a server of the same name is replaced.

        `options` are further words of Daphne's command. Without `record` there are no pictures of what it does, and
        that costs it nothing: for measuring. Raises LabError when it does not become ready within `timeout` seconds,
        with the learner's own lines of the traceback.
        """
        listener = await self._listener(name, port)
        environment = await self._environment(listener, env)
        process = servers.daphne(
            self.project,
            application,
            listener=listener,
            name=name,
            options=options,
            env=environment,
            record=record,
        )
        return await self._started(process, listener, timeout)

    async def runserver(
        self,
        *,
        name: str = "main",
        port: int | None = None,
        options: tuple[str, ...] = (),
        env: dict[str, str] | None = None,
        timeout: float = 10,
    ) -> Server:
        """Start `manage.py runserver` on the project: Django's, or Daphne's where that is installed as an app.

        `options` are further words of the command.
        """
        listener = await self._listener(name, port)
        environment = await self._environment(listener, env)
        process = servers.runserver(self.project, listener=listener, name=name, options=options, env=environment)
        return await self._started(process, listener, timeout)

    async def worker(self, *channels: str, name: str = "worker", timeout: float = 10) -> Process:
        """Start `manage.py runworker CHANNEL…`; a worker of the same name is replaced."""
        await self._stop_other(name)
        process = servers.worker(self.project, channels, name=name)
        self._others[name] = process
        await self._ready(process, timeout)
        return process

    async def redis(self) -> str:
        """Start a Valkey or Redis server of one's own, unless it runs already; returns its URL.

        Servers and workers started later find the URL in the variable REDIS_URL.
        """
        if await self._redis.start() and self._redis.process:
            _tell(self._redis.process)
        return self._redis.url

    async def stop_redis(self) -> None:
        """Stop the lab's Valkey or Redis, as its crash would; `redis()` starts it again, empty, at the same address.

        Raises LabError where the server is another's.
        """
        if await self._redis.stop():
            show_note("Redis is stopped.")

    def layer_monitor(self, prefix: str = "asgi") -> LayerMonitor:
        """Watch the Redis commands inside an `async with`; marked are those of the channel layer with this prefix."""
        return LayerMonitor(self.redis, prefix)

    def module(self, file: str) -> ModuleType:
        """Run a file of the project here, in the kernel, as it is now; returns it as a module, new each time.

        Raises LabError when there is no such file; what the file itself raises comes through.
        """
        path = self.project / file
        if not path.is_file():
            raise LabError(f"There is no {file} in the project.", "Run the file cells above that write it.")
        module = ModuleType(path.stem)
        module.__file__ = str(path)
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
        return module

    async def manage(self, *words: str, timeout: float = 60) -> Log:
        """Run `manage.py WORD…` to its end, and return what it printed; raises LabError when it failed."""
        process = servers.manage(self.project, *words)
        code = await process.end(timeout)
        if code:
            process.check()
        return Log(process.log.rstrip())

    async def stop(self) -> None:
        """Stop everything that this lab has started."""
        for server in self.servers.values():
            await server.stop()
        for name in list(self._others):
            await self._stop_other(name)
        await self._redis.end()

    @property
    def processes(self) -> list[Process]:
        """What is started now, the newest of each name: servers, workers, Valkey/Redis, and what could not start."""
        redis = [self._redis.process] if self._redis.process else []
        failed = [self.failed] if self.failed else []
        return [*(server.process for server in self.servers.values()), *self._others.values(), *redis, *failed]

    @property
    def clients_events(self) -> list[Event]:
        """What the clients of all its servers have noted."""
        return [event for server in self.servers.values() for event in server.clients_events]

    # Details

    def _let_settle(self) -> None:
        for server in self.servers.values():
            server._let_settle()

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
            await old.stop()
            del self.servers[name]
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

    async def _started(self, process: Process, listener: Listener, timeout: float) -> Server:
        # Only the server listens: when it has gone, a client is refused and does not wait.
        listener_port = listener.port
        server = Server(process, listener_port, self.workspace)
        try:
            await self._ready(process, timeout)
        except BaseException:
            await process.stop()
            raise
        finally:
            listener.socket.close()
        self.servers[process.name] = server
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
        _tell(process)
        if (problem := process.keeper.problem) and not Lab._told_cold:
            Lab._told_cold = True
            show_note(f"Servers start cold, and slower: {problem}.", warning=True)


def _tell(process: Process) -> None:
    ready = f"ready in {process.ready_after * 1000:.0f} ms" if process.ready_after else "started"
    show_note(f"$ {process.command}", lines=[ready])
