"""The clock of what a process has spent on a processor."""

import ctypes
import time
from collections.abc import Callable

import psutil

__all__ = ["processor_clock"]


def processor_clock(pid: int) -> Callable[[], float]:
    """Return a clock of the processor seconds of a process: exact on Linux, in hundredths elsewhere."""
    try:
        clock = ctypes.c_int()
        ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
        time.clock_gettime(clock.value)
    except (AttributeError, OSError):
        return lambda: sum(psutil.Process(pid).cpu_times()[:2])
    return lambda: time.clock_gettime(clock.value)
