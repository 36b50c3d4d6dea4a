"""Two small programs for the kernel's packet filter: what a sandbox may ask of the kernel, and what a socket hears."""

import ctypes
import errno
import platform
import socket
import struct

__all__ = ["lock", "system_calls"]

_Program = list[tuple[int, int, int, int]]

# An instruction: its code, where to go on when true and when false, its operand.
_LOAD, _LOAD_HALF, _LOAD_BYTE, _AND = 0x20, 0x28, 0x30, 0x54
_IS_EQUAL, _IS_AT_LEAST, _HAS_BITS, _RETURN = 0x15, 0x35, 0x45, 0x06

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000
_KILL = 0x80000000
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW…: user, pid, net, ipc, uts, cgroup, mount, time

# By machine: the architecture's number; clone, clone3; and what nobody needs here: looking into others, memory that no
# limit counts, namespaces and mounts, keys, the kernel's own machinery, another core.
_CALLS: dict[str, tuple[int, int, int, str]] = {
    "x86_64": (
        0xC000003E,
        56,
        435,
        "101 310 311 438 29 64 68 240 319 447 272 308 165 166 155 161 428 429 430 432 442 248 249 250 321 298 323 425 "
        "246 320 175 313 304 203",
    ),
    "aarch64": (
        0xC00000B7,
        220,
        435,
        "117 270 271 438 194 190 186 180 279 447 97 268 40 39 41 51 428 429 430 432 442 217 218 219 280 241 282 425 "
        "104 294 105 273 265 122",
    ),
}

_ANY_SOCKET_HEADER = 0xFFF00000  # from here on: the packet's IP header
_LOCK_FILTER, _ATTACH_FILTER = 44, 26
_SYN_ACK = 0x12


def system_calls(machine: str = "") -> bytes:
    """The program that refuses system calls in a sandbox, for bubblewrap; b"" for a machine that is not known."""
    machine = machine or platform.machine()
    if machine not in _CALLS:
        return b""
    architecture, clone, clone3, refused = _CALLS[machine]
    refuse, absent = _REFUSE | errno.EPERM, _REFUSE | errno.ENOSYS
    program: _Program = [
        (_LOAD, 0, 0, 4),
        (_IS_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_IS_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, refuse),
        # Its flags lie in memory, where no filter sees them; without it, libraries use clone.
        (_IS_EQUAL, 0, 1, clone3),
        (_RETURN, 0, 0, absent),
    ]
    for number in map(int, refused.split()):
        program += [(_IS_EQUAL, 0, 1, number), (_RETURN, 0, 0, refuse)]
    program += [
        (_IS_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, 16),
        (_HAS_BITS, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return _packed(program)


def lock(listening: socket.socket) -> None:
    """Let a loopback listener be nothing else for whoever is given it: it hears who connects from here, and no more.

    A socket keeps the network in which it was made. Whoever has this one could disconnect it and connect it to any
    server out there; so the filter drops the answer to a connection that it opens itself, what comes from elsewhere,
    and what comes to another port. It cannot be taken off, and connections that are accepted inherit it.
    """
    port = listening.getsockname()[1]
    program: _Program = [
        (_LOAD_HALF, 0, 0, 2),
        (_IS_EQUAL, 0, 7, port),
        (_LOAD_BYTE, 0, 0, 13),
        (_AND, 0, 0, _SYN_ACK),
        (_IS_EQUAL, 4, 0, _SYN_ACK),
        (_LOAD, 0, 0, _ANY_SOCKET_HEADER + 12),
        (_AND, 0, 0, 0xFF000000),
        (_IS_EQUAL, 0, 1, 0x7F000000),
        (_RETURN, 0, 0, 0xFFFFFFFF),
        (_RETURN, 0, 0, 0),
    ]
    code = ctypes.create_string_buffer(_packed(program))
    listening.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code)))
    listening.setsockopt(socket.SOL_SOCKET, _LOCK_FILTER, 1)


def _packed(program: _Program) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
