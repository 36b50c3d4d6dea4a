"""Rules about handlers: the methods that a message's type names."""

import ast
import difflib
from collections.abc import Iterator

from channels_lab.explain.book import Said, rule
from channels_lab.explain.calls import Call
from channels_lab.explain.classes import Method
from channels_lab.explain.evidence import Evidence, Raised
from channels_lab.explain.place import Place

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"
_LAYERS = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html"
_NO_HANDLER = r"No handler for message type (\S+)"
# Methods that a generic consumer has for its own use, and that a message's type must not name.
_OWN = ("accept", "close", "connect", "disconnect", "dispatch", "receive", "receive_json", "send", "send_json")


@rule("handler-typo", page=f"{_LAYERS}#what-to-send-over-the-channel-layer")
def handler_typo(evidence: Evidence) -> Said | None:
    """A message's type names no method of the consumer that gets it."""
    raised = evidence.raised(_NO_HANDLER)
    if not raised:
        return None
    kind = raised.match[1]
    wanted = kind.replace(".", "_")
    methods = {m.name: m for consumer in evidence.consumers_of(raised) for m in consumer.methods.values()}
    near = _nearest(wanted, methods)
    if near:
        change = (
            f"Two names have to agree: rename the method to `{wanted}`, or send the type "
            f"`{_type_of(near.name, kind)}`. The nearest method is `{near.name}`."
        )
    else:
        change = f"Write a method `{wanted}(self, event)` in the consumer, or send a type that it has a method for."
    sent = evidence.source.strings(kind)
    return Said(
        see=f"`ValueError: No handler for message type {kind}`; the connection closed with code 1011.",
        why="A consumer handles a message with the method that its `type` names, dots replaced by underscores: "
        f"`{kind}` is handled by `{wanted}`. This consumer has no such method.",
        change=change,
        place=near.place if near else sent[0] if sent else None,
    )


def _nearest(wanted: str, methods: dict[str, Method]) -> Method | None:
    """The method whose name is most like the wanted one, if any is."""
    names = difflib.get_close_matches(wanted, [name for name in methods if not name.startswith("_")], 1, 0.6)
    return methods[names[0]] if names else None


def _type_of(method: str, kind: str) -> str:
    """The type that a method handles, written as the learner writes types: with a dot, or without."""
    return method.replace("_", ".", 1) if "." in kind else method


@rule("handler-outside-class", page=f"{_CONSUMERS}#basic-layout", instead_of=("handler-typo",))
def handler_outside_class(evidence: Evidence) -> Said | None:
    """The handler is there, and its indentation puts it outside the class."""
    raised = evidence.raised(_NO_HANDLER)
    if not raised:
        return None
    wanted = raised.match[1].replace(".", "_")
    for consumer in evidence.consumers_of(raised):
        for place, outer in _stray(evidence, consumer.path, wanted):
            where = f"inside the method `{outer}`" if outer else f"outside the class `{consumer.name}`"
            return Said(
                see=f"`{raised.text}`, although `def {wanted}` is in the file.",
                why=f"Its indentation puts `{wanted}` {where}: it is a function there, not a method of the consumer.",
                change=f"Indent `def {wanted}` like the other methods of `{consumer.name}`: four spaces under `class`.",
                place=place,
            )
    return None


def _stray(evidence: Evidence, path: str, name: str) -> Iterator[tuple[Place, str]]:
    """Functions of this name with a `self` that stand in no class, or in a function ("" for none)."""
    tree = evidence.source.tree(path)
    around: list[tuple[ast.AST, str]] = [(tree, "")] if tree else []
    while around:
        node, outer = around.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                first = child.args.args[:1]
                if child.name == name and first and first[0].arg == "self" and not isinstance(node, ast.ClassDef):
                    yield evidence.source.place(path, child), outer
                around.append((child, child.name))
            else:
                around.append((child, outer))


