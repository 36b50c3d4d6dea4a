"""Rules about what is sent through the channel layer: a dict of what Redis can carry."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.outcome import outcome

__all__: list[str] = []

_SENDING = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#what-to-send-over-the-channel-layer"
_TYPES = "https://channels.readthedocs.io/en/stable/channel_layer_spec.html#messages"
_SENDS = ("send", "group_send")
_READABLE = {
    "datetime.datetime": "`value.isoformat()`",
    "datetime.date": "`value.isoformat()`",
    "datetime": "`value.isoformat()`",
    "date": "`value.isoformat()`",
    "Decimal": "`str(value)`",
    "decimal.Decimal": "`str(value)`",
    "UUID": "`str(value)`",
    "set": "`list(value)`",
}


@rule("message-not-a-dict", page=_SENDING)
def message_not_a_dict(evidence: Evidence) -> Said | None:
    """A text, or a list, is sent where a dict belongs."""
    raised = evidence.raised(
        r"[Mm]essage is not a dict|'(str|list|tuple|NoneType|bytes)' object has no attribute 'items'"
    )
    sends = [event for event in evidence.layer() if event.details.get("call") in _SENDS]
    # A layer of the notebook's own is not recorded.
    in_cell = [call for name in _SENDS for call in evidence.cell_source.calls(name)] if evidence.error else []
    if not raised or not (in_cell or any("error" in event.details for event in sends)):
        return None
    messages = [call.value(1, "message") for call in in_cell] or [e.details.get("message", {}) for e in sends]
    given = next((message for message in messages if not isinstance(message, dict)), None)
    what = f" This one is {given!r}." if isinstance(given, str) else ""
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}.",
        why="What goes through the layer is a dict with a `type`, which picks the method of those who get it."
        + what[:120],
        change='Wrap it: `{"type": "chat.message", "message": message}`; the method `chat_message(self, event)` reads '
        '`event["message"]`.',
        place=raised.place,
    )


@rule("message-not-serializable", page=_TYPES)
def message_not_serializable(evidence: Evidence) -> Said | None:
    """A value of a class is sent, which passes in memory and not over Redis."""
    raised = evidence.raised(r"TypeError: can not serialize '([\w.]+)' object")
    if not raised:
        return None
    kind = raised.match[1]
    turned = _READABLE.get(kind, "its id, or a dict of its fields")
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}. With the layer in memory it passes.",
        why="Redis carries bytes, and the layer packs a message with msgpack: texts, numbers, bytes, `True`, `None`, "
        f"lists and dicts of these. A `{kind}` is none of them.",
        change=f"Put something plain into the message: {turned}.",
        place=raised.place,
    )


@rule("message-int-too-large", page=_TYPES)
def message_int_too_large(evidence: Evidence) -> Said | None:
    """A number has more than 64 bits."""
    raised = evidence.raised(r"OverflowError: Integer value out of range|OverflowError: int too big to convert")
    failed = [event for event in evidence.layer() if "OverflowError" in str(event.details.get("error", ""))]
    if not raised or not failed:
        return None
    return Said(
        see=f"`{raised.text}`; {outcome(evidence, raised)}. With the layer in memory it passes.",
        why="The layer packs messages for Redis with msgpack, whose numbers have 64 bits; Python's have no such bound.",
        change="Send the number as text, `str(number)`, and turn it back with `int(…)`.",
        place=raised.place,
    )


@rule("message-int-keys", page=_TYPES)
def message_int_keys(evidence: Evidence) -> Said | None:
    """A dict in the message has keys that are no texts: the sender goes on, and who receives it falls."""
    raised = evidence.raised(r"(\w+) is not allowed for map key when strict_map_key=True")
    if not raised:
        return None
    sends = [call for name in _SENDS for call in evidence.source.calls(name) if "layer" in call.target]
    return Said(
        see=f"`{raised.text}`, and not where it was sent, but where it arrived; {outcome(evidence, raised)}.",
        why=f"Over Redis, keys of dicts must be texts. Packing a key of type `{raised.match[1]}` works; unpacking "
        "refuses it, in each consumer that is handed the message.",
        change="Make the keys texts before you send: `{str(key): value for key, value in scores.items()}`.",
        place=sends[0].place if len(sends) == 1 else None,
    )
