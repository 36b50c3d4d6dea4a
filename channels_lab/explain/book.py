"""The book of rules: each looks at the evidence and says what went wrong, or nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from channels_lab.explain.evidence import Evidence
from channels_lab.explain.explanation import Explanation, Explanations
from channels_lab.explain.place import Place

__all__ = ["Rule", "Said", "explain", "rule", "rules"]


@dataclass(frozen=True)
class Said:
    """What a rule says: three short texts (code in backticks), and the learner's line where it is known."""

    see: str
    why: str
    change: str
    place: Place | None = None


Check = Callable[[Evidence], Said | None]


@dataclass(frozen=True)
class Rule:
    """A rule: `check` returns what it has to say. Where it speaks, the rules in `instead_of` are silent.

    A `fallback` is a general rule ("the consumer raised"): it speaks only where no other rule does.
    """

    name: str
    page: str
    check: Check
    instead_of: tuple[str, ...] = ()
    fallback: bool = False

    def explain(self, evidence: Evidence) -> Explanation | None:
        """The explanation, with name and page; None when the rule has nothing to say."""
        said = self.check(evidence)
        return Explanation(self.name, said.see, said.why, said.change, said.place, self.page) if said else None


_rules: dict[str, Rule] = {}


def rule(name: str, *, page: str, instead_of: tuple[str, ...] = (), fallback: bool = False) -> Callable[[Check], Check]:
    """Enter a function into the book: `@rule("handler-typo", page="https://…")`; options as in `Rule`.

    Raises ValueError when the name is taken or not in-small-words, or the page is no https address.
    """

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or not page.startswith("https://"):
        raise ValueError(f"{name!r} is no name, or {page!r} no page, of a rule")

    def enter(check: Check) -> Check:
        before = _rules.get(name)
        if before and (before.check.__module__, before.check.__name__) != (check.__module__, check.__name__):
            raise ValueError(f"two rules are called {name!r}")
        _rules[name] = Rule(name, page, check, instead_of, fallback)
        return check

    return enter


def rules(*, strict: bool = False) -> tuple[Rule, ...]:
    """All rules. A module of rules that cannot be imported is left out; with `strict` its error is raised."""
    from channels_lab.explain.rules import load

    load(strict=strict)
    return tuple(_rules.values())


def explain(evidence: Evidence, *, strict: bool = False) -> Explanations:
    """What the rules say of the evidence, without those that others speak instead of; fallbacks only where none does.

    A rule that fails is left out, so that it never hides the learner's error; with `strict` its error is raised.
    """
    found: dict[str, Explanation] = {}
    general: dict[str, Explanation] = {}
    outranked: set[str] = set()
    for one in rules(strict=strict):
        try:
            explanation = one.explain(evidence)
        except Exception as error:
            if strict:
                error.add_note(f"in the rule {one.name}")
                raise
            continue
        if explanation:
            (general if one.fallback else found)[one.name] = explanation
            outranked.update(one.instead_of)
    told = found or general
    return Explanations([told[name] for name in told if name not in outranked], evidence.looked_at)
