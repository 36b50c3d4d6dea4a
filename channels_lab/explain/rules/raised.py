"""Rules about the learner's own exceptions: general ones, that speak where no other rule does, and attributes."""

import ast
import difflib

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import Consumer, Method
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.lookup import function_at
from channels_lab.explain.module import last_name
from channels_lab.record.events import Event

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html#websocketconsumer"
_ERRORS = "https://docs.python.org/3/tutorial/errors.html#handling-exceptions"
_ATTRIBUTES = "https://docs.python.org/3/tutorial/classes.html#instance-objects"
_VIEWS = "https://docs.djangoproject.com/en/stable/topics/http/views/"
_ATTRIBUTE = r"'(\w+)' object has no attribute '(\w+)'"
# How a server stops what it serves: no mistake.
_STOPS = ("CancelledError", "KeyboardInterrupt", "SystemExit", "GeneratorExit")
# The methods of Channels' consumers that one calls.
_NAMES = ("accept", "close", "send", "send_json")


@rule("consumer-raised", page=_ERRORS, fallback=True)
def consumer_raised(evidence: Evidence) -> Said | None:
    """An exception of the learner's own code ended a connection, or a worker's."""
    for connection in evidence.connections:
        for event in connection.of("error"):
            text, place = str(event.details.get("error", "")), evidence.own_frame(event)
            if place and connection.type in ("websocket", "channel") and not text.startswith(_STOPS):
                function = function_at(evidence.source, place)
                where = f" in `{function.name}`" if function else ""
                return Said(
                    see=f"`{text}`{where}; {_end(connection, event)}.",
                    why=f"Your line raised an exception, and nothing caught it. {_consequence(connection, event)}",
                    change=f"Mend the line. {_hint(text)}",
                    place=place,
                )
    return None


def _end(connection: Connection, error: Event) -> str:
    """What the client sees of it."""
    if connection.type == "channel":
        return "the worker's log shows it"
    if _gone(connection, error):
        return "the client had left, so only the log shows it"
    return "the connection closed with code 1011" if connection.accepted else "the handshake got HTTP 500"


def _consequence(connection: Connection, error: Event) -> str:
    if connection.type == "channel":
        return "That message is lost, with those that this worker had taken already; it goes on with what comes next."
    if _gone(connection, error):
        return "The lines after it were not run."
    return "It ends the consumer: Daphne closes the connection, and `disconnect()` is not called."


def _gone(connection: Connection, error: Event) -> bool:
    """Whether the client had left before, or was leaving: then Daphne refuses what is sent."""
    if str(error.details.get("error", "")).startswith("Disconnected"):
        return not connection.sent("websocket.close")
    heard = [e.t for e in connection.of("receive") if e.details.get("event", {}).get("type") == "websocket.disconnect"]
    return bool(heard) and heard[0] <= error.t


def _hint(text: str) -> str:
    if text.startswith("KeyError"):
        return "A key that may be missing is read with `.get(…)`."
    return "Where an error is to be expected, catch that one kind and tell the client."


@rule("http-view-raised", page=_VIEWS, fallback=True)
def http_view_raised(evidence: Evidence) -> Said | None:
    """An exception of the learner's own code in a page."""
    for event in evidence.of("log"):
        text, place = str(event.details.get("error", "")), evidence.own_frame(event)
        logged = str(event.details.get("text", ""))
        if event.details.get("logger") == "django.request" and logged.startswith("Internal Server Error") and place:
            return Said(
                see=f"The page `{logged.partition(': ')[2]}` got HTTP 500: `{text}`.",
                why="Your line raised an exception, and Django answered with an error page: with `DEBUG = True` it "
                "shows the traceback and the values of all variables.",
                change=f"Mend the line. {_hint(text)}",
                place=place,
            )
    return None


