"""What runs in a started process: Daphne's own command line, the project's `manage.py`, a server binary.

Each takes the words of its command and the named descriptors, and writes `ready` to `status` when it would
answer. The learner's project sees nothing of this.
"""

import asyncio
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from channels_lab.record.recorder import Recorder

__all__ = ["LAYER", "binary", "daphne", "manage", "nginx", "script", "streams"]

Descriptors = dict[str, int]
# In the environment of a Daphne whose channel layer is to be the Valkey there, whatever its settings say.
LAYER = "_CHANNELS_LAB_LAYER"


def daphne(args: list[str], descriptors: Descriptors) -> None:
    """Run `daphne ARGS`, on the listening socket that was handed in."""
    _prepare_daphne(descriptors)
    from daphne.cli import CommandLineInterface

    sys.argv = ["daphne", *args]
    CommandLineInterface().run(["--fd", str(descriptors["listen"]), *args])


def manage(args: list[str], descriptors: Descriptors) -> None:
    """Run `python manage.py ARGS`; of its commands, `runserver` gets the listening socket."""
    if "listen" in descriptors:
        _prepare_daphne(descriptors)
        _prepare_wsgi(descriptors)
    elif args[:1] == ["runworker"]:
        _prepare_worker(descriptors)
    elif args[:1] == ["db_worker"]:
        _prepare_command(descriptors)
    sys.argv = ["manage.py", *args]
    source = "manage.py"
    with open(source, encoding="utf-8") as file:  # noqa: PTH123
        code = compile(file.read(), os.path.abspath(source), "exec")  # noqa: PTH100
    # The project's own manage.py, as the interpreter would run it.
    exec(code, {"__name__": "__main__", "__file__": source})


def script(args: list[str], descriptors: Descriptors) -> None:
    """Run `python FILE ARG…`, and wait for the threads that it has started, as the interpreter does."""
    sys.argv = args
    try:
        runpy.run_path(args[0], run_name="__main__")
    finally:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()


def streams(args: list[str], descriptors: Descriptors) -> None:
    """Let `MODULE:FUNCTION` serve connections, as `asyncio.start_server(FUNCTION, …)` does, on the listening socket."""
    module, _, name = args[0].partition(":")
    serve = getattr(import_module(module), name)

    async def run() -> None:
        server = await asyncio.start_server(serve, sock=socket.socket(fileno=descriptors["listen"]))
        _ready(descriptors)
        await server.serve_forever()

    asyncio.run(run())


def nginx(args: list[str], descriptors: Descriptors) -> int:
    """Run `BINARY ARG…` of Nginx, on the listening socket that was handed in; it must run in the foreground."""
    # As an old Nginx hands its sockets to the new one that replaces it: one that blocks would hold a worker that goes
    # to accept whom another has taken, and with it all connections of that worker.
    os.set_blocking(descriptors["listen"], False)
    os.environ["NGINX"] = f"{descriptors['listen']};"
    return binary(["start worker process", *args], descriptors)


def binary(args: list[str], descriptors: Descriptors) -> int:
    """Run a server that is no Python (Valkey, Redis, Nginx): `READY-TEXT COMMAND ARG…`.

    It is ready when a line of its output holds READY-TEXT. It ends with this process and its session.
    """
    ready_text, *command = args
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[descriptors["listen"]] if "listen" in descriptors else [],
    )
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="")
        if ready_text in line:
            _ready(descriptors)
    return process.wait()


def _ready(descriptors: Descriptors) -> None:
    status = descriptors.pop("status", None)
    if status is not None:
        os.write(status, b"ready\n")
        os.close(status)


def _prepare_daphne(descriptors: Descriptors) -> None:
    """Let every Daphne `Server` in this process use our socket, tell when it is ready, and be recorded."""
    import daphne.server
    from twisted.internet import reactor
    from twisted.internet.endpoints import AdoptedStreamServerEndpoint

    recorder = _recorder(descriptors)
    _prepare_layer()

    def adopted(on_reactor: Any, description: str) -> Any:
        # Twisted would look through every installed package for a parser of "fd:fileno=N".
        return AdoptedStreamServerEndpoint(on_reactor, descriptors["listen"], socket.AF_INET)

    daphne.server.serverFromString = adopted
    server = daphne.server.Server
    init, run = server.__init__, server.run

    def initialise(self: Any, application: Any, *args: Any, **options: Any) -> None:
        application = _without_prefix(application)
        init(self, recorder.wrap(application) if recorder else application, *args, **options)

    def start(self: Any) -> None:
        reactor.callWhenRunning(_ready, descriptors)
        run(self)

    server.__init__, server.run = initialise, start


def _prepare_layer() -> None:
    if url := os.environ.pop(LAYER, ""):
        from channels.layers import ChannelLayerManager

        config = {"hosts": [{"address": url, "socket_timeout": None}]}
        ChannelLayerManager.configs = {  # a property, which reads the settings
            "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": config}
        }


def _recorder(descriptors: Descriptors) -> "Recorder | None":
    """The recorder of this process, at work; None where nothing is to be recorded."""
    if "record" not in descriptors:
        return None
    from channels_lab.record.recorder import Recorder

    recorder = Recorder(descriptors["record"])
    recorder.start()
    return recorder


def _without_prefix(application: Any) -> Any:
    """Take a proxy's prefix off a path that has it already.

    jupyter-server-proxy puts its prefix before every redirect, also before one that Django gave it: the
    browser then comes back with it twice, and the proxy takes off one.
    """
    prefix = os.environ.get("DJANGO_SCRIPT_NAME", "")
    if not prefix:
        return application

    async def unprefixed(scope: Any, receive: Any, send: Any) -> Any:
        if scope.get("path", "").startswith(prefix + "/"):
            scope = {**scope, "path": scope["path"].removeprefix(prefix)}
        return await application(scope, receive, send)

    return unprefixed


def _prepare_wsgi(descriptors: Descriptors) -> None:
    """Let Django's own development server, the one before Daphne is installed, use our socket."""
    from django.core.servers.basehttp import WSGIServer

    def server_bind(self: Any) -> None:
        self.socket.close()
        self.socket = socket.socket(fileno=descriptors["listen"])
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()

    def server_activate(self: Any) -> None:
        _ready(descriptors)

    WSGIServer.server_bind = server_bind
    WSGIServer.server_activate = server_activate


def _prepare_worker(descriptors: Descriptors) -> None:
    """Tell when a worker listens on its channels, and record it."""
    from channels.worker import Worker

    recorder = _recorder(descriptors)
    init, handle = Worker.__init__, Worker.handle

    def initialise(self: Any, application: Any, *args: Any, **options: Any) -> None:
        init(self, recorder.wrap(application) if recorder else application, *args, **options)

    async def ready_and_handle(self: Any) -> None:
        _ready(descriptors)
        await handle(self)

    Worker.__init__, Worker.handle = initialise, ready_and_handle


def _prepare_command(descriptors: Descriptors) -> None:
    """Tell when Django is set up and the command begins."""
    from django.core.management.base import BaseCommand

    execute = BaseCommand.execute

    def ready_and_execute(self: Any, *args: Any, **options: Any) -> Any:
        _ready(descriptors)
        return execute(self, *args, **options)

    BaseCommand.execute = ready_and_execute
