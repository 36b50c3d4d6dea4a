"""A sentence: the difference between an expected step and what became of it, for a person to read."""

from channels_lab.picture.expectation.alignment import Outcome
from channels_lab.picture.expectation.cause import Causes
from channels_lab.picture.expectation.expectation import Line
from channels_lab.picture.expectation.scene import Scene
from channels_lab.picture.story.diagram import one_line

__all__ = ["sentence"]

MOST_CHARACTERS = 400
_MOST_WORDS = 60
_MOST_NAME = 40
_CALLS = ("group_add", "group_discard", "group_send")


def sentence(outcome: Outcome, lines: list[Line], scene: Scene, causes: Causes) -> str:
    """The difference of one line, and its cause where the record shows one: a sentence of bounded length."""
    told = _Teller(outcome, lines, scene, causes).told()
    told = one_line(told.rstrip("."), MOST_CHARACTERS)
    return told if told.endswith("…") else f"{told}."


class _Teller:
    def __init__(self, outcome: Outcome, lines: list[Line], scene: Scene, causes: Causes) -> None:
        self.outcome, self.lines, self.scene, self.causes = outcome, lines, scene, causes
        self.line = outcome.line
        self.client = next(iter(sorted(scene.clients_in(self.line))), "")
        self.step = scene.steps[outcome.place] if outcome.place is not None else None

    def told(self) -> str:
        cause = self.causes.because(self.outcome)
        because = f", because {cause}" if cause else ""
        if self.outcome.fate == "unwanted":
            return f"Nothing should have come to {_name(self.client)}; {self._came()} came{because}"
        wish = self._wish(self.line, "should have ")
        if self.outcome.fate in ("early", "late"):
            order, fact = ("after", "before") if self.outcome.fate == "early" else ("before", "after")
            return f"{wish} {order} {self._beside()}; it came {fact}"
        return f"{wish}; {self._instead()}{because}"

    def _instead(self) -> str:
        """What happened in its place."""
        layer = self.scene.is_layer(self.line.source) or self.scene.is_layer(self.line.target)
        answer = self.client and not layer and not self.scene.is_input(self.line)
        if self.outcome.fate == "different":
            return f"{self._came()} came instead" if answer else f"it was {self._came()} instead"
        if self.outcome.fate == "elsewhere" and self.step:
            other = self.step.target if answer else self.step.source
            if not answer:
                return f"it was {_name(other)} who did"
            return f"{_name(other)} got it, and {self._nothing(f' to {_name(self.client)}')}"
        if self.scene.is_input(self.line):
            return "it never reached the consumer" if self._was_sent() else "that did not happen"
        return self._nothing() if answer else "that did not happen"

    def _beside(self) -> str:
        other = self.lines[self.outcome.beside or 0]
        alike = (other.source, other.target) == (self.line.source, self.line.target)
        return _quoted(other.what) if alike and other.what else self._wish(other, "")

    def _nothing(self, to: str = "") -> str:
        """That nothing came, and for how long, where nothing at all came to the client since; else that it did not."""
        since = -1 if self.outcome.trigger is None else self.outcome.trigger
        if any(ends and ends[1] == self.client for ends in self.scene.ends[since + 1 :]):
            return f"it never came{to}"
        return f"nothing came{to}{self.causes.silence(self.client, self.outcome.trigger)}"

    def _was_sent(self) -> bool:
        steps = zip(self.scene.steps, self.scene.ends, strict=True)
        lost = [step for step, ends in steps if ends is None and step.target and step.source == self.client]
        return any(self.line.says(step.text) for step in lost)

    def _came(self) -> str:
        return _quoted(self.step.text if self.step else "")

    def _wish(self, line: Line, should: str) -> str:
        """What should have happened by a line, or, with "" for `should`, that it happened."""
        what = _quoted(line.what) if line.what else "something"
        client = _name(next(iter(sorted(self.scene.clients_in(line))), ""))
        if self.scene.is_layer(line.target):
            who = f"{client}'s consumer" if client else "a consumer"
            verb = f"called {what}" if line.what.startswith(_CALLS) else f"put {what} on the channel layer"
            return f"{who} {should}{verb}"
        if self.scene.is_layer(line.source):
            who = f"{client}'s consumer" if client else "a consumer"
            return f"{who} {should}{'received' if should else 'got'} {what} from the channel layer"
        if self.scene.is_input(line):
            plain = {"connect": "connected", "disconnect": "disconnected"}
            return f"{client} {should}{plain.get(line.what, f'sent {what}')}"
        if line.what == "accept":
            return f"{client} {should or 'was '}{'been ' if should else ''}accepted"
        return f"{client} {should}{'received' if should else 'got'} {what}"


def _name(name: str) -> str:
    return one_line(name, _MOST_NAME)


def _quoted(text: str) -> str:
    return f"`{one_line(text, _MOST_WORDS)}`"