@rule("view-returned-nothing", page=f"{_VIEWS}#a-simple-view")
def view_returned_nothing(evidence: Evidence) -> Said | None:
    """A view has no `return`, or returns a coroutine."""
    raised = evidence.raised(
        r"The view ([\w.]+) didn't return an HttpResponse object\. It returned (an unawaited coroutine|\S+)"
    )
    if not raised:
        return None
    *modules, name = raised.match[1].split(".")
    path = "/".join(modules) + ".py"
    tree = evidence.source.tree(path)
    node = next((node for node in tree.body if getattr(node, "name", "") == name), None) if tree else None
    nothing = raised.match[2] == "None"
    why = (
        "A function that ends without `return` returns `None`."
        if nothing
        else "A coroutine is no response until it is awaited."
    )
    return Said(
        see=f"`{raised.text}`; the page got HTTP 500.",
        why=f"A view answers with an `HttpResponse`, and Django has nothing to send without it. {why}",
        change="End every way through the view with a response: `return render(request, …)`."
        if nothing
        else f"Make the view `async def {name}`, and write `return await …`.",
        place=evidence.source.place(path, node) if node else None,
    )


@rule("attribute-not-set", page=_ATTRIBUTES)
def attribute_not_set(evidence: Evidence) -> Said | None:
    """A method uses `self.room`, which another method would have set, but did not."""
    raised = evidence.raised(_ATTRIBUTE)
    for consumer in evidence.source.consumers(raised.match[1]) if raised else ():
        name = raised.match[2] if raised else ""
        user = function_at(evidence.source, raised.place) if raised else None
        if not raised or not user or evidence.source.calls(name, raised.place.path if raised.place else None):
            continue
        setters = [method for method in consumer.methods.values() if name in _attributes(method)]
        if not setters:
            return _never_set(evidence, raised, consumer)
        after = " `disconnect()` is called even when `connect()` refused before it got that far."
        after *= user.name == "disconnect"
        where = "further down" if setters[0].node is user else f"in `{setters[0].name}`"
        return Said(
            see=f"`{raised.text}`, in `{user.name}`.",
            why=f"`self.{name}` exists from the line on that sets it, {where}, and that line had not run.{after}",
            change=f"Set it first thing in `connect()`, before any `return`, `close()` or `accept()`; or give the "
            f"class a value to begin with: `{name} = None`.",
            place=raised.place,
        )
    return None


def _never_set(evidence: Evidence, raised: Raised, consumer: Consumer) -> Said:
    """No line sets the attribute: it may be misspelt."""
    name = raised.match[2]
    known = {one for method in consumer.methods.values() for one in _attributes(method)}
    near = difflib.get_close_matches(name, sorted(known), 1, 0.6)
    meant = f" The nearest that is set is `self.{near[0]}`." if near else ""
    return Said(
        see=f"`{raised.text}`.",
        why=f"No method of `{consumer.name}` says `self.{name} = …`, so there is no such attribute.{meant}",
        change=f"Write `self.{near[0]}`, if that was meant." if near else f"Set it in `connect()`: `self.{name} = …`.",
        place=raised.place,
    )


def _attributes(method: Method) -> set[str]:
    """The attributes of `self` that a method sets."""
    nodes = [node for node in ast.walk(method.node) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes if isinstance(node.ctx, ast.Store) and last_name(node.value) == "self"}


@rule("no-such-method", page=_CONSUMERS)
def no_such_method(evidence: Evidence) -> Said | None:
    """A method of the consumer is misspelt where it is called."""
    raised = evidence.raised(_ATTRIBUTE)
    for consumer in evidence.source.consumers(raised.match[1]) if raised else ():
        if not raised or not raised.place or not evidence.source.calls(raised.match[2], raised.place.path):
            continue
        if near := difflib.get_close_matches(raised.match[2], [*_NAMES, *consumer.methods], 1, 0.6):
            return Said(
                see=f"`{raised.text}`.",
                why=f"`{consumer.name}` has no method of that name. The nearest that it has is `{near[0]}`.",
                change=f"Write `self.{near[0]}(…)`, if that was meant.",
                place=raised.place,
            )
    return None
