"""JupyterLab behind a prefix, as on a hub: pages come through jupyter-server-proxy."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from channels_lab.course.course import Course

from .chat_site import log_of, say, state_of
from .conftest import OpenPage, run_cells_of
from .jupyterlab import JupyterLab, Notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_pages_below_a_prefix(course: Course, tmp_path: Path, open_page: OpenPage) -> None:
    """The page that a cell shows comes from below the prefix, and so do its style, its login and its WebSocket."""
    async with JupyterLab(course, tmp_path, prefix="/user/kim/") as lab:
        run_cells_of(course.chapter("06"), lab.workspace)
        write_notebook(
            lab.workspace.notebooks / "proxy.ipynb",
            '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")',
            'server = await lab.daphne()\nserver.show("/chat/lobby/")',
            'bob = await server.connect("/ws/chat/lobby/", name="bob")\nawait bob.send_json({"message": "hi"})',
        )
        page = await open_page(lab.address("proxy.ipynb"))
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        notebook = await Notebook(page, lab.workspace.notebooks / "proxy.ipynb").ready()
        await notebook.run(0)
        shown = (await notebook.run(1)).locator("iframe")
        source = await shown.get_attribute("src") or ""
        assert source.startswith("/user/kim/proxy/")
        frame = shown.content_frame.locator("body")
        await expect(state_of(frame)).to_have_text("connected")
        assert any("/user/kim/proxy/" in url and url.endswith("/ws/chat/lobby/") for url in sockets)
        await expect(frame.locator("#chat-log")).to_have_css("overflow-y", "auto")
        await notebook.run(2)
        await expect(log_of(frame)).to_contain_text("hi")
        await say(frame, "through the proxy")
        await expect(log_of(frame)).to_contain_text("through the proxy")
        async with page.context.expect_page() as opening:
            await frame.get_by_role("link", name="Log in").click()
        login = await opening.value
        await login.get_by_label("Username").fill("alice")
        await login.get_by_label("Password").fill("alice")
        await login.get_by_role("button", name="Log in").click()
        await expect(login.get_by_role("heading", level=1)).to_have_text("lobby")
        assert "/user/kim/proxy/" in login.url
        await expect(state_of(login)).to_have_text("connected")
        await page.context.close()
