"""What a started process is like, warm or cold."""

# ruff: noqa: ASYNC240 - small files of a test

import json
import os
from pathlib import Path
from typing import Any

import pytest

from .conftest import Start

both_ways = pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])


async def seen(start: Start, *args: str, **options: Any) -> dict[str, Any]:
    """What the probe saw."""
    process = start("look", *args, **options)
    assert await process.end(20) == 0, process.log
    return dict(json.loads(process.log))


@both_ways
async def test_its_words_and_folder(start: Start, folder: Path, cold: bool) -> None:
    """It gets the words of its command, stands in its folder, and imports from there first."""
    about = await seen(start, "a b", "한글", "--x=1", cold=cold)
    assert about["args"] == ["a b", "한글", "--x=1"]
    assert about["cwd"] == str(folder.resolve())
    assert about["path"][0] == str(folder)


@both_ways
async def test_its_environment_is_the_kernels_now(start: Start, monkeypatch: pytest.MonkeyPatch, cold: bool) -> None:
    """It has the kernel's environment as it is at the start, not as it was when the keeper began."""
    monkeypatch.setenv("SET_LATER", "välue")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    about = await seen(start, env={"GIVEN": "1"}, cold=cold)
    expected = dict(os.environ) | {"GIVEN": "1"}
    differing = {k for k in about["environ"].keys() | expected.keys() if about["environ"].get(k) != expected.get(k)}
    assert differing <= {"LC_CTYPE", "PYTEST_CURRENT_TEST"}  # the interpreter sets the first for itself
    assert about["environ"]["SET_LATER"] == "välue"


@both_ways
async def test_pythonpath_counts(start: Start, tmp_path: Path, cold: bool) -> None:
    """Folders in PYTHONPATH are imported from, after the project's own."""
    about = await seen(start, env={"PYTHONPATH": f"{tmp_path}{os.pathsep}/nowhere"}, cold=cold)
    assert str(tmp_path) in about["path"]
    assert about["path"].count(str(tmp_path)) == 1


@both_ways
async def test_its_session_and_signals(start: Start, cold: bool) -> None:
    """It has a session of its own, an empty standard input, and a fresh process's signals."""
    about = await seen(start, cold=cold)
    assert about["session"]
    assert about["stdin"] == ""
    assert about["sigint"] and about["sigterm"]
    assert about["blocked"] == []


@both_ways
async def test_its_descriptors(start: Start, cold: bool) -> None:
    """It is handed what was sent with the start, apart from what it has used up itself."""
    assert (await seen(start, cold=cold))["descriptors"] == ["status"]
    assert (await seen(start, record=True, cold=cold))["descriptors"] == ["record", "status"]


@both_ways
async def test_project_files_are_read_from_source(start: Start, folder: Path, cold: bool) -> None:
    """A file that was changed at once, to the same size and time, is not served stale, and nothing is cached."""
    module = folder / "fresh.py"
    for version in ("one", "two", "six"):
        module.write_text(f"VERSION = {version!r}\n")
        os.utime(module, (1_000_000_000, 1_000_000_000))
        process = start("version", cold=cold)
        assert await process.end(20) == 0, process.log
        assert process.log == f"{version}\n"
    assert not list(folder.rglob("__pycache__"))


@both_ways
@pytest.mark.parametrize(
    ("how", "code", "line"),
    [
        ("return", 3, ""),
        ("exit", 4, ""),
        ("words", 1, "no more of this"),
        ("raise", 1, "RuntimeError: no more of this"),
        ("nothing", 0, ""),
    ],
)
async def test_its_exit_status(start: Start, how: str, code: int, line: str, cold: bool) -> None:
    """It ends with its target's result, and what it raised is in the log."""
    process = start("leave", how, cold=cold)
    assert await process.end(20) == code
    assert process.log.startswith(f"leaving by {how}\n")
    assert process.log.rstrip().endswith(line)


async def test_a_folder_that_is_not_there(start: Start, tmp_path: Path) -> None:
    """A start in a folder that was removed ends with a message in the log."""
    process = start("look", cwd=tmp_path / "gone")
    assert await process.end(20) == 1
    assert "FileNotFoundError" in process.log


async def test_a_target_that_is_not_there(start: Start) -> None:
    """A target that cannot be imported ends with the reason in the log."""
    process = start("no_such_function")
    assert await process.end(20) == 1
    assert "no_such_function" in process.log


@both_ways
async def test_names_with_spaces_and_letters(start: Start, folder: Path, tmp_path: Path, cold: bool) -> None:
    """A folder named with spaces and Korean letters is as good as any."""
    strange = folder.rename(tmp_path / "나의 작업 folder #1;%s")
    assert (await seen(start, cwd=strange, cold=cold))["cwd"] == str(strange)
