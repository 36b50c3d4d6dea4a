"""Rules about handlers: the methods that a message's type names."""

import difflib

from channels_lab.explain.book import Said, rule
from channels_lab.explain.classes import Method
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html#basic-layout"


@rule("handler-typo", page=_CONSUMERS)
def handler_typo(evidence: Evidence) -> Said | None:
    """A message's type names no method of the consumer that gets it."""
    raised = evidence.raised(r"No handler for message type (\S+)")
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
