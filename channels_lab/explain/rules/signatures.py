"""Rules about the arguments of a consumer's methods: who calls them, and with what."""

from collections.abc import Iterator

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import Consumer, Method
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.lookup import function_at
from channels_lab.explain.place import Place

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"
_LAYERS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#what-to-send-over-the-channel-layer"
_WRONG = (
    r"(?:(?P<class>\w+)\.)?(?P<name>{names})\(\) (?P<what>takes (?:from )?\d+|got an unexpected keyword argument|"
    r"missing \d+ required positional)"
)
_OWN = "connect|disconnect|receive|receive_json"
_REPLACED = "send|send_json|accept|close"


def _wrong(evidence: Evidence, names: str) -> Iterator[tuple[Raised, Consumer, Method]]:
    """A TypeError about the arguments of a consumer's method, as it is written in the project."""
    raised = evidence.raised(_WRONG.format(names=names))
    for consumer in evidence.consumers_of(raised) if raised else ():
        method = consumer.method(raised.match["name"]) if raised else None
        if raised and method:
            yield raised, consumer, method


def _said(raised: Raised, method: Method, why: str, signature: str) -> Said:
    word = "async def" if method.is_async else "def"
    return Said(f"`{raised.text}`.", why, f"Write `{word} {signature}:`.", method.place)


@rule("receive-signature", page=f"{_CONSUMERS}#websocketconsumer")
def receive_signature(evidence: Evidence) -> Said | None:
    """`receive` or `receive_json` does not take what Channels gives it."""
    for raised, consumer, method in _wrong(evidence, "receive|receive_json"):
        if raised.place:
            continue  # the learner's own call
        if method.name == "receive_json":
            why = "`receive_json` is called with one argument, the decoded message."
            return _said(raised, method, why, "receive_json(self, content, **kwargs)")
        if "Json" in consumer.base and "bytes_data" not in raised.text:
            why = (
                f"`{consumer.base}` gives `receive` the raw text, by the name `text_data`, decodes it there, "
                "and calls `receive_json` with the result. `receive` is not yours to write here."
            )
            return _said(raised, method, why, "receive_json(self, content, **kwargs)")
        kind = "A binary message came" if "bytes_data" in raised.text else "A text message came"
        why = (
            f"{kind}, and Channels calls `receive` by names: `receive(text_data=…)` for text, "
            "`receive(bytes_data=…)` for binary. Yours does not take that name."
        )
        return _said(raised, method, why, "receive(self, text_data=None, bytes_data=None)")
    return None


@rule("connect-signature", page=f"{_CONSUMERS}#websocketconsumer")
def connect_signature(evidence: Evidence) -> Said | None:
    """`connect` takes other arguments than `self`."""
    for raised, consumer, method in _wrong(evidence, "connect"):
        if not raised.place:
            why = (
                f"`{consumer.base}` calls `connect()` without arguments. What is known of the client "
                "is in `self.scope`: path, headers, the route's values, the user."
            )
            return _said(raised, method, why, "connect(self)")
    return None


@rule("disconnect-signature", page=f"{_CONSUMERS}#websocketconsumer")
def disconnect_signature(evidence: Evidence) -> Said | None:
    """`disconnect` does not take the close code."""
    for raised, consumer, method in _wrong(evidence, "disconnect"):
        if not raised.place:
            why = (
                f"`{consumer.base}` calls `disconnect` with one argument, the close code (1000, 1001, …). The client "
                "has left and sees nothing of the error, but what `disconnect` should tidy up stays."
            )
            return _said(raised, method, why, "disconnect(self, code)")
    return None


@rule("handler-signature", page=_LAYERS)
def handler_signature(evidence: Evidence) -> Said | None:
    """A handler of the layer's messages does not take exactly the message."""
    messages = [event.details.get("message") for event in evidence.layer("receive")]
    types = {str(one.get("type", "")) for one in messages if isinstance(one, dict)}
    names = {kind.replace(".", "_") for kind in types} - set(_OWN.split("|")) - set(_REPLACED.split("|"))
    for raised, _, method in _wrong(evidence, r"\w+"):
        if not raised.place and method.name in names:
            why = (
                f"Channels calls a handler with one argument: the whole message, a dict. Its values are not spread "
                f"over parameters: `{method.name}` takes them out itself."
            )
            if not method.node.args.args or method.node.args.args[0].arg != "self":
                why = (
                    "A method's first parameter is the consumer, `self`, and the message comes after it. "
                    f"`{method.name}` has no `self`, so it is given one argument more than it takes."
                )
            said = _said(raised, method, why, f"{method.name}(self, event)")
            return Said(said.see, said.why, f'{said.change} In it, `event["message"]` is a value.', said.place)
    return None


@rule("method-replaced", page=f"{_CONSUMERS}#websocketconsumer")
def method_replaced(evidence: Evidence) -> Said | None:
    """A method of the project has the name of one that the consumer itself uses."""
    for _, consumer, method in _wrong(evidence, _REPLACED):
        return _replaced(consumer, method, method.place)
    raised = evidence.raised(r"RecursionError: ")
    function = function_at(evidence.source, raised.place) if raised else None
    for consumer in evidence.consumers_of(raised) if raised and function else ():
        written = consumer.method(function.name) if function else None
        if written and written.node is function and written.name in _REPLACED.split("|"):
            return _replaced(consumer, written, written.place)
    return None


def _replaced(consumer: Consumer, method: Method, place: Place) -> Said:
    name = method.name
    call = f"{'await ' if consumer.is_async else ''}super().{name}(…)"
    return Said(
        see=f"`self.{name}(…)` fails: it reaches the method `{name}` of `{consumer.name}`, not Channels' own.",
        why=f"`{name}` is a name of `{consumer.base}`: it is what speaks to the client. A method of yours with "
        "that name replaces it, for Channels' own calls too.",
        change=f"Rename yours, say `chat_{name}`. Where replacing is meant, take the same arguments and call `{call}`.",
        place=place,
    )
