"""Feedback: a page for each student and chapter, in one file that needs nothing else and runs nothing.

What students have written is escaped by the template engine and bounded here; the page's policy forbids scripts and
anything from outside, in case that fails.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from channels_lab.course.course import Course
from channels_lab.course.safekeeping import write
from channels_lab.errors import LabError
from channels_lab.explain.explanation import Explanation, clean
from channels_lab.grading.task import Task, find_task
from channels_lab.grading.verdict import Judged, Outcome, Verdict
from channels_lab.marking.absent import verdicts_without
from channels_lab.marking.marks import Mark, TaskMark
from channels_lab.marking.overrides import shown

__all__ = ["Feedback", "page", "write_page"]

_MOST_LINES = 400
_MOST_LINE = 400
_MOST_NOTES = 20
_MOST_NAME_BYTES = 200
_BACKTICKS = re.compile(r"`([^`\n]+)`")
_NO_NAME = re.compile(r"[/\\\0]")
_HINTS = ("a question", "a direction", "nearly the code")
# A sign, a word, and a class for the colour: colour alone says nothing to many.
_OUTCOMES = {
    Outcome.PASSED: ("✓", "passed", "good"),
    Outcome.NOT_YET: ("✗", "not yet", "open"),
    Outcome.NOT_ATTEMPTED: ("–", "not attempted", "none"),
    Outcome.NOT_CHECKED: ("?", "could not check", "none"),
}
_JUDGED = {True: ("✓", "passed", "good"), False: ("✗", "not yet", "open"), None: ("–", "not reached", "none")}

# A text in pieces: whether each is code.
Pieces = list[tuple[bool, str]]


@dataclass(frozen=True)
class Feedback:
    """The pages of a class, below a folder: `STUDENT/CHAPTER/CHAPTER.html`, as nbgrader lays them."""

    folder: Path
    course: Course

    def place(self, student: str, chapter: str) -> Path:
        """Where a student's page of a chapter is."""
        name = self.course.chapter(chapter).name
        return self.folder / _short(student) / name / f"{name}.html"

    def write(self, mark: Mark, verdicts: Sequence[Verdict]) -> None:
        """Write one; raises LabError when that is impossible."""
        entry = mark.entry
        heading = self.course.chapter(entry.chapter).cells[0]["source"].partition("\n")[0].lstrip("# ")
        told = {one.number: one for one in mark.tasks}
        values = {
            "chapter": heading,
            "student": clean(entry.student),
            "mark": mark,
            "points": shown(mark.points),
            "of": shown(mark.of),
            "facts": _facts(mark),
            "tasks": [_task(told[one.number], one) for one in verdicts or verdicts_without(mark)],
        }
        write_page(self.place(entry.student, entry.chapter), page("feedback.html", values))


def page(template: str, values: dict[str, Any]) -> str:
    """A page made from a template of ours, with the policy that lets its own style in and nothing else."""
    style = _engine().get_template("page.css").render(Context())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    context = Context({**values, "style": style, "digest": digest}, autoescape=True, use_l10n=False, use_tz=False)
    return str(_engine().get_template(template).render(context))


def write_page(place: Path, text: str) -> None:
    """Write a page whole or not at all; raises LabError when that is impossible."""
    try:
        write(place, text.encode(errors="replace"))
    except OSError as error:
        raise LabError(
            f"{place} cannot be written: {error.strerror}.", "Free some space, and go on with  --resume ."
        ) from None


@lru_cache(1)
def _engine() -> Engine:
    return Engine(dirs=[Path(__file__).parent / "templates"])


def _facts(mark: Mark) -> list[tuple[str, str]]:
    entry = mark.entry
    facts = []
    if entry.at:
        facts.append(("Handed in", f"{entry.at:%Y-%m-%d %H:%M %Z} ({entry.clock})"))
    if entry.due:
        facts.append(("Due", f"{entry.due:%Y-%m-%d %H:%M %Z}"))
    facts.append(("State", entry.told))
    if mark.off:
        facts.append(("Late", f"{shown(mark.off)} points off: {shown(mark.raw)} were earned"))
    return [*facts, *(("Note", clean(note)) for note in entry.notes[:_MOST_NOTES])]


