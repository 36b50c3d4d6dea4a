"""What all tests share: options, the leak check after every test, and a course, a project and a keeper to use."""

import contextlib
import gc
import os
import resource
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from channels_lab.course.course import Course
from channels_lab.running import warmstart
from channels_lab.running.warmstart import WarmStart, warm_start

from . import chat_project, leaks
from .live import host, site  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parent.parent

# They are answers to tasks; some look like tests.
collect_ignore = ["answers"]

_PARTS = {
    "chromium": (
        # The first is Playwright's own choice, too: a page costs it a third of what it costs a whole browser.
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"],
        "apt install chromium-headless-shell (or chromium) / brew install --cask chromium",
    ),
    "nginx": (["nginx"], "apt install nginx-light"),
    "bwrap": (["bwrap"], "apt install bubblewrap"),
    "uv": (["uv"], "pip install uv"),
}

# Begun first, so that nobody waits for them at the end; the longest comes first.
_LONGEST = (
    "test_rules_against_projects",
    "test_the_chapters_run_in",
    "[13_in_production]",
    "[08_async_consumer]",
    "[12_tests]",
    "[10_background_worker]",
    "test_chapter_13_runs",
    "test_learners_on_a_hub",
    "[02_streams]",
    "test_a_chapter_runs_",
)


# Options and the session


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run what takes minutes")
    parser.addoption("--repeat", type=int, metavar="N", help="run each test N times (as --count of pytest-repeat)")
    parser.addoption(
        "--case",
        default="",
        metavar="WORD",
        help="only rules and cases of tests/explain, and answers of tests/answers, with this word",
    )
    parser.addoption(
        "--editing", action="store_true", help="tracked files may change meanwhile: you are at work on them"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--repeat"):
        config.option.count = config.getoption("--repeat")
    _make_private()
    config.add_cleanup(_remove_private)


def pytest_xdist_auto_num_workers() -> int | None:
    """Four workers for two cores: these tests wait as much as they compute."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: each worker does, and it is a quarter of the work; all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = _spread(items, getattr(config, "workerinput", {}).get("workercount", 1))
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="takes minutes: run with --slow"))


def _spread(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Let each worker begin with some of the longest tests: at first each gets as long a row of them all."""
    longest = [(place, item) for item in items if (place := _place(item)) < len(_LONGEST)]
    first = [item for _, item in sorted(longest, key=lambda one: one[0])]
    rest = [item for item in items if item not in set(first)]
    spread = []
    for number in range(workers):
        mine = first[number::workers]
        fill = max(0, (len(items) - len(spread)) // (workers - number) - len(mine))
        spread += mine + rest[:fill]
        rest = rest[fill:]
    return spread + rest


def _place(item: pytest.Item) -> int:
    long = item.path.parent.name == "notebooks" or "test_rules" in item.name or "_on_a_hub" in item.name
    names = [number for number, name in enumerate(_LONGEST) if name in item.name and long]
    return min(names, default=len(_LONGEST))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser"):
        _need("chromium")


def _make_private() -> None:
    """Give this process, and what it starts, its own marker and temporary folders, and nobody's settings."""
    os.environ[leaks.MARKER] = f"{os.environ.get(leaks.MARKER, '')} {secrets.token_hex(8)}".strip()
    # pytest's own folders stay where they are looked for after a failure.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ["TMPDIR"] = tempfile.tempdir = private = _folder()
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        os.environ[name] = f"{private}/{name.lower()}"
        Path(os.environ[name]).mkdir(mode=0o700)
    for name in [name for name in os.environ if name.startswith(("CHANNELS_LAB_", "DJANGO_", "JUPYTERHUB_", "JPY_"))]:
        if name not in (leaks.MARKER, "CHANNELS_LAB_NO_SKIPS"):
            del os.environ[name]
    # A shell without job control lets what it starts in the background ignore Ctrl-C, and all that is started by that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in (
        "REDIS_URL",
        "PYTHONDONTWRITEBYTECODE",
        *(name for name in os.environ if name.lower().endswith("_proxy")),
    ):
        os.environ.pop(name, None)


def _remove_private() -> None:
    folder = Path(os.environ["TMPDIR"])
    shutil.rmtree(folder.resolve(), ignore_errors=True)
    if folder.is_symlink():
        folder.unlink()


def _folder() -> str:
    """A temporary folder with a short name (the path of a Unix socket holds about a hundred bytes), in memory.

    Where the system has room there: databases and copies of projects, by the hundred, cost a disk a seventh of all.
    """
    folder = tempfile.mkdtemp(prefix="cl-", dir="/tmp")
    with contextlib.suppress(OSError):
        if sys.platform == "linux" and shutil.disk_usage(_MEMORY).free > _ROOM:
            for old in _MEMORY.glob("cl-*"):  # a run that was killed leaves its own
                if old.stat().st_mtime < time.time() - _A_DAY:
                    shutil.rmtree(old, ignore_errors=True)
            memory = _MEMORY / Path(folder).name
            memory.mkdir(mode=0o700)
            Path(folder).rmdir()
            Path(folder).symlink_to(memory)
    return folder


_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30
_A_DAY = 24 * 60 * 60


# Nothing is left


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_at_the_end() -> Iterator[None]:
    """Close the keeper when all is over, and see that nothing of the session is left."""
    yield
    if warmstart._current:
        warmstart._current.close()
        warmstart._current = None
    left = leaks.wait_until_gone(leaks.ours())
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    assert not left, f"left after the session: {left}"


@pytest.fixture(autouse=True)
def _nothing_left(_nothing_left_at_the_end: None) -> Iterator[None]:
    """After each test: no process, port, run folder or socket file."""
    before = leaks.Traces.now()
    yield
    if left := before.left():
        pytest.fail("left by this test:\n  " + "\n  ".join(left), pytrace=False)


@pytest.fixture(scope="module", autouse=True)
def _files_as_they_were(request: pytest.FixtureRequest) -> Iterator[None]:
    """After the tests of one module: no changed file of the repository. They are many, so not after each test."""
    before = leaks.Files.now()
    yield
    if not request.config.getoption("--editing") and (changed := before.changed()):
        lines = [f"while {request.node.name} ran (or were they being edited? then: --editing):", *changed]
        pytest.fail("\n  ".join(lines), pytrace=False)


# What tests use


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """Return the path of a part of the system (`needs("bwrap")`), or skip; where skips are forbidden, fail."""
    return _need


def _need(part: str) -> str:
    names, install = _PARTS[part]
    for name in names:
        if found := shutil.which(name):
            return found
    reason = f"{part} is not installed: {install}"
    if os.environ.get("CHANNELS_LAB_NO_SKIPS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def course() -> Course:
    """The course of this repository."""
    return Course(ROOT)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be the learner's workspace."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    monkeypatch.setenv("CHANNELS_LAB_WORKSPACE", str(folder))
    monkeypatch.setenv("CHANNELS_LAB_ROOT", str(ROOT))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with a chat; it needs no database."""
    return chat_project.write(tmp_path / "project")


@pytest.fixture
def keeper() -> WarmStart:
    """The keeper of this test process, warm."""
    current = warm_start()
    assert current.wait_until_warm() == ""
    return current


@pytest.fixture
def new_keeper() -> Iterator[Callable[[], WarmStart]]:
    """Makes keepers of a test's own, and closes them after it."""
    made: list[WarmStart] = []

    def make() -> WarmStart:
        made.append(WarmStart())
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def full_disk() -> Callable[[], AbstractContextManager[None]]:
    """Within it, the system refuses to write more than eight bytes to a file."""

    @contextmanager
    def full() -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full
