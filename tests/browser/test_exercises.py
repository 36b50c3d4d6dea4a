"""An exercise in JupyterLab, as a learner works on it."""

import re

import pytest
from playwright.async_api import expect

from channels_lab.course.workspace import Workspace

from .conftest import OpenNotebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NAME = "../exercises/06_sync_consumer/06_sync_consumer.ipynb"
LOAD, ANSWER, CHECK = 0, 1, 2


async def test_run_all_ends_at_what_is_not_attempted_and_the_cell_takes_the_edited_file(
    open_notebook: OpenNotebook, learner: Workspace
) -> None:
    """A fresh notebook ends with a kind line; the answer is written in the editor, taken by the cell, and checked."""
    notebook = await open_notebook(NAME)
    await notebook.menu("Run", "Run All Cells")
    kind = notebook.output(CHECK)
    await expect(kind).to_contain_text("06.1 · Answer a ping: not attempted yet.")
    await expect(kind).not_to_contain_text("Traceback")
    await expect(notebook.prompt(CHECK + 1)).to_have_text("[ ]:")

    file = learner.folder / "tasks" / "06.1" / "chat" / "consumers.py"
    text = file.read_text()
    before = "# YOUR CODE HERE\n        raise NotImplementedError()"
    assert before in text
    file.write_text(
        text.replace(before, 'self.send(json.dumps({"pong": json.loads(text)["ping"]}))\n        return True')
    )

    await notebook.cells.nth(ANSWER).locator(".cm-line").first.click()
    await notebook.page.keyboard.press("End")
    await notebook.page.keyboard.type(" --from-disk")
    await notebook.page.keyboard.press("Control+Enter")
    lines = notebook.cells.nth(ANSWER).locator(".cm-line")
    await expect(lines.first).to_have_text("%%task_file 06.1 chat/consumers.py")
    saved = await notebook.saved()
    assert saved.cells[3].source == f"%%task_file 06.1 chat/consumers.py\n{file.read_text().rstrip()}"

    shown = await notebook.run(CHECK)
    await expect(shown).to_contain_text("06.1 · Answer a ping: not yet. 3 of 4 points.")
    await expect(shown.get_by_role("listitem")).to_have_text(
        [re.compile("passed: Who sends"), re.compile("passed: Nobody else"), re.compile("not yet: Messages reach")]
    )
    await expect(shown.locator("svg, img").first).to_be_visible()
    await expect(shown.get_by_role("note", name="Explanation")).to_contain_text("KeyError")
