"""Rules about the lab's clients in cells: opened, used and left in the wrong way."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import CELL, Evidence, Raised
from channels_lab.explain.statement import Statement, statement_at
from channels_lab.wire.client import Closed

__all__: list[str] = []

_WITH = "https://docs.python.org/3/reference/compound_stmts.html#the-async-with-statement"
_FOR = "https://docs.python.org/3/reference/compound_stmts.html#the-async-for-statement"
_CLIENT = "https://websockets.readthedocs.io/en/stable/reference/asyncio/client.html"
_CODES = "https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"
_PATHS = "https://www.rfc-editor.org/rfc/rfc6455#section-3"
_NOT_YET = (
    "`server.connect(…)` only prepares a connection. `async with` opens it, gives the client, and closes it at the end"
)


def _in_cell(evidence: Evidence, pattern: str) -> tuple[Raised, Statement] | None:
    raised = evidence.raised(pattern) if evidence.error and evidence.cell else None
    statement = statement_at(evidence, raised.place) if raised and raised.place else None
    return (raised, statement) if raised and statement and statement.place.path == CELL else None


def _connection(statement: Statement) -> str:
    """The `server.connect(…)` of a statement, as it is written."""
    return next((ast.unparse(call) for call in statement.calls("connect")), "server.connect(…)")


@rule("with-instead-of-async-with", page=_WITH)
def with_instead_of_async_with(evidence: Evidence) -> Said | None:
    """`with server.connect(…)`."""
    found = _in_cell(evidence, r"'(?:connect|AsyncClient)' object (?:does not support the context|.*'__enter__')")
    if not found or not isinstance(found[1].node, ast.With):
        return None
    raised, statement = found
    return Said(
        see=f"`{raised.text}`.",
        why="Opening and closing a connection waits for the network, so it is async, and plain `with` cannot await.",
        change=f"Write `async {ast.unparse(statement.node).splitlines()[0]}`.",
        place=raised.place,
    )


@rule("async-with-await", page=_WITH)
def async_with_await(evidence: Evidence) -> Said | None:
    """`async with await server.connect(…)`."""
    found = _in_cell(evidence, r"'Client' object does not support the asynchronous context manager protocol")
    if not found:
        return None
    written = _connection(found[1])
    return Said(
        see=f"`{found[0].text}`.",
        why=f"{_NOT_YET}. With `await`, it is open already, and what `async with` gets is the client itself.",
        change=f"Leave out the `await`: `async with {written} as …:`.",
        place=found[0].place,
    )


@rule("client-not-opened", page=f"{_CLIENT}#opening-a-connection")
def client_not_opened(evidence: Evidence) -> Said | None:
    """`alice = server.connect(…)`, without `await`."""
    found = _in_cell(evidence, r"'connect' object (?:has no attribute '(\w+)'|is not|does not support)")
    if not found or isinstance(found[1].node, ast.With) or found[0].match[1] in ("__enter__", "__exit__"):
        return None
    raised, statement = found
    name = next(
        (n.id for n in statement.nodes() if isinstance(n, ast.Name) and n.id not in ("server", "print")), "alice"
    )
    made = statement.made_by(name)
    written = ast.unparse(made.value) if made else "server.connect(…)"
    return Said(
        see=f"`{raised.text}`.",
        why=f"{_NOT_YET}. `{name}` is not open yet.",
        change=f"Write `async with {written} as {name}:`; or `{name} = await {written}`, and close it yourself.",
        place=raised.place,
    )


@rule("client-left", page=_CODES)
def client_left(evidence: Evidence) -> Said | None:
    """A client is used after its `async with` block, or after its own close()."""
    error = evidence.error
    if not isinstance(error, Closed) or not evidence.cell:
        return None
    place = evidence.cell_frame(error)
    name = str(error).partition(" ")[0]
    ends = [e.kind for e in evidence.of("closing", "client") + evidence.of("closed", "client") if e.name == name]
    last = [e for e in evidence.events if e.side == "client" and e.name == name and e.kind in ("closing", "closed")]
    if not ends or last[0].kind != "closing" or not place:
        return None
    return Said(
        see=f"`{name}` is used, and the connection is closed with code {error.code}.",
        why="`async with` closes its connection at the end of its block, and so does `close()`. It was "
        f"`{name}` who closed it, before this line.",
        change=f"Move the line into the block, four spaces in, like the others that use `{name}`; or connect anew.",
        place=place,
    )


@rule("path-without-slash", page=_PATHS)
def path_without_slash(evidence: Evidence) -> Said | None:
    """`server.connect("ws/…")`."""
    found = _in_cell(evidence, r"could not connect to (\S+): .* is no path")
    if not found:
        return None
    path = found[0].match[1]
    if "://" in path:
        change = (
            f'Leave out what comes before the path: `server.connect("/{path.partition("://")[2].partition("/")[2]}")`.'
        )
        why = "`server.connect` knows host and port of its server, and takes the path alone."
    else:
        change = f'Write `server.connect("/{path}")`. In the routes, no slash comes first.'
        why = "The path of a URL begins with a slash: it is what comes after host and port."
    return Said(f"`{path}` was refused as a path; nothing was sent to the server.", why, change, found[0].place)


@rule("client-sends-a-dict", page=f"{_CLIENT}#websockets.asyncio.client.ClientConnection.send")
def client_sends_a_dict(evidence: Evidence) -> Said | None:
    """`alice.send({"message": "hi"})`."""
    found = _in_cell(evidence, r"data is a dict-like object|KeyError: slice\(|takes text or bytes")
    calls = found[1].calls("send") if found else []
    if not found or not calls:
        return None
    owner = ast.unparse(calls[0].func).rpartition(".")[0]
    given = ast.unparse(calls[0].args[0]) if calls[0].args else "…"
    return Said(
        see=f"`{found[0].text}`.",
        why="A WebSocket carries text and bytes, not dicts. JSON makes a text of a dict.",
        change=f"Write `await {owner}.send_json({given})`, which encodes it.",
        place=found[0].place,
    )


@rule("async-for-over-a-client", page=_FOR)
def async_for_over_a_client(evidence: Evidence) -> Said | None:
    """`async for message in alice`."""
    found = _in_cell(evidence, r"'async for' requires an object with __aiter__ method, got Client")
    if not found:
        return None
    node = found[1].node
    name = ast.unparse(node.iter) if isinstance(node, ast.AsyncFor) else "alice"
    return Said(
        see=f"`{found[0].text}`.",
        why="A client of the lab waits for one message at a time, with a deadline, so that no cell runs for ever. "
        "It has no end that a loop could come to.",
        change=f"Ask for as many as you expect: `for _ in range(3): print(await {name}.receive())`.",
        place=found[0].place,
    )
