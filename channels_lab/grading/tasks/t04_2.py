"""Too early."""

import ast

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

_PATH = "config/asgi.py"

task = Task(
    difficulty="easy",
    minutes=10,
    files=(_PATH,),
    hints=(
        "`manage.py` sets Django up before it imports this file. Who does that when `daphne` imports it?",
        "A model can be imported only when the apps are loaded. Which line of this file loads them, and what does that "
        "line need?",
        "First `os.environ.setdefault(…)`, then `django_application = get_asgi_application()`, then the import of "
        "`Notice`.",
    ),
)


@task.behaviour(points=2)
async def starts(trial: Trial) -> None:
    """Daphne starts, and Django's pages answer."""
    await trial.get("/admin/login/")
    await trial.get(f"/{trial.word()}/", status=404)


@task.behaviour(points=2)
async def counts(trial: Trial) -> None:
    """The count is that of the notices that there are now."""
    for _ in range(2):
        for text in trial.words(trial.random.randint(1, 3)):
            await trial.post("/notices/", status=201, data={"text": text})
        ((count,),) = await trial.rows("select count(*) from notices_notice")
        said = (await trial.get("/notices/count/")).text.strip()
        trial.expect(said == str(count), f"/notices/count/ should have said `{count}`; it said `{said[:80]}`.")


@task.mistake
def replaced(evidence: Evidence) -> Said | None:
    """`application` is assigned below the function of that name."""
    tree = evidence.source.tree(_PATH)
    if not tree or not evidence.search(r"/notices/count/"):
        return None
    made = [node for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and node.name == "application"]
    later = [
        node
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "application" for target in node.targets)
        and made
        and node.lineno > made[-1].lineno
    ]
    if not later:
        return None
    return Said(
        see="Django answers `/notices/count/`, and knows no such page.",
        why="A name means what it was given last: this line replaces the function `application` that stands above it.",
        change="Give Django's application a name of its own, above the function.",
        place=evidence.source.place(_PATH, later[-1]),
    )
