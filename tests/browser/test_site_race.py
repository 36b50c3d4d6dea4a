"""The page where the race of the five ways runs, on the finished site."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from .chat_site import ChatSite
from .conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAYS = ["Polling, each second", "Long polling", "Stream", "Server-sent events", "WebSocket"]
LOST = r"Failed to load resource|net::ERR_|WebSocket connection to"


def cells(page: Page, chart: str) -> Locator:
    """What a chart says of each way."""
    return page.get_by_role("region", name=chart).get_by_role("cell")


async def test_all_ways_receive_every_notice(finished: ChatSite, open_page: OpenPage) -> None:
    """Each way shows a delay, the lasting ones one request and the others more; bars say the same; stop stops."""
    page = await open_page(finished.address("/notices/race/"))
    await page.get_by_label("every two seconds").uncheck()
    await expect(page.get_by_role("region", name="Delay").get_by_role("rowheader")).to_have_text(WAYS)
    await expect(cells(page, "Delay")).to_have_text(["–"] * 5)
    await page.get_by_role("button", name="Start").click()
    for _ in range(2):
        await page.get_by_role("button", name="Put up a notice").click()
        await expect(cells(page, "Delay")).to_have_text([re.compile(r"^[\d.,]+ ms, median [\d.,]+$")] * 5)
    await expect(cells(page, "Bytes")).to_have_text([re.compile(r"^\d+, \d+ a notice$")] * 5)
    more = re.compile(r"^([2-9]|\d\d+)$")
    await expect(cells(page, "Requests")).to_have_text([more, more, "1", "1", "1"])
    for bar in await page.locator(".bar span").all():
        assert await bar.evaluate("bar => parseFloat(bar.style.width) > 0")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_role("status")).to_have_text("Stopped after 2 notices.")
    await expect(page.get_by_role("button", name="Put up a notice")).to_be_disabled()


async def test_it_goes_on_after_a_restart(finished: ChatSite, open_page: OpenPage) -> None:
    """When the server goes each way says that it is lost, and takes up again after the last notice that came."""
    page = await open_page(finished.address("/notices/race/"), expected=LOST)
    await page.get_by_label("every two seconds").uncheck()
    await page.get_by_role("button", name="Start").click()
    await page.get_by_role("button", name="Put up a notice").click()
    await expect(cells(page, "Delay")).to_have_text([re.compile(" ms")] * 5)
    await finished.stop()
    await expect(cells(page, "Delay")).to_have_text([re.compile("lost, trying again")] * 5)
    await finished.start()
    await expect(page.get_by_role("status")).to_have_text("All five wait.")
    await expect(cells(page, "Requests").nth(4)).not_to_have_text("1")
    await page.get_by_role("button", name="Put up a notice").click()
    await expect(cells(page, "Delay")).to_have_text([re.compile(r"^[\d.,]+ ms, median [\d.,]+$")] * 5)
