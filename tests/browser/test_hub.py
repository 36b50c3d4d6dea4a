"""Learners on a real JupyterHub, each in a browser of their own."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from channels_lab.course.course import Course
from tests.ports import free_port
from tests.workshop.hub import Hub, usual_proxy

from .chat_site import log_of, say, state_of
from .conftest import OpenPage, run_cells_of
from .jupyterlab import Notebook, write_notebook

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.asyncio(loop_scope="session"),
]

# The hub's own pages are not ours.
HUBS = r".*"


@pytest_asyncio.fixture(loop_scope="session")
async def hub(course: Course, tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub on this machine."""
    async with Hub(course, tmp_path) as running:
        yield running


async def open_notebook(hub: Hub, page: Page, name: str, *cells: str) -> Notebook:
    """Write a notebook into a learner's workspace, and open it."""
    file = hub.workspace(name).notebooks / "mine.ipynb"
    write_notebook(file, *cells)
    await page.goto(f"{hub.url}/user/{name}/lab/tree/notebooks/mine.ipynb")
    return await Notebook(page, file).ready()


async def test_three_learners_at_once(hub: Hub, course: Course, open_page: OpenPage) -> None:
    """Three run chapter 06's chat at once; each sees their own page, below their own prefix, and no word of others."""

    async def learn(name: str) -> str:
        page = await open_page(f"{hub.url}/hub/login", expected=HUBS)
        await hub.log_in(page, name)
        assert "00_start_here.ipynb" in page.url
        run_cells_of(course.chapter("06"), hub.workspace(name))
        notebook = await open_notebook(
            hub,
            page,
            name,
            '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")',
            'server = await lab.daphne()\nserver.show("/chat/lobby/")',
            'bob = await server.connect("/ws/chat/lobby/", name="bob")\n'
            f'await bob.send_json({{"message": "hi from {name}"}})\nserver.diagram()',
        )
        await notebook.run(0, 60)
        shown = (await notebook.run(1, 60)).locator("iframe")
        source = await shown.get_attribute("src") or ""
        assert source.startswith(f"/user/{name}/proxy/")
        frame = shown.content_frame.locator("body")
        await expect(state_of(frame)).to_have_text("connected")
        await notebook.run(2, 60)
        await expect(log_of(frame)).to_contain_text(f"hi from {name}")
        await say(frame, f"{name} through the hub")
        await expect(log_of(frame)).to_contain_text(f"{name} through the hub")
        return await log_of(frame).inner_text()

    names = ["ada", "bea", "cyd"]
    logs = await asyncio.gather(*(learn(name) for name in names))
    for name, log in zip(names, logs, strict=True):
        assert not [other for other in names if other != name and other in log]
    # Somebody who is logged in on the hub does not see another's pages.
    page = await open_page(f"{hub.url}/hub/login", expected=HUBS)
    await hub.log_in(page, "dan")
    answer = await page.goto(f"{hub.url}/user/ada/proxy/1/")
    assert answer and answer.status in (403, 404)


@pytest.mark.skipif(usual_proxy() is None, reason="streams want npm install -g configurable-http-proxy")
async def test_the_pages_of_the_finished_site(hub: Hub, open_page: OpenPage) -> None:
    """Below the hub's prefix the race runs, a person logs in, makes a token, and talks in a room."""
    page = await open_page(f"{hub.url}/hub/login", expected=HUBS)
    await hub.log_in(page, "eve")
    opened = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("13")'
    notebook = await open_notebook(hub, page, "eve", opened, 'server = await lab.daphne()\nserver.show("/rooms/")')
    await notebook.run(0, 60)
    shown = (await notebook.run(1, 60)).locator("iframe")
    await expect(shown.content_frame.get_by_label("Username")).to_be_visible()
    site = hub.url + (await shown.get_attribute("src") or "").removesuffix("rooms/")
    assert "/user/eve/proxy/" in site
    await page.goto(f"{site}notices/race/")
    await page.get_by_label("every two seconds").uncheck()
    await page.get_by_role("button", name="Start").click()
    await page.get_by_role("button", name="Put up a notice").click()
    delays = page.get_by_role("region", name="Delay").get_by_role("cell")
    for number in range(5):
        await expect(delays.nth(number)).to_contain_text(" ms")
    await page.goto(f"{site}tokens/")
    await page.get_by_label("Username").fill("alice")
    await page.get_by_label("Password").fill("alice")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_label("What is it for?").fill("a robot")
    await page.get_by_role("button", name="Make a token").click()
    await expect(page.get_by_label("Token", exact=True)).to_be_visible()
    await expect(page.locator("main")).to_contain_text("a robot")
    await page.goto(f"{site}rooms/")
    await page.get_by_role("link", name="Lobby").first.click()
    await say(page, "good evening")
    await expect(log_of(page)).to_contain_text("good evening")
    assert page.url.startswith(f"{site}rooms/")


SERVICE = """
c.JupyterHub.services = [
    {{
        "name": "classroom",
        "url": "http://127.0.0.1:{port}",
        "command": [os.environ["CHANNELS_LAB_ENVIRONMENT"] + "/bin/channels-lab", "classroom"],
        "environment": {{
            "CHANNELS_LAB_ROOT": {root!r},
            "CHANNELS_LAB_WORKSPACE": {folder!r},
            "CHANNELS_LAB_PUBLIC_URL": c.JupyterHub.bind_url.replace("127.0.0.1", "hub.localhost"),
        }},
    }}
]
"""


async def test_the_board_as_a_service(course: Course, tmp_path: Path, open_page: OpenPage) -> None:
    """As a service of the hub the room's board is at /services/classroom/, and a learner joins from their kernel."""
    port = free_port()
    board = tmp_path / "board"
    service = SERVICE.format(port=port, root=str(course.root), folder=str(board))
    async with Hub(course, tmp_path, service) as hub:
        page = await open_page(f"{hub.url}/hub/login", expected=HUBS)
        await hub.log_in(page, "fay")
        code = re.search(r"code=(\w+)", hub.log())[1]
        join = f'lab.classroom("{hub.local}/services/classroom/", code="{code}", name="Fay")'
        opened = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")'
        notebook = await open_notebook(hub, page, "fay", opened, join)
        await notebook.run(0, 60)
        await notebook.run(1, 60)
        await page.goto(f"{hub.url}/services/classroom/?code={code}")
        await expect(page.locator("main")).to_contain_text("Fay")


SERVE = """
import subprocess, sys
words = [sys.executable, "-m", "channels_lab.cli", "classroom", "--port", "{port}"]
board = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
for line in board.stdout:
    print(line, end="")
    if line.startswith("Ctrl-C"):
        break
"""


async def test_the_board_on_a_shared_machine(hub: Hub, open_page: OpenPage) -> None:
    """The leader serves it from her own server, and a learner sees it live through his, by the address for all."""
    port = free_port()
    opened = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")'

    async def open_as(name: str, *cells: str) -> tuple[Page, Notebook]:
        page = await open_page(f"{hub.url}/hub/login", expected=HUBS)
        await hub.log_in(page, name)
        return page, await open_notebook(hub, page, name, *cells)

    leader, notebook = await open_as("fay", SERVE.format(port=port))
    said = await (await notebook.run(0, 60)).inner_text()
    mine, wall, code = (
        re.search(pattern, said)[1] for pattern in (r"(/user/\S+key=\S+)", r"(/hub/\S+code=\w+)", r"code=(\w+)")
    )
    assert "their servers are on this machine" in said
    assert mine.startswith(f"/user/fay/proxy/{port}/") and wall.startswith(f"/hub/user-redirect/proxy/{port}/")
    learner, notebook = await open_as("gus", opened, f'lab.classroom("{code}@127.0.0.1:{port}", name="Gus")')
    await notebook.run(0, 60)
    joined = await notebook.run(1, 60)
    await expect(joined).to_contain_text(f"/user/gus/proxy/{port}/?code={code}")
    await leader.goto(f"{hub.url}{mine}")
    await learner.goto(f"{hub.url}{wall}")
    for page, path in ((leader, f"/user/fay/proxy/{port}/leader"), (learner, f"/user/gus/proxy/{port}/")):
        assert page.url == f"{hub.url}{path}"
        await expect(page.locator("#connection").get_by_role("status")).to_have_text("Live")
        await expect(page.locator(".card")).to_contain_text("Gus")
    await leader.get_by_label("Offer all to go to").select_option("07")
    await leader.get_by_role("button", name="Offer", exact=True).click()
    await expect(learner.get_by_text("We are at chapter 07")).to_be_visible()
