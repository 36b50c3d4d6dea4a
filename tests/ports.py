"""Ports for servers that cannot be handed a listening socket, or must come back at the same address."""

import random
import socket

__all__ = ["free_port"]

# The system itself gives to nobody what lies below its own range (32768 on Linux, 49152 on macOS): between this
# choice and the server's start no client and no other test can be given it.
_FROM, _TO = 20_000, 32_000


def free_port() -> int:
    """A port of this machine that is free now, and stays so until it is asked for by its number."""
    for _ in range(100):
        with socket.socket() as listening:
            port = random.randrange(_FROM, _TO)
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"of a hundred ports between {_FROM} and {_TO} none is free")
