"""A log without secrets."""

import re

from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.tasks.token_page import forged, new_token
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_OFFER = "channelslab"
_LETTERS = 12  # so many of a token, one after another, are no chance

task = Task(
    difficulty="easy",
    minutes=10,
    files=("tokens/middleware.py",),
    hints=(
        "In which of the two lines does a token stand, and what of it would you miss if it were gone?",
        "After `token_of` you know whose token it was, and `refused` is a code. Nothing of the scope is needed.",
        'logger.info("%s came by a token", token.user) and logger.info("nobody came: %s", refused)',
    ),
)


def logged(seen: Evidence) -> str:
    """All that the server has printed."""
    return seen.logs.get("main", "")


async def expect_line(trial: Trial, line: str) -> None:
    """The line stands in the log, after whatever the log begins its lines with."""
    pattern = re.compile(rf"(?:^|[\s:\]]){re.escape(line)}\s*$", re.MULTILINE)
    await trial.until(lambda seen: pattern.search(logged(seen)), f"“{line}” should stand in the log", timeout=1)


def expect_none_of(trial: Trial, secret: str, what: str) -> None:
    """No piece of a token stands in the log."""
    log = logged(trial.evidence())
    for word in re.split(r"\W", secret):
        pieces = {word[at : at + _LETTERS] for at in range(max(1, len(word) - _LETTERS))}
        found = [piece for piece in pieces if len(piece) == _LETTERS and piece in log]
        trial.expect(not found, f"{what} stands in the log, or a part of it; whoever reads the log has it now")


@task.behaviour
async def who_comes(trial: Trial) -> None:
    """Who comes by a token is noted by name."""
    person = trial.person()
    token = await new_token(trial, person)
    async with trial.connect("/ws/door/", name="robot", subprotocols=[_OFFER, token]) as robot:
        await robot.expect_json({"you": person.name, "by": "token"})
        await expect_line(trial, f"{person.name} came by a token")


@task.behaviour
async def who_does_not(trial: Trial) -> None:
    """Who is refused is noted by the code."""
    async with trial.connect("/ws/door/", name="robot", subprotocols=[_OFFER]) as robot:
        await robot.send(trial.word())
        await robot.expect_json({"error": "TOKEN_INVALID"})
        await robot.expect_close(4001)
    await expect_line(trial, "nobody came: TOKEN_INVALID")


@task.behaviour(points=2)
async def no_token(trial: Trial) -> None:
    """No token stands in the log, and no part of one, whichever way it came."""
    token = await new_token(trial, trial.person())
    async with trial.connect("/ws/door/", name="robot", subprotocols=[_OFFER, token]) as robot:
        await robot.expect_json({"you": str, "by": "token"})
    expect_none_of(trial, token, "A token that came among the subprotocols")
    async with trial.connect("/ws/door/", name="robot", subprotocols=[_OFFER]) as robot:
        await robot.send_json({"token": token})
        await robot.expect_json({"you": str, "by": "token"})
    expect_none_of(trial, token, "A token that came as the first message")


@task.behaviour
async def no_wrong_token(trial: Trial) -> None:
    """A token that is refused does not stand in the log, either: a letter more or less, and it is a good one."""
    token = forged(trial, await new_token(trial, trial.person()))
    async with trial.connect("/ws/door/", name="robot", subprotocols=[_OFFER, token]) as robot:
        await robot.expect_json({"error": "TOKEN_INVALID"})
        await robot.expect_close(4001)
    expect_none_of(trial, token, "A token that was refused")
