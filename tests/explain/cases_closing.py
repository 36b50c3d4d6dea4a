"""Cases of rules about closing, about what comes after it, and about messages that are too large."""

from channels_lab.wire.client import Closed, NothingCame

from .acts import ROOM, answered, closed, refused, spoke
from .cases import Case
from .run import Run
from .written import JSON, SYNC, connect, receive

__all__ = ["CASES"]

MIB = 1024 * 1024


async def send_after_the_end(run: Run) -> None:
    """Send once more when the server has closed."""
    async with run.connect(ROOM) as alice:
        await alice.send("bye")
        await alice.connection.wait_closed()
        await alice.send("one more")


async def wait_after_the_end(run: Run) -> None:
    """Wait for an answer, and see the server close."""
    async with run.connect(ROOM) as alice:
        await alice.send("bye")
        await alice.receive(5)


async def send_after_leaving(run: Run) -> None:
    """Send once more when the client itself has closed."""
    async with run.connect(ROOM) as alice:
        await alice.close()
        await alice.send("one more")


async def send_much(run: Run) -> None:
    """Send a message larger than Daphne takes."""
    async with run.connect(ROOM) as alice:
        await alice.send("x" * (MIB + 1))
        await alice.receive(5)


CASES = [
    Case(
        "close(4001) before accept()",
        "close-code-before-accept",
        files=connect("await self.close(4001)"),
        act=refused(403),
    ),
    Case(
        "close(code=4001) before accept(), in a sync consumer",
        "close-code-before-accept",
        files=connect("self.close(code=4001)", base=SYNC),
        act=refused(403),
    ),
    Case(
        "close() before accept()",
        neighbour_of="close-code-before-accept",
        files=connect("await self.close()"),
        act=refused(403),
    ),
    Case(
        "close(4001) after accept()",
        neighbour_of="close-code-before-accept",
        files=connect("await self.accept()", "await self.close(4001)"),
        act=closed(code=4001),
    ),
    Case("close(403)", "close-code-invalid", files=receive("await self.close(403)"), act=closed("bye")),
    Case("close(1008)", "close-code-invalid", files=receive("self.close(1008)", base=SYNC), act=closed("bye")),
    Case(
        "close(4003)",
        neighbour_of="close-code-invalid",
        files=receive("await self.close(4003)"),
        act=closed("x", code=4003),
    ),
    Case(
        "close() with True",
        neighbour_of="close-code-invalid",
        files=receive("await self.send('bye', close=True)"),
        act=answered("x"),
    ),
    Case(
        "a reason to close",
        "close-reason-lost",
        files=receive('await self.close(4003, "not today")'),
        act=closed("bye", code=4003),
    ),
    Case(
        "a reason in a message before the end",
        neighbour_of="close-reason-lost",
        files=receive('await self.send("not today")', "await self.close(4003)"),
        act=closed("bye", code=4003),
    ),
    Case(
        "send() after close()",
        "send-after-close",
        files=receive("await self.close()", 'await self.send("bye")'),
        act=closed("bye", code=1000),
    ),
    Case(
        "send() after close(), where the client waits",
        "send-after-close",
        files=receive("self.close()", 'self.send("bye")', base=SYNC),
        act=wait_after_the_end,
        raises=Closed,
    ),
    Case(
        "close() after send()",
        neighbour_of="send-after-close",
        files=receive('await self.send("bye")', "await self.close()"),
        act=closed("bye", code=1000),
    ),
    Case(
        "a client that sends to a closed connection",
        "server-closed-first",
        files=receive("await self.close()"),
        act=send_after_the_end,
        raises=Closed,
    ),
    Case(
        "a client that waits, and the consumer closes with a reason",
        "server-closed-first",
        files=receive('await self.close(4003, "not today")'),
        act=wait_after_the_end,
        raises=Closed,
    ),
    Case(
        "a client that sends when it has closed by itself",
        neighbour_of="server-closed-first",
        files=receive("await self.close()"),
        act=send_after_leaving,
        raises=Closed,
    ),
    Case(
        "a client that waits, and nobody closes",
        neighbour_of="server-closed-first",
        files=receive("pass"),
        act=wait_after_the_end,
        raises=NothingCame,
    ),
    Case(
        "an answer that is too large",
        "message-too-large",
        files=receive(f'await self.send("x" * {MIB + 1})'),
        act=closed("hi"),
    ),
    Case("a message that is too large", "message-too-large", files=receive("pass"), act=send_much, raises=Closed),
    Case(
        "a large message, where Daphne takes it",
        neighbour_of="message-too-large",
        files=receive("await self.send_json(len(content))", base=JSON),
        options=("--websocket-max-message-size", "0", "--websocket-max-frame-size", "0"),
        act=answered('"' + "x" * 2 * MIB + '"', answer=str(2 * MIB)),
    ),
    Case("a message of 500 signs", neighbour_of="message-too-large", files=receive("pass"), act=spoke("x" * 500)),
]
