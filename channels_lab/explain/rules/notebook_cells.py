"""Rules about cells: what a notebook's own event loop forbids, and what runs in the kernel and not in the server."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import CELL, Evidence, Raised
from channels_lab.explain.module import last_name
from channels_lab.explain.statement import Statement, statement_at

__all__: list[str] = []

_AUTOAWAIT = "https://ipython.readthedocs.io/en/stable/interactive/autoawait.html"
_ADAPTERS = "https://docs.djangoproject.com/en/stable/topics/async/#async-adapter-functions"
_SAFETY = "https://docs.djangoproject.com/en/stable/topics/async/#async-safety"
_SETUP = "https://docs.djangoproject.com/en/stable/topics/settings/#calling-django-setup-is-required-for-standalone-django-usage"
_LOOP = "A notebook runs its cells inside an event loop, and a loop cannot run inside another."
_PROJECT = (
    r"No module named '(\w+)(?:\.\w+)*'|Requested setting \w+, but settings are not configured|Apps aren't loaded yet"
)


def _in_cell(evidence: Evidence, pattern: str) -> tuple[Raised, Statement] | None:
    """What the cell itself raised, if its text matches, and the statement of the cell."""
    if not evidence.error or not evidence.cell:
        return None
    raised = evidence.raised(pattern)
    if not raised or not raised.place or raised.place.path != CELL:
        return None
    statement = statement_at(evidence, raised.place)
    return (raised, statement) if statement else None


@rule("asyncio-run-in-cell", page=_AUTOAWAIT)
def asyncio_run_in_cell(evidence: Evidence) -> Said | None:
    """`asyncio.run(main())` in a cell."""
    found = _in_cell(evidence, r"asyncio\.run\(\) cannot be called from a running event loop")
    if not found:
        return None
    raised, statement = found
    given = next((ast.unparse(call.args[0]) for call in statement.calls("run") if call.args), "main()")
    return Said(
        see=f"`{raised.text}`.",
        why=f"`asyncio.run` starts an event loop. {_LOOP} In a file of its own, the line would be right.",
        change=f"Await it in the cell: `await {given}`.",
        place=raised.place,
    )


@rule("run-until-complete-in-cell", page=_AUTOAWAIT)
def run_until_complete_in_cell(evidence: Evidence) -> Said | None:
    """`loop.run_until_complete(main())` in a cell."""
    found = _in_cell(evidence, r"This event loop is already running|Cannot run the event loop while another loop")
    if not found:
        return None
    raised, statement = found
    calls = statement.calls("run_until_complete", "run_forever")
    given = next((ast.unparse(call.args[0]) for call in calls if call.args), "main()")
    return Said(
        see=f"`{raised.text}`.",
        why=f"{_LOOP} The loop that the cell got hold of is the notebook's, and it runs already.",
        change=f"Await it in the cell: `await {given}`.",
        place=raised.place,
    )


@rule("async-to-sync-in-cell", page=_ADAPTERS)
def async_to_sync_in_cell(evidence: Evidence) -> Said | None:
    """`async_to_sync(f)(x)` in a cell."""
    found = _in_cell(evidence, r"You cannot use AsyncToSync in the same thread as an async event loop")
    if not found:
        return None
    raised, statement = found
    given = next((ast.unparse(call.args[0]) for call in statement.calls("async_to_sync") if call.args), "f")
    return Said(
        see=f"`{raised.text}`",
        why=f"`async_to_sync` runs a loop until the function is done. {_LOOP} A cell needs no bridge: it can await.",
        change=f"Write `await {given}(…)`.",
        place=raised.place,
    )


@rule("query-in-cell", page=_SAFETY)
def query_in_cell(evidence: Evidence) -> Said | None:
    """A query in a cell."""
    found = _in_cell(evidence, r"SynchronousOnlyOperation: ")
    if not found:
        return None
    return Said(
        see=f"`{found[0].text}`",
        why="A notebook runs its cells inside an event loop, so for Django a cell is async code, and there it forbids "
        "queries that block.",
        change='Ask through the project: `await lab.manage("shell", "-c", "…")`. Here, the async methods work too: '
        "`await User.objects.acount()`.",
        place=found[0].place,
    )


_STARTUP = (
    "models-before-setup",
    "settings-not-named",
    "settings-module",
    "own-module",
    "library-module",
    "package-missing",
)


@rule("project-in-the-kernel", page=_SETUP, instead_of=_STARTUP)
def project_in_the_kernel(evidence: Evidence) -> Said | None:
    """A cell imports the project, or a model of Django's."""
    found = _in_cell(evidence, _PROJECT)
    if not found or not isinstance(found[1].node, ast.Import | ast.ImportFrom):
        return None
    raised, _ = found
    package = raised.match[1]
    if package and not any(path.startswith((f"{package}/", f"{package}.py")) for path in evidence.source.files):
        return None
    return Said(
        see=f"`{raised.text}`",
        why="A cell runs in the notebook's kernel. The project runs in processes of its own: only these have "
        "its folder in the path, its settings, and its apps.",
        change='Let the project do it: `await lab.manage("shell", "-c", "from … import …; print(…)")`; or look from '
        "outside, as a client.",
        place=raised.place,
    )


