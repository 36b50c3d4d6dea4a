"""No rule speaks of a healthy project: the one with which each chapter ends."""

from pathlib import Path

import pytest

from channels_lab.course.course import Chapter, Course
from channels_lab.explain.book import explain
from channels_lab.running.warmstart import WarmStart
from tests.conftest import ROOT

from .run import Run

COURSE = Course(ROOT)
# A file of the project → a WebSocket path that is answered where the file is there.
WEBSOCKETS = {"people/routing.py": "/ws/who/me/", "chat/routing.py": "/ws/chat/lobby/"}


@pytest.mark.parametrize(
    "chapter", [one for one in COURSE.chapters.values() if one.number >= "04"], ids=lambda chapter: chapter.name
)
@pytest.mark.parametrize("command", ["daphne", "runserver"])
async def test_no_rule_speaks_of_a_chapters_project(
    chapter: Chapter, command: str, tmp_path: Path, keeper: WarmStart
) -> None:
    """A chapter's finished project is started, its pages and sockets are used, and nothing is explained."""
    texts = COURSE.after(chapter).texts()
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    run = Run(tmp_path)
    try:
        assert await run.manage("migrate", "-v", "0") == 0
        await run.server(command=command)
        assert (await run.get("/admin/login/")).status_code == 200
        for path in (path for file, path in WEBSOCKETS.items() if file in texts):
            async with run.connect(path) as alice:
                await alice.send("{}" if "who" in path else '{"message": "hi"}')
        found = explain(await run.settled(), strict=True)
        assert not found, str(found)
    finally:
        await run.stop()
