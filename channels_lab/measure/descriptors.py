"""Open files: each connection is one, on both sides, and a process may have only so many."""

import resource

import psutil

from channels_lab.errors import LabError

__all__ = ["see_that_they_suffice"]

_SPARE = 16  # for what else is opened meanwhile


def see_that_they_suffice(connections: int, pid: int) -> None:
    """Raise LabError when this process or process `pid` may not open so many connections more (`ulimit -n`)."""
    for who, process in (("this kernel", psutil.Process()), ("the server", psutil.Process(pid))):
        limit, taken = _limit(process), _taken(process)
        if taken + connections + _SPARE > limit:
            raise LabError(
                f"{connections} clients are too many here: {who} may have {limit} files open, a connection is one of "
                f"them, and {taken} are taken.",
                f"Take fewer clients, such as {max(1, limit - taken - _SPARE)}; or end JupyterLab and type "
                f"`ulimit -n {taken + connections + 200}` in the terminal before you start it again.",
            )


def _limit(process: psutil.Process) -> int:
    """How many files a process may have open. Only Linux tells that of another; elsewhere both inherit the same."""
    try:
        soft, _ = process.rlimit(resource.RLIMIT_NOFILE)
    except (AttributeError, psutil.Error):
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**31 if soft == resource.RLIM_INFINITY else int(soft)


def _taken(process: psutil.Process) -> int:
    try:
        return process.num_fds()
    except psutil.Error:
        return 0  # it has ended: that is told elsewhere
