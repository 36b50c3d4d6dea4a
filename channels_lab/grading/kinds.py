"""The kinds of task, and the trial that a behaviour of each is given."""

from typing import TYPE_CHECKING, Protocol

from channels_lab.explain.evidence import Evidence
from channels_lab.grading.box import Box
from channels_lab.grading.chance import Chance
from channels_lab.grading.trial import Trial
from channels_lab.picture.expectation.expectation import Line

if TYPE_CHECKING:
    from channels_lab.grading.task import Kind, Task

__all__ = ["AnyTrial", "trial_of"]


class AnyTrial(Protocol):
    """What the judge asks of a trial of any kind; see `Trial`."""

    script: list[Line]
    patience: float

    def __init__(self, box: Box, chance: Chance) -> None: ...

    @classmethod
    async def open(cls, box: Box, task: "Task") -> None:
        """Start what all behaviours need."""

    @staticmethod
    def lives(box: Box) -> bool:
        """Whether more behaviours can be seen."""

    async def settle(self) -> None:
        """Wait until the record has caught up."""

    def evidence(self, error: BaseException | None = None) -> Evidence:
        """What has happened since the behaviour began."""

    async def close(self) -> None:
        """Close what the behaviour has left open."""


def trial_of(kind: "Kind") -> type[AnyTrial]:
    """The trial of a kind of task."""
    return Trial
