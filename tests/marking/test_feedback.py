"""Feedback: a page that tells a student everything, and that nothing in an answer can turn into anything else."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.grading.behaviour import OWN_CHECK
from channels_lab.grading.task import find_task, tasks
from channels_lab.grading.verdict import Outcome, Verdict
from channels_lab.marking.entries import Entry, State
from channels_lab.marking.feedback import Feedback
from channels_lab.marking.marks import Mark, mark_of
from channels_lab.marking.overrides import Override, Overrides
from tests.conftest import ROOT
from tests.marking.judged import could_not, not_attempted, not_yet, passed

HOSTILE = (
    '</code></pre></style></title><script>document.title="stolen"</script><img src=x onerror=alert(1)>'
    "{{ student }}{% include 'head.html' %}\u202e\x1b[31m\x00'\"&amp;--><svg onload=alert(2)>"
)


class Page(HTMLParser):
    """Its elements (name, attributes), and its text."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(place.read_text(encoding="utf-8"))
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] != "style":
            self.words.append(data)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a student's page of chapter 06 from verdicts."""

    def write(verdicts: list[Verdict], student: str = "ada", *overrides: Override) -> Path:
        feedback = Feedback(tmp_path / "feedback", Course(ROOT))
        changed = Overrides(tmp_path / "overrides.csv")
        for one in overrides:
            changed.add(one)
        feedback.write(mark_of(Entry(student, "06"), verdicts, (), changed), verdicts)
        return feedback.place(student, "06")

    return write


def test_what_a_page_tells(write: Callable[..., Path], tmp_path: Path) -> None:
    """It has points, outcomes, the first difference as a diagram, the explanation, its line and page, and hints."""
    given = Override("ada", "06.3", "4", "Seen in class.", "grace", "2026-11-20 10:00:00 UTC", "6", "passed")
    place = write(
        [passed("06.1"), not_yet("06.2", hostile="HERE"), not_attempted("06.3"), could_not("06.4")], "ada", given
    )
    assert place == tmp_path / "feedback" / "ada" / "06_sync_consumer" / "06_sync_consumer.html"
    assert [one.name for one in place.parent.iterdir()] == [place.name]
    page = Page(place)
    for words in (
        "Feedback for ada",
        "06 · Sync consumer",
        "12 of 21 points",
        "All visible checks passed",
        "The first difference bob should have received HERE .",
        "Change it HERE",
        "chat/consumers.py:7 send('HERE')",
        "4 of 6 points were given by grace",
        "The check itself gave 0: it said passed, 6 of 6 then, and says not attempted, 0 of 6 now.",
        "Seen in class.",
        "The task's cells are as they were given.",
        "There was no room on the disk.",
        *(" ".join(hint.replace("`", " ").split()[:3]) for hint in find_task("06.2").hints[:1]),
    ):
        assert words in page.text, words
    assert "Expected against actual" not in page.text  # the reason stands above the diagram already
    assert ("a", {"href": not_yet("06.2").explanation.page, "rel": "noopener noreferrer"}) in page.elements  # type: ignore[union-attr]
    assert page.text.count("Hint 1") == 3  # none where nothing is missing
    marked = re.findall(r"<mark>(.*?)</mark>", place.read_text())
    assert len(marked) == 1 and "bob ──▶ bob" in marked[0]


def test_what_could_not_be_read(tmp_path: Path) -> None:
    """Whose notebook is none gets a page that says so, with the reason, and no points are spoken of as lost."""
    feedback = Feedback(tmp_path / "feedback", Course(ROOT))
    entry = Entry("ada", "06", State.UNREADABLE, notes=("It is not a notebook any more.",))
    feedback.write(mark_of(entry, (), tasks("06").values(), Overrides(tmp_path / "overrides.csv")), ())
    text = Page(feedback.place("ada", "06")).text
    assert "State not readable Note It is not a notebook any more." in text
    assert text.count("What was handed in could not be read.") == len(tasks("06")) and "not handed in" not in text


