"""Whether this machine is ready for a room: what so many learners on it want, against what is there."""

import asyncio
import contextlib
import email.utils
import resource
import shutil
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil

from channels_lab.course.course import Course
from channels_lab.doctor import Finding
from channels_lab.errors import LabError
from channels_lab.workshop.bundle import Bundle

__all__ = ["examine_room"]

# For one learner: a kernel with a Daphne and a Valkey takes 140 MiB and 6 processes (benchmarks/room.py). Two notebooks
# open, and JupyterLab itself.
_MEMORY, _PROCESSES, _PORTS, _DISK = 500 * 2**20, 20, 20, 50 * 2**20
_LATE = 5.0  # seconds that two clocks may differ


def examine_room(course: Course, learners: int, bundle: Path | None, board: str) -> list[Finding]:
    """What a leader wants to know the evening before; `learners` is how many work on this machine."""
    findings = [
        _memory(learners),
        _processes(learners),
        _open_files(),
        _ports(learners),
        _disk(course, learners),
        _valkey(),
        _clock(course),
    ]
    found = bundle or (course.root.parent if (course.root.parent / "SHA256SUMS").is_file() else None)
    if found:
        findings.append(_bundle(found))
    if board:
        findings += _board(board)
    return findings


def _memory(learners: int) -> Finding:
    wanted, there = learners * _MEMORY, psutil.virtual_memory().available
    text = f"{there / 2**30:.1f} GiB are free; {_want(learners)} about {wanted / 2**30:.1f}"
    if there >= wanted:
        return Finding("memory", "good", text)
    fits = int(there // _MEMORY)
    return Finding("memory", "bad", text, f"It does for {fits}. Close programs, or let pairs share a screen.")


def _processes(learners: int) -> Finding:
    wanted = learners * _PROCESSES
    try:
        limits = [resource.getrlimit(resource.RLIMIT_NPROC)[0], *_cgroup_limits()]
    except (OSError, ValueError):
        limits = []
    least = min((limit for limit in limits if limit not in (resource.RLIM_INFINITY, -1)), default=None)
    if least is None or least >= wanted:
        return Finding("processes", "good", f"{_want(learners)} about {wanted}, {least or 'any number'} may be")
    return Finding("processes", "bad", f"{_want(learners)} about {wanted}, {least} may be", "Raise it:  ulimit -u 8192")


def _cgroup_limits() -> list[int]:
    place = Path("/sys/fs/cgroup/pids.max")
    text = place.read_text().strip() if place.is_file() else "max"
    return [int(text)] if text.isdigit() else []


def _open_files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= 1024:
        return Finding("open files", "good", f"{soft} for each process")
    return Finding("open files", "bad", f"{soft} for each process; crowds want 1024", f"ulimit -n {min(hard, 4096)}")


def _ports(learners: int) -> Finding:
    """As many as the room wants, all at once."""
    wanted = learners * _PORTS
    with contextlib.ExitStack() as stack:
        for number in range(min(wanted, 900)):  # within the open files of one process
            probe = stack.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", 0))
            except OSError as error:
                return Finding("ports", "bad", f"{number} of {wanted} are free: {error.strerror}", "Close programs.")
    return Finding("ports", "good", f"{_want(learners)} about {wanted}; there are as many")


def _disk(course: Course, learners: int) -> Finding:
    folder = course.workspace_folder
    there = next(place for place in [folder, *folder.parents] if place.exists())
    free, wanted = shutil.disk_usage(there).free, learners * _DISK
    text = f"{free / 1e9:.1f} GB are free at {there}; {_want(learners)} about {wanted / 1e9:.1f}"
    if free >= wanted:
        return Finding("disk", "good", text)
    return Finding("disk", "bad", text, "Free some space, or set CHANNELS_LAB_WORKSPACE to another disk.")


def _valkey() -> Finding:
    """Started, asked, and stopped: that there is a file says little."""
    from redis.asyncio import Redis

    from channels_lab.running import servers

    async def ask() -> str:
        started = time.perf_counter()
        server = await servers.redis(name="doctor", own=True)
        try:
            async with Redis.from_url(server.url) as client:
                await client.info()
            return f"answers after {(time.perf_counter() - started) * 1000:.0f} ms"
        finally:
            if server.process:
                await server.process.stop()

    try:
        return Finding("Valkey/Redis of one's own", "good", asyncio.run(ask()))
    except LabError as error:
        return Finding("Valkey/Redis of one's own", "bad", error.message, error.fix)


def _clock(course: Course) -> Finding:
    now, known = time.time(), (course.root / "pyproject.toml").stat().st_mtime
    shown = time.strftime("%Y-%m-%d %H:%M:%S %Z")
    if now < known - 86400:
        return Finding("clock", "bad", f"{shown}: the course is from later", "Set it; cookies and tokens go by it.")
    return Finding("clock", "good", shown)


def _bundle(folder: Path) -> Finding:
    try:
        damaged = Bundle(folder, folder).damaged()
    except LabError as error:
        return Finding("bundle", "bad", error.message, error.fix)
    if damaged:
        return Finding("bundle", "bad", f"damaged or missing: {', '.join(damaged[:5])}", "Make or copy it again.")
    return Finding("bundle", "good", f"{folder}: all files have their checksums")


def _board(typed: str) -> list[Finding]:
    """Whether the room's board answers from here, and how far its clock is from this one."""
    code, _, place = typed.rpartition("@")
    address = place if "://" in place else f"http://{place}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return [
            Finding("board", "bad", f"{typed} is no board's address", "Like this:  --board K7QF2M@192.168.1.5:8700")
        ]
    started = time.time()
    try:
        answer = httpx.get(address, params={"code": code} if code else None, trust_env=False, timeout=5)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fix = "Does it run, and with --host 0.0.0.0? Does the network let machines talk to each other?"
        return [Finding("board", "bad", f"{address} does not answer: {error or type(error).__name__}", fix)]
    took = time.time() - started
    if answer.status_code >= 500 or (code and answer.status_code == 403):
        said = f"does not know the code {code}" if code and answer.status_code == 403 else f"says {answer.status_code}"
        fix = "Its code is shown by  channels-lab classroom --show , where it runs."
        return [Finding("board", "bad", f"{address} {said}", fix)]
    findings = [Finding("board", "good", f"{address} answers after {took * 1000:.0f} ms")]
    if date := answer.headers.get("Date"):
        late = abs(email.utils.parsedate_to_datetime(date).timestamp() - started)
        state = "good" if late <= _LATE + took else "note"
        fix = "" if state == "good" else "Nothing breaks; times on the board are its own."
        findings.append(Finding("board's clock", state, f"{late:.0f} s from this one", fix))
    return findings


def _want(learners: int) -> str:
    return "one learner wants" if learners == 1 else f"{learners} learners want"
