"""A story: what happened in a run, as steps between named lanes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from channels_lab.picture.story.cast import KINDS

__all__ = ["Step", "Story"]

# Two processes cannot tell to less than this which of them was first: each writes after the fact.
_CLOSE_SECONDS = 0.0005


@dataclass(frozen=True)
class Step:
    """One arrow from `source` to `target`; a note over both with `note`, and over `source` alone without a `target`.

    `failed` marks it; `inferred` says that it, or its place, was concluded and not observed. `noted_by` is the process
    that noted it, "" for the notebook's. In a comparison with what was expected, `mark` is "✓" for a step that was, "≠"
    for one that came otherwise, "✗" for one that did not come, and "" for one of which nothing had been said.
    """

    t: float
    source: str
    target: str
    text: str
    failed: bool = False
    note: bool = False
    inferred: bool = False
    noted_by: str = ""
    mark: str = ""


@dataclass
class Story:
    """Participants from left to right with the kind of each (of KINDS), and the steps in order.

    `complete` is False where a record was full before its end. `began` is when its clock stands at 0 (None: at its
    first step).
    """

    participants: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    complete: bool = True
    kinds: dict[str, str] = field(default_factory=dict)
    began: float | None = None

    @classmethod
    def of(cls, steps: list[Step], kinds: dict[str, str], *, complete: bool = True) -> "Story":
        """A story of these steps: its lanes in order, and what is inferred marked."""
        return cls(_in_order(steps, kinds), list(_inferred(steps)), complete, kinds)

    def within(self, since: float, until: float) -> "Story":
        """What it tells from `since` to `until`, in seconds on its own clock, which goes on as it was."""
        began = self.steps[0].t if self.began is None and self.steps else self.began or 0.0
        steps = [step for step in self.steps if since <= step.t - began <= until]
        return replace(self, participants=_in_order(steps, self.kinds), steps=steps, began=began)

    def seconds(self, step: Step) -> float:
        """When a step was, on its clock."""
        return step.t - (self.steps[0].t if self.began is None else self.began)


def _inferred(steps: list[Step]) -> Iterator[Step]:
    """Mark steps that follow one of another process so closely that their order is a guess."""
    before: Step | None = None
    for step in steps:
        close = before and before.noted_by != step.noted_by and step.t - before.t < _CLOSE_SECONDS
        yield replace(step, inferred=True) if close else step
        before = step


def _in_order(steps: list[Step], kinds: dict[str, str]) -> list[str]:
    """Lanes by their kind, and each by its first appearance."""
    seen = dict.fromkeys(name for step in steps for name in (step.source, step.target) if name)
    return sorted(seen, key=lambda name: KINDS.index(kinds.get(name, "consumers")))
