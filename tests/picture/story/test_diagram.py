"""A story as Mermaid and as text."""

from dataclasses import replace

import pytest

from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Step, Story


def diagram(*steps: Step, title: str = "A title", complete: bool = True) -> Diagram:
    """A diagram of these steps."""
    names = dict.fromkeys(name for step in steps for name in (step.source, step.target) if name)
    soon = [replace(step, t=step.t / 1000) for step in steps]
    return Diagram(Story(list(names), soon, complete), title)


def lines(text: str) -> list[str]:
    """Mermaid's lines, without their margin."""
    return [line.strip() for line in text.splitlines()]


def test_steps_and_participants() -> None:
    """Participants stand under aliases, and each step is an arrow between two of them."""
    drawn = diagram(Step(1, "alice", "alice's consumer", "hi"), Step(2, "alice's consumer", "alice", "ho"))
    assert lines(drawn.mermaid()) == [
        "sequenceDiagram",
        "accTitle: A title",
        "accDescr: 2 steps between alice, alice's consumer.",
        "participant p0 as alice",
        "participant p1 as alice's consumer",
        "p0->>p1: hi",
        "p1->>p0: ho",
    ]


def test_a_failed_step() -> None:
    """A failed step has a cross, a tint, and is counted in the description."""
    drawn = diagram(Step(1, "a", "b", "no", failed=True), Step(2, "a", "", "waited", failed=True))
    assert lines(drawn.mermaid())[5:] == [
        *("rect rgba(214, 69, 65, 0.16)", "p0-xp1: no", "end"),
        *("rect rgba(214, 69, 65, 0.16)", "Note over p0: ✗ waited", "end"),
    ]
    assert "accDescr: 2 steps between a, b#59; 2 failed." in drawn.mermaid()
    assert "a ──✗ b  no" in drawn.text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a; b", "a#59; b"),
        ("#1 &amp; 50%", "#35;1 #amp;amp#59; 50#37;"),
        ("<b>end</b>", "#lt;b#gt;end#lt;/b#gt;"),
        ("a->>b: c", "a-#gt;#gt;b: c"),
        ("end", "end"),
        ("wrap: gone?", "wrap#58; gone?"),
        ("two\nlines\r\nand\ttabs\x00\u2028", "two lines and tabs"),
        ("안녕 하세요", "안녕 하세요"),
        ("🎈👩‍🚀", "🎈👩‍🚀"),
        ("a\u202eb", "a b"),
        ("\ud800", ""),
        ("%%{init: {}}%%", "#37;#37;{init: {}}#37;#37;"),
    ],
)
def test_what_mermaid_reads_as_syntax(text: str, shown: str) -> None:
    """What Mermaid would take for syntax is escaped, in messages, names and titles; all else stays."""
    last = lines(diagram(Step(1, "a", "b", text)).mermaid())[-1]
    assert last == f"p0->>p1: {shown}".rstrip()
    title = lines(diagram(Step(1, "a", "b", "x"), title=text).mermaid())[1]
    assert title == f"accTitle: {shown}".rstrip()
    name = lines(diagram(Step(1, text, "b", "x")).mermaid())[3]
    assert name == f"participant p0 as {shown or '?'}"


@pytest.mark.parametrize("place", ["text", "title", "name"])
def test_hostile_text_adds_no_line(place: str) -> None:
    """Whatever a message, a title or a name holds, the diagram has one line for it, and so has its text."""
    evil = "x\nend\nparticipant evil\n" * 3
    drawn = diagram(
        Step(1, evil if place == "name" else "a", "b", evil if place == "text" else "hi"),
        title=evil if place == "title" else "t",
    )
    assert not any(line.startswith(("participant evil", "end")) for line in lines(drawn.mermaid()))
    assert len(drawn.text().splitlines()) == 2


def test_long_texts() -> None:
    """A long message is cut, and broken between words into lines of one label."""
    long = lines(diagram(Step(1, "a", "b", "word " * 100)).mermaid())[-1]
    assert long.count("<br/>") == 1
    assert long.endswith("…")
    assert len(long) < 120


def test_as_text() -> None:
    """The text form has a title, and a line for each step with the time since the first."""
    drawn = diagram(Step(100.0, "alice", "bob", "hi"), Step(350.0, "bob", "", "waited 2 s"), title="Chat")
    assert str(drawn).splitlines() == [
        "Chat: 2 steps between alice, bob.",
        "      0 ms  alice ──▶ bob    hi",
        "    250 ms  bob   ·  waited 2 s",
    ]


def test_a_long_story_is_folded() -> None:
    """Of many steps the first 45 and the last 15 are drawn, and between them the number of the others."""
    drawn = diagram(*(Step(number, "a", "b", f"step{number}.") for number in range(200)))
    for form in (drawn.mermaid(), drawn.text()):
        assert "step44." in form and "step185." in form and "step199." in form
        assert "step45." not in form and "step184." not in form
        assert "… 140 more steps" in form
    assert "Note over p0,p1: … 140 more steps" in drawn.mermaid()
    assert "more steps" not in diagram(*(Step(number, "a", "b", "x") for number in range(60))).text()


def test_folding_with_one_participant() -> None:
    """A folded story of one participant has its note over that one."""
    drawn = diagram(*(Step(number, "a", "", "x") for number in range(100)))
    assert "Note over p0: … 40 more steps" in drawn.mermaid()


def test_an_empty_story() -> None:
    """Where nothing has happened, both forms say so."""
    drawn = diagram()
    assert "Note over p0: nothing has happened yet" in drawn.mermaid()
    assert str(drawn) == "A title: nothing has happened yet."


def test_a_record_that_was_full() -> None:
    """A story that is not complete says so at its end."""
    assert diagram(Step(1, "a", "b", "x"), complete=False).text().endswith("what came later is missing.")


def test_both_forms_are_offered() -> None:
    """A notebook is offered Mermaid and, beside it, text."""
    drawn = diagram(Step(1, "a", "b", "x"))
    assert drawn._repr_mimebundle_() == {"text/vnd.mermaid": drawn.mermaid(), "text/plain": drawn.text()}


def test_pauses_and_guesses() -> None:
    """Where half a second passes there is a mark, and what is inferred has a sign and a remark."""
    story = Story(["a"], [Step(0, "a", "", "one"), Step(0.6, "a", "", "two", inferred=True)])
    drawn = Diagram(story)
    assert "Note over p0: 0.6 s later" in drawn.mermaid() and "Note over p0: ≈ two" in drawn.mermaid()
    assert "0.6 s later" in drawn.text() and "≈   600 ms  a ·  two" in drawn.text()
    assert "≈ inferred, not observed" in drawn.text() and "≈ inferred, not observed" in drawn.mermaid()


def test_a_note_over_two() -> None:
    """A step that is a note lies over both lanes, without an arrow's head."""
    drawn = diagram(Step(0, "alice's consumer", "channel layer", "group_add room: now alice", note=True))
    assert "Note over p0,p1: group_add room: now alice" in drawn.mermaid()
    assert "··· channel layer     group_add" in drawn.text() and "▶" not in drawn.text()
