"""A story as a sequence diagram: Mermaid for the eye, text for screen readers, terminals and plain pages."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.wire.fold import fold, folded_steps
from channels_lab.wire.story import Step, Story

__all__ = ["Diagram", "escaped", "one_line"]

_MOST_CHARACTERS = 90
# Mermaid draws lanes as far apart as the longest line between them, and then everything small.
_LINE_CHARACTERS = 46
# A pause this long is worth a mark; less is a server at work.
_PAUSE_SECONDS = 0.5
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
_INFERRED = "≈ inferred, not observed: its place in the order, or that it never arrived."


@dataclass(frozen=True)
class Diagram:
    """A sequence diagram of what clients, servers and workers exchanged, as they saw it: events, not bytes."""

    story: Story
    title: str = "What really happened"

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/vnd.mermaid": self.mermaid(), "text/plain": self.text()}

    def text(self) -> str:
        """The diagram as lines: time since the first step, who to whom, what. A failed step has a cross."""
        if not self.story.steps:
            return f"{self.title}: nothing has happened yet."
        story = fold(self.story)
        width = max(len(one_line(name)) for name in story.participants)
        lines = [f"{one_line(self.title)}: {_summary(self.story)}"]
        for step in _with_pauses(folded_steps(story.steps)):
            if isinstance(step, str):
                lines.append(f"{'':>9}  {step}")
                continue
            sign = "✗" if step.failed else "▶"
            arrow = f"···{'✗' if step.failed else '·'}" if step.note else f"──{sign}"
            when = f"{'≈' if step.inferred else ' '}{(step.t - story.steps[0].t) * 1000:6.0f} ms"
            who = (
                f"{one_line(step.source):<{width}} {arrow[:3]} {one_line(step.target):<{width}}"
                if step.target
                else f"{one_line(step.source):<{width}} {'✗' if step.failed else '·'}"
            )
            lines.append(f"{when}  {who}  {one_line(step.text)}".rstrip())
        return "\n".join([*lines, *self._remarks()])

    def mermaid(self) -> str:
        """The diagram as Mermaid source, with an accessible title and description."""
        story = fold(self.story)
        alias = {name: f"p{number}" for number, name in enumerate(story.participants)}
        lines = [
            "sequenceDiagram",
            f"    accTitle: {escaped(one_line(self.title))}",
            f"    accDescr: {escaped(_summary(self.story))}",
        ]
        lines += [f"    participant {short} as {escaped(one_line(name)) or '?'}" for name, short in alias.items()]
        if not alias:
            lines += ["    participant p0 as server", "    Note over p0: nothing has happened yet"]
        everybody = ",".join(dict.fromkeys([*list(alias.values())[:1], *list(alias.values())[-1:]]))
        for step in _with_pauses(folded_steps(story.steps)):
            if isinstance(step, str):
                lines.append(f"    Note over {everybody}: {step}")
            else:
                lines += _drawn(step, alias)
        lines += [f"    Note over {everybody}: {escaped(remark)}" for remark in self._remarks()]
        return "\n".join([*lines, ""])

    def _remarks(self) -> list[str]:
        remarks = [] if self.story.complete else ["The record was full: what came later is missing."]
        return remarks + ([_INFERRED] if any(step.inferred for step in self.story.steps) else [])


def _drawn(step: Step, alias: dict[str, str]) -> list[str]:
    marks = f"{'≈ ' if step.inferred else ''}{'✗ ' if step.failed and (step.note or not step.target) else ''}"
    lines_of_text = textwrap.wrap(marks + one_line(step.text), _LINE_CHARACTERS)
    text = "<br/>".join(escaped(line) for line in lines_of_text) or " "
    if step.target and not step.note:
        line = f"    {alias[step.source]}{'-x' if step.failed else '->>'}{alias[step.target]}: {text}"
    else:
        over = dict.fromkeys([alias[step.source], alias[step.target or step.source]])
        line = f"    Note over {','.join(over)}: {text}"
    # A single arrow cannot be coloured, and colour alone says nothing to many: a tint and a cross.
    return [f"    rect {_FAILED_TINT}", line, "    end"] if step.failed else [line]


def _with_pauses(steps: list[Step | int]) -> Iterator[Step | str]:
    """The steps, with a mark where time passed, and where the middle was left out."""
    before: Step | None = None
    for step in steps:
        if isinstance(step, int):
            yield f"… {step} more steps"
            before = None
            continue
        if before and step.t - before.t >= _PAUSE_SECONDS:
            yield f"{step.t - before.t:.1f} s later"
        yield step
        before = step


def _summary(story: Story) -> str:
    failed = sum(step.failed for step in story.steps)
    who = ", ".join(one_line(name) for name in fold(story).participants)
    return f"{len(story.steps)} steps between {who}" + (f"; {failed} failed" if failed else "") + "."


def one_line(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Any text as one printable line of at most `most` characters."""
    text = " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def escaped(text: str) -> str:
    """A line as Mermaid draws it, and reads nothing into it."""
    # `wrap:` and `nowrap:` before a text are Mermaid's, and not drawn.
    return "".join(_ENTITIES.get(character, character) for character in text).replace("wrap:", "wrap#58;")
