"""A stream that forgets."""

from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="hard",
    minutes=25,
    files=("notices/events.py",),
    hints=(
        "What does a browser know of the event that came last, and where does it say so when it comes back?",
        "Each event needs `id:`, `data:` and an empty line, an urgent one `event:` besides. Read `Last-Event-ID` as "
        "`read_after` reads an id; where it is none, take `?after=`.",
        'last = request.headers.get("Last-Event-ID", ""); after = int(last) if last.isdecimal() and len(last) <= '
        'MOST_DIGITS else read_after(request); and yield f"{kind}id: {after}\\ndata: {json.dumps(notice)}\\n\\n"',
    ),
)

Notice = dict[str, object]
PATH = "/notices/events/"


async def put_up(trial: Trial, *, urgent: bool = False) -> tuple[int, Notice]:
    """Put a notice up; returns its id, and the notice."""
    text = f"{'! ' if urgent else ''}{trial.text()}"
    answer = await trial.post("/notices/", data={"text": text}, status=201)
    notice = dict(trial.expect_body(answer, {"id": int, "text": str}))
    return int(str(notice["id"])), notice


@task.behaviour(points=2)
async def whole_events(trial: Trial) -> None:
    """Each notice is an event of its own, with id and data."""
    after, _ = await put_up(trial)
    earlier, first = await put_up(trial)
    async with trial.listen(f"{PATH}?after={after}") as ada:
        trial.expect(
            ada.headers.get("content-type", "").startswith("text/event-stream"),
            f"the answer should be text/event-stream; it is {ada.headers.get('content-type')}",
        )
        await ada.expect_event(first, number=earlier)
        for _ in range(2):
            number, notice = await put_up(trial)
            await ada.expect_event(notice, number=number)


@task.behaviour
async def urgent_ones(trial: Trial) -> None:
    """A notice that begins with an exclamation mark is an event `urgent`, and no other is."""
    after, _ = await put_up(trial)
    kinds = [True, False, True]
    trial.random.shuffle(kinds)
    notices = [await put_up(trial, urgent=urgent) for urgent in kinds]
    async with trial.listen(f"{PATH}?after={after}") as ada:
        for (number, notice), urgent in zip(notices, kinds, strict=True):
            await ada.expect_event(notice, number=number, kind="urgent" if urgent else "message")


@task.behaviour(points=2)
async def comes_back(trial: Trial) -> None:
    """Whoever comes back with `Last-Event-ID` misses nothing and reads nothing twice, whatever `?after=` says."""
    notices = [await put_up(trial) for _ in range(4)]
    place = trial.number(0, 2)
    name = "alice, who comes back with `Last-Event-ID`"
    for path, who in ((PATH, name), (f"{PATH}?after={notices[0][0] - 1}", f"{name} and an old `?after=`")):
        headers = {"Last-Event-ID": str(notices[place][0])}
        async with trial.listen(path, name=f"{who},", headers=headers) as ada:
            for number, notice in notices[place + 1 :]:
                await ada.expect_event(notice, number=number)


@task.behaviour(points=2)
async def no_id(trial: Trial) -> None:
    """A `Last-Event-ID` that is no id counts as none."""
    after, _ = await put_up(trial)
    number, notice = await put_up(trial)
    wrong = [f"-{trial.number()}", "", "9" * trial.number(25, 40)]
    trial.random.shuffle(wrong)
    for last in [trial.word(), *wrong]:
        async with trial.listen(f"{PATH}?after={after}", headers={"Last-Event-ID": last}) as ada:
            await ada.expect_event(notice, number=number)
    await trial.get(f"{PATH}?after={trial.word()}", status=400)
