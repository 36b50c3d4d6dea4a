"""The environment report: what this machine has, what is missing, and the line that mends it."""

import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import psutil
from rich.console import Console
from rich.markup import escape

from channels_lab.course.course import Course
from channels_lab.errors import LabError
from channels_lab.running.servers import redis_binary

__all__ = ["Finding", "examine", "print_report"]

_PACKAGES = [
    "django",
    "channels",
    "daphne",
    "channels-redis",
    "redis",
    "jupyterlab",
    "websockets",
    "nest-asyncio",
]
_BROWSERS = ["chromium", "chromium-browser", "google-chrome", "firefox"]
_NEWEST_TRIED = (3, 13)
_SIGNS = {"good": "[green]✓[/]", "note": "[yellow]·[/]", "bad": "[red]✗[/]"}


@dataclass(frozen=True)
class Finding:
    """One line of the report: `state` is good, note (the course works without it) or bad; `fix` what to do."""

    subject: str
    state: str
    text: str
    fix: str = ""


def examine(course: Course) -> list[Finding]:
    """Look at everything that the course depends on."""
    return [
        _platform(),
        _python(),
        *_packages(),
        _redis(),
        _port(),
        _proxy(),
        _browser(),
        _workspace(course),
        _stale(),
    ]


def print_report(console: Console, findings: list[Finding], *, brief: bool = False) -> None:
    """Print the findings, each with its fix; `brief` leaves out notes and folds the packages into a line."""
    for finding in findings:
        if brief and finding.state == "note":
            continue
        line = escape(f"{finding.subject}: {finding.text}")
        console.print(f"{_SIGNS[finding.state]} {line}", highlight=False, soft_wrap=True)
        if finding.fix and finding.state != "good":
            console.print(f"    {finding.fix}", markup=False, highlight=False, soft_wrap=True)


def _platform() -> Finding:
    system = platform.system()
    if system in ("Linux", "Darwin"):
        return Finding("system", "good", f"{system} {platform.machine()}")
    return Finding("system", "bad", f"{system} is not supported", "Use Linux, macOS, or WSL2 on Windows.")


def _python() -> Finding:
    text = f"{platform.python_version()} at {sys.executable}"
    if (3, 12) <= sys.version_info[:2] <= _NEWEST_TRIED:
        return Finding("Python", "good", text)
    return Finding("Python", "note", text, "The course was tried on 3.12 and 3.13:  uv python install 3.12")


def _packages() -> list[Finding]:
    found: dict[str, str] = {}
    missing = []
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    findings = [Finding("packages", "good", ", ".join(f"{name} {number}" for name, number in found.items()))]
    if missing:
        findings.append(Finding("packages", "bad", f"missing: {', '.join(missing)}", "Install them:  uv sync"))
    findings += [
        Finding(f"{name} {found[name]}", "bad", why, fix)
        for name, test, why, fix in _BAD
        if name in found and test(_numbers(found[name]))
    ]
    return findings


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


_BAD: list[tuple[str, Callable[[tuple[int, ...]], bool], str, str]] = [
    (
        "redis",
        lambda v: v >= (8,),
        "closes idle sockets of channels_redis after about 6 s",
        "uv pip install 'redis<8'",
    ),
    ("daphne", lambda v: v < (4, 2, 2), "has two known security holes", "uv pip install -U daphne"),
    ("django", lambda v: v < (5, 1), "is older than what the course was tried on", "uv sync"),
    ("channels", lambda v: v < (4, 3), "is older than what the course was tried on", "uv sync"),
]


def _redis() -> Finding:
    if given := os.environ.get("CHANNELS_LAB_REDIS_URL"):
        return Finding("Valkey/Redis", "good", f"the one that CHANNELS_LAB_REDIS_URL names: {given.rpartition('@')[2]}")
    try:
        return Finding("Valkey/Redis", "good", redis_binary())
    except LabError as error:
        return Finding("Valkey/Redis", "bad", error.message, error.fix)


def _port() -> Finding:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 0))
        except OSError as error:
            return Finding("ports", "bad", f"none is free: {error.strerror}", "Close some programs.")
    if os.environ.get("JPY_PARENT_PID"):
        return Finding("ports", "good", "there are free ones")  # asked in a notebook: JupyterLab has 8888
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8888))
        except OSError:
            return Finding("ports", "note", "8888 is taken", "JupyterLab takes the next free one, or use --port.")
    return Finding("ports", "good", "8888 is free")


def _proxy() -> Finding:
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if not prefix:
        return Finding("proxy prefix", "good", "none: pages are shown directly")
    try:
        version("jupyter-server-proxy")
    except PackageNotFoundError:
        return Finding("proxy prefix", "bad", prefix, "Pages need it:  uv pip install jupyter-server-proxy")
    return Finding("proxy prefix", "good", f"{prefix}proxy/PORT/")


def _browser() -> Finding:
    for name in _BROWSERS:
        if found := shutil.which(name):
            return Finding("browser", "good", found)
    if sys.platform == "darwin":
        return Finding("browser", "good", "the system's")
    return Finding("browser", "note", "none was found here", "Open the address that JupyterLab prints in any browser.")


def _workspace(course: Course) -> Finding:
    folder = course.workspace_folder
    there = next(place for place in [folder, *folder.parents] if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Finding(
            "workspace", "bad", f"{folder} cannot be written", "Set CHANNELS_LAB_WORKSPACE to another folder."
        )
    free = shutil.disk_usage(there).free / 1e6
    if free < 100:
        return Finding("workspace", "bad", f"only {free:.0f} MB are free at {folder}", "Free some space.")
    return Finding("workspace", "good", str(folder))


def _stale() -> Finding:
    """Keepers whose kernel is gone, which should not exist."""
    stale = []
    for process in psutil.process_iter(["cmdline", "ppid", "pid"]):
        words = process.info["cmdline"] or []
        if "channels_lab.running.keeper" in words and process.info["ppid"] == 1:
            stale.append(str(process.info["pid"]))
    if stale:
        return Finding("stale processes", "note", f"{len(stale)} left", f"End them:  kill {' '.join(stale)}")
    return Finding("stale processes", "good", "none")
