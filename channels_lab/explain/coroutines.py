"""Coroutines that were made and never awaited, and the calls in the project that made them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.explain.calls import Call
from channels_lab.explain.evidence import Evidence

__all__ = ["Forgotten", "find_forgotten", "is_layer"]

_WARNING = re.compile(r"coroutine '([^']+)' was never awaited")


@dataclass(frozen=True)
class Forgotten:
    """A coroutine that was never awaited: its qualified name, and the file that defines it ("" where unknown)."""

    qualname: str
    file: str = ""

    @property
    def name(self) -> str:
        """Its last name: "group_send"."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class that defines it, "" for a function: "InMemoryChannelLayer"."""
        return self.qualname.rpartition(".")[0].rpartition(".")[2]

    def calls(self, evidence: Evidence, *, layer: bool | None = None) -> list[Call]:
        """The calls of that name whose value is thrown away; with `layer`, only those (not) of a channel layer."""
        found = [call for call in evidence.source.calls(self.name) if call.statement and not call.awaited]
        return [call for call in found if not call.wrapped and layer in (None, is_layer(call))]


def find_forgotten(evidence: Evidence, pattern: str = "") -> Iterator[Forgotten]:
    """Coroutines that were never awaited whose qualified name matches: from the record, and from warnings in logs."""
    noted = [event.details for event in evidence.of("unawaited")]
    found = [Forgotten(str(one.get("coroutine", "")), str(one.get("file", ""))) for one in noted]
    recorded = {one.qualname for one in found}
    warned = {name for log in evidence.logs.values() for name in _WARNING.findall(log)} - recorded
    seen = set()
    for one in [*found, *(Forgotten(name) for name in sorted(warned))]:
        if one not in seen and re.search(pattern, one.qualname):
            seen.add(one)
            yield one


def is_layer(call: Call) -> bool:
    """Whether a call is one of a channel layer's: `self.channel_layer.send(…)`, `get_channel_layer().send(…)`."""
    return "layer" in call.target.rpartition(".")[0]
