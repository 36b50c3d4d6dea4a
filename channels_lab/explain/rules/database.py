"""Rules about the database in async code: queries there, and what a query leaves undone until it is used."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.coroutines import find_forgotten
from channels_lab.explain.evidence import CELL, Evidence, Raised
from channels_lab.explain.module import last_name
from channels_lab.explain.outcome import outcome
from channels_lab.explain.statement import Statement, statement_at

__all__: list[str] = []

_QUERIES = "https://docs.djangoproject.com/en/stable/topics/db/queries/#asynchronous-queries"
_LAZY = "https://docs.djangoproject.com/en/stable/ref/models/querysets/#when-querysets-are-evaluated"
_RELATED = "https://docs.djangoproject.com/en/stable/ref/models/querysets/#select-related"
# Methods of querysets, models and related managers, and shortcuts, that have an async twin: aget, asave, …
_TWINS = (
    *("get", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "in_bulk", "count", "exists"),
    *("first", "last", "earliest", "latest", "aggregate", "contains", "explain", "delete", "update", "save"),
    *("refresh_from_db", "add", "remove", "set", "clear", "check_password", "create_user", "create_superuser"),
)
_SHORTCUTS = {"get_object_or_404": "aget_object_or_404", "get_list_or_404": "aget_list_or_404"}
_EVALUATE = ("list", "len", "bool", "tuple", "set", "sorted", "str", "print", "dict", "next", "sum", "max", "min")
_WHY = (
    "A query waits for the database, and would stop the event loop with all its connections: Django forbids it there."
)


def _query(evidence: Evidence) -> tuple[Raised, Statement] | None:
    """A query that Django refused in async code, and the statement that made it."""
    raised = evidence.raised(r"SynchronousOnlyOperation: ")
    statement = statement_at(evidence, raised.place) if raised else None
    if not raised or not statement or statement.place.path == CELL or statement.calls("async_to_sync"):
        return None
    return raised, statement


@rule("query-in-async-code", page=_QUERIES)
def query_in_async_code(evidence: Evidence) -> Said | None:
    """A query in async code: `User.objects.get(…)`."""
    found = _query(evidence)
    if not found or _leftover(found[1]):
        return None
    raised, statement = found
    function = statement.function
    if function and not isinstance(function, ast.AsyncFunctionDef):
        name = function.name
        change = f"Write `@database_sync_to_async` above `def {name}`, and `await` where `{name}(…)` is called."
    else:
        change = _async_way(statement)
    return Said(
        see=f"`SynchronousOnlyOperation: You cannot call this from an async context`; {outcome(evidence, raised)}.",
        why=_WHY,
        change=change,
        place=raised.place,
    )


def _async_way(statement: Statement) -> str:
    """How a statement with a query is written in async code."""
    for call in statement.calls(*_TWINS):
        if isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value)
            return f"Write `await {owner}.a{call.func.attr}(…)`: the async twin of `{call.func.attr}`."
    for call in statement.calls(*_SHORTCUTS):
        return f"Write `await {_SHORTCUTS[last_name(call.func)]}(…)`, the async twin."
    if isinstance(statement.node, ast.For):
        head = f"for {ast.unparse(statement.node.target)} in {ast.unparse(statement.node.iter)}"
        return f"Write `async {head}:`."
    for node in statement.nodes():
        if isinstance(node, ast.comprehension):
            return f"Write `async for {ast.unparse(node.target)} in {ast.unparse(node.iter)}` in it."
    for call in statement.calls(*_EVALUATE):
        if call.args:
            return f"Write `[one async for one in {ast.unparse(call.args[0])}]`."
    return "Put the query into a method under `@database_sync_to_async`, and `await` that."


def _leftover(statement: Statement) -> str:
    """What a statement uses of a value that was awaited before: "queryset", "relation", or "" for a query of its own.

    A queryset that left its thread unevaluated asks the database only here; an instance does for what it refers to.
    """
    iterated = [node.iter for node in statement.nodes() if isinstance(node, ast.comprehension)]
    if isinstance(statement.node, ast.For):
        iterated.append(statement.node.iter)
    iterated += [call.args[0] for call in statement.calls(*_EVALUATE) if call.args]
    iterated += [node.value for node in statement.nodes() if isinstance(node, ast.Subscript)]
    if any(_is_awaited(statement, node) for node in iterated):
        return "queryset"
    called = {id(call.func) for call in statement.calls()}
    for node in statement.nodes():
        if isinstance(node, ast.Attribute) and id(node) not in called and _is_awaited(statement, node.value):
            return "relation"
    return ""


def _is_awaited(statement: Statement, node: ast.expr) -> bool:
    return statement.meaning(node).strip("()").startswith("await ")


@rule("queryset-left-its-thread", page=_LAZY)
def queryset_left_its_thread(evidence: Evidence) -> Said | None:
    """database_sync_to_async returns a queryset, which asks the database only when it is used."""
    found = _query(evidence)
    if not found or _leftover(found[1]) != "queryset":
        return None
    return Said(
        see=f"`SynchronousOnlyOperation` although the query was awaited; {outcome(evidence, found[0])}.",
        why="A queryset asks the database only when it is gone through. The thread only built it; the query "
        "is made here, in the event loop, where Django forbids it.",
        change="Let the thread ask: in that function, `return list(…)` around the queryset. Or without a thread, "
        "`async for` over the queryset.",
        place=found[0].place,
    )


@rule("relation-in-async-code", page=_RELATED)
def relation_in_async_code(evidence: Evidence) -> Said | None:
    """`message.author.username`: what an instance refers to is another query."""
    found = _query(evidence)
    if not found or _leftover(found[1]) != "relation":
        return None
    raised, statement = found
    nodes = [
        node for node in statement.nodes() if isinstance(node, ast.Attribute) and _is_awaited(statement, node.value)
    ]
    name, owner = nodes[-1].attr, ast.unparse(nodes[-1].value)
    return Said(
        see=f"`SynchronousOnlyOperation` at `{owner}.{name}`; {outcome(evidence, raised)}.",
        why=f"`{owner}` was loaded, but not the row that `{name}` refers to: reading the attribute is a second query, "
        "and Django forbids it in async code.",
        change=f'Load both at once: `….select_related("{name}").aget(…)`; or read `{owner}.{name}_id`, which is there.',
        place=raised.place,
    )


@rule("async-query-not-awaited", page=_QUERIES)
def async_query_not_awaited(evidence: Evidence) -> Said | None:
    """`User.objects.acreate(…)` or `user.asave()` without `await`."""
    for forgotten in find_forgotten(evidence, r"(QuerySet|Model|Manager|User\w*)\.a[a-z_]+$"):
        for call in forgotten.calls(evidence):
            return Said(
                see=f"`{call.target}(…)` changed nothing in the database, and nothing complained.",
                why=f"`{call.name}` is async: calling it only makes a coroutine. The query is made when that is "
                "awaited, and this one was thrown away.",
                change=f"Write `await {call.target}(…)`.",
                place=call.place,
            )
    return None


@rule("queryset-awaited", page=_QUERIES)
def queryset_awaited(evidence: Evidence) -> Said | None:
    """`await User.objects.filter(…)`: a queryset is no coroutine."""
    raised = evidence.raised(r"object \w*QuerySet can't be used in 'await'|'\w*QuerySet' object can't be awaited")
    statement = statement_at(evidence, raised.place) if raised else None
    if not raised or not statement:
        return None
    for awaited in statement.awaits():
        written = ast.unparse(awaited.value)
        return Said(
            see=f"`{raised.text}`; {outcome(evidence, raised)}.",
            why="`filter`, `all` and the like ask nothing of the database: they build a queryset, and there is nothing "
            "to await yet.",
            change=f"Ask while going through it: `async for one in {written}:`, or `[one async for one in {written}]`; "
            "for one row, `await ….afirst()`.",
            place=raised.place,
        )
    return None
