"""The rooms of the finished site in the browser: who is there, what is unread, and nothing lost, nothing twice."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from .chat_site import ChatSite, log_in, log_of
from .conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOST = r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/ws/rooms/"
HOSTILE = [
    "<script>window.harmed = true</script>",
    "<img src=x onerror='window.harmed = true'>",
    "&lt;b&gt; {{ 7 * 7 }} ${7 * 7}",
    "two\nlines",
]
LOBBY = "/rooms/1/"


async def as_(name: str, site: ChatSite, open_page: OpenPage, path: str = LOBBY, **options: object) -> Page:
    """A page of somebody who is logged in; where it is one that connects, connected."""
    page = await open_page(site.address(path), storage_state=site.logged_in(name), **options)
    if path.startswith("/rooms/"):
        await expect(state_of(page)).to_have_text("Connected")
    return page


def state_of(page: Page) -> Locator:
    """The words that say how the connection is."""
    return page.locator("#connection").get_by_role("status")


def texts(page: Page) -> Locator:
    """What was said, and has arrived."""
    return log_of(page).locator(".message:not(.pending) .text")


async def say(page: Page, text: str) -> None:
    """Write a message, and press Enter."""
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.get_by_role("textbox", name="Message").press("Enter")


async def test_two_people_talk(finished: ChatSite, open_page: OpenPage) -> None:
    """Both see each message once, their own as "You"; who comes and goes is in the list of people at once."""
    alice, bob = [await as_(name, finished, open_page) for name in ("alice", "bob")]
    for page in (alice, bob):
        await expect(page.locator("#people-count")).to_have_text("2")
    await say(alice, "안녕하세요 🙂")
    await say(bob, "and back")
    for page in (alice, bob):
        await expect(texts(page)).to_have_text(["안녕하세요 🙂", "and back"])
    await expect(alice.locator(".message .name")).to_have_text(["You", "bob"])
    await expect(bob.locator(".message .name")).to_have_text(["alice", "You"])
    await bob.get_by_role("main").get_by_role("link", name="Rooms").click()
    await expect(alice.locator("#people-count")).to_have_text("1")
    await expect(log_of(alice)).to_contain_text("bob went")
    await expect(state_of(bob)).to_have_text("Connected")


async def test_the_list_is_live(finished: ChatSite, open_page: OpenPage) -> None:
    """The list of rooms shows how many are there and what is unread as it changes; what was read counts no more."""
    bob = await as_("bob", finished, open_page, "/rooms/")
    lobby = bob.get_by_role("link", name=re.compile("^Lobby"))
    await expect(bob.get_by_role("main").get_by_role("link")).to_have_text(
        [re.compile("Lobby"), re.compile("한국어 방")]
    )
    await expect(lobby).to_contain_text("0 here")
    alice = await as_("alice", finished, open_page)
    await expect(lobby).to_contain_text("1 here")
    await say(alice, "one")
    await say(alice, "two")
    await expect(lobby).to_contain_text("2 unread")
    await expect(bob).to_have_title(re.compile(r"^\(2\) Rooms"))
    await lobby.click()
    await expect(texts(bob)).to_have_text(["one", "two"])
    await expect(bob).to_have_url(finished.address(LOBBY))
    other = await bob.context.new_page()
    await other.goto(finished.address("/rooms/"))
    await expect(other.get_by_role("link", name=re.compile("^Lobby"))).to_have_accessible_name("Lobby 2 here")


async def test_staff_rooms_are_marked(finished: ChatSite, open_page: OpenPage) -> None:
    """Of the staff one sees the staff's room, marked in words; others do not, and its page refuses them."""
    sam = await as_("sam", finished, open_page, "/rooms/")
    await expect(sam.get_by_role("link", name=re.compile("^Staff"))).to_contain_text("staff only")
    alice = await as_("alice", finished, open_page, "/rooms/", expected="Failed to load resource")
    await expect(alice.get_by_role("link", name=re.compile("^Staff"))).to_have_count(0)
    answer = await alice.goto(finished.address("/rooms/3/"))
    assert answer and answer.status == 403
    await expect(alice.get_by_role("heading", level=1)).to_have_text("This page is not for you")


