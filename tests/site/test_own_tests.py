"""The finished site's own tests, by its own `manage.py test`."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.site.test_projects import plain


def run(site: Path, *words: str, **variables: str) -> str:
    """Run `manage.py test WORD…` in a copy of the site; returns what it said, and fails where a test does."""
    done = subprocess.run(
        [sys.executable, "manage.py", "test", "--noinput", *words],
        cwd=site,
        env=plain() | variables,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_sites_tests_pass_and_leave_nothing(migrated: Path) -> None:
    """All tests of each app pass, none is skipped, and neither a database nor any other file is left."""
    before = {path for path in migrated.rglob("*") if "__pycache__" not in path.parts}
    told = run(migrated, "--exclude-tag", "browser", "--verbosity", "2")
    assert set(re.findall(r"\((\w+)\.test", told)) == {"chat", "multichat", "notices", "tasks", "tokens"}
    assert "skipped" not in told
    assert {path for path in migrated.rglob("*") if "__pycache__" not in path.parts} - before <= {
        migrated / ".secret_key"
    }


def test_the_sites_tests_in_the_browser_pass(migrated: Path, needs: Callable[[str], str]) -> None:
    """Two people talk in Chromium, on the site's own live server."""
    needs("chromium")
    told = run(migrated, "--tag", "browser")
    assert re.search(r"^Ran [1-9]\d* test", told, re.MULTILINE)
    assert "skipped" not in told


def test_without_chromium_the_browsers_tests_say_what_is_missing(migrated: Path, tmp_path: Path) -> None:
    """Where there is no Chromium these tests are skipped, with the line that installs it."""
    told = run(migrated, "--tag", "browser", "--verbosity", "2", PATH=str(tmp_path))
    assert "it needs Chromium: apt install chromium" in told
