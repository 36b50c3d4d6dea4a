"""A verdict: what a check found, behaviour by behaviour, and what is said of the first that failed."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from channels_lab.explain.explanation import Explanation
from channels_lab.explain.place import Place

__all__ = ["Judged", "Outcome", "Verdict"]


class Outcome(StrEnum):
    """What a check comes to. "Passed" means that all visible checks passed, and no more."""

    PASSED = "passed"
    NOT_YET = "not yet"
    NOT_ATTEMPTED = "not attempted"
    NOT_CHECKED = "could not check"


@dataclass(frozen=True)
class Judged:
    """One behaviour: whether it was seen (None: not reached), its points of how many, and why it failed.

    `said` is "" where it did not. What only whoever grades may read is `hidden`: of an instructor's own check what it
    looks for and what it saw. The rest of it tells nothing.
    """

    name: str
    sentence: str
    passed: bool | None
    points: int
    of: int
    said: str = ""
    hidden: str = ""


@dataclass(frozen=True)
class Verdict:
    """The verdict on one answer. It goes between processes as JSON.

    `reason` is a sentence: what was expected and what came at the first failure, or why there is nothing to judge.
    `details` are lines worth seeing (the learner's own of a traceback). `explanation` is of a mistake that was
    recognised: its `rule` is the rule's or the mistake's name. `text` and `mermaid` are the diagram of the first
    failure. `notes` are to be told beside ("the checker was started again"). `seconds` is how long it took, of which
    `starting` were starts of servers.
    """

    number: str
    outcome: Outcome
    judged: tuple[Judged, ...] = ()
    reason: str = ""
    details: str = ""
    explanation: Explanation | None = None
    text: str = ""
    mermaid: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0
    starting: float = 0

    @property
    def points(self) -> int:
        """The points earned."""
        return sum(judged.points for judged in self.judged)

    @property
    def of(self) -> int:
        """The points that a whole answer earns."""
        return sum(judged.of for judged in self.judged)

    def to_json(self) -> str:
        """The verdict as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Verdict":
        """Read what `to_json` wrote; raises ValueError for anything else."""
        try:
            values = json.loads(line)
            told = values["explanation"]
            if told:
                told = Explanation(**{**told, "place": Place(**told["place"]) if told["place"] else None})
            values |= {
                "outcome": Outcome(values["outcome"]),
                "judged": tuple(Judged(**judged) for judged in values["judged"]),
                "explanation": told,
                "notes": tuple(values["notes"]),
            }
            return cls(**values)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no verdict: {error!r}") from None
