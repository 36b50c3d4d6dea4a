"""Rules about tests whose communicator sends and receives in the wrong way."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.coroutines import find_forgotten
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.failures import failures, ran_tests
from channels_lab.explain.lookup import function_at

__all__: list[str] = []

_TESTING = "https://channels.readthedocs.io/en/stable/topics/testing.html"
_SOCKET = f"{_TESTING}#websocketcommunicator"
_RECEIVE = ("receive_from", "receive_json_from", "receive_output")
_ALL = (*_RECEIVE, "connect", "send_to", "send_json_to", "send_input", "disconnect", "receive_nothing")


@rule("test-never-connected", page=f"{_TESTING}#connect", instead_of=("attribute-not-set",))
def test_never_connected(evidence: Evidence) -> Said | None:
    """A communicator is talked to that was never connected."""
    for failure in failures(evidence, r"^(?:\w+\.)*TimeoutError$|^AttributeError: '\w+' object has no attribute"):
        function = function_at(evidence.source, failure.test)
        calls = failure.statement.calls(*_ALL) if failure.statement else []
        if not function or not calls or _connects(function):
            continue
        owner = ast.unparse(calls[0].func).rpartition(".")[0]
        return Said(
            see=f"`{failure.text}` at `{failure.test.code}` in the test.",
            why="A communicator plays the server, and it was not told that somebody connects: `connect()` of the "
            "consumer has not run, and nobody was accepted.",
            change=f"First `connected, _ = await {owner}.connect()`, and check `connected`.",
            place=failure.test,
        )
    return None


def _connects(function: ast.AST) -> bool:
    # A helper such as `async with connected(path) as alice` connects, too.
    nodes = list(ast.walk(function))
    names = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    names += [node.id for node in nodes if isinstance(node, ast.Name)]
    return any("connect" in name for name in names if name != "disconnect")


@rule("test-receive-timeout", page=f"{_TESTING}#receive-from")
def test_receive_timeout(evidence: Evidence) -> Said | None:
    """`receive_from()` waits for a message that does not come."""
    for failure in failures(evidence, r"^(?:\w+\.)*TimeoutError$"):
        function = function_at(evidence.source, failure.test)
        if failure.statement and failure.statement.calls(*_RECEIVE) and (not function or _connects(function)):
            return Said(
                see=f"`TimeoutError` at `{failure.test.code}`: the consumer sent nothing in time.",
                why="The consumer did not come to a `send()` for this communicator. Perhaps nothing was sent to it, it "
                "is not in the group, or a condition was not met.",
                change="Let the test first send what the consumer answers to. That nothing comes is tested with "
                "`await ….receive_nothing()`; what is slow gets `timeout=5`.",
                place=failure.test,
            )
    return None


@rule("communicator-after-timeout", page=f"{_TESTING}#receive-nothing")
def communicator_after_timeout(evidence: Evidence) -> Said | None:
    """A communicator is used after a wait of it has timed out."""
    for failure in failures(evidence, r"^(?:\w+\.)*CancelledError$"):
        statement = failure.statement
        if statement and statement.calls(*_ALL) and not statement.calls("async_to_sync"):
            return Said(
                see=f"`CancelledError` at `{failure.test.code}` in the test.",
                why="When a communicator waits in vain, it cancels the consumer before it raises `TimeoutError`. "
                "After that there is nobody to talk to.",
                change="To see that nothing comes, write `self.assertTrue(await ….receive_nothing())`, which leaves "
                "the consumer alive.",
                place=failure.test,
            )
    return None


@rule("communicator-in-two-loops", page=f"{_TESTING}#setting-up-async-tests")
def communicator_in_two_loops(evidence: Evidence) -> Said | None:
    """A plain test calls the communicator by async_to_sync, each time in a new event loop."""
    for failure in failures(evidence, r"^(?:\w+\.)*CancelledError$|attached to a different loop|different event loop"):
        if failure.statement and failure.statement.calls("async_to_sync"):
            function = function_at(evidence.source, failure.test)
            name = function.name if function else "test_chat"
            return Said(
                see=f"`{failure.text.rpartition('.')[2]}` at the second call of the communicator.",
                why="Each `async_to_sync(…)` runs an event loop of its own, and the consumer is a task in the first. "
                "When that call returns, its loop ends, and the consumer with it.",
                change=f"Write `async def {name}(self):`, and `await` the communicator's methods.",
                place=failure.test,
            )
    return None


@rule("test-call-not-awaited", page=_SOCKET, instead_of=("coroutine-used",))
def test_call_not_awaited(evidence: Evidence) -> Said | None:
    """A communicator's method without `await`."""
    for forgotten in find_forgotten(evidence, r"Communicator\.\w+$") if ran_tests(evidence) else ():
        for call in evidence.source.calls(forgotten.name):
            if call.awaited or call.wrapped or "test" not in call.path:
                continue
            name = call.function.name if call.function else ""
            also = "" if call.in_async else f" For that, make it `async def {name}(self):`."
            return Said(
                see=f"`coroutine '{forgotten.qualname}' was never awaited`: `{call.target}()` did nothing.",
                why="A communicator's methods are async: calling one makes a coroutine, and only `await` runs it and "
                "gives its result. A test without it may even pass.",
                change=f"Write `await {call.target}(…)`.{also}",
                place=call.place,
            )
    return None


