"""Rules about methods that Channels never calls, since it looks for another name. They fail silently."""

import difflib

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import Consumer, Method
from channels_lab.explain.connections import Connection
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_WEBSOCKET = "https://channels.readthedocs.io/en/stable/topics/consumers.html#websocketconsumer"
_KNOWN = ("accept", "close", "connect", "disconnect", "receive", "receive_json", "send", "send_json", "dispatch")
_PARAMETERS = {
    "connect": "self",
    "receive": "self, text_data=None, bytes_data=None",
    "receive_json": "self, content",
}
_NEAR = 0.75


@rule("method-misnamed", page=_WEBSOCKET)
def method_misnamed(evidence: Evidence) -> Said | None:
    """A method is called `recieve`, or `receive_json` where the base has none: it never runs, and a client waits."""
    for connection in evidence.connections:
        if connection.type != "websocket" or not connection.accepted or not _in_vain(connection):
            continue
        for consumer in evidence.consumers_of(connection):
            for wanted in _wanted(connection, consumer):
                if method := _meant(evidence, consumer, wanted):
                    word = "async def" if consumer.is_async else "def"
                    return Said(
                        see=f"{connection.client} waited in vain, and no error was logged: `{method.name}` never ran.",
                        why=f"`{consumer.base}` calls `{wanted}`, by exactly that name. Another name is a method that "
                        f"nobody calls, and the inherited `{wanted}` does its work instead.",
                        change=f"Write `{word} {wanted}({_PARAMETERS[wanted]}):`.",
                        place=method.place,
                    )
    return None


def _in_vain(connection: Connection) -> bool:
    """Whether our client waited, had nothing, and the consumer had not failed."""
    waited = any(event.kind == "waited" for event in connection.client_events)
    return waited and not connection.sent("websocket.send") and not connection.of("error")


def _wanted(connection: Connection, consumer: Consumer) -> list[str]:
    """The methods that Channels looked for, and that the project does not have."""
    if not consumer.is_websocket:
        return []
    names = ["connect"]
    if connection.received("websocket.receive") and not consumer.method("websocket_receive"):
        names += ["receive_json"] if "Json" in consumer.base and not consumer.method("receive") else []
        names += ["receive"] if "Json" not in consumer.base else []
    return [name for name in names if not consumer.method(name)]


def _meant(evidence: Evidence, consumer: Consumer, wanted: str) -> Method | None:
    """A method that is nearly of that name, and that nothing in the project calls or sends a type for."""
    others = [name for name in consumer.methods if name not in _KNOWN or (name, wanted) == ("receive_json", "receive")]
    near = difflib.get_close_matches(wanted, others, 3, _NEAR)
    if wanted == "receive" and "receive_json" in others:
        near.append("receive_json")
    for name in near:
        source = evidence.source
        if not source.calls(name) and not source.references(name) and not source.strings(name.replace("_", ".")):
            return consumer.methods[name]
    return None
