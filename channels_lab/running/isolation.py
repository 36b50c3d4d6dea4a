"""What a process does to itself before it runs what is not to be trusted: it gives up what it could reach, for good."""

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

__all__ = ["NAMESPACES", "isolate"]

NAMESPACES = (
    os.CLONE_NEWPID | os.CLONE_NEWNS | os.CLONE_NEWNET | os.CLONE_NEWIPC | os.CLONE_NEWUTS | os.CLONE_NEWCGROUP
    if hasattr(os, "CLONE_NEWPID")
    else 0
)
_MIB = 2**20
_READ_ONLY, _NO_SUID, _NO_DEV, _NO_EXEC, _REMOUNT, _BIND = 1, 2, 4, 8, 32, 4096
_ALL_PRIVATE = 16_384 | 1 << 18
# Of the kernel's own files those that could be written to, as bubblewrap has it.
_KERNEL = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")
_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x41
_DROP_BOUNDING, _SET_SECCOMP, _NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_AMBIENT = 24, 22, 38, 47, 4
_FILTER = 2
_CAPABILITIES_3 = 0x20080522
_INSTRUCTION = 8

_libc = ctypes.CDLL(None, use_errno=True)


def isolate(folder: Path, disk: int, user: int, calls: bytes) -> None:
    """Be alone, in the first process of `NAMESPACES` that are new; raises OSError where that is impossible.

    `folder` is all that may be written to, and begins empty, with `disk` MiB of memory. With a `user` this process
    becomes that one. `calls` is the program that refuses system calls.
    """
    _mount("", "/", flags=_ALL_PRIVATE)
    _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEV | _NO_EXEC)
    for place in _KERNEL:
        if Path(place).exists():
            _mount(place, place, flags=_BIND)
            _mount("", place, flags=_REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEV | _NO_EXEC)
    if Path("/dev/pts").is_dir():  # common to all that come from one nursery
        _mount("tmpfs", "/dev/pts", "tmpfs", _READ_ONLY | _NO_SUID | _NO_DEV | _NO_EXEC, "mode=0755,size=4k")
    above = str(folder.parent)
    _mount("tmpfs", above, "tmpfs", _NO_SUID | _NO_DEV, "mode=0755,size=4k")
    folder.mkdir()
    _mount("tmpfs", str(folder), "tmpfs", _NO_SUID | _NO_DEV, f"mode=1777,size={disk * _MIB}")
    _mount("", above, flags=_REMOUNT | _READ_ONLY | _NO_SUID | _NO_DEV)
    os.chdir(folder)
    _open_loopback()
    _drop_privileges(user)
    if calls:
        _refuse(calls)


def _mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    given = [text.encode() if text else None for text in (source, target, kind)]
    if _libc.mount(*given, ctypes.c_ulong(flags), data.encode() if data else None):
        raise OSError(ctypes.get_errno(), f"mount {target}: {os.strerror(ctypes.get_errno())}")


def _open_loopback() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP_AND_RUNNING))


def _drop_privileges(user: int) -> None:
    """Keep no capability, nor a way to one."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _control(_DROP_BOUNDING, capability)
    _control(_AMBIENT, _CLEAR_AMBIENT)
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = struct.pack("Ii", _CAPABILITIES_3, 0)
    if _libc.capset(header, bytes(24)):
        raise OSError(ctypes.get_errno(), "capabilities cannot be dropped")
    _control(_NO_NEW_PRIVILEGES, 1)


def _refuse(calls: bytes) -> None:
    """Let the kernel refuse system calls as this program says, here and in all that are started from here."""
    code = ctypes.create_string_buffer(calls)
    program = struct.pack("@HP", len(calls) // _INSTRUCTION, ctypes.addressof(code))
    _control(_SET_SECCOMP, _FILTER, ctypes.cast(ctypes.create_string_buffer(program), ctypes.c_void_p))


def _control(what: int, first: int, second: "ctypes.c_void_p | int" = 0) -> None:
    given = [second if isinstance(second, ctypes.c_void_p) else ctypes.c_ulong(second), *[ctypes.c_ulong(0)] * 2]
    if _libc.prctl(what, ctypes.c_ulong(first), *given):
        raise OSError(ctypes.get_errno(), f"prctl {what}: {os.strerror(ctypes.get_errno())}")
