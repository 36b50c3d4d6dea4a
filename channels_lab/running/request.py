"""What a kernel asks its keeper for, and how it travels: JSON with descriptors over a Unix socket."""

import json
import socket
import struct
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["STOP_SECONDS", "Request", "receive", "send"]

# What a process is given between being asked and being made to end.
STOP_SECONDS = 3.0

_LENGTH = struct.Struct("!I")
_MOST_DESCRIPTORS = 8


@dataclass
class Request:
    """Start a process: call `target` ("module:function") with `args`, in `cwd`, with exactly `env`.

    `descriptors` names the descriptors sent along, in order: `status` and `log` always, `guard` (its end
    of file means: leave), `listen` (a listening socket), `record` (where the recorder writes). After the
    start it holds their numbers in the child. A `cold` process is a fresh interpreter, not a fork.
    No file that it writes, its log among them, may grow beyond `most_bytes`; 0 sets no bound.
    """

    target: str
    args: list[str]
    env: dict[str, str]
    cwd: str
    descriptors: dict[str, int] = field(default_factory=dict)
    cold: bool = False
    most_bytes: int = 0

    def dump(self) -> str:
        """The request as JSON."""
        return json.dumps(asdict(self))


def send(to: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send one message with its descriptors; blocks until the other side has room for it."""
    body = json.dumps(message).encode()
    header = _LENGTH.pack(len(body))
    if descriptors:
        socket.send_fds(to, [header], descriptors)
    else:
        to.sendall(header)
    to.sendall(body)


def receive(source: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and its descriptors, or None at end of file; blocks until it is whole."""
    header, descriptors, _, _ = socket.recv_fds(source, _LENGTH.size, _MOST_DESCRIPTORS)
    header += _read(source, _LENGTH.size - len(header)) if header else b""
    if len(header) < _LENGTH.size:
        return None
    body = _read(source, _LENGTH.unpack(header)[0])
    try:
        return json.loads(body), descriptors
    except ValueError:
        return None


def _read(source: socket.socket, size: int) -> bytes:
    chunks = []
    while size and (chunk := source.recv(size)):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