def test_an_instructors_own_check(write: Callable[..., Path]) -> None:
    """What only whoever grades may read is not on it, and a task of which nothing is known here has its marks."""
    first, *others = passed("06.1").judged
    own = replace(first, sentence=OWN_CHECK, passed=False, points=0, hidden="SECRET")
    place = write([Verdict("06.77", Outcome.NOT_YET, (own, *others), "It fails.")])
    assert OWN_CHECK.replace("'", "&#x27;") in place.read_text() and "SECRET" not in place.read_text()
    assert "06.77 ✗ Not yet · 2 of 4 points" in Page(place).text


def test_a_page_needs_nothing(write: Callable[..., Path]) -> None:
    """It has no script, no attribute that styles or runs anything, nothing from outside, and a policy that says so."""
    page = Page(write([not_yet("06.1")]))
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.elements}
    names = {name for _, attributes in page.elements for name in attributes}
    assert "style" not in names and not [name for name in names if name.startswith("on")]
    policy = next(one["content"] for _, one in page.elements if one.get("http-equiv") == "Content-Security-Policy")
    assert policy and "default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy


def test_hostile_words(write: Callable[..., Path]) -> None:
    """Whatever stands in an answer, or in a name, is text: the page has the elements that an honest one has."""
    honest = Page(write([not_yet("06.1", hostile="word")], "ada"))
    place = write([not_yet("06.1", hostile=HOSTILE)], "ada")
    hostile = Page(place)
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in honest.elements]
    assert "<script>document.title" in hostile.text and "{{ student }}" in hostile.text
    assert not set("\u202e\x1b\x00") & set(place.read_text())
    verdict = not_yet("06.1")
    assert verdict.explanation
    linked = replace(verdict, explanation=replace(verdict.explanation, page="javascript:alert(1)"))
    assert "javascript:" not in write([linked]).read_text()


def test_megabytes(write: Callable[..., Path]) -> None:
    """Megabytes of output, in a line or in many, make a page of some kilobytes."""
    long = write([not_yet("06.1", hostile="<" * 5_000_000)]).stat().st_size
    many = write([not_yet("06.1", hostile="<b>\n" * 1_000_000)]).stat().st_size
    assert long < 200_000 and many < 200_000


def test_names_of_students(write: Callable[..., Path], tmp_path: Path) -> None:
    """A name that no folder can have is shortened, and two that begin alike stay two."""
    name = "𠀀" * 99
    places = {write([passed("06.1")], name + end) for end in ("a", "b")}
    assert len(places) == 2 and all(place.is_relative_to(tmp_path / "feedback") for place in places)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    """Where the page cannot be written it is said what to do, and no half of one is there."""
    (tmp_path / "feedback").write_text("in the way")
    with pytest.raises(LabError, match=r"06_sync_consumer.html cannot be written") as told:
        Feedback(tmp_path / "feedback", Course(ROOT)).write(Mark(Entry("ada", "06")), [])
    assert "--resume" in told.value.fix


@pytest.mark.browser
def test_a_page_in_a_browser(write: Callable[..., Path], needs: Callable[[str], str]) -> None:
    """On a phone and on a desk, by day and by night, it fits, runs nothing, and a screen reader can read it."""
    verdicts = [passed("06.1"), not_yet("06.2", hostile=HOSTILE), not_attempted("06.3"), could_not("06.4")]
    place = write([*verdicts, not_yet("06.5", "", hostile="long " * 300)], "ada" * 33)
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs("chromium"), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 360, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
            page.on("console", lambda message: said.append(message.text))
            page.goto(place.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert "stolen" not in page.title() and not said  # neither run, nor refused by the policy
            assert page.evaluate("getComputedStyle(document.querySelector('.task')).borderRadius") != "0px"
            found = Axe().run(page)
            assert not found.response["violations"], found.generate_report()
            page.close()
        browser.close()
