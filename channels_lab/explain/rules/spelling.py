"""Rules about files that Python cannot read, and names that it does not know."""

import ast
import re

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.names import HOMES, names_in, nearest
from channels_lab.explain.place import Place

__all__: list[str] = []

_ERRORS = "https://docs.python.org/3/tutorial/errors.html"
_COROUTINES = "https://docs.python.org/3/library/asyncio-task.html#coroutines"

_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What to do about a message of Python's parser.
_ADVICE = {
    r"expected ':'": "End the line with `:`.",
    r"was never closed": "Close the bracket that opens in this line.",
    r"does not match|unmatched": "Let each bracket be closed by its own kind, in the order in which they were opened.",
    r"unterminated": "Close the text with the quote that opened it.",
    r"forgot a comma": "Put a comma between the two things, here or at the end of the line above.",
}


@rule("syntax-error", page=f"{_ERRORS}#syntax-errors")
def syntax_error(evidence: Evidence) -> Said | None:
    """A file of the project is no Python."""
    raised = _in_file(evidence, r"(?<!\w)SyntaxError: (?!'(?:await|async|return|yield))(.+)")
    if not raised:
        return None
    advice = next((text for pattern, text in _ADVICE.items() if re.search(pattern, raised.match[1])), "")
    return Said(
        see=f"`{raised.match[0]}`; nothing of the file was run.",
        why="Python reads a file whole before it runs it, and in this line it could not go on. What is wrong may stand "
        "in the line above: a bracket, a quote or a comma that is missing.",
        change=advice or "Compare the line, and the one above it, with one like it that works.",
        place=raised.place,
    )


@rule("wrong-indent", page="https://docs.python.org/3/reference/lexical_analysis.html#indentation")
def wrong_indent(evidence: Evidence) -> Said | None:
    """A line is indented too little or too much."""
    raised = _in_file(evidence, r"(?:IndentationError|TabError): (.+)")
    if not raised:
        return None
    return Said(
        see=f"`{raised.match[0]}`; nothing of the file was run.",
        why="The spaces at the start of a line say what it belongs to. What belongs to a `def`, `class`, `if` stands "
        "four spaces further in than that; lines of one block begin in one column.",
        change="Give the line four spaces more than the `def` or `if` that it belongs to."
        if "expected an indented" in raised.match[1]
        else "Let the line begin in the same column as the others of its block; use spaces, no tabs.",
        place=raised.place,
    )


@rule("await-in-def", page=_COROUTINES)
def await_in_def(evidence: Evidence) -> Said | None:
    """`await` stands in a plain def."""
    raised = _in_file(
        evidence, r"SyntaxError: ('await'|'async with'|'async for'|asynchronous comprehension) outside .*function"
    )
    if not raised or not raised.place:
        return None
    function = _function(evidence, raised.place)
    word = raised.match[1].strip("'")
    sync = [one for one in evidence.source.consumers() if function and not one.is_async and function in one.node.body]
    if sync:
        change = f"`{sync[0].base}` is sync: write `async_to_sync(…)(…)` without `await`; or make it an async consumer."
    elif function:
        line = evidence.source.place(raised.place.path, function).code
        change = f"Write `async {line}`. Channels awaits a consumer's methods; await your own where you call them."
    else:
        change = "Move the line into an `async def`."
    return Said(
        see=f"`{raised.match[0]}`; nothing of the file was run.",
        why=f"`{word}` gives the event loop to others until a result is there. Only a function that is an `async def` "
        f"can be left and entered again like that{f'; `{function.name}` is a plain `def`' if function else ''}.",
        change=change,
        place=evidence.source.place(raised.place.path, function) if function and not sync else raised.place,
    )


@rule("name-not-known", page="https://docs.python.org/3/library/exceptions.html#NameError")
def name_not_known(evidence: Evidence) -> Said | None:
    """The project's code uses a name that nobody has given to anything."""
    raised = _in_file(evidence, r"NameError: name '(\w+)' is not defined")
    if not raised or not raised.place:
        return None
    name, path = raised.match[1], raised.place.path
    near = nearest(name, names_in(evidence.source, path))
    if name in HOMES:
        change = f"Write `from {HOMES[name]} import {name}` at the top of `{path}`."
    elif name in _STANDARD:
        change = f"Write `import {name}` at the top of `{path}`."
    else:
        change = (
            f"Write `{near}`, if that was meant." if near else "Spell it as where it is defined; or import it first."
        )
    return Said(
        see=f"`{raised.match[0]}`",
        why=f"In `{path}`, nothing above this line is called `{name}`. Each file knows only what it defines and "
        "imports itself.",
        change=change,
        place=raised.place,
    )


_STANDARD = (
    "json",
    "os",
    "sys",
    "re",
    "time",
    "asyncio",
    "datetime",
    "logging",
    "random",
    "uuid",
    "django",
    "channels",
)


@rule("attribute-not-known", page="https://docs.python.org/3/library/exceptions.html#AttributeError")
def attribute_not_known(evidence: Evidence) -> Said | None:
    """A method of Python's own objects is misspelt, and Python knows the right one."""
    raised = _in_file(evidence, r"AttributeError: '(\w+)' object has no attribute '(\w+)'\. Did you mean: '(\w+)'\?")
    if not raised or evidence.source.consumers(raised.match[1]):
        return None
    return Said(
        see=f"`AttributeError: '{raised.match[1]}' object has no attribute '{raised.match[2]}'`",
        why=f"The line is good Python, so nobody complained before it ran. What stands before the dot is a "
        f"`{raised.match[1]}`, and that has no `{raised.match[2]}`.",
        change=f"Write `{raised.match[3]}`.",
        place=raised.place,
    )


def _in_file(evidence: Evidence, pattern: str) -> Raised | None:
    """An exception of this kind in a file of the project, and not in a cell."""
    raised = evidence.raised(pattern)
    return raised if raised and raised.process and raised.place and raised.place.path in evidence.source.files else None


def _function(evidence: Evidence, place: Place) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The innermost function around a line."""
    tree = evidence.source.tree(place.path)
    nodes = [node for node in ast.walk(tree) if isinstance(node, _BLOCKS)] if tree else []
    around = [node for node in nodes if node.lineno <= place.line <= (node.end_lineno or node.lineno)]
    return max(around, key=lambda node: node.lineno, default=None)
