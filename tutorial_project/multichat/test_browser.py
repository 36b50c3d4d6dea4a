"""Two people, each in a browser of their own, on a real server."""

import shutil
import unittest

from channels.testing import ChannelsLiveServerTestCase
from django.conf import settings
from django.contrib.auth.models import User
from django.test import tag

from multichat.models import Room
from people.testing import in_memory, session_of

try:
    from playwright.async_api import async_playwright, expect
except ImportError:
    async_playwright = None

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


@tag("browser")
@unittest.skipUnless(async_playwright, "it needs Playwright: pip install playwright")
@unittest.skipUnless(CHROMIUM, "it needs Chromium: apt install chromium, or brew install --cask chromium")
@in_memory
class BrowserTests(ChannelsLiveServerTestCase):
    async def page_of(self, browser, name, path):
        context = await browser.new_context(base_url=self.live_server_url)
        key = await session_of(await User.objects.acreate(username=name))
        await context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.live_server_url}])
        page = await context.new_page()
        await page.goto(path)
        return page

    async def test_two_people_talk(self):
        room = await Room.objects.acreate(title="Lobby")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            alice, bob = [await self.page_of(browser, name, f"/rooms/{room.pk}/") for name in ("alice", "bob")]
            await expect(alice.locator("#people-count")).to_have_text("2")
            await alice.get_by_role("textbox", name="Message").fill("<b>hi</b>")
            await alice.keyboard.press("Enter")
            await expect(bob.get_by_role("log")).to_contain_text("<b>hi</b>")
            await browser.close()