def _task(mark: TaskMark, verdict: Verdict) -> dict[str, Any]:
    task = _known(mark.number)
    passed = verdict.outcome is Outcome.PASSED
    first = next((one for one in verdict.judged if one.passed is False), None)
    return {
        "number": mark.number,
        "title": f"{mark.number} · {task.title}" if task else mark.number,
        "effort": f"{task.difficulty}, {task.minutes} minutes" if task else "",
        "outcome": _OUTCOMES[verdict.outcome],
        "points": shown(mark.points),
        "of": shown(mark.of),
        "override": _override(mark),
        "judged": [_judged(one) for one in verdict.judged],
        "first": _pieces(first.sentence) if first else [],
        "reason": _pieces(verdict.reason.rstrip()),
        "details": _lines(verdict.details.rstrip()),
        "diagram": _lines(_without_heading(verdict.text)),
        "explanation": _explanation(verdict.explanation),
        "notes": [_pieces(note) for note in verdict.notes[:_MOST_NOTES]],
        "hints": [*zip(_HINTS, map(_pieces, task.hints), strict=True)] if task and not passed else [],
    }


def _known(number: str) -> Task | None:
    try:
        return find_task(number)
    except LabError:
        return None  # one of an instructor's, who does not name their folder now


def _judged(one: Judged) -> dict[str, Any]:
    sign, word, kind = _JUDGED[one.passed]
    told = {"sign": sign, "word": word, "kind": kind, "sentence": _pieces(one.sentence)}
    return told | {"points": f"{one.points} of {one.of}"}


def _override(mark: TaskMark) -> dict[str, Any] | None:
    one = mark.override
    if not one:
        return None
    return {
        "who": clean(one.who, 100),
        "when": clean(one.when, 100),
        "reason": _pieces(one.reason),
        "automatic": shown(mark.automatic),
        "changed": mark.changed,
    }


def _explanation(one: Explanation | None) -> dict[str, Any] | None:
    if not one:
        return None
    parts = (("What you see", one.see), ("Why", one.why), ("What to change", one.change))
    return {
        "parts": [(heading, _pieces(text)) for heading, text in parts],
        "where": clean(f"{one.place.path}:{one.place.line}", 200) if one.place else "",
        "code": clean(one.place.code, _MOST_LINE) if one.place else "",
        "page": one.page if one.page.startswith("https://") else "",
    }


def _pieces(text: str) -> Pieces:
    """A text, bounded; what stands in backticks is code."""
    return [(bool(at % 2), piece) for at, piece in enumerate(_BACKTICKS.split(clean(text))) if piece]


def _lines(text: str) -> list[dict[str, Any]]:
    """Lines, bounded in number and length; of a diagram those that differ are marked."""
    lines = text.split("\n", _MOST_LINES) if text else []
    if len(lines) > _MOST_LINES:
        lines[-1] = "… and more, which is not shown"
    return [
        {"text": clean(line.expandtabs(4), _MOST_LINE), "differs": line.startswith(("≠  ", "✗  "))} for line in lines
    ]


def _without_heading(text: str) -> str:
    """A diagram without its first line, which is the reason, told above it already."""
    first, _, rest = text.partition("\n")
    return rest if ": " in first and rest else text


def _short(name: str) -> str:
    """A student's name as a folder's: one that leads nowhere else, and a file system takes 255 bytes."""
    name = _NO_NAME.sub("_", name).lstrip(".") or "_"
    raw = name.encode(errors="replace")
    if len(raw) <= _MOST_NAME_BYTES:
        return name
    digest = hashlib.sha256(raw).hexdigest()[:8]
    return f"{raw[: _MOST_NAME_BYTES - 9].decode(errors='ignore')} {digest}"
