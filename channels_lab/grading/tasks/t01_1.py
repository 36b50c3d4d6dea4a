"""A page at a time."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=10,
    files=("notices/views.py",),
    hints=(
        "What must be known to say whether there are more, and which limits are the client's mistake?",
        "Read the limit as `read_after` reads an id: text that is no number from 1 to 100 is a BadRequest. Compare how "
        "many notices there are with how many may be told.",
        'found = await board.newer(read_after(request)); JsonResponse({"notices": found[:limit], "more": len(found) > '
        "limit}), and without a limit all of them, with more false.",
    ),
)

Notice = dict[str, object]


async def put_up(trial: Trial, count: int) -> tuple[int, list[Notice]]:
    """Put so many notices up; returns the id before them, and them."""
    notices: list[Notice] = []
    for word in trial.words(count + 1):
        answer = await trial.post("/notices/", data={"text": word}, status=201)
        notices.append(trial.expect_body(answer, {"id": int, "text": word}))
    return int(str(notices[0]["id"])), notices[1:]


@task.behaviour(points=2)
async def at_most(trial: Trial) -> None:
    """It answers at most so many notices, the oldest of them, and says whether there are more."""
    limit = trial.number(2, 3)
    after, notices = await put_up(trial, limit + 1)
    answer = await trial.get(f"/notices/?after={after}&limit={limit}")
    trial.expect_body(answer, {"notices": notices[:limit], "more": True})
    answer = await trial.get(f"/notices/?after={after}&limit={limit + 1}")
    trial.expect_body(answer, {"notices": notices, "more": False})
    answer = await trial.get(f"/notices/?after={notices[-1]['id']}&limit={limit}")
    trial.expect_body(answer, {"notices": [], "more": False})


@task.behaviour
async def all_of_them(trial: Trial) -> None:
    """Without a limit all come, and there are no more."""
    after, notices = await put_up(trial, 3)
    answer = await trial.get(f"/notices/?after={after}")
    trial.expect_body(answer, {"notices": notices, "more": False})


@task.behaviour(points=2)
async def wrong_limits(trial: Trial) -> None:
    """A limit that is no number from 1 to 100 is answered with 400."""
    for limit in (trial.word(), str(trial.number(101, 999)), "0", f"-{trial.number(1, 9)}", "1.5"):
        await trial.get(f"/notices/?limit={limit}", status=400)
    await trial.get("/notices/?limit=100")
    await trial.get(f"/notices/?after={trial.word()}&limit=1", status=400)
