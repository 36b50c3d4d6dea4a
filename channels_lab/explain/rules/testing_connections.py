"""Rules about tests whose communicator does not get a connection."""

import ast
from collections.abc import Iterator

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.failures import Failure, failures
from channels_lab.explain.lookup import function_at

__all__: list[str] = []

_TESTING = "https://channels.readthedocs.io/en/stable/topics/testing.html#websocketcommunicator"
_CONNECT = "https://channels.readthedocs.io/en/stable/topics/testing.html#connect"
_ORIGIN = "https://channels.readthedocs.io/en/stable/topics/security.html#websockets"
_ROUTING = "https://channels.readthedocs.io/en/stable/topics/routing.html#urlrouter"
# Channels' own, and chapter 11's.
_VALIDATORS = ("AllowedHostsOriginValidator", "OriginOrToken")
_TEST_HOST = "testserver"


@rule("test-connect-timeout", page=_CONNECT)
def test_connect_timeout(evidence: Evidence) -> Said | None:
    """`communicator.connect()` gets no answer."""
    for failure in failures(evidence, r"^(?:\w+\.)*TimeoutError$"):
        if not failure.statement or not failure.statement.calls("connect"):
            continue
        for consumer in evidence.source.consumers():
            connect = consumer.method("connect")
            accepts = [call for call in consumer.calls("accept") if call.awaited or not consumer.is_async]
            if connect and not consumer.calls("connect") and not accepts:
                wait = "await " if consumer.is_async else ""
                return Said(
                    see="`TimeoutError` at `connect()` in the test, after one second.",
                    why=f"A communicator waits for the consumer to accept or to close. `connect()` of "
                    f"`{consumer.name}` does neither.",
                    change=f"Write `{wait}self.accept()` in `connect()`.",
                    place=connect.place,
                )
    return None


def _communicators(evidence: Evidence, failure: Failure) -> list[Call]:
    """The calls that make a communicator in the function of a failed test, or else in its file."""
    calls = evidence.source.calls("WebsocketCommunicator", failure.test.path)
    function = function_at(evidence.source, failure.test)
    return [call for call in calls if call.function is function] or calls


def _tested(call: Call) -> str:
    """The application that a communicator is given, as it is written."""
    node = call.argument(0, "application")
    return ast.unparse(node) if node else ""


@rule("test-without-router", page=_TESTING)
def test_without_router(evidence: Evidence) -> Said | None:
    """The communicator gets the consumer without its URLRouter: no `url_route` in the scope."""
    for failure in failures(evidence, r"^KeyError: 'url_route'"):
        for call in _communicators(evidence, failure):
            return Said(
                see=f"`KeyError: 'url_route'` in the test, at `{failure.place.code}`.",
                why="`url_route` is put into the scope by the `URLRouter`. This communicator gets the consumer alone: "
                "there is no router, and the path in the test says nothing to it.",
                change="Test the whole application: `from config.asgi import application`, then "
                f"`WebsocketCommunicator(application, …)` instead of `{_tested(call)}`.",
                place=call.place,
            )
    return None


@rule("test-without-user", page=_TESTING)
def test_without_user(evidence: Evidence) -> Said | None:
    """The communicator gets the consumer without the middleware that sets the user or session."""
    for failure in failures(evidence, r"^KeyError: '(user|session|cookies)'"):
        key = failure.match[1]
        for call in _communicators(evidence, failure):
            name = ast.unparse(call_target) if (call_target := _assigned(evidence, call)) else "communicator"
            return Said(
                see=f"`KeyError: '{key}'` in the test, at `{failure.place.code}`.",
                why=f"`{key}` is put into the scope by `AuthMiddlewareStack`. This communicator gets "
                f"`{_tested(call)}`, without that around it.",
                change=f'Put it there in the test: `{name}.scope["{key}"] = …`, before `connect()`; or test the whole '
                "application of `config/asgi.py`.",
                place=call.place,
            )
    return None


def _assigned(evidence: Evidence, call: Call) -> ast.expr | None:
    """What a call's value is assigned to."""
    tree = evidence.source.tree(call.path)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)] if tree else []
    return next((node.targets[0] for node in found if node.value is call.call), None)


