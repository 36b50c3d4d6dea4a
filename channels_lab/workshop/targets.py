"""The machines of a room: which wheels they take, and which packages they need."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms

from channels_lab.errors import LabError

__all__ = ["PLATFORMS", "PYTHONS", "Target", "targets"]

# What the course is tried on. The oldest: glibc 2.28 (Debian 10, Ubuntu 20.04, RHEL 8), macOS 13.
PLATFORMS = ("linux-x86_64", "linux-arm64", "macos-arm64", "macos-x86_64")
PYTHONS = ("3.12", "3.13")
_GLIBC = range(28, 4, -1)
_MACOS = (13, 0)


@dataclass(frozen=True)
class Target:
    """A kind of machine: its platform (linux-x86_64) and its Python (3.12)."""

    platform: str
    python: str

    def __str__(self) -> str:
        return f"{self.platform}, Python {self.python}"

    @cached_property
    def platforms(self) -> list[str]:
        """The platform tags of its wheels, the best first."""
        system, _, machine = self.platform.partition("-")
        if system == "macos":
            return list(mac_platforms(_MACOS, machine))
        machine = {"arm64": "aarch64"}.get(machine, machine)
        old = {17: "manylinux2014"} if machine == "aarch64" else {17: "manylinux2014", 12: "manylinux2010"}
        named = [
            [f"manylinux_2_{minor}_{machine}", *([f"{old[minor]}_{machine}"] if minor in old else [])]
            for minor in _GLIBC
        ]
        return [*(name for names in named for name in names), f"linux_{machine}"]

    @cached_property
    def tags(self) -> dict[Tag, int]:
        """Its wheels' tags, each with its rank: the smallest is the best."""
        version = tuple(int(part) for part in self.python.split("."))
        interpreter = f"cp{version[0]}{version[1]}"
        ours = [*cpython_tags(version, platforms=self.platforms)]
        ours += compatible_tags(version, interpreter, self.platforms)
        return {tag: rank for rank, tag in reversed(list(enumerate(ours)))}

    @cached_property
    def environment(self) -> dict[str, str | Set[str]]:
        """What a marker is asked of, such as `sys_platform == 'darwin'`."""
        system, _, machine = self.platform.partition("-")
        mac = system == "macos"
        return dict(
            implementation_name="cpython",
            implementation_version=f"{self.python}.0",
            os_name="posix",
            platform_machine=machine if mac else {"arm64": "aarch64"}.get(machine, machine),
            platform_python_implementation="CPython",
            platform_release="",
            platform_system="Darwin" if mac else "Linux",
            platform_version="",
            python_full_version=f"{self.python}.0",
            python_version=self.python,
            sys_platform="darwin" if mac else "linux",
        )


def targets(platforms: list[str], pythons: list[str]) -> Iterator[Target]:
    """Yield each platform with each Python; raises LabError for one that the course is not tried on."""
    for what, given, known in (("platform", platforms, PLATFORMS), ("Python", pythons, PYTHONS)):
        for one in given:
            if one not in known:
                raise LabError(f"The course is not tried on {what} {one!r}.", f"Choose among:  {', '.join(known)}")
    for platform in platforms:
        for python in pythons:
            yield Target(platform, python)
