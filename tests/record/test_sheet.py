"""A file that is filled with lines as memory."""

import mmap
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels_lab.record.sheet import Sheet

MOST = 100_000


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Sheet]:
    """An empty sheet."""
    descriptor = os.open(tmp_path / "sheet", os.O_RDWR | os.O_CREAT)
    yield Sheet(descriptor, MOST, lambda: b"full\n")
    os.close(descriptor)


@pytest.fixture
def lines(tmp_path: Path) -> Callable[[], list[bytes]]:
    """Tells what the file holds, as another process would see it."""
    return lambda: (tmp_path / "sheet").read_bytes().replace(b"\0", b"").splitlines()


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that shares no memory."""

    def refuse(*_: object, **__: object) -> mmap.mmap:
        raise OSError("no such device")

    monkeypatch.setattr(mmap, "mmap", refuse)


def fill(sheet: Sheet, start: int = 0) -> None:
    """Write many lines of many lengths."""
    for number in range(start, start + 500):
        sheet.write(b"%d %s\n" % (number, b"x" * (number % 200)))


def test_lines_are_there_at_once(sheet: Sheet, lines: Callable[[], list[bytes]]) -> None:
    """A line can be read as soon as it is written."""
    for number in range(1, 4):
        sheet.write(b"line\n")
        assert lines() == [b"line"] * number


def test_lines_are_whole_and_in_order(sheet: Sheet, lines: Callable[[], list[bytes]]) -> None:
    """Where the room ends between lines, none is torn, lost or moved."""
    fill(sheet)
    assert [line.partition(b" ")[0] for line in lines()] == [b"%d" % number for number in range(500)]
    assert all(line.endswith(b"x" * (number % 200)) for number, line in enumerate(lines()))


def test_it_is_bounded(sheet: Sheet, lines: Callable[[], list[bytes]], tmp_path: Path) -> None:
    """A sheet that is full has a last line that says so, and takes no more, not even what would fit."""
    for _ in range(50):
        sheet.write(b"x" * 5000 + b"\n")
    sheet.write(b"short\n")
    assert lines()[-1] == b"full" and lines().count(b"full") == 1
    assert b"short" not in lines()
    assert (tmp_path / "sheet").stat().st_size <= MOST + 2 * 65536


def test_a_line_that_is_longer_than_a_room(sheet: Sheet, lines: Callable[[], list[bytes]]) -> None:
    """A long line has a room of its own size."""
    sheet.write(b"x" * 90_000 + b"\n")
    assert [len(line) for line in lines()] == [90_000]


def test_several_threads(sheet: Sheet, lines: Callable[[], list[bytes]]) -> None:
    """Lines of several threads are all there, each whole."""
    threads = [threading.Thread(target=fill, args=(sheet, 1000 * number)) for number in range(1, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = sorted(int(line.partition(b" ")[0]) for line in lines())
    assert seen == [*range(1000, 1500), *range(2000, 2500)]


def test_a_full_disk() -> None:
    """Where the disk has no room, nothing is written and nothing raises."""
    descriptor = os.open("/dev/full", os.O_RDWR)
    sheet = Sheet(descriptor, MOST, lambda: b"full\n")
    sheet.write(b"one\n")
    os.close(descriptor)
    sheet.write(b"two\n")


def test_without_shared_memory(no_memory: None, sheet: Sheet, lines: Callable[[], list[bytes]]) -> None:
    """Where a file cannot be memory, it is written as a file: the same lines, the same bound."""
    fill(sheet)
    assert [line.partition(b" ")[0] for line in lines()] == [b"%d" % number for number in range(500)]
    for _ in range(50):
        sheet.write(b"x" * 5000 + b"\n")
    assert lines()[-1] == b"full" and lines().count(b"full") == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_writes_nothing(sheet: Sheet, lines: Callable[[], list[bytes]]) -> None:
    """A child that the project forks does not write over its parent's lines."""
    sheet.write(b"parent\n")
    if (pid := os.fork()) == 0:
        sheet.write(b"child\n")
        os._exit(0)
    os.waitpid(pid, 0)
    sheet.write(b"parent again\n")
    assert lines() == [b"parent", b"parent again"]


def test_what_is_collected_meanwhile_may_write(
    sheet: Sheet, lines: Callable[[], list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is written while room is taken for another is kept, and so is the other."""
    pwrite = os.pwrite

    def collect(*args: int | bytes) -> int:
        monkeypatch.setattr(os, "pwrite", pwrite)
        sheet.write(b"inner\n")
        return pwrite(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "pwrite", collect)
    sheet.write(b"outer\n")
    assert sorted(lines()) == [b"inner", b"outer"]
