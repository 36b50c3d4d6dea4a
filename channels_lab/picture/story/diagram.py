"""A story as a sequence diagram: Mermaid for the eye, text for screen readers, terminals and plain pages."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.picture.story.fold import fold, folded_steps
from channels_lab.picture.story.story import Step, Story

__all__ = ["Diagram", "escaped", "one_line"]

_MOST_CHARACTERS = 90
_MOST_HEADING = 400
# Mermaid draws lanes as far apart as the longest line between them, and then everything small.
_LINE_CHARACTERS = 46
# A note over two lanes is no wider than they are.
_NARROW_CHARACTERS = 32
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
_MARKS = {
    "✓": "✓ as expected",
    "≠": "≠ otherwise than expected",
    "✗": "✗ expected and did not come",
    "": "dotted: happened, not mentioned",
    "!": "! an error",
}
_WRONG = ("✗", "≠")
_INFERRED = "≈ inferred, not observed: its place in the order, or that it never arrived."


@dataclass(frozen=True)
class Diagram:
    """A sequence diagram of what clients, servers and workers exchanged, as they saw it: events, not bytes.

    `heading` is a sentence that stands above it.
    """

    story: Story
    title: str = "What really happened"
    heading: str = ""

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/vnd.mermaid": self.mermaid(), "text/plain": self.text()}

    def text(self) -> str:
        """The diagram as lines: time since the story began, who to whom, what. A failed step has a cross."""
        if not self.story.steps:
            return f"{one_line(self.title)}: nothing has happened yet."
        story = self._folded
        width = max(len(one_line(name)) for name in story.participants)
        lines = [f"{one_line(self.title)}: {one_line(self.heading, _MOST_HEADING) or self._summary()}"]
        for step in _with_pauses(folded_steps(story.steps)):
            if isinstance(step, str):
                lines.append(f"{'':>9}  {step}")
                continue
            sign = "✗" if step.failed else "▶"
            error = "!" if self._marked and not step.mark else "✗"
            line = "┄┄" if self._marked and not step.mark else "──"
            arrow = f"···{'✗' if step.failed else '·'}" if step.note else f"{line}{sign}"
            when = f"{'≈' if step.inferred else ' '}{story.seconds(step) * 1000:6.0f} ms"
            if self._marked:
                when = f"{step.mark or ' '} {' ' * len(when) if step.mark == '✗' else when}"
            who = (
                f"{one_line(step.source):<{width}} {arrow[:3]} {one_line(step.target):<{width}}"
                if step.target
                else f"{one_line(step.source):<{width}} {error if step.failed else '·'}"
            )
            lines.append(f"{when}  {who}  {one_line(step.text)}".rstrip())
        return "\n".join([*lines, *self._remarks()])

    def mermaid(self) -> str:
        """The diagram as Mermaid source, with an accessible title and description."""
        story, heading = self._folded, one_line(self.heading, _MOST_HEADING)
        alias = {name: f"p{number}" for number, name in enumerate(story.participants)}
        lines = [
            "sequenceDiagram",
            f"    accTitle: {escaped(one_line(self.title))}",
            f"    accDescr: {escaped(f'{heading} {self._summary()}'.strip())}",
        ]
        lines += [f"    participant {short} as {escaped(one_line(name)) or '?'}" for name, short in alias.items()]
        if not alias:
            lines += ["    participant p0 as server", "    Note over p0: nothing has happened yet"]
        everybody = ",".join(dict.fromkeys([*list(alias.values())[:1], *list(alias.values())[-1:]]))
        width = _NARROW_CHARACTERS if len(alias) == 2 else _LINE_CHARACTERS
        if heading:
            lines.append(f"    Note over {everybody}: {_wrapped(_quoted(heading), width)}")
        for step in _with_pauses(folded_steps(story.steps)):
            if isinstance(step, str):
                lines.append(f"    Note over {everybody}: {step}")
            else:
                lines += _drawn(step, alias, dotted=self._marked and not step.mark)
        lines += [f"    Note over {everybody}: {_wrapped(remark, width)}" for remark in self._remarks()]
        return "\n".join([*lines, ""])

    def _summary(self) -> str:
        failed = sum(step.failed for step in self.story.steps)
        who = ", ".join(one_line(name) for name in self._folded.participants)
        return f"{len(self.story.steps)} steps between {who}" + (f"; {failed} failed" if failed else "") + "."

    def _remarks(self) -> list[str]:
        remarks = [] if self.story.complete else ["The record was full: what came later is missing."]
        remarks += [_INFERRED] if any(step.inferred for step in self.story.steps) else []
        used = {step.mark for step in self.story.steps}
        used |= {"!" for step in self.story.steps if _is_error(step)}
        return remarks + (["; ".join(_MARKS[mark] for mark in _MARKS if mark in used) + "."] if self._marked else [])

    @property
    def _folded(self) -> Story:
        # Where steps are marked, each counts.
        return self.story if self._marked else fold(self.story)

    @property
    def _marked(self) -> bool:
        return any(step.mark for step in self.story.steps)


def _drawn(step: Step, alias: dict[str, str], *, dotted: bool = False) -> list[str]:
    # Beside the marks of a comparison a cross would say that something was expected.
    mark = step.mark or (("!" if dotted else "✗") if _is_error(step) else "")
    marks = ["≈"] * step.inferred + [mark] * bool(mark)
    text = _wrapped(" ".join([*marks, one_line(step.text)])) or " "
    if step.target and not step.note:
        arrow = f"{'--' if dotted else '-'}{'x' if step.failed else '>>'}"
        line = f"    {alias[step.source]}{arrow}{alias[step.target]}: {text}"
    else:
        over = dict.fromkeys([alias[step.source], alias[step.target or step.source]])
        line = f"    Note over {','.join(over)}: {text}"
    # A single arrow cannot be coloured, and colour alone says nothing to many: a tint and a cross.
    return [f"    rect {_FAILED_TINT}", line, "    end"] if step.failed or step.mark in _WRONG else [line]


def _is_error(step: Step) -> bool:
    """Whether a step is a note of an error, and not compared with an expected one."""
    return step.failed and (step.note or not step.target) and not step.mark


def _quoted(text: str) -> str:
    """What stands between backticks in quotation marks: a picture's letters are all alike."""
    return re.sub(r"`([^`]*)`", r"“\1”", text)


def _wrapped(text: str, width: int = _LINE_CHARACTERS) -> str:
    return "<br/>".join(escaped(line) for line in textwrap.wrap(text, width))


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


def one_line(text: str, most: int = _MOST_CHARACTERS) -> str:
    """Any text as one printable line of at most `most` characters."""
    text = " ".join("".join(c if c.isprintable() or c in _JOINERS else " " for c in text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def escaped(text: str) -> str:
    """A line as Mermaid draws it, and reads nothing into it."""
    # `wrap:` and `nowrap:` before a text are Mermaid's, and not drawn.
    return "".join(_ENTITIES.get(character, character) for character in text).replace("wrap:", "wrap#58;")