def _refused(evidence: Evidence) -> Iterator[tuple[Failure, Call]]:
    """Tests that failed since the communicator was refused: an assertion about what `connect()` returned."""
    for failure in failures(evidence, r"^AssertionError(: (False is not true|\(?False.*))?$"):
        function = function_at(evidence.source, failure.test)
        names = (
            {node.id for node in failure.statement.nodes() if isinstance(node, ast.Name)}
            if failure.statement
            else set()
        )
        for node in ast.walk(function) if function else ():
            if isinstance(node, ast.Assign) and "connect()" in ast.unparse(node.value):
                given = {part.id for part in ast.walk(node.targets[0]) if isinstance(part, ast.Name)}
                if given & names:
                    yield from ((failure, call) for call in _communicators(evidence, failure)[:1])


def _origin(call: Call) -> str | None:
    """The Origin that a communicator sends; None for none, "" where it is computed."""
    headers = call.argument(2, "headers")
    if headers is None:
        return None
    texts = [
        node.value for node in ast.walk(headers) if isinstance(node, ast.Constant) and isinstance(node.value, bytes)
    ]
    if not isinstance(headers, ast.List) or any(not isinstance(one, ast.Tuple) for one in headers.elts):
        return ""
    if b"origin" not in [text.lower() for text in texts]:
        return None
    after = texts[[text.lower() for text in texts].index(b"origin") + 1 :]
    return after[0].decode("latin-1") if after else ""


def _validated(evidence: Evidence, call: Call) -> bool:
    """Whether a communicator gets the application of asgi.py, and that looks at the Origin."""
    imported = any(_tested(call) in one.names for one in evidence.source.imports(call.path))
    return bool(imported and any(evidence.source.calls(name, evidence.source.asgi_path) for name in _VALIDATORS))


@rule("test-without-origin", page=_ORIGIN)
def test_without_origin(evidence: Evidence) -> Said | None:
    """The Origin validator refuses a communicator that sends no Origin."""
    for _, call in _refused(evidence):
        if _origin(call) is None and _validated(evidence, call):
            return Said(
                see="`connect()` returned `False`: the connection was refused in the test.",
                why="The validator before the routes refuses whoever sends no `Origin` header. Browsers send it by "
                "themselves, a communicator does not.",
                change=f'Give it one: `headers=[(b"origin", b"http://{_TEST_HOST}")]`. That is the host which Django '
                "allows in tests.",
                place=call.place,
            )
    return None


@rule("test-origin-not-allowed", page=_ORIGIN)
def test_origin_not_allowed(evidence: Evidence) -> Said | None:
    """The communicator's Origin is not one that is allowed in tests."""
    allowed = evidence.source.setting("ALLOWED_HOSTS")
    for _, call in _refused(evidence):
        origin = _origin(call)
        host = (origin or "").partition("://")[2].partition("/")[0].partition(":")[0]
        known = allowed.value if allowed and isinstance(allowed.value, list) else []
        if host and host != _TEST_HOST and host not in known and "*" not in known and _validated(evidence, call):
            return Said(
                see=f"`connect()` returned `False`: the Origin `{origin}` was refused in the test.",
                why=f"The test runner sets `DEBUG = False`, so `localhost` is not allowed by itself, and adds the host "
                f"`{_TEST_HOST}` to `ALLOWED_HOSTS`.",
                change=f'Write `headers=[(b"origin", b"http://{_TEST_HOST}")]`.',
                place=call.place,
            )
    return None


@rule("test-no-route", page=_ROUTING)
def test_no_route(evidence: Evidence) -> Said | None:
    """The path in the test is none of the routes."""
    for failure in failures(evidence, r"^ValueError: No route found for path '(.*)'"):
        routes = [f"`{route.text}`" for route in evidence.source.routes() if route.routed][:4]
        known = f" The routes are {', '.join(routes)}." if routes else ""
        return Said(
            see=f"`No route found for path '{failure.match[1]}'` in the test.",
            why=f"A communicator goes through the same `URLRouter` as a browser, and no route fits this path.{known}",
            change="Write the path of a route, with a value in place of each `<…>`, and the slash at the end.",
            place=failure.test,
        )
    return None


@rule("test-of-a-class", page=_TESTING)
def test_of_a_class(evidence: Evidence) -> Said | None:
    """The communicator gets the consumer's class, without as_asgi()."""
    for failure in failures(
        evidence, r"__call__\(\) missing 1 required positional argument: 'send'|takes no arguments"
    ):
        for call in _communicators(evidence, failure):
            name = _tested(call)
            if evidence.source.consumers(name):
                return Said(
                    see=f"`{failure.text}`.",
                    why=f"`{name}` is a class. A server, and a communicator as well, wants an application: a function "
                    "that makes a consumer for each connection.",
                    change=f"Write `WebsocketCommunicator({name}.as_asgi(), …)`.",
                    place=call.place,
                )
    return None
