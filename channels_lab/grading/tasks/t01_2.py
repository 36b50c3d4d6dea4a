"""Take a notice down."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=15,
    files=("notices/views.py", "notices/urls.py"),
    hints=(
        "Which requests may change something, and what is the answer where there is no such notice?",
        "A second route takes the id, `<int:number>/`, and a second view looks at `request.method`. `adelete` says how "
        "many rows it has taken away.",
        'found = Notice.objects.filter(id=number); row = await found.values("id", "text").afirst(); raise Http404 '
        "where it is None; for DELETE: await found.adelete(), and HttpResponse(status=204). Decorators: as on notices.",
    ),
)


async def put_up(trial: Trial) -> dict[str, object]:
    """Put a notice up, and return it."""
    word = trial.word()
    answer = await trial.post("/notices/", data={"text": word}, status=201)
    return dict(trial.expect_body(answer, {"id": int, "text": word}))


@task.behaviour
async def shows(trial: Trial) -> None:
    """GET shows one notice, as often as it is asked."""
    first, second = await put_up(trial), await put_up(trial)
    for notice in (second, first, second):
        answer = await trial.get(f"/notices/{notice['id']}/")
        trial.expect_body(answer, notice)


@task.behaviour(points=2)
async def takes_down(trial: Trial) -> None:
    """DELETE takes this notice down, and no other, and answers with 204."""
    first, second, third = await put_up(trial), await put_up(trial), await put_up(trial)
    await trial.ask("DELETE", f"/notices/{second['id']}/", status=204)
    after = int(str(first["id"])) - 1
    trial.expect_body(await trial.get(f"/notices/?after={after}"), {"notices": [first, third]})
    await trial.get(f"/notices/{second['id']}/", status=404)


@task.behaviour
async def unknown(trial: Trial) -> None:
    """Where there is no such notice, both are answered with 404."""
    number = trial.number(10_000, 99_999)
    await trial.get(f"/notices/{number}/", status=404)
    await trial.ask("DELETE", f"/notices/{number}/", status=404)


@task.behaviour
async def no_other_method(trial: Trial) -> None:
    """POST and PUT do nothing there, and are answered with 405."""
    notice = await put_up(trial)
    for method in trial.random.sample(["POST", "PUT"], 2):
        await trial.ask(method, f"/notices/{notice['id']}/", status=405)
    trial.expect_body(await trial.get(f"/notices/{notice['id']}/"), notice)
