"""Two settings."""

from channels_lab.explain.book import Said
from channels_lab.explain.evidence import Evidence
from channels_lab.grading.task import Task
from channels_lab.grading.trial import Trial

__all__ = ["task"]

task = Task(
    difficulty="easy",
    minutes=5,
    files=("config/settings.py",),
    hints=(
        "Which app brings a `runserver` that speaks ASGI, and which one brings `runworker`?",
        "Two apps are missing, and one of them must stand first. Then read `ASGI_APPLICATION` aloud: is a colon a dot?",
        '`"daphne"` as the first entry of `INSTALLED_APPS`, `"channels"` as the last; `ASGI_APPLICATION` is the module '
        "`config.asgi`, a dot, and the name of the variable in it.",
    ),
)


@task.behaviour
async def checks(trial: Trial) -> None:
    """`manage.py check` finds nothing."""
    await trial.manage("check")


@task.behaviour
async def pages(trial: Trial) -> None:
    """`manage.py runserver` starts, and serves pages."""
    await trial.runserver()
    for path in trial.random.sample(["/notices/", "/admin/login/", "/notices/page/"], 2):
        await trial.get(path, server="runserver")


@task.behaviour(points=2)
async def sockets(trial: Trial) -> None:
    """A WebSocket to it arrives at Django as one."""
    await trial.runserver()
    await trial.expect_refused(f"/ws/{trial.word()}/", 500, server="runserver")


@task.behaviour
async def workers(trial: Trial) -> None:
    """`manage.py runworker` is known."""
    await trial.manage("runworker", "--help")


@task.mistake(page="https://docs.djangoproject.com/en/stable/howto/deployment/asgi/")
def wsgi_named(evidence: Evidence) -> Said | None:
    """ASGI_APPLICATION names the WSGI application."""
    setting = evidence.source.setting("ASGI_APPLICATION")
    if not setting or "wsgi" not in str(setting.value) or not evidence.raised("TypeError"):
        return None
    return Said(
        see="The server starts, and answers each request with 500.",
        why=f"`{setting.value}` is a WSGI application: it is called with two arguments and returns. `config.wsgi` is "
        "no ASGI module; Daphne hands in three: `scope`, `receive`, `send`.",
        change='Write `ASGI_APPLICATION = "config.asgi.application"`.',
        place=setting.place,
    )