@rule("await-in-plain-def", page=_AUTOAWAIT)
def await_in_plain_def(evidence: Evidence) -> Said | None:
    """`await` inside a plain `def` of a cell."""
    error = evidence.error
    if not isinstance(error, SyntaxError) or "outside async function" not in str(error.msg):
        return None
    place = evidence.cell_frame(error)
    if not place:
        return None
    word = str(error.msg).split("'")[1]
    lines = evidence.cell.splitlines()[: place.line]
    heads = [line.strip() for line in lines if line.strip().startswith("def ")]
    name = heads[-1].removeprefix("def ").partition("(")[0] if heads else ""
    return Said(
        see=f"`SyntaxError: {error.msg}`.",
        why=f"`{word}` hands control to the event loop, and only an `async def` can do so. The cell itself may "
        "`await`, but inside it `def` begins a function of its own.",
        change=f"Write `async def {name}(…)`, and `await {name}(…)` where it is called."
        if name
        else "Move the line out of the function, or make that an `async def`.",
        place=place,
    )


@rule("not-awaited-in-cell", page=_AUTOAWAIT)
def not_awaited_in_cell(evidence: Evidence) -> Said | None:
    """A cell uses a coroutine as if it were the result: `server = lab.daphne()`."""
    found = _in_cell(evidence, r"'coroutine' object|coroutine object|Object of type coroutine|AssertionError")
    if not found:
        return None
    raised, statement = found
    made = _made(statement)
    if raised.text.startswith("AssertionError") and not made:
        return None
    see = (
        f"`{raised.text}`."
        if not raised.text.startswith("AssertionError")
        else "The values differ: one is a coroutine."
    )
    name = next((node.id for node in statement.nodes() if isinstance(node, ast.Name)), "it")
    return Said(
        see=see,
        why="Calling an async function makes a coroutine, and runs nothing. Only `await` runs it and gives its result: "
        "a server, a client, a message.",
        change=f"Write `await {made}`."
        if made
        else f"Run the cell again that made `{name}`, with `await` after the `=`.",
        place=raised.place,
    )


# What the lab, its servers and its clients have that is async.
_ASYNC = (
    *("daphne", "runserver", "worker", "redis", "manage", "stop", "get", "login", "send", "send_json", "receive"),
    *("receive_json", "receive_nothing", "wait_closed", "close"),
)


def _made(statement: Statement) -> str:
    """The call that made a coroutine: in the statement, or where a name in it was given its value."""
    names = [node.id for node in statement.nodes() if isinstance(node, ast.Name)]
    above = [found.value for name in names if (found := statement.made_by(name))]
    awaited = {id(node.value) for node in statement.awaits()}
    calls = [node for node in above if isinstance(node, ast.Call)]
    calls += [call for call in statement.calls() if id(call) not in awaited]
    return next((ast.unparse(call) for call in calls if last_name(call.func) in _ASYNC), "")
