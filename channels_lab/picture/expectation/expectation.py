"""An expectation: what somebody thinks will happen, written a step a line before they look."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from channels_lab.errors import LabError
from channels_lab.picture.story.diagram import one_line
from channels_lab.picture.story.story import Story
from channels_lab.record.events import Event

if TYPE_CHECKING:
    from channels_lab.picture.expectation.comparison import Comparison

__all__ = ["Expectation", "Line", "Recorded", "expect"]

MOST_LINES = 100
MOST_CHARACTERS = 300
_FORM = "Write one step a line,  alice -> server: hello  or  bob: nothing ; a line that begins with # is skipped."
_ANYTHING = ("", "…", "...", "*")
# What a printed diagram has before its steps, so that a line of it may be pasted: a mark, and the time.
_MARGIN = re.compile(r"^(?:[✓✗]\s+)?(?:≈?\s*\d+ ms\s+)?")
# Arrows as they are typed, as Mermaid has them, and as a printed diagram draws them.
_STEP = re.compile(
    r"(?P<source>\S.*?)\s*(?:-->>|->>|-->|->|=>|→|──▶|──✗|┄┄▶)\s*(?P<target>\S.*?)(?:\s*[:：]\s*(?P<what>.*)|\s{2,}(?P<rest>.*))?"
)
_NOTHING = re.compile(r"(?P<who>\S.*?)\s*[:：]\s*nothing\.?", re.IGNORECASE)

# A consumer's `close (4401)`, and what its client sees when no consumer closes: `closed with 1011`.
_CLOSING = re.compile(r"closed?(?: with)?(?: \(?(?P<code>\d{4})\)?)?")


class Recorded(Protocol):
    """What has a record: a server, a lab."""

    @property
    def events(self) -> list[Event]:
        """All that happened, in order."""

    def story(self) -> Story:
        """The same as steps."""


@dataclass(frozen=True)
class Line:
    """An expected step from `source` to `target`; `what` it says, "" for anything.

    With `nothing`, no step may come to `target`.
    """

    source: str
    target: str
    what: str = ""
    nothing: bool = False

    def __str__(self) -> str:
        return f"{self.target}: nothing" if self.nothing else f"{self.source} -> {self.target}: {self.what or '…'}"

    def says(self, text: str) -> bool:
        """Whether a step with this text is the expected one.

        The text is `what`, or has it as a whole word or phrase; or it holds JSON, in which a value is `what`, or which
        has all that `what`, itself a JSON object, has.
        """
        wanted, found = _CLOSING.fullmatch(self.what), _CLOSING.fullmatch(text)
        if wanted and found:
            return wanted["code"] in (None, found["code"])
        # A refusal has the word in it.
        if self.what == "accept" and text.startswith("close before accept"):
            return False
        return any(holds(text, form) for form in self._forms)

    @cached_property
    def _forms(self) -> list[str]:
        quoted = len(self.what) > 2 and self.what[0] == self.what[-1] and self.what[0] in "\"'`"
        return [self.what, self.what[1:-1]] if quoted else [self.what]


@dataclass(frozen=True)
class Expectation:
    """What is expected to happen, in order: lines of `who -> whom: what`, and of `who: nothing`."""

    lines: list[Line] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))

    __repr__ = __str__

    def diagram(
        self, actual: "Recorded | Story | Iterable[Event]", *, title: str = "Expected against actual", most: int = 60
    ) -> "Comparison":
        """Compare with what happened: a server or lab, a story, or the events of a record.

        Shown, it is a sequence diagram of at most `most` steps, headed by "As you expected." or by the first difference
        in a sentence. With a server, lab or events, the sentence says why, where the record shows it.

        The order of two lines counts only where they share a client: two clients may get their copies in any order.
        Where nobody is named ("server -> layer") each line finds a consumer of its own. What happened and is not
        mentioned is no difference. Raises LabError for a name that is not in the record, and for what has none.
        """
        from channels_lab.picture.expectation.comparison import compare

        return compare(self, actual, title, most)


def expect(text: str) -> Expectation:
    """Read an expectation: one step a line, `who -> whom: what`; blank lines and those that begin with # are skipped.

    `who` and `whom` are clients' names in any case; "server" (or "consumer", "application", "site") is what serves a
    connection, "layer" (or "group") the channel layer, and "alice's consumer" means hers. An arrow is `->`, `→`, or one
    of Mermaid's (https://mermaid.js.org/syntax/sequenceDiagram.html). `what` is a text, or a word or phrase of it, or a
    value in a JSON message; nothing, `…` or `*` is any step. `bob: nothing` says that nothing comes to bob after the
    lines before it. Raises LabError for a line that cannot be read, or for more than a hundred.
    """
    rows = [(number, row.strip()) for number, row in enumerate(text.splitlines(), start=1)]
    rows = [(number, row) for number, row in rows if row and not row.startswith("#")]
    if len(rows) > MOST_LINES:
        raise LabError(f"{len(rows)} steps are expected: more than {MOST_LINES}.", "Expect the ones that matter.")
    return Expectation([_read(number, row) for number, row in rows])


def _read(number: int, row: str) -> Line:
    if len(row) > MOST_CHARACTERS:
        raise LabError(
            f"Line {number} of what you expect has {len(row)} characters, more than {MOST_CHARACTERS}.",
            "A word or a phrase of the message is enough.",
        )
    row = _MARGIN.sub("", row)
    if step := _STEP.fullmatch(row):
        what = (step["what"] or step["rest"] or "").strip()
        return Line(step["source"], step["target"], "" if what in _ANYTHING else what)
    if nothing := _NOTHING.fullmatch(row):
        return Line("server", nothing["who"], nothing=True)
    raise LabError(f"Line {number} of what you expect cannot be read: {one_line(row)}", _FORM)


def holds(text: str, what: str) -> bool:
    """Whether a text is `what`, has it as a whole word or phrase, or holds JSON with it."""
    before, after = (r"(?<!\w)" if what[:1].isalnum() else "", r"(?!\w)" if what[-1:].isalnum() else "")
    if not what or re.search(before + re.escape(what) + after, text):
        return True
    # An event on the channel layer has its type before the JSON.
    found = _json(text) or _json(text[max(text.find("{"), 0) :])
    wanted = _json(what)
    return _has(found, wanted) if isinstance(wanted, dict | list) else what in _texts(found)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(value: Any) -> list[str]:
    """The strings in a JSON value, wherever they stand, but for keys."""
    found, left = [], [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict | list):
            left.extend(one.values() if isinstance(one, dict) else one)
    return found


def _has(found: Any, wanted: Any) -> bool:
    """Whether a JSON value is the wanted one, or an object with all that the wanted one has."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(key in found and _has(found[key], wanted[key]) for key in wanted)
    return type(found) is type(wanted) and bool(found == wanted)  # in Python, 1 == True
