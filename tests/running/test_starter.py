"""Processes within bounds: their environment, and how much they may write."""

from pathlib import Path

import pytest

from channels_lab.running.process import Process
from channels_lab.running.starter import MOST_BYTES, Confined
from channels_lab.running.warmstart import WarmStart


async def run(source: str, folder: Path, keeper: WarmStart, *words: str) -> Process:
    """Run a script within bounds, to its end."""
    (folder / "script.py").write_text(source)
    confined = Confined(keeper, {"OURS": "1"})
    target = "channels_lab.running.targets:script"
    process = Process("script", "", target, ["script.py", *words], cwd=folder, keeper=confined)
    await process.end(20)
    return process


async def test_its_environment_is_ours(tmp_path: Path, keeper: WarmStart, monkeypatch: pytest.MonkeyPatch) -> None:
    """A confined process has what it is given and what any process needs, and nothing else of its starter's."""
    monkeypatch.setenv("MY_SECRET", "word")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    done = await run("import os; print(sorted(os.environ))", tmp_path, keeper)
    assert "'OURS'" in done.log and "'PATH'" in done.log
    assert "SECRET" not in done.log and "REDIS_URL" not in done.log


async def test_no_file_grows_without_end(tmp_path: Path, keeper: WarmStart) -> None:
    """Neither its log nor another file of a confined process grows beyond the bound: writing fails."""
    done = await run("for number in range(100): print('x' * 1_000_000, flush=True)", tmp_path, keeper)
    assert done.printed.size == MOST_BYTES and done.exit_code == 1
    source = "try:\n    open('big', 'wb').write(bytes(40_000_000))\nexcept OSError as error:\n    print(error)\n"
    assert "File too large" in (await run(source, tmp_path, keeper)).log


async def test_a_script_runs_as_the_main_program(tmp_path: Path, keeper: WarmStart) -> None:
    """A script is `__main__`, has its words, imports its neighbours, and ends after its threads, with its status."""
    (tmp_path / "neighbour.py").write_text("WORD = 'near'\n")
    source = (
        "import sys, threading, neighbour\n"
        "print(__name__, sys.argv, neighbour.WORD)\n"
        "threading.Timer(0.2, lambda: print('late')).start()\n"
        "sys.exit(3)\n"
    )
    done = await run(source, tmp_path, keeper, "one", "two")
    assert done.log.splitlines() == ["__main__ ['script.py', 'one', 'two'] near", "late"]
    assert done.exit_code == 3