@rule("test-sends-a-dict", page=f"{_TESTING}#send-json-to")
def test_sends_a_dict(evidence: Evidence) -> Said | None:
    """`send_to` gets something that is no text."""
    for failure in failures(
        evidence, r"The (text|bytes)_data argument must be|You must supply exactly one of text_data"
    ):
        calls = failure.statement.calls("send_to") if failure.statement else []
        for call in calls:
            given = ast.unparse(call.args[0]) if call.args else "…"
            return Said(
                see=f"`{failure.text}` in the test.",
                why="`send_to` sends one text or some bytes as they are, like a browser's `send()`. It makes no JSON.",
                change=f"For JSON, `await {ast.unparse(call.func).rpartition('.')[0]}.send_json_to({given})`.",
                place=failure.test,
            )
    return None


@rule("test-got-a-close", page=_SOCKET)
def test_got_a_close(evidence: Evidence) -> Said | None:
    """The consumer closes where the test expects a message."""
    for failure in failures(evidence, r"Expected type 'websocket\.send', but was 'websocket\.(close|accept)'"):
        if failure.match[1] == "accept":
            why = "The consumer accepted only now: `connect()` was not awaited before, or it came twice."
            change = "Begin with `connected, _ = await ….connect()`."
        else:
            why = "The consumer closed the connection instead of sending something: a `close()` of yours was reached."
            change = "If the test is right, look at the condition around `close()`. If closing is right, test it: "
            change += '`(await ….receive_output())["type"]` is `"websocket.close"`, and `["code"]` its code.'
        closes = [call.place for consumer in evidence.source.consumers() for call in consumer.calls("close")]
        place = closes[0] if closes and failure.match[1] == "close" else failure.test
        return Said(f"`{failure.text}` at `{failure.test.code}`.", why, change, place)
    return None


@rule("consumer-raised-in-test", page=f"{_TESTING}#wait", fallback=True)
def consumer_raised_in_test(evidence: Evidence) -> Said | None:
    """An exception of the consumer comes out of a communicator."""
    for failure in failures(evidence, r"^(?!AssertionError|(?:\w+\.)*(?:TimeoutError|CancelledError)$)"):
        consumers = {consumer.path for consumer in evidence.source.consumers()}
        if failure.place.path in consumers and failure.test.path not in consumers:
            return Said(
                see=f"`{failure.text}` at `{failure.test.code}` of the test.",
                why="It was raised in the consumer, at the line below. A communicator runs the consumer inside the "
                "test, and hands on what ended it, at the next call.",
                change="Mend that line; or, if the test is wrong, let it send what the consumer expects.",
                place=failure.place,
            )
    return None
