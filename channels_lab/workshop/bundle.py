"""A folder for a room without a network: the course, its wheels, checksums, and a script that sets it up."""

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from string import Template

from channels_lab.errors import LabError
from channels_lab.workshop.targets import Target
from channels_lab.workshop.wheels import digest, download, exported, pip_command, wheels_for

__all__ = ["Bundle"]

_GIVEN = Path(__file__).parent / "bundled"
_SUMS = "SHA256SUMS"
_MARK = "start.sh"  # a folder that has it is a bundle, whole or begun


class Bundle:
    """The folder `place`, made from the checkout `root`."""

    def __init__(self, root: Path, place: Path) -> None:
        self.root = root
        self.place = place.resolve()
        self.course = self.place / "course"
        self.wheels = self.place / "wheels"

    def make(self, machines: list[Target], say: Callable[[str], None], progress: Callable[[int, int], None]) -> int:
        """Make it, or go on with one that was begun; returns its size in bytes.

        `progress` is told how many more wheels there are, of how many. Raises LabError.
        """
        self._refuse_what_is_not_ours()
        commit = self._git("rev-parse", "--short", "HEAD").decode().strip()
        if changed := self._git("status", "--porcelain", "--untracked-files=no").decode().splitlines():
            say(f"Left out: your changes to {len(changed)} files that are not committed.")
        lock = exported(self.root, "pylock.toml")
        wanted = wheels_for(lock, machines)
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            (self.place / _SUMS).unlink(missing_ok=True)
            shutil.copyfile(_GIVEN / _MARK, self.place / _MARK)
            self._take_course(say)
            download(wanted, self.wheels, lambda more: progress(more, len(wanted)))
            names = {wheel.file for wheel in wanted}
            for old in self.wheels.iterdir():
                if old.name not in names:
                    old.unlink()
            own = self._own_wheel()
            requirements = exported(self.root, "requirements.txt")
            (self.place / "requirements.txt").write_text(f"{requirements}./wheels/{own}\n")
            self._write_readme(machines, commit)
            return self._write_sums()
        except OSError as error:
            raise LabError(
                f"{error.filename or self.place} cannot be written: {error.strerror}.",
                "Free some space (about 600 MB for all machines), and run it again: it goes on.",
            ) from None

    def damaged(self) -> list[str]:
        """The files that are missing or not as they were made; raises LabError where there are no checksums."""
        try:
            lines = (self.place / _SUMS).read_text().splitlines()
        except OSError:
            raise LabError(
                f"{self.place} is no finished bundle: it has no {_SUMS}.", "Make it:  channels-lab bundle"
            ) from None
        parts = [line.split("  ", 1) for line in lines]
        return [name for sha256, name in parts if not _is(self.place / name, sha256)]

    def _refuse_what_is_not_ours(self) -> None:
        if self.place.is_relative_to(self.root) and not self.place.is_relative_to(self.root / "workspace"):
            raise LabError(f"{self.place} is inside the course.", "Name a folder elsewhere.")
        if self.place.exists() and not self.place.is_dir():
            raise LabError(f"{self.place} is a file.", "Name another folder.")
        if self.place.exists() and any(self.place.iterdir()) and not (self.place / _MARK).is_file():
            raise LabError(f"{self.place} is not empty, and no bundle.", "Name a new folder; nothing was changed.")

    def _git(self, *words: str) -> bytes:
        fix = "Clone the course with git, and make it from there."
        try:
            done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, timeout=120)
        except FileNotFoundError:
            raise LabError("git is not installed.", "Install it:  apt install git / brew install git") from None
        if done.returncode:
            raise LabError(f"{self.root} is no git checkout.", fix, done.stderr.decode(errors="replace").strip())
        return done.stdout

    def _take_course(self, say: Callable[[str], None]) -> None:
        """What git has committed; somebody's workspace in a copy of before goes beside the bundle."""
        if (self.course / "workspace").exists():
            kept = self.place.with_name(f"{self.place.name}-kept-{time.strftime('%Y%m%d-%H%M%S')}")
            self.course.rename(kept)
            say(f"Somebody has worked in this bundle. What was there is kept in {kept}")
        shutil.rmtree(self.course, ignore_errors=True)
        with tempfile.TemporaryFile() as archive:
            archive.write(self._git("archive", "--format=tar", "HEAD"))
            archive.seek(0)
            with tarfile.open(fileobj=archive) as tar:
                tar.extractall(self.course, filter="data")

    def _own_wheel(self) -> str:
        """The course's package as a wheel: an editable one would want its build backend."""
        with tempfile.TemporaryDirectory() as folder:
            command = [*pip_command(), "wheel", "--quiet", "--no-deps", "--disable-pip-version-check"]
            done = subprocess.run(
                [*command, "--wheel-dir", folder, str(self.course)],
                capture_output=True,
                text=True,
                timeout=600,
                env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"},  # the same wheel each time
            )
            built = list(Path(folder).glob("*.whl"))
            if done.returncode or not built:
                raise LabError(
                    "pip could not build the course's wheel.", "What is there stays: run it again.", done.stderr[-2000:]
                )
            shutil.copyfile(built[0], self.wheels / built[0].name)
        for rest in ("build", "channels_lab.egg-info"):
            shutil.rmtree(self.course / rest, ignore_errors=True)
        return built[0].name

    def _write_readme(self, machines: list[Target], commit: str) -> None:
        platforms = dict.fromkeys(machine.platform for machine in machines)
        pythons = dict.fromkeys(machine.python for machine in machines)
        text = Template((_GIVEN / "README.md").read_text(encoding="utf-8")).substitute(
            platforms=", ".join(platforms), pythons=" or ".join(pythons), commit=commit
        )
        (self.place / "README.md").write_text(text, encoding="utf-8")

    def _write_sums(self) -> int:
        files = sorted(path for path in self.place.rglob("*") if path.is_file() and not path.is_symlink())
        sums = [f"{digest(path)}  {path.relative_to(self.place).as_posix()}\n" for path in files]
        (self.place / _SUMS).write_text("".join(sums))
        return sum(path.stat().st_size for path in files)


def _is(path: Path, sha256: str) -> bool:
    try:
        return digest(path) == sha256
    except OSError:
        return False
