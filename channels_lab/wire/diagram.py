"""A story as a sequence diagram: Mermaid for the eye, text for screen readers, terminals and plain pages."""

import textwrap
from dataclasses import dataclass

from channels_lab.wire.story import Step, Story

__all__ = ["Diagram"]

_MOST_STEPS = 60
_MOST_CHARACTERS = 90
# Mermaid draws lanes as far apart as the longest line between them, and then everything small.
_LINE_CHARACTERS = 46
# Mermaid reads these as syntax; the entity codes are its own (https://mermaid.js.org/syntax/sequenceDiagram.html).
# It counts a code as many letters when it lays out, so what may stand as it is does.
_ENTITIES = {
    "#": "#35;",
    ";": "#59;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "%": "#37;",
    "$": "#36;",
}
# Not printable, and yet letters of Persian and Hindi and many emoji are made with them.
_JOINERS = "\u200c\u200d"
_FAILED_TINT = "rgba(214, 69, 65, 0.16)"


@dataclass(frozen=True)
class Diagram:
    """A sequence diagram of what clients and app exchanged, as the app saw it: events, not bytes."""

    story: Story
    title: str = "What really happened"

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/vnd.mermaid": self.mermaid(), "text/plain": self.text()}

    def text(self) -> str:
        """The diagram as lines: time since the first step, who to whom, what."""
        if not self.story.steps:
            return f"{self.title}: nothing has happened yet."
        width = max(len(_one_line(name)) for name in self.story.participants)
        lines = [f"{_one_line(self.title)}: {self._summary()}"]
        for step in self._folded():
            if isinstance(step, int):
                lines.append(f"{'':>9}  … {step} more steps")
                continue
            arrow = "──✗" if step.failed else "──▶"
            when = f"{(step.t - self.story.steps[0].t) * 1000:7.0f} ms"
            who = (
                f"{_one_line(step.source):<{width}} {arrow} {_one_line(step.target):<{width}}"
                if step.target
                else f"{_one_line(step.source):<{width}} {'✗' if step.failed else '·'}"
            )
            lines.append(f"{when}  {who}  {_one_line(step.text)}".rstrip())
        return "\n".join([*lines, *self._remarks()])

    def mermaid(self) -> str:
        """The diagram as Mermaid source, with an accessible title and description."""
        alias = {name: f"p{number}" for number, name in enumerate(self.story.participants)}
        lines = [
            "sequenceDiagram",
            f"    accTitle: {_escaped(_one_line(self.title))}",
            f"    accDescr: {_escaped(self._summary())}",
        ]
        lines += [f"    participant {short} as {_escaped(_one_line(name)) or '?'}" for name, short in alias.items()]
        if not alias:
            lines += ["    participant p0 as server", "    Note over p0: nothing has happened yet"]
        for step in self._folded():
            if isinstance(step, int):
                ends = ",".join(dict.fromkeys([alias[self.story.participants[0]], alias[self.story.participants[-1]]]))
                lines.append(f"    Note over {ends}: … {step} more steps")
                continue
            lines_of_text = textwrap.wrap(_one_line(step.text), _LINE_CHARACTERS)
            text = "<br/>".join(_escaped(line) for line in lines_of_text) or " "
            if step.target:
                line = f"    {alias[step.source]}{'-x' if step.failed else '->>'}{alias[step.target]}: {text}"
            else:
                line = f"    Note over {alias[step.source]}: {'✗ ' if step.failed else ''}{text}"
            # A single arrow cannot be coloured, and colour alone says nothing to many: a tint and a cross.
            lines += [f"    rect {_FAILED_TINT}", line, "    end"] if step.failed else [line]
        return "\n".join([*lines, ""])

    def _summary(self) -> str:
        failed = sum(step.failed for step in self.story.steps)
        who = ", ".join(_one_line(name) for name in self.story.participants)
        return f"{len(self.story.steps)} steps between {who}" + (f"; {failed} failed" if failed else "") + "."

    def _remarks(self) -> list[str]:
        return [] if self.story.complete else ["The record was full: what came later is missing."]

    def _folded(self) -> list[Step | int]:
        steps = self.story.steps
        if len(steps) <= _MOST_STEPS:
            return list(steps)
        head, tail = steps[: _MOST_STEPS - 15], steps[-15:]
        return [*head, len(steps) - len(head) - len(tail), *tail]


def _one_line(text: str) -> str:
    text = " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _escaped(text: str) -> str:
    # `wrap:` and `nowrap:` before a text are Mermaid's, and not drawn.
    return "".join(_ENTITIES.get(character, character) for character in text).replace("wrap:", "wrap#58;")
