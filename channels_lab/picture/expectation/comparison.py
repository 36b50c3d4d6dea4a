"""A comparison: what was expected against what happened, the first difference in a sentence and as a picture."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from channels_lab.errors import LabError
from channels_lab.picture.expectation.alignment import Outcome, align
from channels_lab.picture.expectation.cause import Causes
from channels_lab.picture.expectation.expectation import Expectation, Line, Recorded
from channels_lab.picture.expectation.scene import Scene
from channels_lab.picture.expectation.sentence import sentence
from channels_lab.picture.story.diagram import Diagram, one_line
from channels_lab.picture.story.fold import MOST_STEPS
from channels_lab.picture.story.story import Step, Story
from channels_lab.picture.story.teller import tell
from channels_lab.record.events import Event

__all__ = ["Comparison", "compare"]

AS_EXPECTED = "As you expected."
_NOTHING_YET = "You expect nothing yet: write one step a line, alice -> server: hello ."
# A picture has 90 characters for a step, and what is said of it must stay.
_MOST_TEXT = 34
_ENDS = ("disconnect", "close")


@dataclass(frozen=True)
class Comparison:
    """Whether it `holds`, and if not, the first `difference` in one or two sentences ("" when it holds).

    `steps` are those of the picture: `mark` is "✓" as expected, "≠" came otherwise than expected, "✗" did not come,
    and "" for what was not mentioned. `outcomes` says what became of each line.
    """

    holds: bool
    difference: str
    outcomes: list[Outcome]
    picture: Diagram

    @property
    def steps(self) -> list[Step]:
        """The steps of the picture, in order."""
        return self.picture.story.steps

    def text(self) -> str:
        """The comparison as lines."""
        return self.picture.text()

    def mermaid(self) -> str:
        """The comparison as Mermaid source."""
        return self.picture.mermaid()

    __str__ = text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.picture._repr_mimebundle_()


def compare(
    expected: Expectation, actual: Recorded | Story | Iterable[Event], title: str, most: int = MOST_STEPS
) -> Comparison:
    """Compare; `actual` is what `Expectation.diagram` takes. The picture has `most` steps, or some notes more."""
    story, events = _record_of(actual)
    scene = Scene(story)
    outcomes = align(expected.lines, scene)
    wrong = next((outcome for outcome in outcomes if outcome.fate != "came"), None)
    difference = "" if outcomes else _NOTHING_YET
    if wrong:
        difference = sentence(wrong, expected.lines, scene, Causes(events, scene))
    heading = difference or AS_EXPECTED
    kinds = {"server": "consumers", "channel layer": "layer", **story.kinds}
    drawn = Story.of(_thinned(_Marked(outcomes, scene).steps(), most), kinds, complete=story.complete)
    return Comparison(not difference, difference, outcomes, Diagram(drawn, title, heading))


def _record_of(actual: Any) -> tuple[Story, list[Event]]:
    story = getattr(actual, "story", actual)  # a server's, a lab's, a diagram's
    story = story() if callable(story) else story
    if isinstance(story, Story):
        return story, list(getattr(actual, "events", []))
    if isinstance(story, Iterable) and not isinstance(story, str | bytes):
        events = list(story)
        if all(isinstance(event, Event) for event in events):
            return tell(events), events
    raise LabError(
        f"A {type(actual).__name__} has no record to compare with.", "Give it the server:  expected.diagram(server) ."
    )


class _Marked:
    """The steps of a story that matter to the expectation, marked, and those that did not come in their places."""

    def __init__(self, outcomes: list[Outcome], scene: Scene) -> None:
        self.outcomes, self.scene = outcomes, scene
        self.by_place = {o.place: o for o in outcomes if o.place is not None and o.fate != "elsewhere"}
        self.mentioned = {client for outcome in outcomes for client in scene.clients_in(outcome.line)}
        elsewhere = [scene.steps[o.place] for o in outcomes if o.fate == "elsewhere" and o.place is not None]
        self.mentioned |= {lane for step in elsewhere for lane in (step.source, step.target) if lane in scene.clients}

    def steps(self) -> list[Step]:
        places: list[tuple[float, Step]] = [
            (place, self._marked(place, step))
            for place, step in enumerate(self.scene.steps)
            if place in self.by_place or self._shown(step)
        ]
        for number, outcome in enumerate(self.outcomes):
            if outcome.place is None or outcome.fate == "elsewhere":
                place = self._due(number)
                places.append((place - 0.5, self._absent(outcome, place)))
        return [step for _, step in sorted(places, key=lambda one: one[0])]

    def _marked(self, place: int, step: Step) -> Step:
        if not (outcome := self.by_place.get(place)):
            return step
        if outcome.fate == "came":
            return replace(step, mark="✓")
        what = one_line(outcome.line.what or "…", _MOST_TEXT)
        beside = self.outcomes[outcome.beside].line if outcome.beside is not None else outcome.line
        other = one_line(beside.what or str(beside), _MOST_TEXT)
        said = {
            "early": f"expected after: {other}",
            "late": f"expected before: {other}",
            "different": f"instead of: {what}",
            "unwanted": "nothing was expected",
        }
        return replace(step, mark="≠", text=f"{one_line(step.text, _MOST_TEXT)} ({said[outcome.fate]})")

    def _shown(self, step: Step) -> bool:
        """Whether a step is of interest: not that of clients which the expectation does not mention."""
        if not self.mentioned:
            return True
        for lane in (step.source, step.target):
            visitors = {lane} if lane in self.scene.clients else self.scene.visitors.get(lane, set())
            if visitors and not visitors & self.mentioned:
                return False
        return True

    def _due(self, number: int) -> int:
        """The place before which something should have come: as late as other lines allow, before the client leaves."""
        low = max((p for o in self.outcomes[:number] if (p := o.place) is not None), default=-1)
        later = [p for o in self.outcomes[number + 1 :] if (p := o.place) is not None and p > low]
        high = min(later, default=len(self.scene.steps))
        clients = self.scene.clients_in(self.outcomes[number].line) or set(self.scene.clients)
        own = [(p, s.text) for p, s in enumerate(self.scene.steps) if {s.source, s.target} & clients]
        ends = [p for p, text in own if text.startswith(_ENDS)]
        # A consumer may go on sending to a client that has left.
        came = max((p for p, text in own if text.startswith("connect ") and p <= low), default=-1)
        if any(came < p <= low for p in ends):
            return low + 1
        return next((p for p in ends if low < p < high), high)

    def _absent(self, outcome: Outcome, place: int) -> Step:
        line, steps = outcome.line, self.scene.steps
        # It has its neighbour's time and process, so that it adds neither a pause nor a guess.
        near = steps[max(place - 1, 0)] if steps else Step(0, "", "", "")
        if line.nothing:
            client = self.scene.client(line.target) or line.target
            return Step(near.t, client, "", "nothing came", mark="✓", noted_by=near.noted_by)
        source, target = self._lane(line.source, line), self._lane(line.target, line)
        fact = "was not sent" if self.scene.is_input(line) else "did not come"
        text = f"{one_line(line.what, _MOST_TEXT) or 'anything'} ({fact})"
        return Step(near.t, source, target, text, failed=True, mark="✗", noted_by=near.noted_by)

    def _lane(self, name: str, line: Line) -> str:
        if self.scene.is_layer(name):
            return next(iter(self.scene.layers), "channel layer")
        if client := self.scene.client(name):
            layer = self.scene.is_layer(line.source) or self.scene.is_layer(line.target)
            return self.scene.server_of(client) if layer else client
        others = sorted(self.scene.clients_in(line))
        return self.scene.server_of(others[0]) if others else "server"


def _thinned(steps: list[Step], most: int) -> list[Step]:
    """At most so many steps: those that differ, then the expected, then the neighbours of where it began to differ."""
    if len(steps) <= most:
        return steps
    wrong = next((place for place, step in enumerate(steps) if step.mark in ("✗", "≠")), len(steps))
    right = max((place for place, step in enumerate(steps[:wrong]) if step.mark), default=0)
    rank = {"✗": 0, "≠": 0, "✓": 1, "": 2}

    def interest(place: int) -> tuple[int, int]:
        return rank[steps[place].mark], min(abs(place - right), abs(place - wrong))

    places = sorted(range(len(steps)), key=interest)
    kept = sorted(places[: most * 2 // 3])
    thin: list[Step] = []
    for before, place in zip([-1, *kept], [*kept, len(steps)], strict=True):
        if left := place - before - 1:
            near = steps[before + 1]
            left_out = f"… {left} more {'step' if left == 1 else 'steps'}"
            thin.append(replace(near, target="", text=left_out, failed=False, note=True, mark=""))
        thin += steps[place : place + 1]
    return thin
