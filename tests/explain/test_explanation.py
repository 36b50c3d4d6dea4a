"""How an explanation shows itself."""

import re
from html.parser import HTMLParser

from channels_lab.explain.explanation import Explanation, Explanations
from channels_lab.explain.place import Place

PAGE = "https://channels.readthedocs.io/en/stable/?a=1&b=2"
HOSTILE = '<script>alert(1)</script><img src=x onerror="x()"> \x1b[2J \u202e `<b>`'


def explanation(text: str = "It `broke`.", place: Place | None = Place("chat/a.py", 7, "x = 1 < 2")) -> Explanation:  # noqa: B008
    """An explanation that says the same thing three times."""
    return Explanation("a-rule", text, text, text, place, PAGE)


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


def test_as_text_it_has_three_headings_the_line_and_the_page() -> None:
    """The text has what you see, why, what to change, your line and the page, each on a line of its own."""
    assert str(explanation()).splitlines() == [
        "What you see: It `broke`.",
        "Why: It `broke`.",
        "What to change: It `broke`.",
        "Your line: chat/a.py:7: x = 1 < 2",
        f"Read more: {PAGE}",
    ]


def test_without_a_line_none_is_named() -> None:
    """An explanation that knows no line of the learner's names none, in text and HTML."""
    one = explanation(place=None)
    assert "Your line" not in str(one) and "chat/a.py" not in one.html()


def test_as_html_it_is_a_box_without_fixed_text_colours() -> None:
    """The box has a border, headings, code in monospace and the link, and leaves the text's colour to the page."""
    html = explanation()._repr_mimebundle_()["text/html"]
    for part in (
        "What you see",
        "Why",
        "What to change",
        "chat/a.py:7",
        "x = 1 &lt; 2",
        ">broke</code>",
        "a=1&amp;b=2",
    ):
        assert part in html
    assert not re.search(r"[^-]color\s*:|background", html)


def test_hostile_text_is_escaped_and_steers_no_terminal() -> None:
    """Tags, terminal escapes and turned writing directions in the learner's text come to nothing."""
    one = explanation(HOSTILE, Place(HOSTILE, 1, HOSTILE))
    assert set(_Tags(one.html()).tags) <= {"div", "p", "strong", "br", "code", "a"}
    for shown in (str(one), one.html()):
        assert "\x1b" not in shown and "\u202e" not in shown


def test_long_text_is_bounded() -> None:
    """A text of a million characters is cut."""
    one = explanation("x" * 1_000_000, Place("a.py", 1, "y" * 1_000_000))
    assert len(str(one)) < 6000 and len(one.html()) < 8000


def test_several_show_themselves_one_after_the_other() -> None:
    """Explanations are a sequence that shows each of its own."""
    two = Explanations([explanation("first"), explanation("second")])
    assert len(two) == 2 and [one.see for one in two] == ["first", "second"] and two[1:][0].see == "second"
    assert repr(two) == str(two) == f"{explanation('first')}\n\n{explanation('second')}"
    assert two._repr_mimebundle_()["text/html"].count('role="note"') == 2


def test_none_says_what_was_looked_at() -> None:
    """Without an explanation it says that nothing known went wrong, and what was looked at, escaped."""
    none = Explanations([], "Looked at <3 events.")
    assert str(none) == "Nothing that the lab knows went wrong. Looked at <3 events."
    assert "&lt;3 events" in none._repr_mimebundle_()["text/html"]
    assert str(Explanations([])) == "Nothing that the lab knows went wrong."
