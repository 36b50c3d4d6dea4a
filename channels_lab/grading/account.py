"""The account of a failure: the difference as a picture, and the explanation of a mistake that is recognised."""

import asyncio
from dataclasses import dataclass, replace

from channels_lab.errors import LabError
from channels_lab.explain.book import explain
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.explanation import Explanation, clean
from channels_lab.grading.kinds import AnyTrial
from channels_lab.grading.task import Task
from channels_lab.picture.expectation.expectation import MOST_LINES, Expectation, Line
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Story
from channels_lab.picture.story.teller import tell
from channels_lab.running.failure import own_lines

__all__ = ["Account", "account"]

_MOST_LINES, _MOST_CHARACTERS = 60, 300
_TITLE = "Expected against actual"
# What a screen holds: a learner sees the sentence, the difference and the explanation together.
_MOST_STEPS = 30


@dataclass(frozen=True)
class Account:
    """What is told at length: the reason with its cause, own lines, an explanation, the picture as text and Mermaid."""

    reason: str
    details: str = ""
    explanation: Explanation | None = None
    text: str = ""
    mermaid: str = ""


async def account(task: Task, trial: AnyTrial, error: BaseException, said: str) -> Account:
    """Look at the evidence of a failure: first the task's own mistakes, then the rules. Looking never fails."""
    try:
        evidence = trial.evidence(error)
    except Exception:
        return Account(said)
    # In a thread: clients of other answers, judged at the same time, are not kept waiting.
    return await asyncio.to_thread(_looked_at, task, trial, evidence, error, said)


def _looked_at(task: Task, trial: AnyTrial, evidence: Evidence, error: BaseException, said: str) -> Account:
    try:
        reason, drawn = _picture(_Run(evidence, trial.began), trial.script, error, said, trial.has_causes)
        picture = trial.picture(drawn) if drawn else None
    except Exception:
        return Account(said)
    text, mermaid = (picture.text(), picture.mermaid()) if picture else ("", "")
    return Account(reason, _details(error, evidence), _explained(task, evidence), text, mermaid)


def _details(error: BaseException, evidence: Evidence) -> str:
    """What the error holds, else the learner's own lines of the last traceback that was printed; bounded."""
    if isinstance(error, LabError) and error.details:
        lines = error.details.splitlines()
    else:
        found = (own_lines(log, evidence.source.root) for log in evidence.logs.values())
        lines = next(filter(None, found), [])
    return "\n".join(clean(line, _MOST_CHARACTERS) for line in lines[-_MOST_LINES:])


class _Run:
    """The record of a behaviour, as the comparison takes it: what was before is not told."""

    def __init__(self, evidence: Evidence, began: float) -> None:
        self.events = evidence.events
        self._began = began

    def story(self) -> Story:
        return tell(self.events, since=self._began)


def _explained(task: Task, evidence: Evidence) -> Explanation | None:
    for mistake in task.mistakes:
        try:
            if explanation := mistake.explain(evidence):
                return explanation
        except Exception:
            continue  # a mistake that cannot be looked for is not made
    try:
        return next(iter(explain(evidence)), None)
    except Exception:
        return None


def _picture(
    run: "_Run", script: list[Line], error: BaseException, said: str, has_causes: bool
) -> tuple[str, Diagram | None]:
    """The reason, with its cause where the record shows it, and what was expected against what came (None: nothing)."""
    story = run.story()
    if not story.steps:
        return said, None
    try:
        # The last lines are those of the failure.
        picture = Expectation(script[-MOST_LINES:]).diagram(run, title=_TITLE, most=_MOST_STEPS).picture
    except LabError:
        return said, Diagram(story, _TITLE, said)
    came = getattr(error, "came", None)
    if came and not any(step.mark in ("≠", "✗") for step in picture.story.steps):
        picture = replace(picture, story=_with_the_one(picture.story, *came))
    _, because, cause = picture.heading.partition(", because ")
    reason = f"{said.removesuffix('.')}{because}{cause}" if because and has_causes else said
    return reason, replace(picture, heading=reason)


def _with_the_one(story: Story, client: str, text: str) -> Story:
    """The story with the first message marked that came to a client although another was next."""
    for place, step in enumerate(story.steps):
        if step.target == client and not step.mark and step.text == text:
            marked = replace(step, mark="≠", text=f"{step.text} (another was next)")
            return replace(story, steps=[*story.steps[:place], marked, *story.steps[place + 1 :]])
    return story