async def test_a_restart_loses_nothing_and_doubles_nothing(finished: ChatSite, open_page: OpenPage) -> None:
    """The page says that it is cut off, keeps what is written then, and sends it once when it is back."""
    alice, bob = [await as_(name, finished, open_page, expected=LOST) for name in ("alice", "bob")]
    await say(alice, "before")
    await expect(texts(bob)).to_have_text(["before"])
    wanted = ["before"]
    for number in range(2):
        await finished.stop()
        for page in (alice, bob):
            await expect(state_of(page)).to_have_text("Connection lost. Trying again.")
            await expect(page.get_by_role("button", name="Try now")).to_be_visible()
        await say(alice, f"meanwhile {number}")
        await expect(log_of(alice)).to_contain_text("Waiting for the connection")
        await finished.start()
        try:
            await alice.get_by_role("button", name="Try now").click(timeout=5000)
        except PlaywrightTimeout:  # it has tried by itself meanwhile
            await expect(alice.get_by_role("button", name="Try now")).to_be_hidden()
        for page in (alice, bob):
            await expect(state_of(page)).to_have_text("Connected")
        await say(bob, f"after {number}")
        wanted += [f"meanwhile {number}", f"after {number}"]
        await expect(alice.locator(".pending")).to_have_count(0)
        for page in (alice, bob):
            await expect(log_of(page).locator(".text")).to_have_count(len(wanted))
        assert sorted(await texts(alice).all_text_contents()) == sorted(wanted)
        assert await texts(alice).all_text_contents() == await texts(bob).all_text_contents()


async def test_a_broken_line_doubles_nothing(finished: ChatSite, open_page: OpenPage) -> None:
    """A message whose way up was cut is sent again, with the same key; one whose answer was cut is not doubled."""
    bob = await as_("bob", finished, open_page)
    page = await as_("alice", finished, open_page, "/tour/")
    sent: list[tuple[str, str]] = []
    cuts = ["down", "up"]

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        async def up(frame: str | bytes) -> None:
            command = json.loads(frame)
            if command["command"] == "send":
                sent.append((command["message"], command["key"]))
                if cuts[-1:] == ["up"]:
                    cuts.pop()
                    return await route.close()
            server.send(frame)

        async def down(frame: str | bytes) -> None:
            if "key" in json.loads(frame) and cuts[-1:] == ["down"]:
                cuts.pop()
                return await route.close()
            route.send(frame)

        route.on_message(up)
        server.on_message(down)

    await page.route_web_socket("**/ws/rooms/", between)
    await page.goto(finished.address(LOBBY))
    await expect(state_of(page)).to_have_text("Connected")
    await say(page, "one")
    await expect(texts(page)).to_have_text(["one"])
    await say(page, "two")
    for each in (page, bob):
        await expect(texts(each)).to_have_text(["one", "two"])
    await expect(page.locator(".pending")).to_have_count(0)
    assert cuts == []
    assert [text for text, _ in sent] == ["one", "one", "two"] and sent[0] == sent[1]


async def test_earlier_messages(finished: ChatSite, open_page: OpenPage) -> None:
    """A room begins with its newest fifty messages; earlier ones come when asked for, above, and what is read stays."""
    with closing(sqlite3.connect(finished.project / "db.sqlite3")) as database, database:
        insert = (
            "INSERT INTO multichat_message (room_id, username, text, at) VALUES (1, 'bob', ?, '2026-01-01 12:00:00')"
        )
        database.executemany(insert, [[f"number {number}"] for number in range(1, 61)])
    page = await as_("alice", finished, open_page)
    await expect(texts(page)).to_have_count(50)
    await expect(texts(page).last).to_be_in_viewport()
    await log_of(page).press("Home")
    await page.get_by_role("button", name="Earlier messages").click()
    await expect(texts(page)).to_have_text([f"number {number}" for number in range(1, 61)])
    await expect(texts(page).nth(10)).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Earlier messages")).to_be_hidden()
    await say(page, "new")
    await expect(texts(page).last).to_have_text("new")
    await expect(texts(page).last).to_be_in_viewport()


async def test_messages_are_text(finished: ChatSite, open_page: OpenPage) -> None:
    """HTML and scripts in a message are shown as they were typed, now and from the history, and nothing runs."""
    alice, bob = [await as_(name, finished, open_page) for name in ("alice", "bob")]
    for text in HOSTILE:
        await say(alice, text)
    await expect(texts(bob)).to_have_count(len(HOSTILE))
    late = await as_("sam", finished, open_page)
    for page in (alice, bob, late):
        await expect(texts(page)).to_have_count(len(HOSTILE))
        assert await texts(page).all_text_contents() == HOSTILE
        assert await log_of(page).locator("script, img, b").count() == 0
        assert await page.evaluate("window.harmed") is None


async def test_errors_are_shown(finished: ChatSite, open_page: OpenPage) -> None:
    """A message that is refused says why, stays, and can be sent again; the page stays connected."""
    page = await as_("alice", finished, open_page)
    await page.get_by_role("textbox", name="Message").evaluate("input => input.removeAttribute('maxlength')")
    await say(page, "x" * 2001)
    await expect(log_of(page)).to_contain_text("2001 characters")
    await log_of(page).get_by_role("button", name="Send again").click()
    await expect(log_of(page)).to_contain_text("2001 characters")
    await say(page, "shorter")
    await expect(texts(page)).to_have_text(["shorter"])


