"""The kernel interrupted and restarted from JupyterLab."""

import time

import pytest
from playwright.async_api import expect

from channels_lab.course.workspace import Workspace
from tests.patience import within

from .conftest import OpenNotebook
from .jupyterlab import write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPEN = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")'


async def test_interrupt(in_06: Workspace, open_notebook: OpenNotebook) -> None:
    """The interrupt button stops a cell that waits for a message within two seconds, and the next cell works."""
    write_notebook(
        in_06.notebooks / "interrupt.ipynb",
        OPEN,
        'server = await lab.daphne()\nalice = await server.connect("/ws/chat/lobby/", name="alice")',
        'print("waiting")\nawait alice.receive(timeout=100)',
        'await alice.send_json({"message": "still here"})\nprint(await alice.receive_json())',
    )
    notebook = await open_notebook("interrupt.ipynb")
    await notebook.run(0)
    await notebook.run(1)
    await notebook.start(2)
    await expect(notebook.output(2)).to_contain_text("waiting")
    pressed = time.monotonic()
    await notebook.page.get_by_role("button", name="Interrupt the kernel").click()
    await notebook.ran(2)
    assert time.monotonic() - pressed < within(2)
    await expect(await notebook.run(3)).to_contain_text("still here")


async def test_restart(in_06: Workspace, open_notebook: OpenNotebook) -> None:
    """A restart in the middle keeps the project, edits of the learner's too, and the server comes again."""
    write_notebook(
        in_06.notebooks / "restart.ipynb",
        OPEN,
        "server = await lab.daphne()\nserver",
        '%%project_file chat/mine.py\nMINE = "kept"',
        'print((lab.project / "chat" / "mine.py").read_text(), await server.get("/chat/lobby/"))',
    )
    notebook = await open_notebook("restart.ipynb")
    for number in range(3):
        await notebook.run(number)
    await notebook.restart()
    lost = await notebook.run(3)
    await expect(lost).to_contain_text("NameError")
    await expect(lost).to_contain_text("choose Run > Run All Above Selected Cell")
    await notebook.page.get_by_role("menuitem", name="Run", exact=True).click()
    await expect(notebook.page.get_by_role("menuitem", name="Run All Above Selected Cell", exact=True)).to_be_visible()
    await notebook.page.keyboard.press("Escape")
    await expect(await notebook.run(0)).to_contain_text("the project is as you left it")
    await expect(await notebook.run(1)).to_contain_text("running")
    shown = await notebook.run(3)
    await expect(shown).to_contain_text('MINE = "kept"')
    await expect(shown).to_contain_text("200 OK")
