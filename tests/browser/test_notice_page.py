"""The notices' page of chapter 02 in the browser, on a Daphne and below a prefix."""

import re
from pathlib import Path
from typing import Literal

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from channels_lab.course.course import Course

from .chat_site import ChatSite, state_of
from .conftest import OpenPage, migrated_after, run_cells_of
from .contrast import faint
from .jupyterlab import JupyterLab, Notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOST = r"Failed to load resource|net::ERR_"  # what Chromium writes when the server has gone
HOSTILE = [
    "<script>window.harmed = true</script>",
    "<img src=x onerror='window.harmed = true'>",
    "two lines\n\nid: 999999\ndata: {}",
    "&lt;b&gt; {{ 7 * 7 }} ${7 * 7}",
]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def migrated(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project at the end of chapter 02, its database migrated."""
    return await migrated_after(course.chapter("02"), course, tmp_path_factory.mktemp("notices"))


def address(site: ChatSite) -> str:
    """The page's address."""
    return f"http://127.0.0.1:{site.port}/notices/page/"


def shown(page: Page | Locator) -> Locator:
    """The notices in the page."""
    return page.get_by_role("log", name="Notices").get_by_role("listitem")


async def put_up(site: ChatSite, *texts: str) -> None:
    """Put notices up, as another program does."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as http:
        for text in texts:
            assert (await http.post("/notices/", data={"text": text})).status_code == 201


async def test_a_notice_appears(site: ChatSite, open_page: OpenPage) -> None:
    """What was there comes with the page; what is put up by a program or by another page appears, each once."""
    await put_up(site, "was there")
    one, two = await open_page(address(site)), await open_page(address(site))
    for page in (one, two):
        await expect(state_of(page)).to_have_text("connected")
    await put_up(site, "by a program")
    await one.get_by_role("textbox", name="Put up a notice").fill("by a page, 공지 🙂")
    await one.get_by_role("button", name="Put up").click()
    for page in (one, two):
        await expect(shown(page)).to_have_text(["was there", "by a program", "by a page, 공지 🙂"])
    await expect(one.get_by_role("textbox", name="Put up a notice")).to_have_value("")


async def test_a_restart_loses_nothing_and_shows_nothing_twice(site: ChatSite, open_page: OpenPage) -> None:
    """When the server goes the page says so; back again it shows what came meanwhile, and all of it once."""
    page = await open_page(address(site), expected=LOST)
    await expect(state_of(page)).to_have_text("connected")
    wanted = []
    for number in range(2):
        await put_up(site, f"before {number}")
        await expect(shown(page).last).to_have_text(f"before {number}")
        await site.stop()
        await expect(state_of(page)).to_have_text("disconnected, trying again")
        await site.start()
        await put_up(site, f"meanwhile {number}")
        await expect(state_of(page)).to_have_text("connected")
        await put_up(site, f"after {number}")
        wanted += [f"before {number}", f"meanwhile {number}", f"after {number}"]
        await expect(shown(page)).to_have_text(wanted)


async def test_it_comes_back_after_an_answer_that_is_no_stream(site: ChatSite, open_page: OpenPage) -> None:
    """Where a proxy answers 502 meanwhile, EventSource gives up, and the page begins another: nothing is lost."""
    page = await open_page(address(site), expected=LOST + r"|EventSource's response")
    await put_up(site, "before")
    await expect(shown(page)).to_have_text(["before"])
    refuse = "**/notices/events/**"
    await page.route(refuse, lambda route: route.fulfill(status=502, body="Bad gateway"))
    await site.stop()
    await site.start()
    await put_up(site, "meanwhile")
    await page.wait_for_event("response", lambda response: response.status == 502)
    await expect(state_of(page)).to_have_text("disconnected, trying again")
    await page.unroute(refuse)
    await expect(shown(page)).to_have_text(["before", "meanwhile"])
    await expect(state_of(page)).to_have_text("connected")


async def test_notices_are_text(site: ChatSite, open_page: OpenPage) -> None:
    """HTML, scripts and lines of an event in a notice are text, whether they come with the page or later."""
    live = await open_page(address(site))
    await expect(state_of(live)).to_have_text("connected")
    await put_up(site, *HOSTILE)
    await expect(shown(live)).to_have_count(len(HOSTILE))
    later = await open_page(address(site))
    for page in (live, later):
        await expect(shown(page)).to_have_text(HOSTILE)
        assert await page.locator("#notices").locator("script, img, b").count() == 0
        assert await page.evaluate("window.harmed") is None


async def test_a_post_that_fails_is_told(site: ChatSite, open_page: OpenPage) -> None:
    """When a notice cannot be put up the page says so, keeps what is typed, and it can be sent again."""
    page = await open_page(address(site), expected=LOST)
    await expect(state_of(page)).to_have_text("connected")
    await page.get_by_role("textbox", name="Put up a notice").fill("with patience")
    await site.stop()
    await page.get_by_role("button", name="Put up").click()
    await expect(page.get_by_role("alert")).to_contain_text("Not put up")
    await expect(page.get_by_role("textbox", name="Put up a notice")).to_have_value("with patience")
    await site.start()
    await page.get_by_role("button", name="Put up").click()
    await expect(shown(page)).to_have_text(["with patience"])
    await expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 720)])
async def test_nothing_scrolls_sideways(site: ChatSite, open_page: OpenPage, width: int, height: int) -> None:
    """On a phone and a desk long words wrap, only the list scrolls, and the newest notice and the form are in sight."""
    page = await open_page(address(site), viewport={"width": width, "height": height})
    await expect(state_of(page)).to_have_text("connected")
    await put_up(site, *(f"{number} " + "W" * 190 for number in range(20)))
    await expect(shown(page)).to_have_count(20)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate("document.documentElement.scrollHeight") <= height
    await expect(shown(page).last).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Put up")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_both_colour_schemes_can_be_read(
    site: ChatSite, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    """Every text has a contrast of 4.5 or more, connected and not, and dark is dark."""
    page = await open_page(address(site), expected=LOST, color_scheme=scheme)
    await expect(state_of(page)).to_have_text("connected")
    assert await faint(page.locator("html")) == []
    background = await page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert (sum(int(part) for part in re.findall(r"\d+", background)[:3]) < 3 * 128) == (scheme == "dark")
    await put_up(site, "fine")
    await expect(shown(page)).to_have_text(["fine"])
    await site.stop()
    await expect(state_of(page)).to_have_text("disconnected, trying again")
    assert await faint(page.locator("html")) == []


async def test_below_a_prefix(course: Course, tmp_path: Path, open_page: OpenPage) -> None:
    """The page that a cell shows works below a hub's prefix: style, events, POST, and it comes back after a restart."""
    async with JupyterLab(course, tmp_path, prefix="/user/kim/") as lab:
        run_cells_of(course.chapter("02"), lab.workspace)
        write_notebook(
            lab.workspace.notebooks / "proxy.ipynb",
            '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("02")',
            'server = await lab.daphne()\nserver.show("/notices/page/")',
            'async with server.visitor("Bob") as bob:\n    await bob.post("/notices/", data={"text": "hi"})',
            "server = await lab.daphne()",
            'async with server.visitor("Bob") as bob:\n    await bob.post("/notices/", data={"text": "again"})',
        )
        page = await open_page(lab.address("proxy.ipynb"), expected=LOST + r"|EventSource's response")
        notebook = await Notebook(page, lab.workspace.notebooks / "proxy.ipynb").ready()
        await notebook.run(0)
        iframe = (await notebook.run(1)).locator("iframe")
        assert (await iframe.get_attribute("src") or "").startswith("/user/kim/proxy/")
        frame = iframe.content_frame.locator("body")
        await expect(state_of(frame)).to_have_text("connected")
        await expect(frame.locator("#notices")).to_have_css("overflow-y", "auto")
        await notebook.run(2)
        await expect(shown(frame)).to_have_text(["hi"])
        await frame.get_by_role("textbox", name="Put up a notice").fill("through the proxy")
        await frame.get_by_role("button", name="Put up").click()
        await expect(shown(frame)).to_have_text(["hi", "through the proxy"])
        await notebook.run(3)
        await notebook.run(4)
        await expect(shown(frame)).to_have_text(["hi", "through the proxy", "again"])
        await expect(state_of(frame)).to_have_text("connected")
        await page.context.close()
