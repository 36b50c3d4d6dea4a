"""When a submission was handed in: nbgrader's `timestamp.txt`, else the time of the file or of the zip's member."""

import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["TIMESTAMP", "HandedIn", "of_file", "of_member"]

TIMESTAMP = "timestamp.txt"
_MOST_BYTES = 100
_UNIX_TIME = 0x5455
# A zip's own times begin here; many packers write it where they know none.
_NO_TIME = (1980, 1, 1)


@dataclass(frozen=True)
class HandedIn:
    """A time (None where none is known), which `clock` it was read from, and a `note` of what is odd about it."""

    at: datetime | None = None
    clock: str = ""
    note: str = ""


def of_file(notebook: Path, *, alone: bool) -> HandedIn:
    """When a notebook was handed in; where its folder is its `alone`, nbgrader's file beside it tells."""
    beside = notebook.with_name(TIMESTAMP)

    def read() -> str | None:
        if not alone or not beside.exists(follow_symlinks=False) or not stat.S_ISREG(beside.lstat().st_mode):
            return None
        with beside.open("rb") as file:
            return file.read(_MOST_BYTES).decode(errors="replace")

    def of_itself() -> HandedIn:
        return _unix(notebook.stat().st_mtime, "the file's time")

    return _told(read, of_itself)


def of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, zone: tzinfo, *, alone: bool) -> HandedIn:
    """The same of a notebook in a zip, whose own times are in no zone: they are taken as times of `zone`."""

    def read() -> str | None:
        try:
            with archive.open(f"{member.filename.rpartition('/')[0]}/{TIMESTAMP}") as file:
                return file.read(_MOST_BYTES).decode(errors="replace") if alone else None
        except KeyError:
            return None

    def of_itself() -> HandedIn:
        seconds = _unix_time(member.extra)
        if seconds is not None:
            return _unix(seconds, "the time in the zip")
        if member.date_time[:3] == _NO_TIME:
            return HandedIn(None, "the time in the zip", "The zip does not say when it was handed in.")
        try:
            at = datetime(*member.date_time, tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return HandedIn(None, "the time in the zip", "The time in the zip is none.")
        return HandedIn(at, "the time in the zip")

    return _told(read, of_itself)


def _told(read: Callable[[], str | None], of_itself: Callable[[], HandedIn]) -> HandedIn:
    text = read()
    if text is None:
        return of_itself()
    if at := _parsed(text.strip()):
        return HandedIn(at, TIMESTAMP)
    other = of_itself()
    return HandedIn(other.at, other.clock, f"{TIMESTAMP} holds no time; {other.clock} was taken.")


def _parsed(text: str) -> datetime | None:
    """What nbgrader writes: `2026-11-20 18:03:12.123456 UTC`, or another zone's name; without one it is UTC."""
    words = text.split(" ")
    zone: tzinfo = UTC
    try:
        if len(words) == 3:
            offset = words.pop()
            if offset[:1] in "+-":
                words[1] += offset
            else:
                zone = ZoneInfo(offset)
        at = datetime.fromisoformat(" ".join(words))
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError):
        return None


def _unix(seconds: float, clock: str) -> HandedIn:
    try:
        return HandedIn(datetime.fromtimestamp(seconds, UTC), clock)
    except (ValueError, OverflowError, OSError):
        return HandedIn(None, clock, f"{clock[:1].upper()}{clock[1:]} is none.")


def _unix_time(extra: bytes) -> int | None:
    """The time of the last change in a zip's "extended timestamp", in seconds since the epoch."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _UNIX_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return int(struct.unpack("<i", extra[5:9])[0])
        extra = extra[4 + size :]
    return None
