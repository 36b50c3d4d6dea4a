"""Rules about coroutines that nobody awaits: what was called never ran, and mostly nothing complains."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.classes import Consumer
from channels_lab.explain.coroutines import Forgotten, find_forgotten
from channels_lab.explain.evidence import CELL, Evidence
from channels_lab.explain.outcome import outcome
from channels_lab.explain.statement import Statement, statement_at

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html#asyncwebsocketconsumer"
_LAYERS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html"
_DETECT = "https://docs.python.org/3/library/asyncio-dev.html#detect-never-awaited-coroutines"
_TASKS = "https://docs.python.org/3/library/asyncio-task.html"
_SILENT = "nothing complained"
# What a consumer's own method does, when it is awaited.
_DOES = {"send": "sent nothing", "send_json": "sent nothing", "close": "did not close the connection"}


@rule("consumer-call-not-awaited", page=_CONSUMERS)
def consumer_call_not_awaited(evidence: Evidence) -> Said | None:
    """`self.send(…)` without `await` in an async consumer."""
    for forgotten in find_forgotten(evidence, r"^Async\w*Consumer\.(?!accept$)\w+$"):
        for call in forgotten.calls(evidence, layer=False):
            if call.in_async:
                return _forgot(call, f"`{call.target}(…)` {_DOES.get(call.name, 'did nothing')}, and {_SILENT}.")
            # In a sync consumer beside it the same line is right.
            if call.function and not any(not one.is_async for one in _classes(evidence, call)):
                return _in_plain_function(call)
    return None


def _classes(evidence: Evidence, call: Call) -> list[Consumer]:
    """The consumers around a call."""
    return evidence.source.consumers(call.class_name) if call.class_name else []


@rule("layer-call-not-awaited", page=f"{_LAYERS}#groups")
def layer_call_not_awaited(evidence: Evidence) -> Said | None:
    """`self.channel_layer.group_send(…)` without `await`, in async code."""
    for forgotten in find_forgotten(evidence, r"ChannelLayer\.\w+$"):
        for call in forgotten.calls(evidence, layer=True):
            if call.in_async:
                does = "joined no group" if call.name == "group_add" else "did nothing"
                return _forgot(call, f"`{call.target}(…)` {does}, and {_SILENT}.")
    return None


@rule("layer-call-in-sync-code", page=f"{_LAYERS}#synchronous-functions")
def layer_call_in_sync_code(evidence: Evidence) -> Said | None:
    """`self.channel_layer.group_send(…)` without `async_to_sync`, in a plain function."""
    for forgotten in find_forgotten(evidence, r"ChannelLayer\.\w+$"):
        for call in forgotten.calls(evidence, layer=True):
            if call.in_async or not call.function:
                continue
            if any(consumer.is_async for consumer in _classes(evidence, call)):
                return _in_plain_function(call)
            given = ", ".join(map(ast.unparse, call.call.args))
            return Said(
                see=f"`{call.target}(…)` did nothing, and {_SILENT}.",
                why="The channel layer is async: calling its method makes a coroutine, and no line of it runs until "
                "somebody awaits it. A plain `def` cannot.",
                change=f"Write `async_to_sync({call.target})({given})`, from `asgiref.sync`.",
                place=call.place,
            )
    return None


@rule("coroutine-not-awaited", page=_DETECT)
def coroutine_not_awaited(evidence: Evidence) -> Said | None:
    """The project's own async method is called without `await`."""
    for forgotten in find_forgotten(evidence):
        for call in _own_calls(evidence, forgotten):
            if not call.in_async and call.function:
                name = call.name
                return Said(
                    see=f"`{call.target}(…)` did nothing, and {_SILENT}.",
                    why=f"`{name}` is async: calling it makes a coroutine, and no line of it runs until somebody "
                    f"awaits it. `{call.function.name}` is a plain `def` and cannot.",
                    change=f"Make `{name}` a plain `def`; or call `async_to_sync({call.target})(…)`.",
                    place=call.place,
                )
            return _forgot(call, f"`{call.target}(…)` did nothing, and {_SILENT}.")
    return None