async def test_who_logs_out_elsewhere_is_told(finished: ChatSite, open_page: OpenPage) -> None:
    """When one logs out in another tab this one says so, offers to log in, and leads back here."""
    page = await as_("alice", finished, open_page)
    other = await page.context.new_page()
    await other.goto(finished.address("/tour/"))
    await other.get_by_role("button", name="Log out").click()
    await expect(state_of(page)).to_have_text("You are not logged in any more.")
    await page.get_by_role("link", name="Log in again").click()
    await log_in(page, "bob")
    await expect(state_of(page)).to_have_text("Connected")
    await expect(page).to_have_url(finished.address(LOBBY))


async def test_rights_that_are_withdrawn(finished_once: Path, tmp_path: Path, open_page: OpenPage) -> None:
    """Who is of the staff no more is put out of the staff's room: the page says why, and takes no more messages."""
    site = ChatSite(Path(shutil.copytree(finished_once, tmp_path / "project")), {"MULTICHAT_BEAT": "0.2"})
    await site.start()
    try:
        page = await as_("sam", site, open_page, "/rooms/3/")
        await expect(page.locator("#people-count")).to_have_text("1")
        with closing(sqlite3.connect(site.project / "db.sqlite3")) as database, database:
            database.execute("UPDATE auth_user SET is_staff = 0")
        await expect(state_of(page)).to_have_text("You may not be in this room any more.")
        await expect(page.get_by_role("textbox", name="Message")).to_be_disabled()
        await expect(page.locator("#people-count")).to_have_text("0")
    finally:
        await site.stop()


async def test_the_keyboard_is_enough(finished: ChatSite, open_page: OpenPage) -> None:
    """Enter sends, Shift+Enter breaks the line, and the Enter that ends a syllable of Korean sends nothing."""
    page = await as_("alice", finished, open_page)
    box = page.get_by_role("textbox", name="Message")
    await expect(box).to_be_focused()
    await page.keyboard.type("two")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("lines")
    await page.keyboard.press("Enter")
    await expect(texts(page)).to_have_count(1)
    assert await texts(page).all_text_contents() == ["two\nlines"]
    await expect(box).to_be_focused()
    await page.keyboard.type("한")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    assert await box.evaluate(f"input => input.dispatchEvent({composing})")
    await expect(box).to_have_value("한")
    stations = [
        page.get_by_role("button", name="Send"),
        box,
        log_of(page),
        page.locator("summary"),
        page.get_by_role("main").get_by_role("link", name="Rooms"),
    ]
    for key, station in zip(["Tab", *["Shift+Tab"] * 4], stations, strict=True):
        await page.keyboard.press(key)
        await expect(station).to_be_focused()
        await expect(station).to_have_css("outline-style", "solid")


async def test_a_screen_reader_finds_its_way(finished: ChatSite, open_page: OpenPage) -> None:
    """Landmarks, names and states are there; new messages of others are read out, and nothing else of the log."""
    alice, bob = [await as_(name, finished, open_page) for name in ("alice", "bob")]
    await say(bob, "read me")
    await say(alice, "mine")
    await expect(texts(alice)).to_have_text(["read me", "mine"])
    await expect(alice.locator("body")).to_match_aria_snapshot(
        """
        - link "Skip to content"
        - banner:
          - link "Channels Lab"
          - navigation "Site":
            - list:
              - listitem:
                - link "Rooms"
          - text: alice
          - button "Log out"
        - main:
          - link "Rooms"
          - heading "Lobby" [level=1]
          - status: Connected
          - group:
            - text: 2 here
            - list:
              - listitem: alice (you)
              - listitem: bob
          - log "Messages":
            - list:
              - listitem: bob came
              - listitem:
                - paragraph: /.+day/
                - paragraph:
                  - text: bob
                  - time: /\\d+:\\d+/
                - paragraph: read me
              - listitem:
                - paragraph:
                  - text: You
                  - time: /\\d+:\\d+/
                - paragraph: mine
          - text: Message
          - textbox "Message"
          - button "Send"
        """
    )
    await expect(log_of(alice)).to_have_attribute("aria-live", "polite")
    read_out = log_of(alice).locator("li:not([aria-live=off])")
    await expect(read_out.locator(".text")).to_have_text(["read me"])
    await expect(alice).to_have_title("Lobby – Channels Lab")
