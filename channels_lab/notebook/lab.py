"""The lab of one chapter: what `open_chapter` returns, and what starts servers in a notebook."""

from types import ModuleType

from channels_lab.course.course import Chapter
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.notebook.attending import Attending
from channels_lab.notebook.display import Log, show_note
from channels_lab.notebook.fleet import LiveFleet, fleet_of
from channels_lab.notebook.lab_redis import LabRedis
from channels_lab.notebook.monitor import LayerMonitor
from channels_lab.notebook.nginx import Nginx
from channels_lab.notebook.server import Server
from channels_lab.notebook.starts import Starts, tell_started
from channels_lab.record.events import Event
from channels_lab.running import servers
from channels_lab.running.failure import failed_tests, failure_details
from channels_lab.running.nginx import CONFIGURATION, NoNginx, nginx_binary
from channels_lab.running.nginx import nginx as start_nginx
from channels_lab.running.nginx import stand_in as start_stand_in
from channels_lab.running.process import Process
from channels_lab.running.servers import ASGI_APPLICATION

__all__ = ["Lab"]


class Lab(Starts, Attending):
    """Starts the processes of one chapter, and remembers them by name."""

    def __init__(self, chapter: Chapter, workspace: Workspace) -> None:
        super().__init__(chapter, workspace)
        self._redis = LabRedis()

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
        cold: bool = False,
        timeout: float = 10,
    ) -> Server:
        """Start Daphne on the project, with the code as it is now; a server of the same name is replaced.

        `options` are further words of Daphne's command. Without `record` there are no pictures of what it does, and
        that costs it nothing; a `cold` one is a fresh interpreter, as by hand: both for measuring. Raises LabError when
        it does not become ready within `timeout` seconds, or three times as many where it is cold, with the learner's
        own lines of the traceback.
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
            cold=cold,
        )
        patience = 3 * timeout if cold else timeout
        return await self._started(Server(process, listener.port, self.workspace), listener, patience)

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
        return await self._started(Server(process, listener.port, self.workspace), listener, timeout)

    async def nginx(
        self, *servers: Server, name: str = "nginx", port: int | None = None, timeout: float = 10, **settings: str
    ) -> Nginx:
        """Start Nginx before servers, with the project's deploy/nginx.conf; one of the same name is replaced.

        `settings` are directives that get other values than the project's files say: `proxy_read_timeout="1s"`.
        Where it is not installed a note says how to get it, and a stand-in spreads the connections: no more than that.
        """
        if not servers:
            raise LabError("Nginx needs servers to pass on to.", "Write, for example, await lab.nginx(one, two).")
        listener = await self._listener(name, port)
        ports = [server.port for server in servers]
        try:
            nginx_binary()
            process = start_nginx(self.project / CONFIGURATION, ports, listener=listener, name=name, settings=settings)
        except NoNginx as none:
            show_note(f"{none.message} {none.fix} Until then a stand-in spreads connections.", warning=True)
            process = start_stand_in(self.project, ports, listener=listener, name=name)
        except BaseException:
            listener.socket.close()
            raise
        server = Nginx(process, listener.port, self.workspace, servers)
        await self._started(server, listener, timeout)
        return server

    async def worker(
        self, *channels: str, name: str = "worker", env: dict[str, str] | None = None, timeout: float = 10
    ) -> Process:
        """Start `manage.py runworker CHANNEL…`; a worker of the same name is replaced."""
        return await self._other(name, lambda: servers.worker(self.project, channels, name=name, env=env), timeout)

    async def db_worker(
        self, *, name: str = "db_worker", env: dict[str, str] | None = None, timeout: float = 10
    ) -> Process:
        """Start `manage.py db_worker`, which runs the tasks in the database; one of the same name is replaced."""
        return await self._other(name, lambda: servers.db_worker(self.project, name=name, env=env), timeout)

    async def redis(self) -> str:
        """Start a Valkey or Redis server of one's own, unless it runs already; returns its URL.

        Servers and workers started later find the URL in the variable REDIS_URL.
        """
        if await self._redis.start() and self._redis.process:
            tell_started(self._redis.process)
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

    def fleet(self) -> LiveFleet:
        """A picture of what runs now: how many connections go to which server; inside an `async with` it is live."""
        return LiveFleet(
            lambda: fleet_of(list(self.servers.values()), self._redis.process, list(self._others.values()))
        )

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

    async def manage(self, *words: str, env: dict[str, str] | None = None, timeout: float = 60) -> Log:
        """Run `manage.py WORD…` to its end, and return what it printed; raises LabError when it failed."""
        process = servers.manage(self.project, *words, env=env)
        code = await process.end(timeout)
        if code:
            process.check(failed_tests if words[:1] == ("test",) else failure_details)
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
        started = [*(server.process for server in self.servers.values()), *self._others.values(), *redis, *failed]
        return list(dict.fromkeys(started))  # a worker that could not start is among the others, too

    @property
    def clients_events(self) -> list[Event]:
        """What the clients of all its servers have noted."""
        return [event for server in self.servers.values() for event in server.clients_events]

    # Details

    def _let_settle(self) -> None:
        for server in self.servers.values():
            server._let_settle()
