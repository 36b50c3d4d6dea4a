"""Hindsight: what only a later event tells of an earlier one, or all of a record of one event."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from channels_lab.record.events import Event

__all__ = ["alike", "endless_stalls", "failed_calls", "put_by_others"]


def failed_calls(events: list[Event]) -> set[int]:
    """The ids of the layer's calls that raised: a call is recorded when it is made, and once more when it raises."""
    made: dict[tuple[object, ...], int] = {}
    failed = set()
    for event in events:
        if event.kind == "layer" and event.side == "server":
            call = (*event.key, event.details["call"], str(event.details["to"]))
            if "error" not in event.details:
                made[call] = id(event)
            elif call in made:
                failed.add(made.pop(call))
    return failed


def endless_stalls(events: list[Event]) -> set[int]:
    """The ids of the stalls whose end is not recorded: the loop is blocked still, or the process ended so."""
    begun: dict[str, int] = {}
    for event in events:
        if event.kind == "stalled":
            begun[event.name] = id(event)
            if event.details.get("over"):
                del begun[event.name]
    return set(begun.values())


def put_by_others(puts: Iterable[Event], taken: Iterable[Event]) -> set[int]:
    """The ids of those layer's events among `taken` with which a message first shows that none of `puts` has put there.

    A process that is not recorded has: a notebook's cell, a command, somebody else's server. Of messages that are all
    alike, as many are known as were put.
    """
    known = Counter(alike(event.details.get("message")) for event in puts)
    most: Counter[str] = Counter()  # the copies that one receiver has had
    had: Counter[tuple[object, ...]] = Counter()
    others = set()
    for event in taken:
        message = alike(event.details.get("message"))
        receiver = (*event.key, str(event.details["to"]), message)
        had[receiver] += 1
        if had[receiver] > most[message]:
            most[message] += 1
            if most[message] > known[message]:
                others.add(id(event))
    return others


def alike(message: Any) -> str:
    """A message, so that the one taken from a layer is the one put there; a record leaves out what is None."""
    if isinstance(message, dict):
        message = {name: value for name, value in message.items() if value is not None}
    return json.dumps(message, sort_keys=True, default=str)
