"""Verdicts as the judge gives them, made once by hand: what a page or a table is made from."""

from channels_lab.explain.explanation import Explanation
from channels_lab.explain.place import Place
from channels_lab.grading.task import find_task
from channels_lab.grading.verdict import Judged, Outcome, Verdict

__all__ = ["could_not", "not_attempted", "not_yet", "passed"]


def passed(number: str) -> Verdict:
    """An answer that does all that it should."""
    judged = tuple(Judged(one.name, one.sentence, True, one.points, one.points) for one in find_task(number).behaviours)
    return Verdict(number, Outcome.PASSED, judged)


def not_yet(number: str, rule: str = "told-to-all", *, hostile: str = "") -> Verdict:
    """One whose first behaviour failed, by a mistake of this name ("" for one that is not known)."""
    first, *others = passed(number).judged
    failed = Judged(first.name, first.sentence, False, 0, first.of, f"it said {hostile}")
    told = Explanation(
        rule,
        f"You see `{hostile or 'a word'}`.",
        f"It is because {hostile}",
        f"Change it {hostile}",
        Place("chat/consumers.py", 7, f"send({hostile or 'word'!r})"),
        "https://channels.readthedocs.io/en/stable/topics/consumers.html",
    )
    text = (
        f"Expected against actual: bob heard it.\n       0 ms  alice ──▶ bob {hostile}\n≠      1 ms  bob ──▶ bob\nend"
    )
    reason = f"bob should have received `{hostile or 'a word'}`."
    notes = (f"Note of {hostile}",)
    explanation = told if rule else None
    return Verdict(number, Outcome.NOT_YET, (failed, *others), reason, hostile, explanation, text, notes=notes)


def not_attempted(number: str) -> Verdict:
    """A stub."""
    judged = tuple(Judged(one.name, one.sentence, None, 0, one.of) for one in passed(number).judged)
    return Verdict(number, Outcome.NOT_ATTEMPTED, judged, "The task's cells are as they were given.")


def could_not(number: str) -> Verdict:
    """One that could not be checked."""
    told = not_attempted(number)
    return Verdict(number, Outcome.NOT_CHECKED, told.judged, "There was no room on the disk.")
