"""Rules about an event loop that is blocked: while one line runs, no other connection is served."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.module import last_name
from channels_lab.explain.statement import Statement, statement_at
from channels_lab.record.events import Event

__all__: list[str] = []

_BLOCKING = "https://docs.python.org/3/library/asyncio-dev.html#running-blocking-code"
_THREADS = "https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread"
_SLEEP = "https://docs.python.org/3/library/asyncio-task.html#sleeping"
_IMPORTS = (ast.Import, ast.ImportFrom)
_WHY = "One thread runs the event loop of the whole server: while this line runs, no other connection is served."


def _stall(evidence: Evidence) -> tuple[Event, Statement] | None:
    """The longest time that a line of the project blocked the event loop, and that line."""
    stalls = sorted(evidence.of("stalled"), key=lambda e: float(e.details.get("seconds", 0)), reverse=True)
    for event in stalls:
        place = evidence.own_frame(event)
        statement = statement_at(evidence, place) if place and place.path in evidence.source.files else None
        if statement:
            return event, statement
    return None


def _see(event: Event) -> str:
    seconds = float(event.details.get("seconds", 0))
    if event.details.get("over"):
        return f"For {seconds:.1f} s the server did nothing but this line; every connection had to wait."
    return f"For {seconds:.1f} s and longer the server does nothing but this line; every connection has to wait."


@rule("sleep-blocks-the-loop", page=_SLEEP)
def sleep_blocks_the_loop(evidence: Evidence) -> Said | None:
    """`time.sleep()` in async code."""
    found = _stall(evidence)
    if not found or not (call := _time_sleep(found[1])):
        return None
    event, statement = found
    plain = statement.function and not isinstance(statement.function, ast.AsyncFunctionDef)
    given = ", ".join(map(ast.unparse, call.args))
    also = f" For that, `{statement.function.name}` has to be an `async def`." if plain and statement.function else ""
    return Said(
        see=_see(event),
        why=f"`time.sleep` stops its thread. {_WHY}",
        change=f"Write `await asyncio.sleep({given})`: it waits, and lets the others run meanwhile.{also}",
        place=statement.place,
    )


def _time_sleep(statement: Statement) -> ast.Call | None:
    """The call of `time.sleep` in a statement; that of asyncio blocks nobody."""
    calls = [call for call in statement.calls("sleep") if ast.unparse(call.func) != "asyncio.sleep"]
    return calls[0] if calls else None


@rule("call-blocks-the-loop", page=_THREADS)
def call_blocks_the_loop(evidence: Evidence) -> Said | None:
    """A call that waits for the network, a disk or a process, in async code."""
    found = _stall(evidence)
    calls = _blocking(found[1]) if found and not _time_sleep(found[1]) else []
    if not found or not calls:
        return None
    call = calls[0]
    target = ast.unparse(call.func)
    given = ", ".join([target, *map(ast.unparse, [*call.args])])
    named = "".join(f", {word.arg}=…" for word in call.keywords if word.arg)
    return Said(
        see=_see(found[0]),
        why=f"`{target}` waits until it is done, and knows nothing of `await`. {_WHY}",
        change=f"Let a thread do it: `await asyncio.to_thread({given}{named})`; or take an async library, such as "
        "`httpx.AsyncClient` for HTTP.",
        place=found[1].place,
    )


# Modules whose functions wait, as far as they are known by name; and methods that do.
_WAITING = ("requests", "urllib", "httpx", "subprocess", "socket", "smtplib", "ftplib", "shutil", "redis")
_METHODS = (
    "urlopen",
    "recv",
    "accept",
    "connect",
    "read",
    "result",
    "join",
    "wait",
    "acquire",
    "communicate",
    "input",
    "system",
)


def _blocking(statement: Statement) -> list[ast.Call]:
    """The calls in a statement that are known to wait, and that nobody awaits."""
    awaited = {id(node.value) for node in statement.awaits()}
    calls = [call for call in statement.calls() if id(call) not in awaited]
    return [
        call
        for call in calls
        if ast.unparse(call.func).partition(".")[0] in _WAITING
        or (last_name(call.func) in _METHODS and not _of_text(call))
    ]


def _of_text(call: ast.Call) -> bool:
    """Whether it is `", ".join(…)`."""
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant | ast.JoinedStr)


@rule("computing-blocks-the-loop", page=_BLOCKING)
def computing_blocks_the_loop(evidence: Evidence) -> Said | None:
    """A long computation in async code."""
    found = _stall(evidence)
    if not found or _time_sleep(found[1]) or _blocking(found[1]) or isinstance(found[1].node, _IMPORTS):
        return None
    event, statement = found
    return Said(
        see=_see(event),
        why=f"It computes, and never comes to an `await`, where others could have their turn. {_WHY}",
        change="Put the computation into a plain function and let a thread run it: "
        f"`await asyncio.to_thread(compute)`. What takes seconds belongs in a worker{_loop(statement)}.",
        place=statement.place,
    )


def _loop(statement: Statement) -> str:
    """A loop that never ends needs another word."""
    around = ast.walk(statement.function) if statement.function else ()
    endless = [n for n in around if isinstance(n, ast.While) and isinstance(n.test, ast.Constant) and n.test.value]
    return "; and let the loop end" if endless else ""
