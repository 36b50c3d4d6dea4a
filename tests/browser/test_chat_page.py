"""The chat page in the browser, on a Daphne: with the consumer of chapter 06, and with that of 08."""

import re
from typing import Literal

import pytest
from playwright.async_api import expect

from .chat_site import ChatSite, log_of, say, state_of
from .conftest import OpenPage
from .contrast import faint

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOST = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/ws/chat/"
HOSTILE = [
    "<script>window.harmed = true</script>",
    "<img src=x onerror='window.harmed = true'>",
    '"><svg/onload=window.harmed=true>',
    "&lt;b&gt; {{ 7 * 7 }} ${7 * 7}",
]


async def test_two_pages_chat(site: ChatSite, open_page: OpenPage) -> None:
    """What one page sends stands in both, once, with the sender's name."""
    one, two = await open_page(site.room), await open_page(site.room)
    await expect(state_of(two)).to_have_text("connected")
    await say(one, "hello, 둘째 🙂")
    for page in (one, two):
        await expect(log_of(page)).to_contain_text("guest")
        await expect(log_of(page).get_by_text("hello, 둘째 🙂")).to_have_count(1)
    await say(two, "and back")
    await expect(log_of(one)).to_contain_text("and back")
    await expect(one.get_by_role("textbox", name="Message")).to_have_value("")


async def test_who_is_logged_in_writes_under_their_name(site: ChatSite, open_page: OpenPage) -> None:
    """The site's own login page leads back to the room, and messages carry the name."""
    page, other = await open_page(site.room), await open_page(site.room)
    await page.get_by_role("link", name="Log in").click()
    await page.get_by_label("Username").fill("alice")
    await page.get_by_label("Password").fill("alice")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("lobby")
    await expect(state_of(other)).to_have_text("connected")
    await say(page, "it is me")
    await expect(log_of(other).locator(".message")).to_contain_text(re.compile("alice.*it is me", re.DOTALL))


async def test_messages_are_text(site: ChatSite, open_page: OpenPage) -> None:
    """HTML and scripts in a message are shown as they were typed, and nothing of them runs."""
    one, two = await open_page(site.room), await open_page(site.room)
    await expect(state_of(two)).to_have_text("connected")
    for text in HOSTILE:
        await say(one, text)
    for page in (one, two):
        await expect(log_of(page).locator(".text")).to_have_text(HOSTILE)
        assert await log_of(page).locator("script, img, svg, b").count() == 0
        assert await page.evaluate("window.harmed") is None


async def test_a_room_may_have_any_name(site: ChatSite, open_page: OpenPage) -> None:
    """A name in Korean with a space and HTML is shown as it is, and its pages chat."""
    address = site.room.replace("lobby", "로비%20%3Cb%3E1%25")
    one, two = await open_page(address), await open_page(address)
    await expect(one.get_by_role("heading", level=1)).to_have_text("로비 <b>1%")
    await expect(state_of(two)).to_have_text("connected")
    await say(one, "hello")
    await expect(log_of(two)).to_contain_text("hello")


async def test_it_comes_back_after_a_restart(site: ChatSite, open_page: OpenPage) -> None:
    """When the server goes, the page says so and keeps what is typed; when it is back, it chats again."""
    page, other = [await open_page(site.room, expected=LOST) for _ in range(2)]
    await say(page, "before")
    await expect(log_of(page)).to_contain_text("before")
    await page.get_by_role("textbox", name="Message").fill("half a sentence")
    await site.stop()
    for each in (page, other):
        await expect(state_of(each)).to_contain_text("disconnected")
        await expect(each.get_by_role("button", name="Send")).to_be_disabled()
    await site.start()
    for each in (page, other):
        await expect(state_of(each)).to_have_text("connected")
    await page.get_by_role("button", name="Send").click()
    await expect(log_of(other)).to_contain_text("half a sentence")
    await expect(log_of(page)).to_contain_text("before")


