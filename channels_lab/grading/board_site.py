"""A notice board of ours over HTTP, for scripts that ask: it counts their questions, and answers as it is told to."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from channels_lab.grading.unmet import Unmet, quoted
from channels_lab.running.servers import Listener

__all__ = ["BoardSite", "Question"]

_SCRIPT = "your script"
_LOOK_AGAIN = 0.05  # seconds: whether the script is still there


@dataclass(frozen=True)
class Question:
    """A request of the script: when it came, and its path with the query."""

    t: float
    path: str


class BoardSite:
    """The board on a loopback port, inside an `async with`; `url` is its root, `questions` are all that came."""

    def __init__(self, missing: Callable[[], Unmet | None], listener: Listener) -> None:
        self.questions: list[Question] = []
        self._notices: list[tuple[int, str]] = []
        self._statuses: list[int] = []
        self._missing = missing
        self._seen = 0
        self._listener = listener
        self._server: Server | None = None
        self.url = f"http://127.0.0.1:{self._listener.port}"

    async def __aenter__(self) -> Self:
        # A plain GET is answered before any handshake; it needs no server of another kind.
        self._server = await serve(_never, sock=self._listener.socket, process_request=self._asked, close_timeout=0.2)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    def put_up(self, number: int, text: str) -> None:
        """Put a notice up."""
        self._notices.append((number, text))

    def fail(self, *statuses: int) -> None:
        """Answer the next questions with these statuses, one each."""
        self._statuses.extend(statuses)

    async def question(self, path: str = "", *, timeout: float = 2) -> Question:
        """The next question that has not been seen here; with a path, it must ask for that. Raises Unmet else."""
        wish = f"{_SCRIPT} should have asked for {quoted(path)}" if path else f"{_SCRIPT} should have asked"
        deadline = time.monotonic() + timeout
        while len(self.questions) <= self._seen:
            if over := self._missing():
                raise Unmet(f"{wish}; {over.message}", details=over.details)
            if time.monotonic() > deadline:
                raise Unmet(f"{wish}; for {timeout:g} s it did not ask.")
            await asyncio.sleep(_LOOK_AGAIN / 5)
        question = self.questions[self._seen]
        self._seen += 1
        if path and question.path != path:
            raise Unmet(f"{wish}; it asked for {quoted(question.path)}.")
        return question

    def pass_over(self) -> None:
        """Let all questions that have come count as seen."""
        self._seen = len(self.questions)

    # Details

    def _asked(self, connection: ServerConnection, request: Request) -> Response:
        self.questions.append(Question(time.monotonic(), request.path))
        if self._statuses:
            return connection.respond(HTTPStatus(self._statuses.pop(0)), "not now\n")
        url = urlsplit(request.path)
        if url.path != "/notices/":
            return connection.respond(HTTPStatus.NOT_FOUND, "There is only /notices/.\n")
        after = 0
        with contextlib.suppress(ValueError):
            after = int(parse_qs(url.query).get("after", ["0"])[0])
        notices = [{"id": number, "text": text} for number, text in self._notices if number > after]
        answer = connection.respond(HTTPStatus.OK, json.dumps({"notices": notices}))
        del answer.headers["Content-Type"]
        answer.headers["Content-Type"] = "application/json"
        return answer


async def _never(connection: ServerConnection) -> None:
    """Nobody gets as far as a WebSocket."""
