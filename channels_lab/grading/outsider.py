"""An outsider: a program beside the site that an answer asks, and that answers only when a behaviour lets it."""

import asyncio
import contextlib
from pathlib import Path
from types import TracebackType

from channels_lab.errors import LabError
from channels_lab.grading.unmet import Unmet, quoted
from channels_lab.running.starter import Starter
from channels_lab.wire.accepting import stop_accepting

__all__ = ["Outsider", "Question"]

_MOST_BYTES = 65_536
_MOST_QUESTIONS = 100


class Question:
    """A line that somebody has sent, and who waits for the answer."""

    def __init__(self, text: str, writer: asyncio.StreamWriter) -> None:
        self.text = text
        self._writer = writer

    async def answer(self, text: str) -> None:
        """Answer with a line; who has hung up misses it."""
        with contextlib.suppress(OSError):
            self._writer.write(f"{text}\n".encode())
            await self._writer.drain()


class Outsider:
    """Listens at a Unix socket, which the answer finds in its own folder; every line that comes is a question.

    `async with Outsider(tree / "oracle", starter) as oracle:` closes all lines at its end: nobody waits for ever.
    """

    def __init__(self, path: Path, starter: Starter) -> None:
        self.path = path
        self._starter = starter
        self._questions: asyncio.Queue[Question] = asyncio.Queue(_MOST_QUESTIONS)
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> "Outsider":
        try:
            listening = await asyncio.to_thread(self._starter.unix_listener, self.path)
        except OSError as error:
            raise LabError(f"{self.path} cannot be listened at: {error}.", "Use a shorter folder for TMPDIR.") from None
        self._server = await asyncio.start_unix_server(self._hear, sock=listening, limit=_MOST_BYTES)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await stop_accepting(self._server)
        for writer in self._writers:
            writer.close()
        self.path.unlink(missing_ok=True)

    async def asked(self, text: str, *, timeout: float = 2) -> Question:
        """The next question, which is this one; raises Unmet where another comes, or none."""
        name = self.path.name
        try:
            async with asyncio.timeout(timeout):
                question = await self._questions.get()
        except TimeoutError:
            raise Unmet(f"The {name} should have been asked {quoted(text)}; for {timeout:g} s nobody asked.") from None
        if question.text != text:
            raise Unmet(f"The {name} should have been asked {quoted(text)}; {quoted(question.text)} was asked.")
        return question

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= _MOST_QUESTIONS:
            writer.close()
            return
        self._writers.append(writer)
        # Whoever asks without end is not heard.
        with contextlib.suppress(OSError, ValueError, asyncio.QueueFull):
            while line := await reader.readline():
                self._questions.put_nowait(Question(line.decode("utf-8", "replace").rstrip("\n"), writer))