@pytest.mark.parametrize("migrated", ["08"], indirect=True)
async def test_a_message_is_shown_once_and_when_it_was_sent(site: ChatSite, open_page: OpenPage) -> None:
    """Who comes late, or comes back, reads what was said before, with its own time, and nothing twice."""
    one = await open_page(site.room, expected=LOST, timezone_id="UTC")
    await say(one, "first")
    await expect(log_of(one).locator(".text")).to_have_text(["first"])
    sent = await log_of(one).locator("time").get_attribute("datetime")
    late = await open_page(site.room, expected=LOST, timezone_id="UTC")
    await expect(log_of(late).locator(".text")).to_have_text(["first"])
    assert await log_of(late).locator("time").get_attribute("datetime") == sent
    await site.stop()
    for page in (one, late):
        await expect(state_of(page)).to_contain_text("disconnected")
    await site.start()
    for page in (one, late):
        await expect(state_of(page)).to_have_text("connected")
    await say(late, "second")
    for page in (one, late):
        await expect(log_of(page).locator(".text")).to_have_text(["first", "second"])


async def test_an_error_of_the_server_is_shown(site: ChatSite, open_page: OpenPage) -> None:
    """What the consumer refuses comes back as a sentence, and the page stays connected."""
    page = await open_page(site.room)
    await page.get_by_role("textbox", name="Message").evaluate("input => input.removeAttribute('maxlength')")
    await say(page, "x" * 501)
    await expect(log_of(page)).to_contain_text("501 characters")
    await say(page, "shorter")
    await expect(log_of(page)).to_contain_text("shorter")


async def test_the_keyboard_is_enough(site: ChatSite, open_page: OpenPage) -> None:
    """The focus begins in the message; Enter sends and keeps it there; Tab reaches all, with a ring around it."""
    page = await open_page(site.room)
    await expect(state_of(page)).to_have_text("connected")
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    await page.keyboard.type("from the keyboard")
    await page.keyboard.press("Enter")
    await expect(log_of(page)).to_contain_text("from the keyboard")
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    stations = [
        page.get_by_role("button", name="Send"),
        page.get_by_role("textbox", name="Message"),
        log_of(page),
        page.get_by_role("link", name="Log in"),
    ]
    for key, station in zip(["Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"], stations, strict=True):
        await page.keyboard.press(key)
        await expect(station).to_be_focused()
        await expect(station).to_have_css("outline-style", "solid")


async def test_a_screen_reader_finds_its_way(site: ChatSite, open_page: OpenPage) -> None:
    """Landmarks, heading, state, log and form have their roles and names; the page has title and language."""
    page = await open_page(site.room)
    await expect(state_of(page)).to_have_text("connected")
    await say(page, "read me")
    await expect(page.locator("body")).to_match_aria_snapshot(
        """
        - banner:
          - text: Channels Lab
          - navigation "Site":
            - link "Log in"
        - main:
          - heading "lobby" [level=1]
          - status: connected
          - log "Messages":
            - text: guest
            - time: /\\d+:\\d+/
            - text: read me
          - text: Message
          - textbox "Message"
          - button "Send"
        """
    )
    await expect(page).to_have_title("lobby – Channels Lab")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(log_of(page)).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (768, 1024), (1280, 720)])
async def test_nothing_scrolls_sideways(site: ChatSite, open_page: OpenPage, width: int, height: int) -> None:
    """On a phone, a tablet and a desk, long words wrap, only the log scrolls, and the form stays in sight."""
    page = await open_page(site.room, viewport={"width": width, "height": height})
    for number in range(12):
        await say(page, f"{number} " + "W" * 300)
    await expect(log_of(page).locator(".message")).to_have_count(12)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate("document.documentElement.scrollHeight") <= height
    assert await log_of(page).evaluate("log => log.scrollWidth <= log.clientWidth")
    await expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
    await expect(log_of(page).get_by_text("11 WWW")).to_be_in_viewport()
    for control in await page.get_by_role("button").all() + await page.get_by_role("textbox").all():
        box = await control.bounding_box()
        assert box and box["height"] >= 36


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_both_colour_schemes_can_be_read(
    site: ChatSite, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    """Every text has a contrast of 4.5 or more, connected and disconnected, and dark is dark."""
    page = await open_page(site.room, expected=LOST, color_scheme=scheme)
    await page.get_by_role("textbox", name="Message").evaluate("input => input.removeAttribute('maxlength')")
    await say(page, "x" * 501)
    await say(page, "fine")
    await expect(log_of(page)).to_contain_text("fine")
    assert await faint(page.locator("html")) == []
    background = await page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert (sum(int(part) for part in re.findall(r"\d+", background)[:3]) < 3 * 128) == (scheme == "dark")
    await site.stop()
    await expect(state_of(page)).to_contain_text("disconnected")
    assert await faint(page.locator("html")) == []
