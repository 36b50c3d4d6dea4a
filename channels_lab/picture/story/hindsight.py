"""Hindsight: what only a later event tells of an earlier one."""

from channels_lab.record.events import Event

__all__ = ["endless_stalls", "failed_calls"]


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
