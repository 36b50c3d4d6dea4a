"""What the lab shows in a notebook, in both themes of JupyterLab: it can be read, and diagrams are drawn."""

import pytest
from playwright.async_api import expect

from channels_lab.course.workspace import Workspace

from .conftest import OpenNotebook
from .contrast import faint
from .jupyterlab import JupyterLab, Notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOWN = """\
from pathlib import Path
from channels_lab.course.workspace import Written
from channels_lab.doctor import Finding
from channels_lab.errors import LabError
from channels_lab.notebook.display import show_note, show_written
from channels_lab.notebook.report import Report
show_note("$ daphne config.asgi:application", lines=["ready in 38 ms"])
show_note("chat/consumers.py was changed after this server started.", warning=True)
show_written(Written("a.py", None, "new = 1\\n"))
show_written(Written("a.py", "one = 1\\ntwo = 2\\n", "one = 1\\ntwo = 3\\n", Path("kept/a.py")))
display(Report([Finding("Python", "good", "3.12"), Finding("redis 8", "bad", "closes sockets", "uv sync")]))
raise LabError("alice waited 2 s for a message.", "Did the consumer send?", "chat/consumers.py, line 3")
"""
PICTURE = """\
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Step, Story
steps = [Step(0, "alice", "alice's consumer", "hello", False), Step(0.1, "alice", "alice's consumer", "lost", True)]
Diagram(Story(["alice", "alice's consumer"], steps), "A picture")
"""


async def test_both_themes(learner: Workspace, jupyterlab: JupyterLab, open_notebook: OpenNotebook) -> None:
    """Notes, differences, reports and errors have contrast in both themes; diagrams are drawn for each."""
    write_notebook(learner.notebooks / "themes.ipynb", SHOWN, PICTURE)
    notebook = await open_notebook("themes.ipynb")
    await notebook.run(0)
    drawn = (await notebook.run(1)).locator("img")
    await expect(drawn).to_have_accessible_name("A picture")
    assert await faint(notebook.output(0)) == []
    light = await drawn.get_attribute("src")
    try:
        await _choose_theme(notebook, "JupyterLab Dark")
        await expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        assert await faint(notebook.output(0)) == []
        # JupyterLab leaves what is drawn already as it is.
        drawn = (await notebook.run(1)).locator("img")
        await expect(drawn).to_have_accessible_name("A picture")
        redrawn = await drawn.get_attribute("src") != light
        assert redrawn
    finally:
        await jupyterlab.set_theme("JupyterLab Light")


async def _choose_theme(notebook: Notebook, theme: str) -> None:
    await notebook.page.get_by_role("menuitem", name="Settings", exact=True).click()
    # Neither a submenu nor an item with a check mark has the role of an item.
    for label in ("Theme", theme):
        await notebook.page.locator(".lm-Menu").get_by_text(label, exact=True).click()
