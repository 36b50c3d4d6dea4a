"""A server by hand as behaviours see it: byte by byte, with every fault told."""

from channels_lab.course.course import Course
from channels_lab.grading.dial import request_for
from channels_lab.grading.judge import judge
from channels_lab.grading.streams_trial import StreamsTrial
from channels_lab.grading.task import Task
from channels_lab.grading.tree import Checkpoints
from channels_lab.grading.verdict import Outcome
from channels_lab.running.warmstart import WarmStart

# It answers a request with the name of what is wanted by what belongs to that.
SERVER = r"""
HEAD = b"HTTP/1.1 101 Yes\r\n\r\n"
SAID = {
    "whole": HEAD + b"\x81\x02hi\x88\x02\x03\xe8", "refused": b"HTTP/1.1 404 No\r\n\r\n", "cut": b"HTTP/1.1",
    "late": b"a\n", "masked": HEAD + b"\x81\x82aaaahi",
    "other": HEAD + b"\x01\x02ho", "noise": HEAD + b"\xf1\x7f" + bytes(8),
    "part": HEAD + b"\x81\x05he", "nothing": HEAD, "code": HEAD + b"\x88\x02\x03\xe9",
    "open": HEAD + b"\x88\x02\x03\xe8",
    "more": HEAD + b"\x88\x02\x03\xe8hm",
}

async def serve(reader, writer):
    what = (await reader.readuntil(b"\r\n\r\n")).decode().partition("Sec-WebSocket-Key: ")[2].split()[0]
    writer.write(SAID[what])
    if what in ("late", "open", "nothing"):
        await reader.read(1)
    writer.close()
"""

SAID = {
    "whole": "",
    "refused": "should have been answered with 101; `HTTP/1.1 404 No` came",
    "cut": "`HTTP/1.1` came, and the server hung up.",
    "late": "each ended by \\r\\n; `a",
    "masked": "hi should come; a frame with a mask came: only clients mask.",
    "other": "hi should come; a text frame without FIN, `ho`, came instead of a text frame, `hi`.",
    "noise": "what came is no frame: it begins with `2 bytes: f1 7f`.",
    "part": "hi should come; the server hung up.",
    "nothing": "hi should come; nothing whole came for 0.2 s.",
    "code": "a close frame with 1001 came instead of one with 1000.",
    "open": "for 0.2 s the connection stayed open.",
    "more": "`2 bytes: 68 6d` came instead.",
    "raises": "the server hung up.",
}


async def test_a_server_by_hand(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """What a server by hand answers is read as bytes, and what is no answer, or comes too late, is told."""
    task = Task(
        "easy", 5, ("byhand.py",), ("?", "!", "…"), kind="streams", checkpoint="03", number="03.9", title="A trial"
    )

    async def says(trial: StreamsTrial, what: str) -> None:
        trial.patience = 0.2
        async with trial.dial() as ada:
            lines = await ada.head(request_for(trial.box.ports["main"], what))
            trial.expect(" 101 " in lines[0], f"it should have been answered with 101; `{lines[0]}` came")
            if what not in ("code", "open", "more"):
                await ada.expect(1, b"hi", "hi should come")
            await ada.expect_close(1000, "a close should come")

    for what in SAID:

        async def run(trial: StreamsTrial, what: str = what) -> None:
            """It is seen."""
            await says(trial, what)

        run.__name__ = what
        task.behaviour(run)

    verdict = await judge(task, {"byhand.py": SERVER}, checkpoints=checkpoints, starter=keeper)
    said = {judged.name: judged.said for judged in verdict.judged}
    assert {name: text for name, text in said.items() if SAID[name] not in text} == {}
    assert [judged.name for judged in verdict.judged if judged.passed] == ["whole"]


async def test_a_server_that_cannot_start(course: Course, checkpoints: Checkpoints, keeper: WarmStart) -> None:
    """A server by hand without `serve` is told as what it is."""
    task = Task("easy", 5, ("byhand.py",), ("?", "!", "…"), kind="streams", checkpoint="03", number="03.9", title="x")

    @task.behaviour
    async def never(trial: StreamsTrial) -> None:
        """It is not seen."""

    verdict = await judge(task, {"byhand.py": "print(1)\n"}, checkpoints=checkpoints, starter=keeper)
    assert verdict.outcome is Outcome.NOT_YET
    assert "has no attribute 'serve'" in verdict.details
