"""Rules about tests that do not run, or not as they are meant to."""

import ast
import re
from collections.abc import Iterator

from channels_lab.explain.book import Said, rule
from channels_lab.explain.coroutines import Forgotten, find_forgotten
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.failures import failures, ran_tests, test_logs
from channels_lab.explain.module import last_name
from channels_lab.explain.place import Place

__all__: list[str] = []

_RUNNING = "https://docs.djangoproject.com/en/stable/topics/testing/overview/#running-tests"
_ASYNC = "https://docs.djangoproject.com/en/stable/topics/testing/tools/#testing-asynchronous-code"
_CLASSES = "https://docs.djangoproject.com/en/stable/topics/testing/tools/#provided-test-case-classes"
_ISOLATED = "https://docs.python.org/3/library/unittest.html#unittest.IsolatedAsyncioTestCase"
_MEMORY = "https://channels.readthedocs.io/en/stable/topics/channel_layers.html#in-memory-channel-layer"
_LABELLED = re.compile(r"manage\.py test +[^-\s]")


@rule("no-tests-found", page=_RUNNING)
def no_tests_found(evidence: Evidence) -> Said | None:
    """There are tests, and the runner finds none of them."""
    if not ran_tests(evidence) or not re.search(r"^(Found 0 test|Ran 0 tests|NO TESTS RAN)", test_logs(evidence), re.M):
        return None
    if any(_LABELLED.search(evidence.commands[name]) for name in ran_tests(evidence)):
        return None  # a label that was misspelt, perhaps
    for why, change, place in _overlooked(evidence):
        return Said("`Found 0 test(s).` Nothing was tested, and that looks like success.", why, change, place)
    return None


def _overlooked(evidence: Evidence) -> Iterator[tuple[str, str, Place]]:
    """What looks like a test and is none for the runner: why, and what to change."""
    for path in evidence.source.files:
        tree, name = evidence.source.tree(path), path.rpartition("/")[2]
        for node in ast.walk(tree) if tree and "test" in path else ():
            if not isinstance(node, ast.ClassDef) or not _looks_like_tests(node):
                continue
            place = evidence.source.place(path, node)
            methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            folder = path.rpartition("/")[0]
            if not name.startswith("test"):
                why = f"The runner looks into files whose names begin with `test`. `{name}` does not."
                yield (
                    why,
                    f"Rename it: `tests.py` or `test_{name.removesuffix('.py').removesuffix('_tests')}.py`.",
                    place,
                )
            elif not any(last_name(base).endswith("TestCase") for base in node.bases):
                why = f"The runner takes classes that derive from a `TestCase`. `{node.name}` does not."
                yield (
                    why,
                    f"Write `class {node.name}(SimpleTestCase):`, or `TestCase` where it needs the database.",
                    place,
                )
            elif methods and not any(method.name.startswith("test") for method in methods):
                why = "The runner calls the methods whose names begin with `test`, and this class has none."
                first = methods[0]
                yield why, f"Rename it: `test_{first.name.lstrip('_')}`.", evidence.source.place(path, first)
            elif folder and f"{folder}/__init__.py" not in evidence.source.files:
                why = f"The runner goes into packages only, and the folder `{folder}` has no `__init__.py`."
                yield why, f"Make an empty file `{folder}/__init__.py`.", place


def _looks_like_tests(node: ast.ClassDef) -> bool:
    text = " ".join([node.name, *(last_name(base) for base in node.bases)])
    return "Test" in text


def _async_method(evidence: Evidence, forgotten: Forgotten) -> tuple[ast.ClassDef, Place] | None:
    """The class and the line of an async method that was never awaited."""
    for path in evidence.source.files:
        tree = evidence.source.tree(path)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.ClassDef) and node.name == forgotten.owner:
                for item in node.body:
                    if isinstance(item, ast.AsyncFunctionDef) and item.name == forgotten.name:
                        return node, evidence.source.place(path, item)
    return None


@rule("async-test-not-run", page=_ASYNC)
def async_test_not_run(evidence: Evidence) -> Said | None:
    """An `async def` test in a plain unittest.TestCase: it passes, and no line of it runs."""
    for forgotten in find_forgotten(evidence, r"\.test\w*$") if ran_tests(evidence) else ():
        if found := _async_method(evidence, forgotten):
            base = ast.unparse(found[0].bases[0]) if found[0].bases else "unittest.TestCase"
            return Said(
                see=f"`{forgotten.name}` always passes: `coroutine '{forgotten.qualname}' was never awaited`.",
                why=f"`{base}` calls its tests without `await`: the call makes a coroutine, and no line of it runs.",
                change=f"Write `class {found[0].name}(SimpleTestCase):`, from `django.test`, which awaits async tests; "
                "`TestCase` where it needs the database.",
                place=found[1],
            )
    return None


@rule("async-setup-not-run", page=_ISOLATED)
def async_setup_not_run(evidence: Evidence) -> Said | None:
    """`async def setUp`."""
    for forgotten in find_forgotten(evidence, r"\.(setUp|tearDown)$") if ran_tests(evidence) else ():
        if found := _async_method(evidence, forgotten):
            return Said(
                see=f"`coroutine '{forgotten.qualname}' was never awaited`; what it should have set is missing.",
                why=f"`{forgotten.name}` is called without `await`, for Django's test cases too: only the tests "
                "themselves may be `async def`.",
                change=f"Make it a plain `def {forgotten.name}(self):`, and do what needs `await` in the test, or in "
                "an async method that it awaits.",
                place=found[1],
            )
    return None


@rule("database-in-simple-test", page=_CLASSES)
def database_in_simple_test(evidence: Evidence) -> Said | None:
    """A query in a SimpleTestCase."""
    for failure in failures(evidence, r"Database (?:queries|connections) to '(\w+)' are not allowed in SimpleTestCase"):
        return Said(
            see=f"`{failure.match[0]}`.",
            why="A `SimpleTestCase` tests without a database, and guards the real one from what a test might write.",
            change="Derive the class from `django.test.TestCase`: it makes a database for the tests, and undoes what "
            "each test wrote. Where consumers use the database, from `TransactionTestCase`.",
            place=failure.place,
        )
    return None


@rule("tests-need-redis", page=_MEMORY, instead_of=("redis-refused", "redis-no-socket", "redis-host-unknown"))
def tests_need_redis(evidence: Evidence) -> Said | None:
    """The tests use the layer on Redis, and that does not run."""
    refused = evidence.raised(r"ConnectionError: Error -?\d+ connecting to (\S+)")
    if not refused or refused.process not in ran_tests(evidence):
        return None
    setting = evidence.source.setting("CHANNEL_LAYERS")
    return Said(
        see=f"`Error … connecting to {refused.match[1].rstrip('.')}` in a test.",
        why="The tests use the same `CHANNEL_LAYERS` as the site: a Redis, which has to run, and in which other "
        "programs may write at the same time.",
        change='Test with the layer in memory: put `@override_settings(CHANNEL_LAYERS={"default": {"BACKEND": '
        '"channels.layers.InMemoryChannelLayer"}})` above the class.',
        place=setting.place if setting else None,
    )
