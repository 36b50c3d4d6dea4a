"""A door for the staff."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=10,
    files=("tokens/consumers.py",),
    hints=(
        "What does the scope know of whoever comes, and what must have been sent before a close code can be seen?",
        'Accept first. Then ask two things of `self.scope["user"]`, in the right order: a guest is not of the staff, '
        "either.",
        'if not user.is_authenticated: await self.send(json.dumps({"error": "USER_HAS_TO_LOGIN"})); '
        "await self.close(4001); return. The same for `user.is_staff`, with the other code.",
    ),
)


@task.behaviour
async def guests(trial: Trial) -> None:
    """A guest is let in, told `USER_HAS_TO_LOGIN`, and closed with 4001."""
    async with trial.connect("/ws/door/", name="guest") as guest:
        await guest.expect_json({"error": "USER_HAS_TO_LOGIN"})
        await guest.expect_close(4001)


@task.behaviour
async def no_staff(trial: Trial) -> None:
    """Who is logged in, and not of the staff, is told `STAFF_ONLY`, and closed with 4003."""
    person = trial.person()
    async with trial.connect("/ws/door/", name=person.name, user=person) as caller:
        await caller.expect_json({"error": "STAFF_ONLY"})
        await caller.expect_close(4003)


@task.behaviour
async def staff(trial: Trial) -> None:
    """The staff is told who it is, as often as it asks."""
    async with trial.connect("/ws/door/", name="sam", user="sam") as sam:
        await sam.expect_json({"you": "sam", "by": "session"})
        for _ in range(trial.number(1, 3)):
            await sam.send(trial.word())
            await sam.expect_json({"you": "sam", "by": "session"})
