"""Events as tests write them down: what clients, a server and its process noted, at times in seconds."""

from typing import Any

from channels_lab.record.events import Event

__all__ = ["answer", "asgi", "asked", "blocked", "client", "closed", "layer", "opened", "process", "server"]


def client(t: float, kind: str, name: str = "alice", **details: Any) -> Event:
    """What a client noted."""
    return Event(t, "client", kind, name=name, details=details)


def server(t: float, kind: str, connection: int = 1, process: str = "main", **details: Any) -> Event:
    """An entry of a server's record."""
    return Event(t, "server", kind, connection, process, details)


def process(t: float, kind: str, name: str = "main", **details: Any) -> Event:
    """What was noted about a process."""
    return Event(t, "process", kind, name=name, details=details)


def asgi(t: float, kind: str, connection: int = 1, process: str = "main", **event: Any) -> Event:
    """A receive or send of an application."""
    return server(t, kind, connection, process, event=event)


def layer(t: float, call: str, to: str, connection: int = 1, process: str = "main", **message: Any) -> Event:
    """A call of the channel layer."""
    return server(t, "layer", connection, process, call=call, to=to, message=message)


def opened(t: float, name: str = "alice", connection: int = 1, process: str = "main") -> list[Event]:
    """A WebSocket opens within 30 ms: on its way, at the application, accepted, open."""
    # Unlike the connection's number, a port is one machine's.
    port = 5000 + connection + 100 * len(process)
    return [
        client(t, "connect", name, path="/ws/", client=["127.0.0.1", port]),
        server(t + 0.01, "open", connection, process, type="websocket", path="/ws/", client=["127.0.0.1", port]),
        asgi(t + 0.02, "send", connection, process, type="websocket.accept"),
        client(t + 0.03, "open", name, subprotocol=None),
    ]


def asked(t: float, reached: float, text: str = "hi", name: str = "alice", connection: int = 1) -> list[Event]:
    """A client's message, and when the application got it."""
    return [
        client(t, "sent", name, message=text),
        asgi(reached, "receive", connection, type="websocket.receive", text=text),
    ]


def answer(t: float, received: float, text: str = "ho", name: str = "alice", connection: int = 1) -> list[Event]:
    """A message of the application's, and when the client got it."""
    return [
        asgi(t, "send", connection, type="websocket.send", text=text),
        client(received, "received", name, message=text),
    ]


def closed(t: float, name: str = "alice", connection: int = 1, code: int = 1000) -> list[Event]:
    """A WebSocket closes."""
    return [
        asgi(t, "receive", connection, type="websocket.disconnect", code=code),
        server(t, "end", connection),
        client(t, "closed", name, code=code, reason=""),
    ]


def blocked(start: float, end: float, line: int = 12, process: str = "main") -> list[Event]:
    """An event loop that was blocked by a line of chat/consumers.py."""
    frames = [["chat/consumers.py", line, "receive"]]
    return [
        server(start + 0.4, "stalled", 0, process, seconds=0.4, frames=frames),
        server(end, "stalled", 0, process, seconds=end - start, frames=frames, over=True),
    ]
