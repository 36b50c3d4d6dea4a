"""Nothing has changed."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial
from channels_lab.grading.unmet import quoted

__all__ = ["task"]

task = Task(
    difficulty="medium",
    minutes=15,
    files=("notices/views.py",),
    hints=(
        "What does the server need to know of the last answer, and who can keep it?",
        "Make a tag of what the answer says, and compare it with what the client sends. Django has both: look for "
        "`conditional_page` and `get_conditional_response`.",
        "from django.views.decorators.http import conditional_page, and @conditional_page above the other decorators.",
    ),
)


async def tagged(trial: Trial, after: int) -> str:
    """Ask what came after an id; returns the ETag."""
    tag = str((await trial.get(f"/notices/?after={after}")).headers.get("etag", ""))
    trial.expect(tag, "the answer to a GET should have the header ETag, and has none")
    trial.expect(
        tag.removeprefix("W/").startswith('"') and tag.endswith('"') and len(tag) > 2,
        f"a tag should stand in double quotes; `ETag: {tag}` came",
    )
    return tag


async def ask(trial: Trial, after: int, tags: str, status: int, when: str) -> None:
    """Ask again with If-None-Match, and expect this status."""
    answer = await trial.get(f"/notices/?after={after}", headers={"If-None-Match": tags}, status=None)
    trial.expect(
        answer.status_code == status,
        f"{when}, {quoted(f'If-None-Match: {tags}')} should have been answered with {status}; "
        f"{answer.status_code} came",
    )


async def put_up(trial: Trial) -> int:
    """Put a notice up; returns its id."""
    answer = await trial.post("/notices/", data={"text": trial.word()}, status=201)
    return int(answer.json()["id"])


@task.behaviour(points=2)
async def nothing_new(trial: Trial) -> None:
    """An answer has an ETag, and whoever sends it back is answered with 304 while nothing changes."""
    number = await put_up(trial)
    for after in (number, number - 1):
        tag = await tagged(trial, after)
        await ask(trial, after, tag, 304, "Where nothing is new")


@task.behaviour
async def strange_tags(trial: Trial) -> None:
    """A tag that the server has not given is answered with 200."""
    after = await put_up(trial)
    await ask(trial, after, f'"{trial.word()}"', 200, "Where the tag is another one")


@task.behaviour(points=2)
async def something_new(trial: Trial) -> None:
    """With a new notice it is answered with 200, and another ETag."""
    after = await put_up(trial)
    tag = await tagged(trial, after)
    number = await put_up(trial)
    await ask(trial, after, tag, 200, "When a notice has gone up")
    answer = await trial.get(f"/notices/?after={after}", headers={"If-None-Match": tag})
    trial.expect([one["id"] for one in answer.json()["notices"]] == [number], "the new notice should be in the answer")
    trial.expect(await tagged(trial, after) != tag, "the ETag should be another one than before")


@task.behaviour
async def several_tags(trial: Trial) -> None:
    """Of several tags one is enough for 304."""
    after = await put_up(trial)
    tags = [f'"{trial.word()}"', await tagged(trial, after)]
    trial.random.shuffle(tags)
    await ask(trial, after, ", ".join(tags), 304, "Where one of several tags is the right one")


@task.behaviour
async def still_a_board(trial: Trial) -> None:
    """Wrong questions and new notices are answered as before."""
    await trial.get(f"/notices/?after={trial.word()}", status=400)
    await trial.post("/notices/", data={"text": " "}, status=400)
    await trial.post("/notices/", data={"text": trial.word()}, status=201)
