"""The keeper: a process beside the kernel that starts all others, and outlives it just long enough to clean up.

It imports Django, Channels, Daphne's parts and Twisted once, and then *forks*: a server has nothing left
to import but the learner's own code. It is our own process and not `multiprocessing`'s forkserver, which a
learner's own code would share, and which neither reaps with a report nor cleans up after a kernel that died.
"""

import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import time
from typing import Any

from channels_lab.running.request import STOP_SECONDS, Request, receive, send

__all__ = ["PRELOADED", "main", "preload"]

# Nothing here installs a Twisted reactor or reads Django's settings: both belong to the child.
PRELOADED = """
    asyncio concurrent.futures.thread json logging sqlite3 socket ssl decimal zoneinfo html.parser email.mime.text
    asgiref.sync asgiref.local asgiref.server asgiref.compatibility asgiref.testing asgiref.wsgi
    django django.apps django.apps.registry django.conf django.conf.urls django.core.management
    django.core.management.commands.migrate django.core.management.commands.runserver
    django.core.asgi django.core.wsgi django.core.handlers.asgi django.core.handlers.wsgi django.core.signing
    django.core.checks django.core.files.storage django.core.cache django.core.mail django.core.validators
    django.core.serializers.json django.core.servers.basehttp django.core.paginator
    django.db django.db.models django.db.models.sql.compiler django.db.migrations.executor
    django.db.migrations.autodetector django.db.backends.sqlite3.base django.db.backends.sqlite3.schema
    django.forms django.http django.middleware.common
    django.middleware.csrf django.middleware.security django.middleware.clickjacking
    django.shortcuts django.template.backends.django django.template.loader django.template.defaulttags
    django.template.defaultfilters django.template.loader_tags django.template.context_processors django.templatetags.static
    django.templatetags.i18n django.templatetags.l10n django.templatetags.tz
    django.test.client django.urls django.utils.translation django.utils.translation.trans_real django.utils.formats
    django.utils.autoreload django.views.debug django.views.defaults django.views.generic django.views.i18n
    django.views.csrf django.views.static
    django.contrib.auth django.contrib.auth.hashers django.contrib.auth.decorators
    django.contrib.auth.management django.contrib.auth.middleware django.contrib.auth.password_validation
    django.contrib.auth.checks django.contrib.auth.context_processors django.contrib.auth.signals
    django.contrib.auth.apps django.contrib.admin django.contrib.admin.apps django.contrib.contenttypes.apps
    django.contrib.contenttypes.checks
    django.contrib.messages django.contrib.messages.apps django.contrib.messages.middleware
    django.contrib.messages.context_processors django.contrib.messages.storage.fallback
    django.contrib.sessions.middleware django.contrib.sessions.apps
    django.contrib.sessions.serializers django.contrib.sessions.backends.base
    django.contrib.staticfiles django.contrib.staticfiles.apps django.contrib.staticfiles.checks
    django.contrib.staticfiles.finders django.contrib.staticfiles.urls django.contrib.staticfiles.handlers
    django.contrib.staticfiles.storage
    django.contrib.admin.checks django.contrib.admin.filters
    django.contrib.admin.widgets django.contrib.admin.sites
    channels channels.apps channels.layers channels.routing channels.middleware channels.sessions channels.auth
    channels.consumer channels.exceptions channels.db channels.security.websocket channels.generic.websocket
    channels.generic.http channels.worker channels_redis.core channels_redis.pubsub channels_redis.utils msgpack redis.asyncio
    autobahn.websocket.protocol autobahn.twisted.websocket
    twisted.internet.asyncioreactor twisted.internet.endpoints twisted.internet.defer twisted.internet.protocol
    twisted.internet.address twisted.internet.tcp twisted.internet.task twisted.logger twisted.protocols.policies
    twisted.python.failure twisted.web.http twisted.web.resource twisted.web.server
    twisted.plugins twisted.internet.process twisted.internet.unix twisted.internet.udp
    daphne daphne.access daphne.utils daphne.endpoints
    channels_lab.running.child channels_lab.running.targets channels_lab.wire.recorder
""".split()

