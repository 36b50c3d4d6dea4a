"""Rules about `await` before what cannot be awaited."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.module import last_name
from channels_lab.explain.outcome import outcome
from channels_lab.explain.statement import statement_at

__all__: list[str] = []

_DATABASES = "https://channels.readthedocs.io/en/stable/topics/databases.html#database-sync-to-async"
_TASKS = "https://docs.python.org/3/library/asyncio-task.html#awaitables"


@rule("sync-to-async-not-called", page=_DATABASES)
def sync_to_async_not_called(evidence: Evidence) -> Said | None:
    """`await database_sync_to_async(f)`: the second pair of parentheses is missing."""
    raised = evidence.raised(
        r"object \w*SyncToAsync can't be used in 'await' expression|'\w*SyncToAsync' object can't be"
    )
    statement = statement_at(evidence, raised.place) if raised else None
    if not raised or not statement:
        return None
    for awaited in statement.awaits():
        written = ast.unparse(awaited.value)
        wrapper = last_name(awaited.value.func) if isinstance(awaited.value, ast.Call) else "database_sync_to_async"
        return Said(
            see=f"`{raised.text}`; {outcome(evidence, raised)}.",
            why=f"`{wrapper}` only makes an async function of a plain one. It is called by a second pair "
            "of parentheses, and they are missing.",
            change=f"Write `await {written}(…)`, with the function's arguments in the last parentheses, if it has any.",
            place=raised.place,
        )
    return None


@rule("await-of-plain-value", page=_TASKS)
def await_of_plain_value(evidence: Evidence) -> Said | None:
    """The learner's own line awaits what a plain function returned."""
    raised = evidence.raised(r"object (\w+) can't be used in 'await' expression|'(\w+)' object can't be awaited")
    statement = statement_at(evidence, raised.place) if raised else None
    kind = (raised.match[1] or raised.match[2]) if raised else ""
    if not raised or not statement or kind.endswith("SyncToAsync") or kind.endswith("QuerySet"):
        return None
    for awaited in statement.awaits():
        value = awaited.value
        if kind in ("method", "function", "builtin_function_or_method"):
            name, change = f"`{ast.unparse(value)}`", f"Call it: `await {ast.unparse(value)}(…)`."
            return Said(
                see=f"`{raised.text}`" + (f"; {outcome(evidence, raised)}." if raised.process else "."),
                why=f"{name} without parentheses only names the {kind.rpartition('_')[0] or kind}; nothing calls it, "
                "and so there is nothing to await.",
                change=change,
                place=raised.place,
            )
        if isinstance(value, ast.Call):
            target = ast.unparse(value.func)
            plain = [call for call in evidence.source.calls(last_name(value.func)) if call.place == raised.place]
            name = f"`{target}(…)`"
            change = f"Leave out the `await`: `{ast.unparse(value)}`." if plain else "Leave out the `await`."
        else:
            name, change = f"`{ast.unparse(value)}`", "Leave out the `await` in that line."
        return Said(
            see=f"`{raised.text}`" + (f"; {outcome(evidence, raised)}." if raised.process else "."),
            why=f"`await` is for what makes a coroutine: an `async def`. {name} is done at once and gives "
            f"{'nothing (`None`)' if kind == 'NoneType' else f'a `{kind}`'}, which cannot be awaited.",
            change=change,
            place=raised.place,
        )
    return None
