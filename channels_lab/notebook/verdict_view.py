"""A verdict as a learner sees it: behaviour by behaviour, the first difference, its explanation, what to do next."""

from dataclasses import dataclass
from html import escape
from typing import Any

from channels_lab.course.exercise import Exercise
from channels_lab.explain.explanation import clean, marked
from channels_lab.grading.verdict import Judged, Outcome, Verdict
from channels_lab.notebook.told import box

__all__ = ["Picture", "VerdictView"]

# A sign and a word: colour alone says nothing to many.
_SIGNS: dict[bool | None, tuple[str, str]] = {
    True: ("✓", "passed"),
    False: ("✗", "not yet"),
    None: ("–", "not reached"),
}
_COLOURS = {Outcome.PASSED: "rgb(46, 160, 67)", Outcome.NOT_YET: "rgb(201, 122, 0)"}
_OTHER = "rgb(110, 130, 150)"
_CODE = "font-family: monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 2px 0 2px 1.6em"


@dataclass(frozen=True)
class VerdictView:
    """The verdict on a task. The diagram is shown by itself, as `picture`, and then the explanation."""

    exercise: Exercise
    verdict: Verdict

    @property
    def title(self) -> str:
        """The task and what its check came to; "All visible checks passed", and never more than that."""
        name = f"{self.exercise.number} · {self.exercise.title}"
        points = f"{self.verdict.points} of {self.verdict.of or self.exercise.points} points"
        if self.verdict.outcome is Outcome.PASSED:
            return f"{name}: All visible checks passed. {points}."
        if self.verdict.outcome is Outcome.NOT_YET:
            return f"{name}: not yet. {points}."
        return f"{name}: {self.verdict.outcome}."

    @property
    def passed(self) -> bool:
        """Whether all visible checks passed."""
        return self.verdict.outcome is Outcome.PASSED

    @property
    def picture(self) -> "Picture | None":
        """The diagram of the first difference."""
        return Picture(self.verdict.mermaid, self.verdict.text) if self.verdict.text else None

    def __repr__(self) -> str:
        return "\n".join([self.title, *self._lines(), *self._after()])

    def _repr_html_(self) -> str:
        first = self._first()
        rows = "".join(self._row(judged, judged is first) for judged in self.verdict.judged)
        listed = f'<ul style="list-style: none; padding: 0; margin: 4px 0">{rows}</ul>' if rows else ""
        told = "" if first else self._told()
        after = "".join(f"<div>{marked(line)}</div>" for line in self._after())
        colour = _COLOURS.get(self.verdict.outcome, _OTHER)
        return box(f"<strong>{escape(self.title)}</strong>{listed}{told}{after}", colour)

    def text(self, way_on: str = "") -> str:
        """All of it as text, with the diagram, the explanation, and what to do next: for terminals."""
        parts = [self.title, *self._lines()]
        # Its heading is the reason, which stands above already.
        text = self.verdict.text.replace(f": {self.verdict.reason}\n", ":\n", 1)
        parts += ["", text] if text else []
        parts += ["", str(self.verdict.explanation)] if self.verdict.explanation else []
        return "\n".join([*parts, "", *self._after(), way_on]).rstrip()

    # Details

    def _first(self) -> Judged | None:
        """The first behaviour that was seen to fail: the reason is told below it."""
        return next((judged for judged in self.verdict.judged if judged.passed is False), None)

    def _lines(self) -> list[str]:
        first, lines = self._first(), []
        for judged in self.verdict.judged:
            sign, word = _SIGNS[judged.passed]
            lines.append(f"  {sign} {word:<11}  {clean(judged.sentence)} {_points(judged)}".rstrip())
            said = self._reason() if judged is first else []
            lines += [f"      {line}" for text in said for line in text.split("\n")]
        return lines if first else [*(f"  {line}" for line in self._reason()), *lines]

    def _row(self, judged: Judged, first: bool) -> str:
        sign, word = _SIGNS[judged.passed]
        weight = "" if judged.passed is None else "font-weight: bold"
        told = self._told() if first else ""
        return (
            f'<li style="margin: 2px 0"><span aria-hidden="true" style="display: inline-block; width: 1.6em; {weight}">'
            f'{sign}</span><span style="{weight}">{word}:</span> {marked(judged.sentence)} '
            f'<span style="opacity: 0.75">{_points(judged)}</span>{told}</li>'
        )

    def _reason(self) -> list[str]:
        return [clean(text.rstrip()) for text in (self.verdict.reason, self.verdict.details) if text.strip()]

    def _told(self) -> str:
        reason = f'<div style="margin-left: 1.6em">{marked(self.verdict.reason)}</div>' if self.verdict.reason else ""
        details = clean(self.verdict.details.rstrip())
        return reason + (f'<pre style="{_CODE}">{escape(details)}</pre>' if details else "")

    def _after(self) -> list[str]:
        return [f"Note: {note}" for note in self.verdict.notes]


@dataclass(frozen=True)
class Picture:
    """A diagram that came with a verdict: Mermaid for the eye, text for all others."""

    mermaid: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text} | ({"text/vnd.mermaid": self.mermaid} if self.mermaid else {})


def _points(judged: Judged) -> str:
    return f"({judged.points} of {judged.of})" if judged.passed is not None else f"({judged.of})"
