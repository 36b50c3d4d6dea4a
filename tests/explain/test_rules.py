"""Every rule, against a project that makes its mistake on a real server, and against the correct neighbours."""

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from channels_lab.explain.book import explain, rules
from channels_lab.explain.evidence import Evidence
from channels_lab.explain.explanation import Explanations
from channels_lab.running.warmstart import WarmStart

from .cases import Case, all_cases
from .run import Run

CASES = all_cases()
_MOST_WORDS = 60
_MOST_AT_ONCE = 8
# Whose documentation the rules may link to: of what the course uses, and of what that stands on.
_HOSTS = {
    "nginx.org",
    "asgi.readthedocs.io",
    "channels.readthedocs.io",
    "developer.mozilla.org",
    "docs.djangoproject.com",
    "docs.python.org",
    "github.com",
    "ipython.readthedocs.io",
    "redis.io",
    "redis.readthedocs.io",
    "valkey.io",
    "websockets.readthedocs.io",
    "www.rfc-editor.org",
}


async def try_case(case: Case, folder: Path) -> Explanations:
    """Run a case, and return what the rules say of it."""
    return explain(await run_case(case, folder), strict=True)


async def run_case(case: Case, folder: Path) -> Evidence:
    """Run a case in a folder, and return the evidence."""
    run = Run(case.write(folder / "project"), dict(case.env), case.cell)
    try:
        await _act(case, run)
        # A log may come after the client has gone; and where a consumer hangs, nothing ends.
        if case.rule:
            await _wait_for(case.rule, run)
        return await run.settled(0.2 if case.rule else 2)
    finally:
        await run.stop()


async def _act(case: Case, run: Run) -> None:
    """Start what the case starts, and act; what it must raise becomes the cell's error."""
    try:
        if case.redis:
            await run.redis()
        if case.database:
            await _give_database(run)
        word, *words = case.start.split() or [""]
        if word in ("daphne", "runserver"):
            await run.server("main", *case.options, command=word)
        elif word == "worker":
            await run.worker(*words)
        elif word:
            await run.manage(word, *words)
        if case.act:
            await case.act(run)
    except BaseException as error:
        if not case.raises or not isinstance(error, case.raises):
            raise
        run.error = error
    else:
        assert not case.raises, f"nothing raised {case.raises}"


async def _wait_for(rule: str, run: Run) -> None:
    """Wait until the rule has seen what it looks for, or eight seconds."""
    [one] = [one for one in rules() if one.name == rule]
    with contextlib.suppress(AssertionError):
        await run.until(one.check, 8)


async def _give_database(run: Run) -> None:
    """Copy a migrated database into the project; it is made once for each set of migrations."""
    migrations = sorted(path for path in run.project.rglob("migrations/*.py"))
    key = hash(tuple(path.read_text() for path in migrations))
    if key not in _databases:
        before = list(run.processes)
        assert await run.manage("migrate", "-v", "0") == 0, run.processes[-1].log
        run.processes[:] = before
        _databases[key] = Path(tempfile.mkdtemp()) / "db.sqlite3"
        shutil.copy(run.project / "db.sqlite3", _databases[key])
    shutil.copy(_databases[key], run.project / "db.sqlite3")


_databases: dict[int, Path] = {}


def test_every_rule_has_a_case_and_a_neighbour() -> None:
    """Each rule of the book is proved by a case and by a neighbour, and each case is about a rule of the book."""
    book = {rule.name for rule in rules(strict=True)}
    assert {case.rule for case in CASES if case.rule} == book
    assert {case.neighbour_of for case in CASES if not case.rule} == book
    assert len({case.name for case in CASES}) == len(CASES), "two cases have one name"


def test_rules_outrank_rules_that_exist() -> None:
    """Whom a rule speaks instead of is a rule of the book, and not itself."""
    book = {rule.name: rule for rule in rules(strict=True)}
    for rule in book.values():
        assert set(rule.instead_of) <= set(book) - {rule.name}, rule


def test_every_page_is_documentation() -> None:
    """Each rule links to a page of the documentation of a project that the course uses."""
    for rule in rules(strict=True):
        address = urlsplit(rule.page)
        assert address.scheme == "https" and address.hostname in _HOSTS, f"{rule.name}: {rule.page}"


@pytest.mark.timeout(600)
async def test_rules_against_projects(
    subtests: pytest.Subtests, tmp_path: Path, keeper: WarmStart, request: pytest.FixtureRequest
) -> None:
    """A project with a mistake gets its rule's explanation and no other, a correct neighbour none: one mark a row."""
    slots = asyncio.Semaphore(_MOST_AT_ONCE)
    word = request.config.getoption("--case")
    cases = [case for case in CASES if word in f"{case.about}: {case.name}"]

    async def look(number: int, case: Case) -> Explanations:
        # Together, as they mostly wait: Daphne looks each second for applications that have ended.
        async with slots:
            return await try_case(case, tmp_path / str(number))

    looks = [look(number, case) for number, case in enumerate(cases)]
    outcomes = await asyncio.gather(*looks, return_exceptions=True)
    said = {case.name: found for case, found in zip(cases, outcomes, strict=True) if isinstance(found, Explanations)}
    print("\n" + _table(said))
    for case, outcome in zip(cases, outcomes, strict=True):
        with subtests.test(f"{case.about}: {case.name}"):
            if isinstance(outcome, BaseException):
                raise outcome
            _check(case, outcome)


def _check(case: Case, found: Explanations) -> None:
    assert [one.rule for one in found] == ([case.rule] if case.rule else []), str(found)
    for one in found:
        for text in (one.see, one.why, one.change):
            assert text.strip() and len(text.split()) <= _MOST_WORDS, text
        assert one.place is None or (one.place.path in str(one) and one.place.code), one


def _table(said: dict[str, Explanations]) -> str:
    """Rules across, projects down: ● spoke as it should, ✗ spoke and should not, ○ should have spoken."""
    known = [case for case in CASES if case.name in said]
    names = [rule.name for rule in rules() if any(rule.name == case.about for case in known)]
    lines = [f"{number:3} {name}" for number, name in enumerate(names, 1)]
    wide = max((len(case.name) for case in known), default=0)
    lines.append(" " * wide + "".join(f"{number:4}" for number in range(1, len(names) + 1)))
    for case in sorted(known, key=lambda case: (names.index(case.about) if case.about in names else -1, not case.rule)):
        spoke = {one.rule for one in said[case.name]}
        marks = [
            ("●" if name == case.rule else "✗") if name in spoke else "○" if name == case.rule else "·"
            for name in names
        ]
        lines.append(f"{case.name:{wide}}" + "".join(f"{mark:>4}" for mark in marks))
    return "\n".join(lines)
