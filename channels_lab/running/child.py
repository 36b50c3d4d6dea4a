"""What a started process does first: its own session, descriptors, environment and guard; then its target."""

import importlib
import json
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from importlib.machinery import FileFinder, SourceFileLoader
from typing import Any

from channels_lab.running.request import STOP_SECONDS, Request

__all__ = ["cold", "prepare", "run"]


def run(request: Request) -> int:
    """Become the requested process, here; returns its exit status."""
    _enter(request)
    return _call(request)


def cold(request: Request) -> int:
    """Become the requested process in a fresh interpreter: the same, where forking a warm one is impossible."""
    _enter(request)
    for descriptor in request.descriptors.values():
        os.set_inheritable(descriptor, True)
    os.execve(
        sys.executable,
        [sys.executable, "-P", "-m", "channels_lab.running.child", request.dump()],
        request.env,
    )


def prepare() -> None:
    """Do ahead what every server does, whichever it will be: a session of its own, and Daphne's reactor."""
    os.setsid()
    import daphne.cli  # noqa: F401


def _enter(request: Request) -> None:
    # A session of its own, so that an interrupt of the notebook does not end the server.
    if os.getsid(0) != os.getpid():
        os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    log = request.descriptors.pop("log")
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    if request.most_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request.most_bytes, request.most_bytes))
    os.environ.clear()
    os.environ.update(request.env)
    os.chdir(request.cwd)


def _call(request: Request) -> int:
    """Watch the guard, call the target, and report its failure in the log."""
    _guard(request.descriptors.pop("guard"))
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    extra = [entry for entry in request.env.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path_hooks.insert(0, _project_hook(request.cwd))  # type: ignore[arg-type]
    sys.path[:0] = [request.cwd, *(entry for entry in extra if entry not in sys.path)]
    module, _, function = request.target.partition(":")
    code: object = 1
    try:
        code = getattr(importlib.import_module(module), function)(request.args, request.descriptors)
    except SystemExit as leaving:
        code = leaving.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
            code = 1
    except BaseException:
        traceback.print_exc()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        pass  # a full disk must not hang the end
    return code if isinstance(code, int) else 0


class _SourceOnly(SourceFileLoader):
    """Imports without bytecode: a file changed twice in a second, to the same size, would be served stale."""

    def path_stats(self, path: Any) -> Any:
        raise OSError("not cached")


def _project_hook(project: str) -> Callable[[str], object]:
    """A path hook by which the project's own modules, and no others, are read from source."""
    finder = FileFinder.path_hook((_SourceOnly, [".py"]))
    project = os.path.realpath(project)

    def hook(path: str) -> object:
        # Daphne's command line looks in ".", which is the project too, behind a link under another name.
        whole = os.path.realpath(path)
        if whole != project and not whole.startswith(project + os.sep):
            raise ImportError("not of the project")
        return finder(path)

    return hook


def _guard(descriptor: int) -> None:
    """Leave when the kernel is gone: its end of this pipe closes, however it died."""

    def watch() -> None:
        while os.read(descriptor, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(STOP_SECONDS)
        os.killpg(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="guard", daemon=True).start()


if __name__ == "__main__":
    _request = Request(**json.loads(sys.argv[1]))
    os._exit(_call(_request))
