"""The kinds of task, and the trial that a behaviour of each is given."""

from typing import TYPE_CHECKING, Protocol

from channels_lab.explain.evidence import Evidence
from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.script_trial import ScriptTrial
from channels_lab.grading.streams_trial import StreamsTrial
from channels_lab.grading.tests_trial import TestsTrial
from channels_lab.grading.trial import Trial
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.story.diagram import Diagram

if TYPE_CHECKING:
    from channels_lab.grading.task import Kind, Task

__all__ = ["AnyTrial", "trial_of"]


class AnyTrial(Protocol):
    """What the judge asks of a trial of any kind; see `Trial`."""

    script: list[Line]
    has_causes: bool  # whether causes are looked for in the record, which is that of a server of the answer
    patience: float
    began: float

    def __init__(self, box: Box, chance: Chance) -> None: ...

    @classmethod
    async def open(cls, box: Box, task: "Task", chance: Chance) -> None:
        """Start what the next behaviour needs and is not there."""

    @staticmethod
    def lives(box: Box) -> bool:
        """Whether more behaviours can be seen."""

    async def settle(self) -> None:
        """Wait until the record has caught up."""

    def evidence(self, error: BaseException | None = None) -> Evidence:
        """What has happened since the behaviour began."""

    def picture(self, drawn: Diagram) -> Diagram | None:
        """The picture of a failure, as it is shown; None where there is none."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close what the behaviour has left open."""


def trial_of(kind: "Kind") -> type[AnyTrial]:
    """The trial of a kind of task."""
    kinds: dict[str, type[AnyTrial]] = {"client": ScriptTrial, "streams": StreamsTrial, "tests": TestsTrial}
    return kinds.get(kind, Trial)