@rule("message-without-type", page=f"{_LAYERS}#what-to-send-over-the-channel-layer")
def message_without_type(evidence: Evidence) -> Said | None:
    """A message went through the layer that has no `type`."""
    raised = evidence.raised(r"Incoming message has no 'type' attribute")
    if not raised:
        return None
    came = [e.details.get("message") for e in evidence.layer("receive")]
    keys = next((list(one) for one in reversed(came) if isinstance(one, dict) and "type" not in one), [])
    had = f" This one has only {', '.join(f'`{key}`' for key in keys)}." if keys else ""
    calls = [call for call in _layer_sends(evidence) if _lacks_type(call)]
    return Said(
        see=f"`{raised.text}`; every consumer that got the message stopped, and its connection closed.",
        why=f"Whoever gets a message from the channel layer picks its method by `type`.{had}",
        change='Add the type to the message: `{"type": "chat.message", …}` calls the method `chat_message`.',
        place=calls[0].place if calls else None,
    )


def _layer_sends(evidence: Evidence) -> list[Call]:
    """The calls that send through a layer."""
    sends = [call for call in evidence.source.calls("send") if "layer" in call.target]
    return evidence.source.calls("group_send") + sends


def _lacks_type(call: Call) -> bool:
    message = call.argument(1, "message")
    if not isinstance(message, ast.Dict):
        return False
    keys = [key.value if isinstance(key, ast.Constant) else None for key in message.keys]
    return None not in keys and "type" not in keys


@rule("type-with-underscore", page=f"{_LAYERS}#what-to-send-over-the-channel-layer")
def type_with_underscore(evidence: Evidence) -> Said | None:
    """The type begins with an underscore or a dot."""
    raised = evidence.raised(r"Malformed type in message \(leading underscore\)")
    if not raised:
        return None
    kind = next((one for one in _types(evidence, raised) if one.startswith(("_", "."))), "")
    places = evidence.source.strings(kind) if kind else []
    return Said(
        see=f"`{raised.text}`; the connection closed with code 1011.",
        why=f"The type `{kind}` would name a method with a leading underscore. Channels calls no such method, "
        "so that a message cannot reach what is private.",
        change=f"Send the type `{kind.lstrip('_.')}`, and name the method `{kind.lstrip('_.').replace('.', '_')}`.",
        place=places[0] if places else None,
    )


@rule("type-names-own-method", page=f"{_LAYERS}#single-channels", instead_of=("handler-typo",))
def type_names_own_method(evidence: Evidence) -> Said | None:
    """The type of a layer's message names a method that the consumer has for other use, or an ASGI event."""
    for event in evidence.layer("receive"):
        message = event.details.get("message")
        kind = str(message.get("type", "")) if isinstance(message, dict) else ""
        name = kind.replace(".", "_")
        if name not in _OWN and not name.startswith("websocket_"):
            continue
        if any(consumer.is_websocket for consumer in evidence.consumers_of(event)):
            own = name in _OWN
            places = evidence.source.strings(kind)
            return Said(
                see=f"A message of type `{kind}` came from the channel layer"
                + (f", and called the consumer's own `{name}`." if own else f": `{name}` was looked for to handle it."),
                why="A type names the method that gets the message. "
                + (
                    f"`{name}` is there for another use: here it was called with the whole message, a dict."
                    if own
                    else f"`{kind}` is an event between server and consumer, not a message for a group."
                ),
                change='Use a type of your own, `"chat.message"`, and write its method `chat_message(self, event)`: '
                "that one sends to the client.",
                place=places[0] if places else None,
            )
    return None


def _types(evidence: Evidence, raised: Raised) -> list[str]:
    """The types of what the layer handed to a connection, the last first."""
    messages = [e.details.get("message") for e in evidence.layer("receive") if e.connection == raised.connection]
    return [str(one.get("type", "")) for one in reversed(messages) if isinstance(one, dict)]
