"""Say it three times."""

from urllib.parse import quote

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_ROUTING = "people/routing.py"

task = Task(
    difficulty="easy",
    minutes=10,
    files=("people/consumers.py", _ROUTING),
    hints=(
        "What does a route need in front, between and at the end, and which converter makes a number of digits?",
        "The route takes a word and a number out of the path; the consumer finds both in its scope, by the names that "
        "the route gives them.",
        'path("ws/say/<str:word>/<int:times>/", …); in `connect`, kwargs = self.scope["url_route"]["kwargs"], accept, '
        'then send the JSON of {"said": " ".join(…)}',
    ),
)


@task.behaviour(points=2)
async def says(trial: Trial) -> None:
    """It says the word as often as the path asks for."""
    for times in trial.random.sample(range(1, 6), 2):
        word = trial.word()
        async with trial.connect(f"/ws/say/{word}/{times}/", name="alice") as alice:
            await alice.expect_json({"said": " ".join([word] * times)})
            await alice.expect_nothing(0.05)


@task.behaviour
async def any_letters(trial: Trial) -> None:
    """The word may be of any letters."""
    word = f"{trial.random.choice(['로비', 'żółw', 'привет'])}{trial.word()}"
    async with trial.connect(f"/ws/say/{quote(word)}/2/", name="alice") as alice:
        await alice.expect_json({"said": f"{word} {word}"})


@task.behaviour
async def others(trial: Trial) -> None:
    """Other paths are answered, or not, as before."""
    word, number = trial.word(), trial.number()
    await trial.expect_refused(f"/ws/say/{word}/{trial.word()}/", 500)
    for name, kwargs in ((word, {"name": word}), (number, {"number": number})):
        async with trial.connect(f"/ws/who/{name}/", name="bob") as bob:
            await bob.expect_json({"kwargs": kwargs}, extra=True)


@task.mistake
def times_as_text(evidence: Evidence) -> Said | None:
    """The number of times is taken as text."""
    raised = evidence.raised(r"can't multiply sequence by non-int of type 'str'")
    routes = [one for one in evidence.source.routes() if "say/" in one.text]
    if not raised or not routes:
        return None
    return Said(
        see=f"`{raised.text}`",
        why=f"`{routes[0].text}` matches text, so the consumer gets `'3'`, not `3`.",
        change="Take it by `<int:…>`: then it comes as a number, and what is no number does not fit.",
        place=routes[0].place,
    )


@task.mistake
def fits_too_much(evidence: Evidence) -> Said | None:
    """The route fits what is no number, too."""
    routes = [one for one in evidence.source.routes() if "say/" in one.text]
    if not routes or "was accepted" not in str(evidence.error):
        return None
    return Said(
        see="A path with a word where the number should be is let in.",
        why="For what is no number no route may fit; yours takes anything, and the consumer has to guess.",
        change="Let the route say what it takes: `<int:…>` fits digits only.",
        place=routes[0].place,
    )
