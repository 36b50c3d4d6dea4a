"""Rules about what a consumer's class says of itself: its `__init__` and its `groups`."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []

_CONSUMERS = "https://channels.readthedocs.io/en/stable/topics/consumers.html"


@rule("init-without-super", page=f"{_CONSUMERS}#generic-consumers")
def init_without_super(evidence: Evidence) -> Said | None:
    """A generic consumer's `__init__` is replaced, so that its `groups` stay None."""
    raised = evidence.raised(r"'NoneType' object is not iterable")
    if not raised or raised.place:
        return None
    for consumer in evidence.consumers_of(raised):
        method = consumer.method("__init__")
        if method and consumer.is_websocket and not evidence.source.calls("__init__", method):
            return Said(
                see=f"`{raised.text}` while connecting, in no line of yours; the handshake got HTTP 500.",
                why=f"`{consumer.base}.__init__` makes the list `groups`. Your `__init__` replaces it, and "
                "so `groups` is still `None` when the consumer goes through it.",
                change="Begin your `__init__` with `super().__init__(*args, **kwargs)`; or set what belongs to a "
                "connection in `connect()`.",
                place=method.place,
            )
    return None


@rule("groups-is-a-text", page=f"{_CONSUMERS}#websocketconsumer")
def groups_is_a_text(evidence: Evidence) -> Said | None:
    """`groups = "lobby"`: each letter is a group."""
    joined = {str(event.details.get("to", "")) for event in evidence.layer("group_add")}
    if not any(len(name) == 1 for name in joined):
        return None
    for consumer in evidence.source.consumers():
        for module, node in consumer.lineage:
            for item in node.body:
                text = _text_of_groups(item)
                if text and set(text) <= joined:
                    return Said(
                        see=f"The consumer joined the groups {', '.join(f'`{one}`' for one in text[:6])}; "
                        f"what is sent to the group `{text}` reaches nobody.",
                        why="`groups` is a list of names, and the consumer joins each item of it. "
                        "The items of a text are its letters.",
                        change=f'Write a list: `groups = ["{text}"]`.',
                        place=evidence.source.place(module.path, item),
                    )
    return None


def _text_of_groups(item: ast.stmt) -> str:
    """The text in `groups = "text"`."""
    if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str):
        names = [target.id for target in item.targets if isinstance(target, ast.Name)]
        return item.value.value if "groups" in names else ""
    return ""
