"""The room's board in a browser: thirty learners, the leader's controls, a restart; and the room in a notebook."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from channels_lab.course.workspace import Workspace
from tests.classroom.room import Kernel, Room

from .conftest import OpenNotebook, OpenPage
from .contrast import faint
from .jupyterlab import write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOST = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/ws/(board|leader)/'"
NAMES = [
    "Ada",
    "Ada",
    "<img src=x onerror='harmed = true'>",
    "김민준",
    "أحمد",
    "Anna-Lena von und zu Hohenzollern",
]
WORDS = "<script>window.harmed = true</script> 왜?"
MISTAKE = {"task": "06.1", "outcome": "not yet", "mistake": "handler-typo"}


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def crowded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Room, list[Kernel]]]:
    """A room with thirty learners in it."""
    room = Room(tmp_path_factory.mktemp("crowded")).start()
    try:
        async with AsyncExitStack() as stack:
            kernels = []
            for number in range(30):
                name = NAMES[number] if number < len(NAMES) else f"Learner {number}"
                kernels.append(await stack.enter_async_context(room.kernel(name, stay=True)))
                chapter = f"{4 + number % 5:02}"
                await kernels[-1].report(
                    {"chapter": chapter, "task": ""}, {"task": f"{chapter}.2", "outcome": "passed"}
                )
            for kernel in kernels[:3]:
                await kernel.report(MISTAKE, {"hand": True, "words": WORDS})
            await kernels[29].socket.close()
            yield room, kernels
    finally:
        room.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def own_room(tmp_path: Path) -> AsyncIterator[Room]:
    """A room of a test's own."""
    room = Room(tmp_path).start()
    yield room
    room.stop()


async def shown(page: Page, number: int = 30) -> Page:
    """Wait until the board shows so many learners."""
    await expect(page.locator("#connection").get_by_role("status")).to_have_text("Live")
    await expect(page.locator(".card")).to_have_count(number)
    return page


async def agrees(page: Page) -> None:
    """What the leader has done below is on the board."""
    await shown(page, 2)
    await expect(page.get_by_text("We are at chapter 07 · Channel layer")).to_be_visible()
    await expect(page.get_by_role("timer")).to_contain_text("4:")
    await expect(page.locator("#hands-count")).to_have_text("1")


async def test_the_board_is_good_to_read(crowded: tuple[Room, list[Kernel]], open_page: OpenPage) -> None:
    """On a laptop, wall and phone, light and dark: nothing is faint or too wide, axe finds nothing, HTML is text."""
    room, _ = crowded
    page = await open_page(f"{room.url}/leader?key={room.key}")
    assert room.key not in page.url
    await shown(page)
    await page.goto(f"{room.url}/?code={room.code}")
    found: dict[Any, Any] = {}
    for path, width, height in (("/leader", 1366, 768), ("/", 1920, 1080), ("/", 390, 844)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{room.url}{path}")
        await shown(page)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            problems = [str(await faint(page.locator("body")))] if await faint(page.locator("body")) else []
            problems += ["too wide"] if await page.evaluate("document.body.scrollWidth > innerWidth") else []
            if width != 390:
                results = await Axe().run(page)
                problems += [results.generate_report()] if results.violations_count else []
            if problems:
                found[path, width, scheme] = problems
        hands = page.get_by_role("list").filter(has=page.locator(".waited")).get_by_role("listitem")
        await expect(hands).to_have_count(3)
        await expect(page.locator("#hands .words")).to_have_text([WORDS] * 3 if path == "/leader" else [])
        await expect(page.locator("#mistakes")).to_contain_text("3 now, 3 in all")
        await expect(page.locator("#mistakes .names")).to_have_count(1 if path == "/leader" else 0)
    assert found == {}
    names = await page.locator(".card bdi").all_text_contents()
    assert {*NAMES, "Ada (2)"} <= set(names)
    assert await page.evaluate("window.harmed") is None
    await expect(page.locator("#here")).to_have_text("29")
    await expect(page.locator(".card.away")).to_contain_text("Learner 29")


async def test_the_leader_leads_and_comes_back(own_room: Room, open_page: OpenPage) -> None:
    """Offer, timer, a lowered hand, the door and the way out work by keyboard and pointer, and outlive a crash."""
    room = own_room
    async with (
        room.kernel("Ada", stay=True) as ada,
        room.kernel("Bob", stay=True) as bob,
        room.kernel("Zoe") as zoe,
    ):
        for kernel in (ada, bob):
            await kernel.report({"hand": True, "words": "why?"})
        leader = await shown(await open_page(f"{room.url}/leader?key={room.key}", expected=LOST), 3)
        wall = await shown(await open_page(f"{room.url}/?code={room.code}", expected=LOST), 3)
        await leader.get_by_label("Offer all to go to").select_option("07")
        await leader.get_by_role("button", name="Offer", exact=True).press("Enter")
        assert (await bob.wait_for("goto"))["goto"] == "07"
        await leader.get_by_label("Timer, minutes").fill("5")
        await leader.get_by_role("button", name="Start").click()
        await leader.get_by_role("button", name="Lower the hand of Ada", exact=True).click()
        assert (await ada.wait_for("hand"))["hand"] is False
        leader.once("dialog", lambda dialog: dialog.accept())
        await leader.get_by_label("Send out of the room").select_option("Zoe")
        await leader.get_by_role("button", name="Send out").click()
        assert (await zoe.wait_for("error"))["error"] == "SENT_OUT"
        await leader.get_by_role("button", name="Let nobody new in").click()
        await expect(leader.get_by_role("button", name="Let nobody new in")).to_have_attribute("aria-pressed", "true")
        for page in (leader, wall):
            await agrees(page)
    room.stop(signal.SIGKILL)
    await expect(wall.locator("#connection")).to_contain_text("may be old")
    await expect(wall.locator(".card")).to_have_count(2)
    room.start()
    for page in (leader, wall):
        await expect(page.locator("#here")).to_have_text("0")
        await agrees(page)
    stranger = await open_page(f"{room.url}/", expected="403")
    await stranger.get_by_label("The room's code").fill("wrong1")
    await stranger.get_by_role("button", name="See the board").click()
    await expect(stranger.get_by_role("alert")).to_have_text("That is not this room's code.")
    await stranger.get_by_label("The room's code").fill(room.code.lower())
    await stranger.get_by_role("button", name="See the board").click()
    await shown(stranger, 2)
    await stranger.goto(f"{room.url}/leader")
    await expect(stranger.get_by_text("This page is the leader's.")).to_be_visible()


async def test_an_offer_reaches_a_notebook_that_runs_nothing(
    crowded: tuple[Room, list[Kernel]], open_notebook: OpenNotebook, learner: Workspace
) -> None:
    """In JupyterLab the cell that joined shows the leader's offer as it comes, and the learner's name on the board."""
    room, _ = crowded
    opened = '%load_ext channels_lab\nimport channels_lab\nlab = channels_lab.open_chapter("06")'
    join = f'lab.classroom("{room.code}@127.0.0.1:{room.port}", name="Eve")'
    write_notebook(learner.notebooks / "room.ipynb", opened, join)
    async with room.screen(leader=True) as leader:
        notebook = await open_notebook("room.ipynb")
        await notebook.run(0)
        joined = await notebook.run(1)
        await expect(joined).to_contain_text("You are Eve in the room")
        await leader.send({"command": "goto", "chapter": "09"})
        await expect(joined).to_contain_text('lab = channels_lab.open_chapter("09")')
        await leader.until(lambda leader: leader.named("Eve").get("chapter") == "06")