def _own_calls(evidence: Evidence, forgotten: Forgotten) -> list[Call]:
    """The calls that made a coroutine of the project's own: an `async def`, or what sync_to_async made of a `def`."""
    if forgotten.qualname == "SyncToAsync.__call__":
        made = [m for consumer in evidence.source.consumers() for m in consumer.methods.values()]
        names = {method.name for method in made if any(one.endswith("sync_to_async") for one in method.decorators)}
        calls = [call for name in sorted(names) for call in Forgotten(name).calls(evidence)]
        wrapped = [one for name in _wrapped_names(evidence) for one in evidence.source.calls(name)]
        return calls + [call for call in wrapped if call.wrapped.endswith("sync_to_async") and _lost(call)]
    if forgotten.file in evidence.source.files or (not forgotten.file and _defines(evidence, forgotten)):
        return forgotten.calls(evidence)
    return []


def _lost(call: Call) -> bool:
    return call.statement and not call.awaited


def _wrapped_names(evidence: Evidence) -> set[str]:
    """The names of functions that are handed to sync_to_async."""
    found = [c for name in ("sync_to_async", "database_sync_to_async") for c in evidence.source.calls(name)]
    given = [call.argument(0) for call in found]
    return {getattr(node, "attr", getattr(node, "id", "")) for node in given if node} - {""}


def _defines(evidence: Evidence, forgotten: Forgotten) -> bool:
    """Whether a class or module of the project defines an async function of this name."""
    trees = [evidence.source.tree(path) for path in evidence.source.files]
    nodes = [node for tree in trees if tree for node in ast.walk(tree)]
    if forgotten.owner:
        nodes = [n for one in nodes if isinstance(one, ast.ClassDef) and one.name == forgotten.owner for n in one.body]
    return any(isinstance(node, ast.AsyncFunctionDef) and node.name == forgotten.name for node in nodes)


@rule("sleep-not-awaited", page=f"{_TASKS}#asyncio.sleep")
def sleep_not_awaited(evidence: Evidence) -> Said | None:
    """`asyncio.sleep(1)` without `await` does not wait."""
    for forgotten in find_forgotten(evidence, r"^sleep$"):
        for call in forgotten.calls(evidence):
            if call.in_async:
                return _forgot(call, f"`{call.place.code}` did not wait, and {_SILENT}.")
    return None


def _forgot(call: Call, see: str) -> Said:
    return Said(
        see=see,
        why=f"`{call.name}` is async: calling it only makes a coroutine. No line of it runs until it is awaited, and "
        "this one was thrown away.",
        change=f"Write `await {call.target}(…)`.",
        place=call.place,
    )


def _in_plain_function(call: Call) -> Said:
    name = call.function.name if call.function else ""
    return Said(
        see=f"`{call.target}(…)` did nothing, and {_SILENT}.",
        why=f"Calling it only makes a coroutine, which has to be awaited; and `{name}`, a plain `def` in an async "
        "consumer, cannot await.",
        change=f"Write `async def {name}(…)`, in it `await {call.target}(…)`, and `await` where `{name}` is called.",
        place=call.place,
    )


@rule(
    "coroutine-used", page=f"{_TASKS}#coroutines", instead_of=("not-serialisable", "send-not-text", "json-not-a-dict")
)
def coroutine_used(evidence: Evidence) -> Said | None:
    """A coroutine is used as if it were the result."""
    raised = evidence.raised(
        r"'coroutine' object (has no attribute '\w+'|is not subscriptable|is not iterable|does not support|cannot be|"
        r"can't be)|non-iterable coroutine object|Object of type coroutine is not|not '?coroutine'?$|"
        r"'coroutine' and '|and 'coroutine'|coroutine object is not"
    )
    statement = statement_at(evidence, raised.place) if raised else None
    if not raised or not statement or statement.place.path == CELL:
        return None
    made = _maker(statement)
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="That is no result yet. Calling an async function makes a coroutine; only `await` runs it and gives what "
        "it returns.",
        change=f"Await it where it is made: `await {made}`." if made else "Write `await` before the call that made it.",
        place=raised.place,
    )


def _maker(statement: Statement) -> str:
    """The call that made the coroutine, as far as the lines tell: of a name in the statement, or in it."""
    if isinstance(statement.node, ast.For) and isinstance(statement.node.iter, ast.Call):
        return ast.unparse(statement.node.iter)
    names = [node.id for node in statement.nodes() if isinstance(node, ast.Name) and node.id != "self"]
    made = [found.value for name in names if (found := statement.made_by(name))]
    calls = [value for value in made if isinstance(value, ast.Call)]
    if isinstance(statement.node, ast.Assign) and isinstance(statement.node.value, ast.Call):
        calls.append(statement.node.value)
    return ast.unparse(calls[0]) if calls else ""
