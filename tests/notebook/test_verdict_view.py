import pytest

from channels_lab.course.exercise import Exercise
from channels_lab.explain.explanation import Explanation
from channels_lab.explain.place import Place
from channels_lab.grading.verdict import Judged, Outcome, Verdict
from channels_lab.notebook.verdict_view import VerdictView

JUDGED = (
    Judged("one", "Alice hears <b>all</b>.", True, 2, 2),
    Judged("two", "Bob hears `that`.", False, 0, 1, "nothing came"),
    Judged("three", "Eve hears nothing.", None, 0, 1),
)
EXPLANATION = Explanation(
    "a-rule", "You see <i>it</i>.", "Because.", "Mend it.", Place("chat/consumers.py", 7, "x = '<'"), ""
)


@pytest.fixture
def exercise(tmp_path) -> Exercise:
    """A task; what its notebook holds does not matter."""
    return Exercise("06.2", "Say <who> comes", "easy", 10, "", (), 4, tmp_path / "06_chat.ipynb")


@pytest.fixture
def failed(exercise) -> VerdictView:
    """A verdict on an answer that does not do all."""
    verdict = Verdict(
        "06.2",
        Outcome.NOT_YET,
        JUDGED,
        "bob should have received `<script>`; nothing came.",
        "  File x, line 3\n    <script>alert(1)</script>",
        EXPLANATION,
        "Expected against actual: bob should have received `<script>`; nothing came.\n  0 ms  alice",
        "sequenceDiagram\n",
        ("the checker was started again",),
    )
    return VerdictView(exercise, verdict)


def test_each_behaviour_has_a_sign_and_a_word(failed):
    """Passed, not yet and not reached are told by words and signs beside any colour, in text and in HTML."""
    text, html = repr(failed), failed._repr_html_()
    for sign, word in (("✓", "passed"), ("✗", "not yet"), ("–", "not reached")):
        assert f"  {sign} {word}" in text
        assert f">{sign}</span>" in html and f">{word}:</span>" in html
    assert text.splitlines()[0] == "06.2 · Say <who> comes: not yet. 2 of 4 points."


def test_what_the_learner_wrote_is_escaped(failed):
    """Markup in titles, sentences, reasons, details and notes is shown as text."""
    html = failed._repr_html_()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;all&lt;/b&gt;" in html
    assert not any(tag in html for tag in ("<script", "<b>", "<who>"))
    assert "<code" in html


def test_the_first_failure_is_told_at_its_behaviour(failed):
    """The reason stands below the first behaviour that failed, and once."""
    lines = repr(failed).splitlines()
    at = next(number for number, line in enumerate(lines) if "Bob hears" in line)
    assert lines[at + 1].strip() == "bob should have received `<script>`; nothing came."
    assert repr(failed).count("nothing came") == 1
    assert "Note: the checker was started again" in lines


def test_the_text_for_a_terminal_has_it_all(failed):
    """Behaviours, diagram, explanation and what to do next, and the reason not a second time."""
    text = failed.text("Try again.")
    for part in (
        "not reached",
        "0 ms  alice",
        "What to change: Mend it.",
        "Your line: chat/consumers.py:7",
        "Try again.",
    ):
        assert part in text
    assert text.count("bob should have received") == 1
    assert failed.picture._repr_mimebundle_() == {
        "text/plain": failed.verdict.text,
        "text/vnd.mermaid": "sequenceDiagram\n",
    }


def test_never_more_is_said_than_is_true(exercise):
    """An answer that passes has passed all visible checks; nothing is said to be correct."""
    view = VerdictView(exercise, Verdict("06.2", Outcome.PASSED, (JUDGED[0],)))
    assert view.title == "06.2 · Say <who> comes: All visible checks passed. 2 of 2 points."
    assert view.passed and view.picture is None


@pytest.mark.parametrize("outcome", [Outcome.NOT_ATTEMPTED, Outcome.NOT_CHECKED])
def test_other_outcomes_say_why(exercise, outcome):
    """Where there is nothing to judge, the reason and its details are told, and no points."""
    view = VerdictView(exercise, Verdict("06.2", outcome, (), "The disk is full.", "Free some space."))
    assert repr(view) == f"06.2 · Say <who> comes: {outcome}.\n  The disk is full.\n  Free some space."
    assert "The disk is full." in view._repr_html_() and "Free some space." in view._repr_html_()
    assert "points" not in repr(view)


def test_a_bad_sign_does_no_harm(exercise):
    """Control characters and megabytes in what is told are bounded and replaced."""
    view = VerdictView(exercise, Verdict("06.2", Outcome.NOT_YET, (), "\x1b[31m" + "x" * 10**6, "\u202e" * 10**5))
    assert len(repr(view)) < 5000 and len(view._repr_html_()) < 20_000
    assert "\x1b" not in repr(view) + view._repr_html_()
