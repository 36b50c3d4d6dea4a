"""A listening socket that is made before the server that gets it."""

import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path

from channels_lab.errors import LabError

__all__ = ["Listener", "unix_listener"]


@dataclass
class Listener:
    """A listening TCP socket on the loopback address, made before the server: no port is guessed."""

    socket: socket.socket

    @classmethod
    def open(cls, port: int = 0) -> "Listener":
        """Listen on `port`, or on any free one; raises LabError when it is taken."""
        listening = socket.socket()
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
            listening.listen(512)
        except (OSError, OverflowError) as error:
            listening.close()
            reason = getattr(error, "strerror", None) or str(error)
            raise LabError(
                f"Port {port} cannot be used: {reason}.",
                "Leave the port out, and a free one is taken; or stop the program that has it.",
            ) from None
        return cls(listening)

    @property
    def port(self) -> int:
        """The port that a client connects to."""
        return int(self.socket.getsockname()[1])


def unix_listener(path: Path) -> socket.socket:
    """A Unix socket that listens at a path, in the place of a file that is there; raises OSError where it cannot."""
    with contextlib.suppress(OSError):
        path.unlink()
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(str(path))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening
