"""Pages of the finished site in a notebook's frame, below the prefix of a hub: the policy lets them work there."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from channels_lab.course.course import Course

from .chat_site import log_of, say, state_of
from .conftest import OpenPage
from .jupyterlab import JupyterLab, Notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_below_a_prefix(course: Course, tmp_path: Path, open_page: OpenPage) -> None:
    """The chat, the notices and, after logging in, a room are styled there, connect, and take what is written."""
    async with JupyterLab(course, tmp_path, prefix="/user/kim/") as lab:
        lab.workspace.open(list(course.chapters.values())[-1])
        write_notebook(
            lab.workspace.notebooks / "frame.ipynb",
            f'%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("{lab.workspace.chapter}")',
            'server = await lab.daphne()\nserver.show("/chat/lobby/")',
            'server.show("/notices/page/")',
            'server.show("/rooms/")',
        )
        page = await open_page(lab.address("frame.ipynb"))
        notebook = await Notebook(page, lab.workspace.notebooks / "frame.ipynb").ready()
        await notebook.run(0)
        chat = (await notebook.run(1)).locator("iframe").content_frame.locator("body")
        await expect(state_of(chat)).to_have_text("connected")
        await expect(chat.get_by_role("banner")).to_have_css("display", "flex")
        await say(chat, "from a frame")
        await expect(log_of(chat)).to_contain_text("from a frame")
        await expect(chat.get_by_role("link", name="Tour")).to_have_attribute("target", "_blank")
        board = (await notebook.run(2)).locator("iframe").content_frame.locator("body")
        await expect(state_of(board)).to_have_text("connected")
        await board.get_by_role("textbox", name="Put up a notice").fill("by a frame")
        await board.get_by_role("button", name="Put up").click()
        await expect(board.get_by_role("log").get_by_role("listitem")).to_have_text(["by a frame"])
        rooms = (await notebook.run(3)).locator("iframe").content_frame.locator("body")
        await rooms.get_by_label("Username").fill("alice")
        await rooms.get_by_label("Password").fill("alice")
        await rooms.get_by_role("button", name="Log in").click()
        await rooms.get_by_role("link", name=re.compile("^Lobby")).click()
        await expect(rooms.get_by_role("heading", name="Lobby")).to_be_visible()  # the list says "Connected", too
        await expect(state_of(rooms)).to_have_text("Connected")
        await rooms.get_by_role("textbox", name="Message").fill("in a room")
        await rooms.get_by_role("textbox", name="Message").press("Enter")
        await expect(rooms.locator(".message.own:not(.pending)")).to_contain_text("in a room")
        await page.context.close()
