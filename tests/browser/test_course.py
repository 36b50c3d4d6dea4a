"""The course in JupyterLab, as the program opens it."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace

from .chat_site import log_of, say, state_of
from .conftest import OpenNotebook, OpenPage
from .jupyterlab import JupyterLab, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FRAME = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/ws/chat/"


async def test_it_opens_on_chapter_00(jupyterlab: JupyterLab, learner: Workspace, open_page: OpenPage) -> None:
    """The address that is printed shows the learner's copy of chapter 00, and JupyterLab asks no questions."""
    page = await open_page(jupyterlab.first)
    await expect(page.get_by_role("tab", name="00_start_here.ipynb")).to_be_visible()
    await expect(page.locator(".jp-Notebook").get_by_role("heading", level=1)).to_contain_text("00")
    await expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle")
    await expect(page.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)


async def test_run_all_of_chapter_06(course: Course, open_notebook: OpenNotebook) -> None:
    """Run All runs every cell; only those that are to fail do; each picture is drawn, and says what it is."""
    name = course.chapter("06").notebook.name
    notebook = await open_notebook(name, expected=FRAME)
    await notebook.run_all()
    saved = await notebook.saved()
    failed = {cell.id: output.evalue for cell, output in _outputs(saved) if output.output_type == "error"}
    allowed = {cell.id for cell in saved.cells if "raises-exception" in cell.metadata.get("tags", [])}
    assert set(failed) <= allowed, failed
    pictures = [cell for cell, output in _outputs(saved) if "text/vnd.mermaid" in output.get("data", {})]
    drawn = notebook.page.locator(".jp-OutputArea .jp-RenderedMermaid img")
    assert pictures
    await expect(drawn).to_have_count(len(pictures))
    for picture in await drawn.all():
        assert (await picture.get_attribute("src") or "").startswith("data:image/svg+xml")
        assert await picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
        await expect(picture).to_have_accessible_name(re.compile("What really happened|Expected against actual"))
    described = notebook.page.locator(".jp-OutputArea .jp-RenderedMermaid figcaption")
    for description in await described.all():
        await expect(description).to_contain_text("steps between")
    frames = notebook.page.locator(".jp-OutputArea iframe")
    assert await frames.count() > 0
    for frame in await frames.all():
        await frame.scroll_into_view_if_needed()
        await expect(frame.content_frame.get_by_role("status")).to_have_text("connected")


async def test_frame_tab_and_notebook_chat(in_06: Workspace, open_notebook: OpenNotebook, open_page: OpenPage) -> None:
    """The page in the frame, a page in another tab and a client in a cell hear each other."""
    write_notebook(
        in_06.notebooks / "chat.ipynb",
        '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")',
        'server = await lab.daphne()\nserver.show("/chat/lobby/")',
        'carol = await server.connect("/ws/chat/lobby/", name="carol")\nawait carol.send_json({"message": "cell"})',
        'print([(await carol.receive_json(timeout=10))["message"] for _ in range(3)])',
    )
    notebook = await open_notebook("chat.ipynb")
    await notebook.run(0)
    shown = (await notebook.run(1)).locator("iframe")
    frame = shown.content_frame.locator("body")
    await expect(state_of(frame)).to_have_text("connected")
    tab = await open_page(await shown.get_attribute("src") or "")
    await expect(state_of(tab)).to_have_text("connected")
    await notebook.run(2)
    await expect(log_of(frame)).to_contain_text("cell")
    await say(frame, "frame here")
    await expect(log_of(tab)).to_contain_text("frame here")
    await say(tab, "tab here")
    await expect(log_of(frame)).to_contain_text("tab here")
    await expect(await notebook.run(3)).to_contain_text("['cell', 'frame here', 'tab here']")


async def test_a_page_whose_server_was_away(in_06: Workspace, open_notebook: OpenNotebook) -> None:
    """A page that came to nothing, for its server had gone, is loaded when the next one is ready."""
    write_notebook(
        in_06.notebooks / "away.ipynb",
        '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")\n'
        'server = await lab.daphne()\npage = server.show("/chat/lobby/")\nawait server.stop()',
        "page",
        "server = await lab.daphne()",
    )
    notebook = await open_notebook("away.ipynb", expected="ERR_CONNECTION_REFUSED")
    await notebook.run(0)
    await expect((await notebook.run(1)).locator("iframe")).to_be_visible()
    await notebook.run(2)
    frame = notebook.output(1).locator("iframe").content_frame.locator("body")
    await expect(state_of(frame)).to_have_text("connected")


def _outputs(saved: Any) -> list[tuple[Any, Any]]:
    return [(cell, output) for cell in saved.cells if cell.cell_type == "code" for output in cell.outputs]
