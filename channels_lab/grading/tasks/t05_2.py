"""Nobody there."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_CODE = 4404

task = Task(
    difficulty="medium",
    minutes=10,
    files=("people/consumers.py", "people/routing.py"),
    hints=(
        "The first route that fits wins. Where must a route stand that fits everything?",
        "`path()` fits whole paths; which expression in `re_path()` fits any text, an empty one too? And a "
        "close code is a WebSocket's: what must have happened before?",
        'self.accept(), then self.close(code=4404); as the last route re_path(r"", …)',
    ),
)


@task.behaviour(points=2)
async def any_path(trial: Trial) -> None:
    """A path that nobody answers is accepted, then closed with 4404."""
    await _nobody(trial, [f"/ws/{trial.word()}/{trial.word()}/", f"/{trial.word()}"])


@task.behaviour
async def near_paths(trial: Trial) -> None:
    """A path that is short or long, `/` too, is closed with 4404 as well."""
    paths = ["/", "/ws/", "/ws/who/", f"/ws/who/{trial.word()}/{trial.word()}/"]
    trial.random.shuffle(paths)
    await _nobody(trial, paths)


@task.behaviour
async def known_paths(trial: Trial) -> None:
    """What has a route is answered as before."""
    word, number = trial.word(), trial.number()
    for name, kwargs in ((word, {"name": word}), (number, {"number": number})):
        async with trial.connect(f"/ws/who/{name}/", name="alice") as alice:
            await alice.expect_json({"kwargs": kwargs}, extra=True)
            await alice.expect_nothing(0.05)


async def _nobody(trial: Trial, paths: list[str]) -> None:
    for name, path in zip(("eve", "dan", "kim", "lee"), paths, strict=False):
        async with trial.connect(path, name=name) as client:
            await client.expect_close(_CODE)


@task.mistake
def swallowed(evidence: Evidence) -> Said | None:
    """The route that fits everything stands above the others."""
    if not any(one.path.startswith("/ws/who/") and one.client == "alice" for one in evidence.connections):
        return None
    routes = evidence.source.routes()
    if not evidence.closed(_CODE) or not routes:
        return None
    return Said(
        see="`/ws/who/…` is answered by `Nobody`.",
        why="The first route that fits wins, and yours, which fits everything, stands above the others.",
        change="Let it be the last.",
        place=routes[0].place,
    )


@task.mistake
def not_every_path(evidence: Evidence) -> Said | None:
    """The route fits some paths only."""
    raised = evidence.raised(r"No route found for path '(.*)'")
    routes = {one.text: one for one in evidence.source.routes() if one.kind == "path"}
    wide = next((route for text, route in routes.items() if text.startswith("<path:")), None)
    if raised and not raised.match[1] and wide:
        why = f"`{wide.text}` wants one character at least; the path `/` leaves none."
        return Said(f"`{raised.text}`", why, 'Use `re_path(r"", …)`, which fits any text.', wide.place)
    if raised and "" in routes:
        why = "In `path()` an empty text fits the empty path only: it must fit the path to its end."
        return Said(f"`{raised.text}`", why, 'Use `re_path(r"", …)`, which need not.', routes[""].place)
    own = [one for one in evidence.source.routes() if one.text and "ws/who/" not in one.text]
    if raised and own and own[-1].kind == "re_path":
        why = f"The route `{own[-1].text}` fits some paths, and not this one."
        return Said(f"`{raised.text}`", why, "Ask for less: an empty expression fits any path.", own[-1].place)
    return None
