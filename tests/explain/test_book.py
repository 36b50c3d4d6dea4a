"""The book of rules: entering, outranking, and rules that fail."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels_lab.explain import book, rules
from channels_lab.explain.book import Said, explain, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.explain.source import Source

PAGE = "https://docs.djangoproject.com/"
EVIDENCE = Evidence([], {"main": "one line\n"}, Source({"a.py": ""}))


@pytest.fixture(autouse=True)
def _empty_book(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A book with nothing in it, and a package of rules that is empty."""
    monkeypatch.setattr(book, "_rules", {})
    monkeypatch.setattr(rules, "__path__", [str(tmp_path)])
    yield
    for name in [name for name in sys.modules if name.startswith("channels_lab.explain.rules.zz_")]:
        del sys.modules[name]


def enter(name: str, said: Said | None = Said("s", "w", "c"), **options: Any) -> None:  # noqa: B008
    """Enter a rule that always says the same."""
    rule(name, page=PAGE, **options)(lambda evidence: said)


def broken(evidence: Evidence) -> Said | None:
    """A rule that fails."""
    raise KeyError("oops")


def names(**options: bool) -> list[str]:
    """The rules that speak."""
    return [one.rule for one in explain(EVIDENCE, **options)]


def test_what_a_rule_says_gets_its_name_and_page() -> None:
    """A rule's function says only texts and a place; name and page come from where it is entered."""
    place = Place("a.py", 1, "x")
    enter("one", Said("see", "why", "change", place))
    enter("silent", None)
    (one,) = explain(EVIDENCE)
    assert (one.rule, one.see, one.why, one.change, one.place, one.page) == ("one", "see", "why", "change", place, PAGE)


def test_a_rule_that_speaks_silences_those_that_it_outranks() -> None:
    """`instead_of` drops others when the rule speaks, and only then, whichever was entered first."""
    enter("general")
    enter("special", instead_of=("general",))
    enter("mute", None, instead_of=("special",))
    assert names() == ["special"]


def test_a_fallback_speaks_only_where_no_other_rule_does() -> None:
    """A general rule is silent beside any other that speaks, whichever was entered first."""
    enter("general", fallback=True)
    enter("mute", None)
    assert names() == ["general"]
    enter("more-general", fallback=True)
    assert names() == ["general", "more-general"]
    enter("special")
    assert names() == ["special"]


def test_a_rule_that_fails_hides_nothing() -> None:
    """A failing rule is left out; the others speak."""
    rule("broken", page=PAGE)(broken)
    enter("other")
    assert names() == ["other"]


def test_a_rule_that_fails_is_seen_where_asked_for() -> None:
    """With `strict` the error of a rule is raised, and names the rule."""
    rule("broken", page=PAGE)(broken)
    with pytest.raises(KeyError) as raised:
        explain(EVIDENCE, strict=True)
    assert raised.value.__notes__ == ["in the rule broken"]


def test_a_module_of_rules_that_cannot_be_imported_hides_nothing(tmp_path: Path) -> None:
    """A broken module is left out, and raised with `strict`; the modules around it are read."""
    enter_one = (
        "from channels_lab.explain.book import Said, rule\n"
        "@rule('{0}', page='https://x')\n"
        "def speak(evidence): return Said('s', 'w', 'c')\n"
    )
    (tmp_path / "zz_first.py").write_text(enter_one.format("first"))
    (tmp_path / "zz_middle.py").write_text("1 / 0")
    (tmp_path / "zz_second.py").write_text(enter_one.format("second"))
    assert names() == ["first", "second"]
    with pytest.raises(ZeroDivisionError):
        names(strict=True)


@pytest.mark.parametrize("name", ["", "Not-Small", "two words", "-dash", "a--b"])
def test_a_name_is_words_with_dashes(name: str) -> None:
    """Another name is refused when the rule is entered."""
    with pytest.raises(ValueError, match="is no name"):
        enter(name)


def test_a_page_is_a_secure_address() -> None:
    """A page that is no https address is refused."""
    with pytest.raises(ValueError, match="no page"):
        rule("one", page="http://x")


def test_two_rules_of_one_name_are_refused_and_the_same_one_again_is_not() -> None:
    """A name belongs to one function; a module that is read again enters its own anew."""
    rule("broken", page=PAGE)(broken)
    rule("broken", page=PAGE)(broken)
    with pytest.raises(ValueError, match="two rules"):
        enter("broken")


def test_with_nothing_to_say_it_says_what_was_looked_at() -> None:
    """The evidence is counted in a sentence."""
    looked = "Looked at 0 events, 1 lines of log (main) and 1 Python files."
    assert str(explain(EVIDENCE)) == f"Nothing that the lab knows went wrong. {looked}"
