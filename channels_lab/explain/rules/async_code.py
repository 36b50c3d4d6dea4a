"""Rules about the border between sync and async code: async_to_sync and sync_to_async."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import CELL, Evidence, Raised
from channels_lab.explain.module import last_name
from channels_lab.explain.outcome import outcome
from channels_lab.explain.statement import Statement, statement_at

__all__: list[str] = []

_ADAPTERS = "https://docs.djangoproject.com/en/stable/topics/async/#async-adapter-functions"
_DATABASES = "https://channels.readthedocs.io/en/stable/topics/databases.html#database-sync-to-async"
_LAYERS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#synchronous-functions"
_TO_ASYNC = ("sync_to_async", "database_sync_to_async")
_NOT_SYNC = r"sync_to_async can only be applied to sync functions"


@rule("async-to-sync-in-async", page=_ADAPTERS)
def async_to_sync_in_async(evidence: Evidence) -> Said | None:
    """`async_to_sync` where an event loop runs already."""
    raised = evidence.raised(r"You cannot use AsyncToSync in the same thread as an async event loop")
    statement = statement_at(evidence, raised.place) if raised else None
    if not raised or (raised.place and raised.place.path == CELL):
        return None
    target = _wrapped(statement)
    call = f"await {target or 'self.send'}(…)"
    function = statement.function if statement else None
    if function and not isinstance(function, ast.AsyncFunctionDef):
        change = (
            f"Make it `async def {function.name}(…)` with `{call}` in it, and write `await` where "
            f"`{function.name}` is called."
        )
    else:
        change = f"Write `{call}`, without `async_to_sync`."
    return Said(
        see=f"`{raised.text}` {_outcome(evidence, raised)}.",
        why="`async_to_sync` stops its thread until the async function is done. In async code that thread runs the "
        "event loop, which would stop with it, and the function could never finish.",
        change=change,
        place=raised.place,
    )


def _outcome(evidence: Evidence, raised: Raised) -> str:
    """What became of it, as the beginning of a sentence."""
    text = outcome(evidence, raised)
    return text[0].upper() + text[1:]


def _wrapped(statement: Statement | None) -> str:
    """What is handed to `async_to_sync` in a statement, as it is written."""
    for call in statement.calls("async_to_sync") if statement else ():
        if call.args and isinstance(call.args[0], ast.Name | ast.Attribute):
            return ast.unparse(call.args[0])
    return ""


@rule("async-to-sync-parentheses", page=_LAYERS)
def async_to_sync_parentheses(evidence: Evidence) -> Said | None:
    """`async_to_sync(f(x))`: f is called too early, and its coroutine never runs."""
    raised = evidence.raised(r"'coroutine' object is not callable")
    if not raised and not evidence.of("unawaited") and not evidence.search(r"was never awaited"):
        return None
    for call in evidence.source.calls("async_to_sync"):
        inner = call.argument(0)
        if not isinstance(inner, ast.Call) or not isinstance(inner.func, ast.Name | ast.Attribute):
            continue
        name = last_name(inner.func)
        warned = [e for e in evidence.of("unawaited") if str(e.details.get("coroutine", "")).endswith(f".{name}")]
        if not warned and not (raised and raised.place and raised.place.line == call.place.line):
            continue
        target, given = ast.unparse(inner.func), ", ".join(map(ast.unparse, inner.args))
        silent = f"`{target}(…)` did nothing, and nothing complained."
        return Said(
            see=f"`{raised.text}`; {outcome(evidence, raised)}." if raised else silent,
            why=f"The parentheses call `{name}` at once, without `async_to_sync`: that makes a coroutine, which nobody "
            "awaits. `async_to_sync` takes the function itself, and returns one to call.",
            change=f"Close the parenthesis after the name: `async_to_sync({target})({given})`.",
            place=call.place,
        )
    return None


@rule("sync-to-async-called-early", page=_DATABASES, instead_of=("query-in-async-code",))
def sync_to_async_called_early(evidence: Evidence) -> Said | None:
    """`database_sync_to_async(f(x))`: f runs at once, in the event loop's own thread."""
    raised = evidence.raised(_NOT_SYNC) or evidence.raised(r"SynchronousOnlyOperation: ")
    statement = statement_at(evidence, raised.place) if raised else None
    frames = statement.calls(*_TO_ASYNC) if statement else []
    if raised and not frames:  # the query stands in a helper that was called early
        statement = _caller(evidence, raised)
        frames = statement.calls(*_TO_ASYNC) if statement else []
    for call in frames:
        if raised and call.args and isinstance(inner := call.args[0], ast.Call):
            wrapper, target = last_name(call.func), ast.unparse(inner.func)
            given = ", ".join(map(ast.unparse, inner.args))
            return Said(
                see=f"`{raised.text}` {_outcome(evidence, raised)}.",
                why=f"`{target}({given})` is called first, here in the event loop, and only its result is handed to "
                f"`{wrapper}`. That wants the function itself, to call it in a thread.",
                change=f"Close the parenthesis after the name: `await {wrapper}({target})({given})`.",
                place=statement.place if statement else raised.place,
            )
    return None


def _caller(evidence: Evidence, raised: Raised) -> Statement | None:
    """The statement that called the function in which an exception was raised."""
    for event in evidence.errors():
        frames = event.details.get("frames") or []
        if (event.name, event.connection) == (raised.process, raised.connection) and len(frames) > 1:
            file, line, _ = frames[-2]
            return statement_at(evidence, evidence.source.place(str(file), int(line)))
    return None


@rule("sync-to-async-of-async", page=_DATABASES)
def sync_to_async_of_async(evidence: Evidence) -> Said | None:
    """`database_sync_to_async` around an `async def`."""
    raised = evidence.raised(_NOT_SYNC)
    statement = statement_at(evidence, raised.place) if raised else None
    if not raised or not statement:
        return None
    node = statement.node
    if isinstance(node, ast.AsyncFunctionDef):
        found = [one for one in node.decorator_list if last_name(one) in _TO_ASYNC]
        wrapper, name = (last_name(found[0]), node.name) if found else ("sync_to_async", node.name)
        change = f"Write `def {name}(…)` under `@{wrapper}`, without `await` in it; who calls it writes `await`."
    else:
        calls = [call for call in statement.calls(*_TO_ASYNC) if call.args and not isinstance(call.args[0], ast.Call)]
        if not calls:
            return None
        wrapper, name = last_name(calls[0].func), ast.unparse(calls[0].args[0])
        change = f"It can be awaited as it is: `await {name}(…)`. Queries in it want the `a…` methods, such as `aget`."
    return Said(
        see=f"`{raised.text}` {_outcome(evidence, raised) if raised.connection else ''}".rstrip(". ") + ".",
        why=f"`{wrapper}` runs a plain function in a thread. `{name}` is an `async def`: calling it in a thread would "
        "only make a coroutine.",
        change=change,
        place=raised.place,
    )
