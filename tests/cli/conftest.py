"""The real program, in a small course."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from tests import small_course
from tests.small_course import OPEN, hello, prose

PROGRAM = [sys.executable, "-m", "channels_lab.cli"]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def small(tmp_path: Path) -> Course:
    """A course of two good chapters and a bad one."""
    return small_course.write(
        tmp_path / "course [red]",
        {
            "00_start_here": [prose("# 00"), OPEN.format(number="00"), hello()],
            "01_next": [OPEN.format(number="01"), hello("next"), 'server = await lab.daphne("hello:application")'],
            "02_bad": [prose("# 02"), OPEN.format(number="02"), "one = 1\none / 0"],
        },
    )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a terminal that knows nothing of the course."""
    for name in ("CHANNELS_LAB_ROOT", "CHANNELS_LAB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    return dict(os.environ)


@pytest.fixture
def run(small: Course, environment: dict[str, str]) -> Run:
    """Runs `channels-lab WORD…` in the course, or in `cwd`."""

    def run(*words: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*PROGRAM, *words],
            cwd=cwd or small.root,
            env=environment | more,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run
