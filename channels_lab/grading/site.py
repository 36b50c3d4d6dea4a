"""Our own server, for scripts: it waits for them, plays its part, drops and refuses connections, and counts."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from http import HTTPStatus
from itertools import pairwise
from types import TracebackType
from typing import Any, Self, cast

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from channels_lab.grading.caller import Caller, Words
from channels_lab.grading.unmet import Unmet, quoted
from channels_lab.picture.expectation.expectation import Line
from channels_lab.record.events import Event
from channels_lab.running.listener import Listener
from channels_lab.wire.accepting import stop_accepting

__all__ = ["SCRIPT", "Site", "Visit"]

SCRIPT = "your script"
_SITE = "our server"
_CLOSE_SECONDS = 0.5
_VISIT_SECONDS = 5.0
_LOOK_AGAIN = 0.05  # seconds: whether the script is still there


class Visit(Caller):
    """A connection that the script has opened: `send_json`, `expect_json`, … are ours, as a server; `path` is its path.

    `close(code)` closes it in an orderly way, `drop()` cuts it off.
    """

    words = Words(
        "{name} should have sent {what}",
        "{name} should have sent nothing more",
        "{name} should have stayed connected and sent nothing",
        "{name} should have closed its connection with {code}",
        "our server could not send {what} to {name}",
        {1006: ": it was cut off"},
    )
    number = 0

    @property
    def path(self) -> str:
        """The path with its query: "/ws/notices/?after=3"."""
        request = cast(ServerConnection, self.connection).request
        return request.path if request else ""

    @property
    def headers(self) -> Any:
        """The headers of the handshake."""
        request = cast(ServerConnection, self.connection).request
        return request.headers if request else {}

    async def drop(self) -> None:
        """Cut the connection off, as a broken network does: no close frame is sent."""
        self._note("closing", code=1006)
        self.connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self.connection.wait_closed()
        self._note_closed()

    # As the recorder in a server notes it, so that the same pictures tell of it.

    def _line(self, what: str) -> Line:
        return Line(self.name, "server", what)

    def _note(self, kind: str, **details: Any) -> None:
        asgi = {
            "sent": ("send", {"type": "websocket.send", "text": details.get("message")}),
            "received": ("receive", {"type": "websocket.receive", "text": details.get("message")}),
            "closing": ("send", {"type": "websocket.close", "code": details.get("code")}),
            "closed": ("receive", {"type": "websocket.disconnect", "code": details.get("code")}),
        }
        if kind in asgi:
            kind, event = asgi[kind]
            self.events.append(noted(kind, self.number, event=event))


class Site:
    """Our server on a loopback port, inside an `async with`; `url` is its root, `ws://127.0.0.1:PORT`.

    `paths` are those of all handshakes so far, refused ones too.
    """

    def __init__(
        self,
        events: list[Event],
        script: list[Line],
        patience: float,
        missing: Callable[[], Unmet | None],
        listener: Listener,
    ) -> None:
        self.paths: list[str] = []
        self._events, self._script, self._patience, self._missing = events, script, patience, missing
        self._visits: asyncio.Queue[Visit] = asyncio.Queue()
        self._refusals: list[int] = []
        self._times: list[float] = []
        self._listener = listener
        self._server: Server | None = None
        self.url = f"ws://127.0.0.1:{self._listener.port}"

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            sock=self._listener.socket,
            process_request=self._asked,
            ping_interval=None,
            close_timeout=_CLOSE_SECONDS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        await stop_accepting(self._server)
        await self._server.wait_closed()

    def refuse(self, *statuses: int) -> None:
        """Answer the next handshakes with these statuses, one each, instead of accepting: `refuse(503, 503)`."""
        self._refusals.extend(statuses)

    async def visit(self, path: str = "", *, timeout: float = _VISIT_SECONDS) -> Visit:
        """The next connection that the script opens; with a path, at this path. Raises Unmet when none comes."""
        self._script.append(Line(SCRIPT, "server", "connect"))
        wish = f"{SCRIPT} should have connected" + (f" to {quoted(path)}" if path else "")
        visit = await self._next(wish, timeout)
        if path and visit.path != path:
            raise Unmet(f"{wish}; it connected to {quoted(visit.path)}.")
        return visit

    async def _next(self, wish: str, timeout: float) -> Visit:
        deadline = time.monotonic() + timeout
        while self._visits.empty():
            over = self._missing()
            if over and self._visits.empty():
                raise Unmet(f"{wish}; {over.message}", details=over.details)
            if time.monotonic() > deadline:
                raise Unmet(f"{wish}; for {timeout:g} s it did not.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN):
                    return await self._visits.get()
        return self._visits.get_nowait()

    async def expect_nobody(self, seconds: float = 0.5) -> None:
        """Nobody connects for so long."""
        before = len(self.paths)
        await asyncio.sleep(seconds)
        if len(self.paths) > before or not self._visits.empty():
            raise Unmet(f"{SCRIPT} should not have connected again, and it did, to {quoted(self.paths[-1])}.")

    async def expect_patience(self, seconds: float = 0.4, least: float = 0.01) -> None:
        """Refused for so long, the script waits `least` seconds or more before it tries again, mostly.

        That is told by its quickest tries: a busy machine makes any try slow, and none of one that waits quick.
        """
        before = len(self._times)
        self.refuse(*[503] * 500)
        await asyncio.sleep(seconds)
        self._refusals.clear()
        times = self._times[before:]
        gaps = sorted(later - earlier for earlier, later in pairwise(times))
        if gaps and (quick := gaps[len(gaps) // 4]) < least:
            raise Unmet(
                f"{SCRIPT} should have waited a little before it tried again; refused, it has tried {len(times)} "
                f"times, some only {quick * 1000:.0f} ms apart."
            )

    # Details

    def _asked(self, connection: ServerConnection, request: Request) -> Response | None:
        self.paths.append(request.path)
        self._times.append(time.monotonic())
        number, client = len(self.paths), list(connection.remote_address)
        self._events.append(Event(time.monotonic(), "client", "connect", name=SCRIPT, details={"client": client}))
        about = {"type": "websocket", "path": request.path, "method": "", "client": client, "origin": None, "host": ""}
        self._events.append(noted("open", number, **about))
        if self._refusals:
            status = self._refusals.pop(0)
            why = f"our server answered {status}"
            details = {"status": status, "why": why}
            self._events.append(Event(time.monotonic(), "client", "refused", name=SCRIPT, details=details))
            return connection.respond(HTTPStatus(status), "refused\n")
        connection.number = number  # type: ignore[attr-defined]
        self._events.append(noted("send", number, event={"type": "websocket.accept"}))
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        visit = Visit(SCRIPT, cast(ClientConnection, connection), self._events)
        visit.script, visit.settled, visit.patience = self._script, _at_once, self._patience
        visit.number = connection.number  # type: ignore[attr-defined]
        self._visits.put_nowait(visit)
        await connection.wait_closed()


def noted(kind: str, number: int, **details: Any) -> Event:
    """An event of our server, as a recorder in it would note it."""
    return Event(time.monotonic(), "server", kind, number, _SITE, details)


async def _at_once() -> None:
    """What a script has said is here when it is here."""
