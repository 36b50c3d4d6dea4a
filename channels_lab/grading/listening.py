"""Listening: an answer of the learner's server that is read as it comes, line by line, or event by event."""

import asyncio
import contextlib
import json
from types import TracebackType
from typing import Any, Self

import httpx

from channels_lab.grading.unmet import Unmet, difference, quoted

__all__ = ["Listening"]

_MOST_LINES = 1000


class Listening:
    """An answer that does not end: `async with trial.listen("/notices/stream/", name="ada") as ada`.

    Every wait is at most `patience` seconds long, and raises Unmet with what was expected and what came.
    """

    def __init__(
        self, http: httpx.AsyncClient, path: str, *, name: str, headers: dict[str, str], patience: float
    ) -> None:
        self.name, self.path = name, path
        self._http, self._headers, self._patience = http, headers, patience
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None
        self._answer: httpx.Response | None = None

    async def __aenter__(self) -> Self:
        request = self._http.build_request("GET", self.path, headers=self._headers)
        try:
            async with asyncio.timeout(2 * self._patience):
                self._answer = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Unmet(f"GET {self.path} should have been answered; {str(error) or type(error).__name__}.") from None
        except TimeoutError:
            raise Unmet(
                f"{self.name} asks for {self.path}, and no answer began within {2 * self._patience:g} s.",
                "Daphne sends the head of an answer together with the first bytes of its body.",
            ) from None
        if self._answer.status_code != 200:
            raise Unmet(f"GET {self.path} should have been answered with 200; {self._answer.status_code} came.")
        self._reading = asyncio.create_task(self._read(self._answer))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reading:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        if self._answer:
            await self._answer.aclose()

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the answer."""
        assert self._answer
        return self._answer.headers

    async def line(self, wish: str = "a line") -> str:
        """The next line; `wish` says in the error what should have come."""
        try:
            async with asyncio.timeout(self._patience):
                line = await self._lines.get()
        except TimeoutError:
            raise Unmet(f"{self.name} should have received {wish}; nothing came for {self._patience:g} s.") from None
        if line is None:
            self._lines.put_nowait(None)
            raise Unmet(f"{self.name} should have received {wish}; the answer had ended.")
        return line

    async def expect_json(self, value: Any, *, extra: bool = False) -> Any:
        """The next line that is not empty is this JSON; returns it. A type and `extra` are as in `Caller`'s."""
        wish = quoted(value)
        while not (line := await self.line(wish)):
            pass
        return self._same(line, value, wish, extra=extra)

    async def expect_event(self, value: Any, *, number: int, kind: str = "message") -> None:
        """The next server-sent event with data is of this kind, has this id, and its data is this JSON."""
        wish = f"an event with the data {quoted(value)}"
        event = await self._event(wish)
        told = "\n".join(event.get("data", []))
        self._same(told, value, wish)
        came = {name: event.get(name, [""])[-1] for name in ("id", "event")}
        if came["id"] != str(number):
            said = f"it has {quoted('id: ' + came['id'])}" if "id" in event else "it has no id"
            raise Unmet(f"The event with the data {quoted(told)} should have {quoted(f'id: {number}')}; {said}.")
        if (came["event"] or "message") != kind:
            said = f"has {quoted('event: ' + came['event'])}" if came["event"] else "names no event"
            wanted = f"have {quoted('event: ' + kind)}" if kind != "message" else "name no event"
            raise Unmet(f"The event with the data {quoted(told)} should {wanted}; it {said}.")

    # Details

    async def _event(self, wish: str) -> dict[str, list[str]]:
        """The fields of the next event that has data; comments and others are passed over, as a browser does."""
        fields: dict[str, list[str]] = {}
        for _ in range(_MOST_LINES):
            try:
                line = await self.line(wish)
            except Unmet as unmet:
                if "data" in fields:
                    raise Unmet(
                        f"{self.name} should have received {wish}; lines came, but no empty line that ends the event."
                    ) from None
                raise unmet from None
            if line:
                name, _, value = line.partition(":")
                fields.setdefault(name, []).append(value.removeprefix(" "))
            elif "data" in fields:
                return fields
            else:
                fields = {}
        raise Unmet(f"{self.name} should have received {wish}; {_MOST_LINES} lines without an event came.")

    def _same(self, text: str, value: Any, wish: str, *, extra: bool = False) -> Any:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise Unmet(f"{self.name} should have received {wish}; {quoted(text)} came, which is no JSON.") from None
        if said := difference(found, value, extra=extra):
            raise Unmet(f"{self.name} should have received {wish}; {quoted(text)} came: {said}.")
        return found

    async def _read(self, answer: httpx.Response) -> None:
        with contextlib.suppress(httpx.HTTPError):
            async for line in answer.aiter_lines():
                self._lines.put_nowait(line)
        self._lines.put_nowait(None)
