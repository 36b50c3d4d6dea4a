"""The course in a learner's home on somebody else's hub, brought up to date by nbgitpuller."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace
from tests import small_course
from tests.conftest import ROOT
from tests.small_course import hello, prose

pytestmark = pytest.mark.slow

WHO = ["-c", "user.name=kim", "-c", "user.email=kim@example.org"]


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *WHO, *words], cwd=folder, check=True, capture_output=True)


def test_a_pull_loses_nothing(tmp_path):
    """Pulled over a learner's work: the workspace is untouched, changes in tracked files stay, what is new comes."""
    origin = small_course.write(tmp_path / "origin", {"00_start_here": [prose("# 00"), hello()], "01_next": [hello()]})
    (origin.root / "pyproject.toml").write_text('[project]\nname = "course"\n')
    shutil.copyfile(ROOT / ".gitignore", origin.root / ".gitignore")
    git(origin.root, "init", "-q", "-b", "main")
    git(origin.root, "add", ".")
    git(origin.root, "commit", "-qm", "one")
    home = tmp_path / "home"

    def pull() -> None:
        puller = Path(sys.executable).with_name("gitpuller")
        subprocess.run([puller, origin.root, "main", home], check=True, capture_output=True)

    pull()
    workspace = Workspace(Course(home), home / "workspace")
    workspace.prepare()
    workspace.open(Course(home).chapter("01"))
    (workspace.project / "mine.py").write_text("mine = 1\n")
    tried = workspace.notebooks / "00_start_here.ipynb"
    tried.write_text(tried.read_text().replace("# 00", "# 00, my notes"))
    tracked = home / "notebooks" / "00_start_here.ipynb"  # they should not, and some will
    tracked.write_text(tracked.read_text().replace("# 00", "# 00, in the wrong place"))
    before = {path: path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()}

    new = origin.root / "notebooks" / "00_start_here.ipynb"
    new.write_text(new.read_text().replace("# 00", "# 00, made better"))
    small_course.save(origin.root / "notebooks" / "02_more.ipynb", [hello("more")])
    git(origin.root, "add", ".")
    git(origin.root, "commit", "-qm", "two")
    pull()

    assert {path: path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()} == before
    assert "in the wrong place" in tracked.read_text()
    assert list(Course(home).chapters) == ["00", "01", "02"]
    said = Workspace(Course(home), home / "workspace").prepare()
    assert "my notes" in tried.read_text() and (workspace.notebooks / "02_more.ipynb").exists()
    assert any("00_start_here" in line for line in said)
