"""The chapters as a learner runs them: alone with a restart in the middle, in order, going back, and again."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from channels_lab.course.course import Chapter, Course
from channels_lab.course.workspace import Workspace
from channels_lab.notebook.execute import Outcome, clean_workspace, execute, headless
from tests.conftest import ROOT

COURSE = Course(ROOT)
CHAPTERS = list(COURSE.chapters.values())
# What fails here says itself all that there is to say: a file cell that is no Python.
_OF_ITSELF = ["00-typo-syntax"]
_UNWANTED = ["was never awaited", "DeprecationWarning", "ResourceWarning", "runs the old code"]


def assert_ran(outcome: Outcome) -> None:
    """See that every code cell was run, that none failed which may not, and that nobody was warned."""
    assert outcome.error == ""
    assert outcome.cells == sum(cell.cell_type == "code" for cell in outcome.notebook.cells)
    check_all_outputs(outcome.notebook)


def check_all_outputs(notebook) -> None:
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            check_outputs(number, cell)


def check_outputs(number: int, cell) -> None:
    """See that a cell tagged as failing fails, and that no output is a warning or a traceback of ours."""
    kinds = [output.output_type for output in cell.outputs]
    tagged = "raises-exception" in cell.metadata.get("tags", [])
    assert ("error" in kinds) == tagged, f"cell {number} is {'not ' * tagged}failing"
    for output in cell.outputs:
        text = "\n".join(output.get("traceback", [])) + output.get("text", "") + str(output.get("data", ""))
        assert "channels_lab/" not in text.replace(str(ROOT), ""), f"cell {number} shows the inside of the lab"
        # A frontend that tells no cell's id, as here, is told in an error of all cells that were not run.
        unwanted = _UNWANTED if output.output_type == "error" else [*_UNWANTED, "Not run yet"]
        assert [word for word in unwanted if word in text] == [], f"cell {number}"
    explained = any("What to change: " in output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    may = tagged or ".explain()" in cell.source
    assert explained == (may and cell.id not in _OF_ITSELF), f"cell {number} is {'not ' * may}explained"


def assert_written(workspace: Path, chapter: Chapter) -> None:
    """See that the learner's project is what the chapters up to this one write."""
    texts = COURSE.after(chapter).texts()
    assert {name: (workspace / "project" / name).read_text() for name in texts} == texts


def assert_begins(workspace: Path, chapter: Chapter) -> None:
    """See that the project is what the chapters before this one write, and nothing else: no database of theirs."""
    project = workspace / "project"
    found = {path.relative_to(project).as_posix(): path for path in project.rglob("*") if path.is_file()}
    assert {name: path.read_text() for name, path in found.items()} == COURSE.before(chapter).texts()


def test_the_chapters_follow_each_other_as_each_stands_alone():
    """In one workspace each chapter, in order and going back, finds the files that it finds in a clean one."""
    # On these files each is run alone, below; CI runs them in order, too.
    with clean_workspace(COURSE) as folder:
        workspace = Workspace(COURSE)
        for chapter in CHAPTERS:
            workspace.open(chapter)
            assert_begins(folder, chapter)
            for cell in chapter.file_cells:
                workspace.write(cell, chapter)
            assert_written(folder, chapter)
            (folder / "project" / "db.sqlite3").write_text("what a server leaves")
        for chapter in reversed(CHAPTERS):
            workspace.open(chapter, restart=True)
            assert_begins(folder, chapter)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
async def test_a_chapter_runs_alone_with_a_restart_in_the_middle(chapter):
    """In a clean workspace: half the cells, a new kernel, the first code cell, the other half from its heading on."""
    notebook = nbformat.read(chapter.notebook, as_version=4)
    middle = restart_at(notebook)
    code = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with clean_workspace(COURSE) as workspace:
        async with kernel(notebook) as client:
            await run(client, [number for number in code if number < middle])
        async with kernel(notebook) as client:
            await run(client, [code[0], *(number for number in code if number >= middle)])
        check_all_outputs(notebook)
        assert_written(workspace, chapter)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
