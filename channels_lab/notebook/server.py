"""A running server, as a lesson holds it: connect to it, read its log, show its pages, draw what it did."""

import re
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.notebook.display import Log, show_note
from channels_lab.notebook.frame import Frame
from channels_lab.notebook.pages import place_of
from channels_lab.notebook.pictures import Pictures, events_of
from channels_lab.notebook.progress import Progress
from channels_lab.notebook.proxy import Proxy
from channels_lab.picture.octets.bytes_view import BytesView
from channels_lab.picture.router.router_tree import RouterTree
from channels_lab.record.events import Event
from channels_lab.record.settled import is_settled
from channels_lab.running.clock import processor_clock
from channels_lab.running.process import Process
from channels_lab.running.request import STOP_SECONDS
from channels_lab.running.usage import Usage, usage_of
from channels_lab.wire.handshake import connect
from channels_lab.wire.relay import Relay
from channels_lab.wire.tap import Taps
from channels_lab.wire.tapped_http import TappedTransport
from channels_lab.wire.visitor import Visitor

__all__ = ["Server"]


class Server(Pictures):
    """One Daphne or runserver on a loopback `port`; `url` is its root for programs on this machine."""

    progress = Progress  # what tells how far a measurement of it is

    def __init__(self, process: Process, port: int, workspace: Workspace) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._workspace = workspace
        self.project = workspace.project
        self._events: list[Event] = []
        self._taps = Taps()
        self.frames: list[Frame] = []  # its pages that are shown

    def __repr__(self) -> str:
        state = "running" if self.process.alive else "not running"
        return f"<{self.process.name}: {self.process.command} ({state})>"

    @property
    def name(self) -> str:
        """The name by which the lab knows it; starting another of this name replaces it."""
        return self.process.name

    def check(self) -> None:
        """Raise LabError when it has ended by itself; say so when project files are newer than it."""
        self.process.check()
        self._warn_if_stale()

    def connect(
        self,
        path: str,
        *,
        name: str = "client",
        origin: str | None = "same",
        cookies: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        subprotocols: list[str] | None = None,
        timeout: float = 5,
    ) -> connect:
        """Open a WebSocket: `async with server.connect("/ws/…", name="alice") as alice`.

        See `channels_lab.wire.handshake.connect` for the arguments. Raises LabError when the server has crashed
        since; says so when project files are newer than the server.
        """
        self.check()
        return connect(
            self.port,
            path,
            name=name,
            origin=origin,
            cookies=cookies,
            headers=headers,
            subprotocols=subprotocols,
            timeout=timeout,
            events=self._events,
            when_gone=self._say_if_ended,
            on_tap=self._taps.add,
        )

    def http(self, *, name: str = "http", **options: Any) -> httpx.AsyncClient:
        """An HTTP client for this server: `async with server.http() as http`. It ignores proxy variables.

        `name` is the client's, for `bytes_view`; the rest are httpx' own options.
        """
        self.check()
        options.setdefault("timeout", 10)
        options.setdefault("transport", TappedTransport(lambda: self._taps.new(name), options.get("limits")))
        return httpx.AsyncClient(base_url=self.url, trust_env=False, **options)

    def visitor(self, name: str) -> Visitor:
        """One person's client: `async with server.visitor("Ada") as ada`, with `ada.get`, `ada.stream`, `ada.connect`.

        HTTP connections are kept as a browser keeps them, named in diagrams, and counted: `ada.traffic`.
        """
        self.check()
        return Visitor(name, self.port, events=self._events, taps=self._taps, when_gone=self._say_if_ended)

    def relay(self, *, hold: int = 8192) -> Proxy:
        """A buffering proxy before this server: `async with server.relay() as proxy`, then `proxy.visitor("Ada")`.

        Of each answer it holds `hold` bytes back until they are there or the answer ends, as nginx does; see
        `channels_lab.wire.relay.Relay`.
        """
        self.check()
        return Proxy(self, Relay(self.port, hold=hold))

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """GET one page."""
        async with self.http() as http:
            try:
                return await http.get(path, **options)
            except httpx.ConnectError:
                await self._say_if_ended()
                raise
            except httpx.TimeoutException:
                raise LabError(f"GET {path}: no answer within 10 s.", "Look at server.log().") from None

    async def login(self, username: str, password: str | None = None) -> dict[str, str]:
        """Log in through the site's own page, as a browser would; returns the cookies for `connect`.

        The given people are alice, bob and sam (staff); each one's password is the name.
        """
        async with self.http() as http:
            page = await http.get("/people/login/")
            token = re.search(r'name="csrfmiddlewaretoken" value="(.+?)"', page.text)
            answer = await http.post(
                "/people/login/",
                data={
                    "username": username,
                    "password": password or username,
                    "csrfmiddlewaretoken": token[1] if token else "",
                },
            )
            if "sessionid" not in http.cookies:
                raise LabError(
                    f"{username} could not log in: the page answered {answer.status_code}.",
                    "Is the password right, and does /people/login/ exist in this chapter?",
                )
            return dict(http.cookies)

    def log(self, last: int | None = None) -> Log:
        """What the server has printed, or the `last` lines of it."""
        lines = self.process.log.splitlines()
        return Log("\n".join(lines[-last:] if last else lines))

    def show(self, path: str = "/", *, height: int = 460) -> Frame:
        """Show one of the site's pages in the notebook."""
        self.check()
        path = path.lstrip("/")
        self.frames.append(Frame(place_of(self.port).url + path, "/" + path.partition("?")[0], height))
        return self.frames[-1]

    def bytes_view(self, client: str | None = None, *, headers: Iterable[str] | None = None) -> BytesView:
        """The bytes of the newest connection of a `client`, or of them all: WebSocket or HTTP, refused ones too.

        `headers` names those to show; without it all are shown. Raises LabError when there is no connection. Browsers
        are no clients of the lab: their bytes pass elsewhere.
        """
        return BytesView.of_tap(self._taps.newest(client), headers)

    def router_tree(self, client: str | None = None) -> RouterTree:
        """The project's routing as a tree, with the way that the newest WebSocket took, or a `client`'s ("browser 1").

        On the way stands what each layer added to the scope. Raises LabError when this client has not connected.
        """
        self._let_settle()
        return RouterTree.of(self.events, client)

    @property
    def processes(self) -> list[Process]:
        """The one process that it is."""
        return [self.process]

    @property
    def clients_events(self) -> list[Event]:
        """What its clients have noted."""
        return self._events

    def usage(self) -> Usage:
        """The threads and the memory (MiB) of its process, now; raises LabError when that has ended."""
        self.process.check()
        return usage_of(self.process.pid)

    def clock(self) -> Callable[[], float]:
        """Return a clock of the processor seconds that its process has spent."""
        return processor_clock(self.process.pid)

    async def stop(self) -> None:
        """Stop it."""
        await self.process.stop()

    async def kill(self) -> None:
        """End it at once and without a word, as `kill -9` or a crash would."""
        self.process.keeper.signal(self.process.pid, signal.SIGKILL)
        await self.process.wait_ended(STOP_SECONDS)

    async def _say_if_ended(self) -> None:
        """Raise ProcessEnded when nobody listens because the server has just crashed: its end may not be heard yet."""
        await self.process.wait_ended(1)
        self.process.check()

    def _let_settle(self, seconds: float = 0.3) -> None:
        """Give the server a moment to note what its clients have just sent and closed."""
        deadline = time.monotonic() + seconds
        while self.process.alive and time.monotonic() < deadline:
            if self._settled():
                break
            time.sleep(0.01)

    @staticmethod
    def _reads(path: str) -> bool:
        """Whether a file of the project concerns it."""
        return not path.startswith("deploy/")

    def _settled(self) -> bool:
        return is_settled(self._events, events_of(self.process))

    def _warn_if_stale(self) -> None:
        changed, path = self._workspace.newest_change(self._reads)
        if changed > self.process.started:
            show_note(
                f"{path} was changed after this server started: it still runs the old code. "
                "Run the cell that starts it again.",
                warning=True,
            )
