"""A target for processes under test: looks around in the child and prints what it sees, or does as it is told."""

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

Descriptors = dict[str, int]


def look(args: list[str], descriptors: Descriptors) -> None:
    """Print what the process is like."""
    seen: dict[str, Any] = {
        "args": args,
        "environ": dict(os.environ),
        "cwd": str(Path.cwd()),
        "path": sys.path,
        "session": os.getsid(0) == os.getpid(),
        "stdin": os.read(0, 10).decode(),
        "descriptors": sorted(descriptors),
        "sigint": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "sigterm": signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
        "modules": list(sys.modules),
        "frozen": gc.get_freeze_count(),
        "blocked": list(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    }
    print(json.dumps(seen))


def tell_ready(descriptors: Descriptors) -> None:
    """Say that it is ready, as real targets do."""
    status = descriptors.pop("status")
    os.write(status, b"ready\n")
    os.close(status)


def ready_then_wait(args: list[str], descriptors: Descriptors) -> None:
    """Be ready, and stay until asked to leave."""
    tell_ready(descriptors)
    threading.Event().wait(60)


def stay(args: list[str], descriptors: Descriptors) -> None:
    """Never be ready, print something, stay."""
    print("here I stay")
    time.sleep(60)


def stubborn(args: list[str], descriptors: Descriptors) -> None:
    """Be ready, ignore SIGTERM, and have a child that does too."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ignoring = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", ignoring], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    tell_ready(descriptors)
    while True:
        pass


def frozen(args: list[str], descriptors: Descriptors) -> None:
    """Be ready, ignore SIGTERM, and never let another thread run."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell_ready(descriptors)
    ctypes.PyDLL(None).sleep(60)


def leave(args: list[str], descriptors: Descriptors) -> object:
    """End in the way that is asked for."""
    how = args[0]
    print("leaving by", how)
    if how == "return":
        return 3
    if how == "exit":
        sys.exit(4)
    if how == "words":
        sys.exit("no more of this")
    if how == "raise":
        raise RuntimeError("no more of this")
    if how == "signal":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if how == "child":
        # Its child must not outlive it.
        subprocess.Popen(["sleep", "1000"])
    return None


def version(args: list[str], descriptors: Descriptors) -> None:
    """Print the version of a module of the project."""
    import fresh  # type: ignore[import-not-found]

    print(fresh.VERSION)
