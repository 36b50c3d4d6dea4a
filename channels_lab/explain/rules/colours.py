"""Rules about `def` and `async def` in consumers, and about plain consumers that must do everything themselves."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import Consumer, Method
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"
# What a generic consumer calls when an ASGI event comes.
_CALLED = {
    "websocket.connect": ("websocket_connect", "connect"),
    "websocket.receive": ("websocket_receive", "receive", "receive_json"),
    "websocket.disconnect": ("websocket_disconnect", "disconnect"),
}
_PLAIN = ("AsyncConsumer", "SyncConsumer")


@rule("handler-not-async", page=f"{_CONSUMERS}#asyncwebsocketconsumer")
def handler_not_async(evidence: Evidence) -> Said | None:
    """An async consumer awaits a method, and that is a plain `def`."""
    raised = evidence.raised(r"object (\w+) can't be used in 'await' expression|'(\w+)' object can't be awaited")
    connection = evidence.connection_of(raised)
    # With an own frame, the learner's own `await` is at fault.
    if not raised or raised.place or not connection:
        return None
    for consumer in evidence.consumers_of(connection):
        for name in _asked(connection):
            method = consumer.method(name)
            if consumer.is_async and method and not method.is_async and not method.decorators:
                return Said(
                    see=f"`{raised.text}`, and no line of yours in the traceback.",
                    why=f"`{consumer.base}` awaits its methods. `{name}` is a plain `def`: it ran, gave "
                    f"`{raised.match[1] or raised.match[2]}`, which cannot be awaited.",
                    change=f"Write `async def {name}(…)`. In it, `await` what is async, such as `self.send(…)`.",
                    place=method.place,
                )
    return None


def _asked(connection: Connection) -> tuple[str, ...]:
    """The methods that the last event which came to a connection calls."""
    for event in reversed(connection.events):
        if event.kind == "receive":
            kind = str(event.details.get("event", {}).get("type", ""))
            return _CALLED.get(kind, (kind.replace(".", "_"),))
        if event.kind == "layer" and event.details.get("call") == "receive":
            message = event.details.get("message")
            return (str(message.get("type", "")).replace(".", "_"),) if isinstance(message, dict) else ()
    return ()


@rule("handler-never-awaited", page=f"{_CONSUMERS}#websocketconsumer")
def handler_never_awaited(evidence: Evidence) -> Said | None:
    """A sync consumer calls a method that is `async def`: a coroutine, which nobody awaits."""
    for event in evidence.of("unawaited"):
        owner, _, name = str(event.details.get("coroutine", "")).rpartition(".")
        for consumer in evidence.source.consumers(owner.rpartition(".")[2]):
            method = consumer.method(name)
            if not consumer.is_async and method and method.is_async and _called_by_channels(evidence, consumer, name):
                return Said(
                    see=f"`{name}` did nothing, and no error was logged. (`daphne -v 2` warns: "
                    f"`coroutine '{owner}.{name}' was never awaited`.)",
                    why=f"`{consumer.base}` calls its methods without `await`. Calling an `async def` only makes a "
                    "coroutine; no line of it runs.",
                    change=f"Write a plain `def {name}(…)` without `await`, or derive the class from "
                    f"`Async{consumer.base}` and make all methods `async def`.",
                    place=method.place,
                )
    return None


def _called_by_channels(evidence: Evidence, consumer: Consumer, name: str) -> bool:
    """Whether it is Channels that called a method: for an event or a message, and no line of the consumer."""
    messages = [event.details.get("message") for event in evidence.layer("receive")]
    types = [str(one.get("type", "")).replace(".", "_") for one in messages if isinstance(one, dict)]
    events = [called for names in _CALLED.values() for called in names]
    return name in types + events and not consumer.calls(name)


@rule("raw-handler-missing", page=f"{_CONSUMERS}#closing-consumers", instead_of=("handler-typo",))
def raw_handler_missing(evidence: Evidence) -> Said | None:
    """A plain AsyncConsumer has no method for one of the three events of a WebSocket."""
    raised = evidence.raised(r"No handler for message type websocket\.(receive|disconnect)")
    if not raised:
        return None
    kind = raised.match[1]
    for consumer in evidence.consumers_of(raised):
        if consumer.base in _PLAIN and f"websocket_{kind}" not in consumer.methods:
            generic = "AsyncWebsocketConsumer" if consumer.is_async else "WebsocketConsumer"
            body = "says `raise StopConsumer()`" if kind == "disconnect" else 'finds the text in `event["text"]`'
            word = "async def" if consumer.is_async else "def"
            return Said(
                see=f"`{raised.text}`.",
                why=f"`{consumer.base}` brings no methods of its own: each event of a WebSocket (`connect`, `receive`, "
                "`disconnect`) needs yours.",
                change=f"Add `{word} websocket_{kind}(self, event)`, which {body}; or derive "
                f"`{consumer.name}` from `{generic}`, which has all three.",
                place=consumer.place,
            )
    return None


@rule("raw-send", page=f"{_CONSUMERS}#basic-layout")
def raw_send(evidence: Evidence) -> Said | None:
    """A plain AsyncConsumer's `send` is given a text, where it takes an ASGI event."""
    raised = evidence.raised(r"KeyError: 'type'|'\w+' object has no attribute 'get'|indices must be integers")
    for consumer in evidence.consumers_of(raised) if raised else ():
        calls = [call for call in consumer.calls("send") if call.target == "self.send"]
        here = [call for call in calls if raised and raised.place and call.place == raised.place]
        if raised and here and consumer.base in _PLAIN:
            wait = "await " if consumer.is_async else ""
            return Said(
                see=f"`{raised.text}`, from `self.send(…)`.",
                why=f"`{consumer.base}` knows nothing of WebSocket: its `send` takes a whole ASGI event, a dict "
                "with a `type`. Only `WebsocketConsumer` and its kin make that of a text.",
                change=f'Write `{wait}self.send({{"type": "websocket.send", "text": …}})`.',
                place=raised.place,
            )
    return None


@rule("websocket-method-replaced", page=f"{_CONSUMERS}#closing-consumers", instead_of=("killed-at-the-end",))
def websocket_method_replaced(evidence: Evidence) -> Said | None:
    """A generic consumer's own `websocket_disconnect` is replaced, so nothing ends it."""
    if not evidence.search(r"took too long to shut down and was killed"):
        return None
    for consumer in evidence.source.consumers():
        method = consumer.method("websocket_disconnect")
        if method and not _ends(evidence, consumer, method):
            base = f"await super().{method.name}" if consumer.is_async else f"super().{method.name}"
            return Said(
                see="`Application instance … took too long to shut down and was killed.`",
                why="The client had left, and the consumer stayed: it ends only by `StopConsumer`, which "
                f"`{consumer.base}.websocket_disconnect` raises, and yours replaces it.",
                change="Rename yours to `disconnect(self, code)`, which the inherited one calls; or end it with "
                f"`{base}(…)`.",
                place=method.place,
            )
    return None


def _ends(evidence: Evidence, consumer: Consumer, method: Method) -> bool:
    """Whether a `websocket_disconnect` stops the consumer, or leaves that to the base."""
    source = evidence.source
    return bool(
        source.calls("StopConsumer", method)
        or source.references("StopConsumer", method)
        or source.calls("websocket_disconnect", method)
    )