async def test_a_chapter_runs_again(chapter):
    """All cells run once more in the kernel that has run them, then in a new one, and leave the same project."""
    notebook = nbformat.read(chapter.notebook, as_version=4)
    code = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with clean_workspace(COURSE) as workspace:
        async with kernel(notebook) as client:
            for _ in range(2):
                await run(client, code)
                check_all_outputs(notebook)
                assert_written(workspace, chapter)
        assert_ran(execute(chapter))
        assert_written(workspace, chapter)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_chapters_run_in_order_and_begin_again_in_reverse_order():
    """In one workspace all cells of all chapters run; then each chapter, from the last on, up to its first server."""
    with clean_workspace(COURSE):
        for chapter in CHAPTERS:
            assert_ran(execute(chapter))
        for chapter in reversed(CHAPTERS):
            begin(chapter)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_chapters_run_in_reverse_order():
    """All cells of each chapter run in one workspace, from the last chapter to the first."""
    with clean_workspace(COURSE):
        for chapter in reversed(CHAPTERS):
            assert_ran(execute(chapter))


def begin(chapter: Chapter) -> None:
    """Run a chapter up to the first cell that starts Django's server."""
    notebook = nbformat.read(chapter.notebook, as_version=4)
    first = next(
        number
        for number, cell in enumerate(notebook.cells)
        if "await lab.daphne(" in cell.source and "raises-exception" not in cell.metadata.get("tags", [])
    )
    del notebook.cells[first + 1 :]
    headless(notebook, Path(os.environ["CHANNELS_LAB_WORKSPACE"]), timeout=60).execute()
    check_all_outputs(notebook)


def restart_at(notebook) -> int:
    """The place of the heading of a section that is nearest to the middle."""
    headings = [n for n, cell in enumerate(notebook.cells) if n and cell.source.startswith("## ")]
    return min(headings, key=lambda number: abs(number - len(notebook.cells) / 2))


@asynccontextmanager
async def kernel(notebook) -> AsyncIterator[NotebookClient]:
    client = headless(notebook, Path(os.environ["CHANNELS_LAB_WORKSPACE"]), timeout=60)
    async with client.async_setup_kernel():
        yield client


async def run(client: NotebookClient, numbers: list[int]) -> None:
    for number in numbers:
        try:
            await client.async_execute_cell(client.nb.cells[number], number)
        except CellExecutionError as error:
            pytest.fail(f"cell {number + 1}: {error.ename}: {error.evalue}", pytrace=False)


@pytest.mark.timeout(300)
def test_chapter_13_runs_where_nginx_is_not_installed(monkeypatch):
    """It says how to get Nginx and shows what Nginx did elsewhere; a stand-in lets its clients lose nothing."""
    monkeypatch.setenv("CHANNELS_LAB_NGINX", "/nowhere/nginx")
    notebook = nbformat.read(COURSE.chapter("13").notebook, as_version=4)
    last = next(number for number, cell in enumerate(notebook.cells) if cell.id == "13-resume-seen")
    del notebook.cells[last:]
    with clean_workspace(COURSE) as workspace:
        headless(notebook, workspace, timeout=60).execute()
    said = {cell.id: str(cell.get("outputs", "")) for cell in notebook.cells}
    assert "There is no Nginx on this machine. Get it by one of: apt install" in said["13-fleet"]
    assert "the server answered 429 instead of 101" in said["13-fleet"]  # as it was recorded
    assert "let in" in said["13-upgrade-run"]
    # Whoever has just spoken when the server dies says it again; on a busy machine that may be several.
    assert re.search(r"twice: \d\b", said["13-resume-kill"])
    assert "orders: 1" in said["13-resume-kill"]
    assert "6 connections ─▶ stand-in" in said["13-crowd-run"]
