"""Rules about `await` and `async for` where what they are given is not async, and the other way round."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.module import last_name
from channels_lab.explain.outcome import outcome
from channels_lab.explain.statement import statement_at

__all__: list[str] = []

_FOR = "https://docs.python.org/3/reference/compound_stmts.html#the-async-for-statement"
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


@rule("async-for-over-a-list", page=_FOR)
def async_for_over_a_list(evidence: Evidence) -> Said | None:
    """`async for` over what is a list, or a plain `for` over what is async."""
    raised = evidence.raised(
        r"'async for' requires an object with __aiter__ method, got (\w+)|'(async_generator)' object is not iterable"
    )
    kind = (raised.match[1] or raised.match[2]) if raised else ""
    if not raised or kind == "Client":  # the lab's own: that is another rule's
        return None
    if raised.match[2]:
        why = (
            "An async generator gives its values one by one, and each has to be awaited: a plain `for` cannot do that."
        )
        change = "Write `async for` in that line, inside an `async def`."
    elif kind == "coroutine":
        why = "An async function was called and not awaited: there is a coroutine, and no values yet."
        change = "Write `await` before the call, and a plain `for` if it returns a list."
    else:
        why = f"`async for` awaits each value. A `{kind}` has them all already, and is gone through with a plain `for`."
        change = "Write `for` without `async`; what made the value may still need its `await`."
    return Said(f"`{raised.text}`; {outcome(evidence, raised)}.", why, change, raised.place)
