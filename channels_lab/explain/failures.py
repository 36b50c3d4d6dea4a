"""Failures of the project's tests: the exceptions that `manage.py test` printed, and the test that each ended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels_lab.explain.evidence import Evidence
from channels_lab.explain.place import Place
from channels_lab.explain.statement import Statement, statement_at
from channels_lab.explain.tracebacks import read_tracebacks

__all__ = ["Failure", "failures", "ran_tests", "test_logs"]


@dataclass(frozen=True)
class Failure:
    """An exception in a test: its first line, the match in it, the own innermost line, and that of the test itself."""

    text: str
    match: re.Match[str]
    place: Place
    test: Place
    statement: Statement | None


def ran_tests(evidence: Evidence) -> list[str]:
    """The names of the processes that ran the project's tests."""
    return evidence.ran("manage.py test")


def test_logs(evidence: Evidence) -> str:
    """What they printed."""
    return "\n".join(evidence.logs.get(name, "") for name in ran_tests(evidence))


def failures(evidence: Evidence, pattern: str) -> Iterator[Failure]:
    """The exceptions in tests whose text matches, and that have a line of the project."""
    for name in ran_tests(evidence):
        for found in read_tracebacks(evidence.logs.get(name, ""), evidence.source.root):
            match = re.search(pattern, found.error)
            if match and found.frames:
                first, last = (
                    evidence.source.place(file, line) for file, line, _ in (found.frames[0], found.frames[-1])
                )
                yield Failure(found.error, match, last, first, statement_at(evidence, first))
