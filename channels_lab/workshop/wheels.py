"""The wheels of a room: which ones uv.lock names for its machines, and getting them."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.utils import parse_wheel_filename

from channels_lab.errors import LabError
from channels_lab.workshop.targets import Target

__all__ = ["Wheel", "digest", "download", "exported", "pip_command", "wheels_for"]

# pip saves what it has only at the end of a run: so many are lost at most when it is interrupted.
_AT_ONCE = 24


@dataclass(frozen=True)
class Wheel:
    """One wheel of the lock, and a machine that takes it."""

    file: str
    name: str
    version: str
    sha256: str
    target: Target

    def is_in(self, folder: Path) -> bool:
        """Whether the folder has it, whole."""
        place = folder / self.file
        return place.is_file() and digest(place) == self.sha256


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exported(root: Path, form: str) -> str:
    """The course's lock as uv exports it: `form` is pylock.toml or requirements.txt."""
    if not shutil.which("uv"):
        raise LabError("The lock is read by uv, which is not here.", "Get it:  pip install uv")
    command = ["uv", "export", "--quiet", "--frozen", "--no-emit-project", "--group", "room", "--format", form]
    command += ["--no-header", "--no-annotate", "--no-hashes"] if form == "requirements.txt" else []
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise LabError("uv could not read uv.lock.", "Is uv new enough?  pip install -U uv", done.stderr.strip())
    return done.stdout


def wheels_for(lock: str, machines: Iterable[Target]) -> list[Wheel]:
    """The wheels that the machines take, each once; raises LabError where a package has none for one of them."""
    packages = tomllib.loads(lock)["packages"]
    found: dict[str, Wheel] = {}
    for machine in machines:
        for package in packages:
            if "marker" in package and not Marker(package["marker"]).evaluate(machine.environment):
                continue
            wheel = _best(package, machine)
            found.setdefault(wheel.file, wheel)
    return list(found.values())


def _best(package: dict[str, Any], machine: Target) -> Wheel:
    ranked = []
    for wheel in package.get("wheels", []):
        file = wheel["url"].rpartition("/")[2]
        ranks = [machine.tags[tag] for tag in parse_wheel_filename(file)[3] if tag in machine.tags]
        if ranks:
            ranked.append((min(ranks), file, wheel["hashes"]["sha256"]))
    if not ranked:
        raise LabError(
            f"{package['name']} {package['version']} has no wheel for {machine}.",
            "Leave that machine out (--platform, --python), or lock a version that has one.",
        )
    _, file, sha256 = min(ranked)
    return Wheel(file, package["name"], package["version"], sha256, machine)


def download(wheels: list[Wheel], folder: Path, progress: Callable[[int], None]) -> None:
    """Get what the folder does not have yet; `progress` is told how many more are there, or under way.

    Raises LabError when pip fails, or what it brought is not what the lock names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [wheel for wheel in wheels if not wheel.is_in(folder)]
    progress(len(wheels) - len(missing))
    for wheel in missing:
        (folder / wheel.file).unlink(missing_ok=True)
    for machine in dict.fromkeys(wheel.target for wheel in missing):
        ours = [wheel for wheel in missing if wheel.target == machine]
        for start in range(0, len(ours), _AT_ONCE):
            _download(ours[start : start + _AT_ONCE], machine, folder, progress)
    if bad := [wheel.file for wheel in wheels if not wheel.is_in(folder)]:
        raise LabError(f"Not what uv.lock names: {', '.join(bad[:5])}.", "Run it again; it fetches them anew.")


def _download(batch: list[Wheel], machine: Target, folder: Path, progress: Callable[[int], None]) -> None:
    asked = folder / ".asked"
    asked.write_text("".join(f"{one.name}=={one.version} --hash=sha256:{one.sha256}\n" for one in batch))
    command = [*pip_command(), "download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--retries", "3"]
    command += ["--progress-bar", "off", "--no-color", "--disable-pip-version-check", "--implementation", "cp"]
    command += ["--python-version", machine.python, "--abi", f"cp{machine.python.replace('.', '')}"]
    command += ["--abi", "abi3", "--abi", "none", *(word for tag in machine.platforms for word in ("--platform", tag))]
    command += ["--dest", str(folder), "--requirement", str(asked)]
    last: deque[str] = deque(maxlen=12)
    told = 0
    try:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PIP_USER": "0"}
        ) as pip:
            assert pip.stdout
            for line in pip.stdout:
                last.append(line.rstrip())
                if line.startswith("Collecting ") and told < len(batch):
                    told += 1
                    progress(1)
        if pip.returncode:
            raise LabError(
                f"pip could not get all wheels for {machine}.", "What is there stays: run it again.", "\n".join(last)
            )
        progress(len(batch) - told)
    finally:
        asked.unlink(missing_ok=True)


def pip_command() -> list[str]:
    """The pip of this environment, else one that uv brings."""
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "--quiet", "pip"]
    raise LabError("Neither pip nor uv is here.", "Get uv:  https://docs.astral.sh/uv/")
