"""Where the class stands: tasks and mistakes, counted as results come."""

import csv
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.marks import Mark, mark_of
from channels_lab.marking.overrides import Override, Overrides
from channels_lab.marking.screen import mark_table, mistake_table, task_table
from channels_lab.marking.standing import Standing
from tests.marking.judged import could_not, not_attempted, not_yet, passed


def stand(folder: Path, *answers: Verdict) -> tuple[Standing, list[Mark]]:
    """A class of which each has one answer, and one has handed in nothing; the second's mark was changed."""
    overrides = Overrides(folder / "overrides.csv")
    overrides.add(Override("s1", "06.1", "3", "x", "", ""))
    standing, marks = Standing(), []
    for number, answer in enumerate(answers):
        marks.append(mark_of(Entry(f"s{number}", "06"), [answer], (), overrides))
        standing.add(marks[-1], (answer,))
    marks.append(Mark(Entry("fay", "06", State.MISSING)))
    standing.add(marks[-1])
    return standing, marks


def test_what_a_class_is_told(tmp_path: Path) -> None:
    """Outcomes, medians with changed marks, and mistakes by how many made them, on screen and in two files."""
    broken = Verdict("06.1", Outcome.NOT_YET, not_attempted("06.1").judged, "line 3: <b>invalid</b> syntax")
    told = (not_yet("06.1", "told-to-all"), not_yet("06.1", "told-to-all"), not_yet("06.1", "<script>"))
    standing, marks = stand(tmp_path, *told, not_yet("06.1", ""), passed("06.1"), broken, could_not("06.1"))
    (task,) = standing.tasks
    assert task.counts == [1, 5, 0, 1] and task.median == "2" and task.lost == "11"
    assert [(one.name, one.students, one.points) for one in standing.mistakes] == [
        ("told-to-all", 2, 4),
        ("no known mistake", 1, 4),
        ("<script>", 1, 2),
        ("no known mistake", 1, 2),
    ]
    assert [one.told for one in standing.mistakes][1] == "It could not be started."
    assert standing.states == {"06": "7 handed in, 1 missing"}

    page, table = standing.write(tmp_path)
    text = page.read_text()
    assert "&lt;script&gt;" in text and "<script>" not in text and "7 handed in, 1 missing" in text
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert [(row["what"], row["students"], row["points_lost"]) for row in rows][:2] == [
        ("task", "7", "11"),
        ("mistake", "2", "4"),
    ]
    assert (rows[0]["passed"], rows[0]["median"], rows[0]["max"]) == ("1", "2", "4")

    console = Console(width=120)
    with console.capture() as shown:
        for one in (mark_table(marks), task_table(standing), mistake_table(standing)):
            console.print(one)
    said = " ".join(shown.get().replace("│", " ").split())
    for words in ("s1 06 handed in 3 of 4 by hand: 06.1 3 (check: 2)", "s4 06 handed in 4 of 4 all passed"):
        assert words in said
    assert "fay 06 missing 0 of 0" in said and "06.1 Answer a ping 1 5 0 1 2 of 4 11" in said
    assert "told-to-all 06.1 Who sends a ping gets a pong with the same number. 2 4" in said


def test_an_instructors_own_check(tmp_path: Path) -> None:
    """What a hidden check saw is in the teacher's files, not on screen; its task may be one that is not known here."""
    first, *others = passed("06.1").judged
    told = [replace(first, sentence="Own.", passed=False, points=0, hidden=f"Sums. It was {word}") for word in "ab"]
    verdicts = [Verdict("06.77", Outcome.NOT_YET, (one, *others)) for one in told]
    standing, _ = stand(tmp_path, *verdicts)
    assert [(one.told, one.students) for one in standing.mistakes] == [("Own.", 2)]
    assert all("Sums. It was a" in place.read_text() for place in standing.write(tmp_path))
    assert not standing.tasks[0].title


def test_a_class_without_mistakes(tmp_path: Path) -> None:
    """Where all have passed it says so."""
    standing, _ = stand(tmp_path, passed("06.1"))
    assert not mistake_table(standing)
    assert "every answer that was tried has passed" in standing.write(tmp_path)[0].read_text()