# Once in the keeper, these would break every child.
_FORBIDDEN = ["twisted.internet.reactor", "daphne.server"]


def preload() -> str:
    """Import everything that a child may need; return "" or what went wrong, in a line."""
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except Exception as error:
            # Modules with models or settings belong to a project: only a missing or broken package is news.
            if type(error).__name__ in ("ImproperlyConfigured", "AppRegistryNotReady"):
                continue
            return f"{name} could not be preloaded: {type(error).__name__}: {error}"
    harm = [name for name in _FORBIDDEN if name in sys.modules]
    return f"{', '.join(harm)} must not be preloaded" if harm else ""


class Keeper:
    """Serves one kernel: starts and signals its processes, reaps them, and cleans up when it is gone."""

    def __init__(self, control: socket.socket, folder: str) -> None:
        self.control = control
        self.folder = folder
        self.status: dict[int, int] = {}  # pid → the write end on which its end is reported
        self.wake, self._woken = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)

    def serve(self) -> None:
        """Answer requests until the kernel is gone, then end what it left."""
        while True:
            readable, _, _ = select.select([self.control, self.wake], [], [])
            self.reap()
            if self.control in readable:
                try:
                    got = receive(self.control)
                except OSError:
                    got = None
                if got is None:
                    break
                self.handle(*got)
        self.leave()

    def handle(self, message: dict[str, Any], descriptors: list[int]) -> None:
        """Start a process, or signal one that is still ours."""
        if "signal" in message:
            if message["pid"] in self.status:
                os.kill(message["pid"], message["signal"])
            return
        request = Request(**message)
        request.descriptors = dict(zip(request.descriptors, descriptors, strict=True))
        status = request.descriptors["status"]
        try:
            pid = os.fork()
        except OSError as error:
            os.write(status, f"failed no process could be started: {error.strerror}\n".encode())
            pid = -1
        if pid == 0:
            self.become(request)
        for name, descriptor in request.descriptors.items():
            if name != "status" or pid < 0:
                os.close(descriptor)
        if pid > 0:
            self.status[pid] = status
            os.write(status, f"pid {pid}\n".encode())

    def become(self, request: Request) -> None:
        """In the child: forget the keeper, and be the process that was asked for. Never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            self.control.close()
            for descriptor in (self.wake, self._woken, *self.status.values()):
                os.close(descriptor)
            from channels_lab.running import child

            code = child.cold(request) if request.cold else child.run(request)
        finally:
            os._exit(code)

    def reap(self) -> None:
        """Report every process that has ended, and end what it left in its session."""
        try:
            os.read(self.wake, 512)
        except BlockingIOError:
            pass
        for pid in list(self.status):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                # Before it is reaped its number cannot name another group.
                _kill_group(pid)
                _, code = os.waitpid(pid, 0)
                status = self.status.pop(pid)
                try:
                    os.write(status, f"exit {os.waitstatus_to_exitcode(code)}\n".encode())
                except OSError:
                    pass
                os.close(status)

    def leave(self) -> None:
        """The kernel is gone: ask everything to end, insist after STOP_SECONDS, and remove its folder."""
        for pid in self.status:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.status and (left := deadline - time.monotonic()) > 0:
            select.select([self.wake], [], [], left)
            self.reap()
        for pid in self.status:
            _kill_group(pid)
        shutil.rmtree(self.folder, ignore_errors=True)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # macOS refuses for a group of zombies


def main() -> None:
    """Run as `python -m channels_lab.running.keeper DESCRIPTOR FOLDER`, the control socket inherited."""
    control, folder = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    os.set_inheritable(control.fileno(), False)
    problem = preload()
    gc.collect()
    gc.freeze()
    send(control, {"problem": problem})
    Keeper(control, folder).serve()


if __name__ == "__main__":
    # Under its importable name, so that nothing in a child refers to `__main__`.
    from channels_lab.running.keeper import main as _main

    _main()
