"""Rules about tests and their database."""

import ast

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.failures import Failure, failures
from channels_lab.explain.module import last_name
from channels_lab.explain.place import Place

__all__: list[str] = []

_CASE = "https://docs.djangoproject.com/en/stable/topics/testing/tools/#transactiontestcase"
_CLOSED = r"Cannot operate on a closed database|connection (?:is|was)? ?(?:already )?closed"


@rule("testcase-closes-database", page=_CASE)
def testcase_closes_database(evidence: Evidence) -> Said | None:
    """A TestCase, and something in it closes the connection that its transaction needs."""
    for failure in failures(evidence, _CLOSED):
        if place := _test_case(evidence, failure):
            return Said(
                see=f"`{failure.match[0]}` at `{failure.test.code}`.",
                why="A `TestCase` keeps a transaction open during each test. `database_sync_to_async`, which Channels' "
                "own middleware uses too, closes a connection in that state. (A communicator holds this off only while "
                "it sends or receives.)",
                change="Write `TransactionTestCase`: it commits, and empties the tables after each test.",
                place=place,
            )
    return None


def _test_case(evidence: Evidence, failure: Failure) -> Place | None:
    """The class in the file of a failed test that derives from Django's TestCase: the one around it, if it does."""
    tree = evidence.source.tree(failure.test.path)
    found = (
        [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and any(last_name(base) == "TestCase" for base in node.bases)
        ]
        if tree
        else []
    )
    found.sort(key=lambda node: not node.lineno <= failure.test.line <= (node.end_lineno or 0))
    return evidence.source.place(failure.test.path, found[0]) if found else None
