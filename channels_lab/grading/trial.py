"""A trial: what a behaviour of kind "server" or "worker" is given to talk to the answer, and to look at what it did."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from channels_lab.explain.evidence import Evidence
from channels_lab.grading.box import Box
from channels_lab.grading.call import Call
from channels_lab.grading.caller import Caller
from channels_lab.grading.chance import Chance
from channels_lab.grading.fleet import Fleet
from channels_lab.grading.inside import ask
from channels_lab.grading.outsider import Outsider
from channels_lab.grading.tree import Person
from channels_lab.grading.unmet import Unmet, quoted
from channels_lab.grading.visits import Visits
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.story.diagram import Diagram
from channels_lab.record.events import Event
from channels_lab.record.settled import is_settled
from channels_lab.wire.handshake import Refused

if TYPE_CHECKING:
    from channels_lab.grading.task import Task

__all__ = ["PATIENCE", "Trial"]

PATIENCE = 2.0
_LOOK_AGAIN = 0.01  # seconds: a record is a file, and tells nobody
_SETTLE_SECONDS = 0.5
_MOST_ROWS = 1000


class Trial(Fleet, Visits):
    """One behaviour's time with the answer's server: clients, HTTP, chance, the record, the database, the processes.

    `chance` makes words and rooms; `word()`, `text()`, `room()`, `number()` are its. Every wait has a deadline, and
    what it raises says what was expected and what came. What clients say and expect is noted in `script`. `patience` is
    how many seconds clients wait for a message. What a behaviour starts ends with it, and what it stops is there again
    for the next one.
    """

    has_causes = True

    def __init__(self, box: Box, chance: Chance) -> None:
        super().__init__(box, chance)
        self.word, self.words, self.text, self.room = chance.word, chance.words, chance.text, chance.room
        self.number = chance.number
        self.began, self._printed = time.monotonic(), box.printed
        self.patience = PATIENCE
        self.script: list[Line] = []
        self.clients_events: list[Event] = []
        self._kept: tuple[BaseException, Evidence] | None = None

    @classmethod
    async def open(cls, box: Box, task: "Task", chance: Chance) -> None:
        """Start what a behaviour needs and is not there; raises LabError when the answer's server cannot start.

        A server that has ended by itself stays away.
        """
        if task.layer == "redis":
            await box.redis()
        if not box.process("main") or box.was_ended("main"):
            await box.daphne()

    async def close(self) -> None:
        """Close what the behaviour has left open, and wait until the server has noted who has left."""
        await super().close()
        await self.settle()
        await self.end_processes()

    @staticmethod
    def lives(box: Box) -> bool:
        """Whether the answer's server still runs, so that more behaviours can be seen."""
        main = box.process("main")
        return main is not None and main.alive

    # Clients

    def connect(
        self,
        path: str,
        *,
        name: str = "alice",
        user: Person | str | None = None,
        server: str = "main",
        origin: str | None = "same",
        cookies: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        subprotocols: list[str] | None = None,
        timeout: float = 3,
    ) -> Call:
        """Open a WebSocket: `async with trial.connect(f"/ws/chat/{room}/", name="alice") as alice`.

        `user` is who is logged in: a person or a name; nobody by default. The rest is as in `wire.handshake.connect`.
        Raises Unmet where the server refuses, or does not answer within `timeout` seconds.
        """
        person = self.person(user) if isinstance(user, str) else user
        return Call(
            self.box.ports[server],
            path,
            name=name,
            origin=origin,
            cookies=(cookies or {}) | (person.cookies if person else {}),
            headers=headers,
            subprotocols=subprotocols,
            timeout=timeout,
            events=self.clients_events,
            script=self.script,
            settled=self.settle,
            failing=self._keep_evidence,
            patience=self.patience,
        )

    async def expect_refused(self, path: str, *status: int, name: str = "eve", **options: Any) -> Refused:
        """The handshake is refused, with one of these statuses (403 by default); options as in `connect`."""
        wanted = status or (403,)
        codes = " or ".join(map(str, wanted))
        self.script.append(Line("server", name, "close before accept" if wanted == (403,) else ""))
        try:
            caller: Caller = await self.connect(path, name=name, **options).attempt()
        except Refused as refused:
            if refused.status in wanted:
                return refused
            raise Unmet(f"{name} should have been refused with {codes}. {refused.message}", refused.fix) from None
        await caller.close()
        raise Unmet(f"{name} should have been refused with {codes} at {path}, and was accepted.")

    def outsider(self, name: str) -> Outsider:
        """A program beside the site that listens at the Unix socket `name` in the project's folder; see `Outsider`.

        Open it after the clients: where a behaviour fails, it then hangs up first, and frees who waits for it.
        """
        return Outsider(self.box.tree / name, self.box.starter)

    # Looking

    async def execute(self, statement: str, *rows: tuple[Any, ...]) -> None:
        """Write rows into the run's database: `await trial.execute("insert into t (a) values (?)", (1,), (2,))`.

        The statement is executed for each row; one without values takes one row without: `()`.
        """
        try:
            await ask(self.box.tree, self.box.starter, statement, list(rows), 0)
        except sqlite3.Error as error:
            raise Unmet(f"The database should have taken {quoted(statement)}; it said: {error}.") from None

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the database of the run: `await trial.rows("select text from chat_message")`."""

        try:
            return await ask(self.box.tree, self.box.starter, query, list(values), _MOST_ROWS)
        except sqlite3.Error as error:
            raise Unmet(f"The database should have answered {quoted(query)}; it said: {error}.") from None

    def evidence(self, error: BaseException | None = None) -> Evidence:
        """What has happened since the behaviour began: `evidence().layer("group_add")`, `.connections`, `.logs`.

        With an error it is what had happened then.
        """
        if self._kept and self._kept[0] is error:
            return self._kept[1]
        return self.box.evidence(self.clients_events, error, self.began, self._printed)

    def picture(self, drawn: Diagram) -> Diagram | None:
        """The picture of a failure, as it is shown."""
        return drawn

    def events(self) -> list[Event]:
        """The record since the behaviour began: of servers, workers and clients, in order."""
        return self.box.events(self.clients_events, self.began)

    async def _keep_evidence(self, error: BaseException) -> None:
        """Look before clients leave: what their leaving brings about is not what failed."""
        if not self._kept:
            await self.settle()
            self._kept = error, self.evidence(error)

    async def until(self, seen: Callable[[Evidence], Any], sentence: str, timeout: float = 2) -> Any:
        """Wait until the record shows something, and return it; raises Unmet with the sentence after `timeout` seconds.

        `await trial.until(lambda seen: seen.layer("group_discard"), "alice's consumer should have left its group")`
        """
        deadline = time.monotonic() + timeout
        while not (found := seen(self.evidence())):
            if time.monotonic() > deadline:
                raise Unmet(f"{sentence.rstrip('.')}; for {timeout:g} s it did not happen.")
            await asyncio.sleep(_LOOK_AGAIN)
        return found

    def expect(self, whether: object, sentence: str) -> None:
        """Raise Unmet with a sentence ("two rooms should have two groups") unless something is so."""
        if not whether:
            raise Unmet(sentence)

    async def settle(self) -> None:
        """Wait until servers have heard what clients have said, and have noted who has left; at most half a second."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while not is_settled(self.clients_events, self.events()) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_AGAIN)
