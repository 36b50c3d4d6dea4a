"""Every page of the finished site in the browser: policy, accessibility, widths, signing up, error pages."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from .chat_site import ChatSite
from .conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OPEN = ["/people/login/", "/people/signup/", "/tour/", "/notices/race/", "/notices/page/", "/chat/lobby/"]
FOR_USERS = ["/rooms/", "/rooms/1/", "/tasks/", "/tokens/"]
ADMIN = ["/admin/", "/admin/multichat/room/", "/admin/multichat/room/add/"]
BLOCKED = r"Content Security Policy"


async def settled(page: Page) -> None:
    """Wait until a page that connects is connected."""
    if await page.get_by_role("status").count() and "race" not in page.url:
        await expect(page.get_by_role("status")).to_have_text(re.compile("connected", re.IGNORECASE))


async def as_sam(site: ChatSite, open_page: OpenPage, path: str = "/rooms/", **options: object) -> Page:
    """A page of sam's, of the staff."""
    return await open_page(site.address(path), storage_state=site.logged_in("sam"), **options)


async def system_color(page: Page, name: str) -> str:
    """What a colour of the system is on a page."""
    return str(
        await page.evaluate(
            """name => {
                const probe = document.body.appendChild(document.createElement("i"));
                probe.style.color = name;
                const { color } = getComputedStyle(probe);
                probe.remove();
                return color;
            }""",
            name,
        )
    )


def write(project: Path, statement: str, *values: str) -> None:
    """Change something in the site's database."""
    with closing(sqlite3.connect(project / "db.sqlite3")) as database, database:
        database.execute(statement, values)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(finished: ChatSite, open_page: OpenPage, scheme: Literal["light", "dark"]) -> None:
    """No page has a fault that axe finds, contrast among them, and none breaks its policy, which is a console error."""
    page = await as_sam(finished, open_page, color_scheme=scheme)
    found = {}
    for path in OPEN + FOR_USERS:
        answer = await page.goto(finished.address(path))
        assert answer
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        await settled(page)
        if path == "/rooms/1/":
            await page.get_by_role("textbox", name="Message").fill("hello, 여러분")
            await page.keyboard.press("Enter")
            await expect(page.locator(".message.own:not(.pending)")).to_have_count(1)
        if path == "/notices/race/":
            await page.get_by_role("button", name="Start").click()
            await expect(page.get_by_role("row", name=re.compile("^WebSocket .*ms")).first).to_be_visible()
        results = await Axe().run(page)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


async def test_a_script_in_the_page_does_not_run(finished: ChatSite, open_page: OpenPage) -> None:
    """What somebody has smuggled into a page is neither run nor used as a style, nor loaded from elsewhere."""
    page = await open_page(finished.address("/tour/"), expected=BLOCKED)
    await page.locator("main").evaluate(
        """main => {
            const script = document.createElement("script");
            script.textContent = "window.harmed = true";
            main.append(script);
            main.insertAdjacentHTML("beforeend", "<style>main { color: red }</style>");
            main.insertAdjacentHTML("beforeend", "<img src='data:,x' onerror='window.harmed = true' alt=''>");
        }"""
    )
    await expect(page.locator("main")).not_to_have_css("color", "rgb(255, 0, 0)")
    assert await page.evaluate("window.harmed") is None


async def test_the_admin_works_under_the_policy(finished: ChatSite, open_page: OpenPage) -> None:
    """Django's admin is shown, and adds a room, without breaking the policy."""
    write(finished.project, "UPDATE auth_user SET is_superuser = 1 WHERE username = 'sam'")
    page = await as_sam(finished, open_page, "/admin/")
    for path in ADMIN:
        await page.goto(finished.address(path))
    await page.get_by_label("Title").fill("Garden")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#result_list").get_by_role("link", name="Garden")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (375, 667), (768, 1024), (1440, 900)])
async def test_nothing_scrolls_sideways(finished: ChatSite, open_page: OpenPage, width: int, height: int) -> None:
    """On a phone, a tablet and a desk every page fits its width, and the room the window; on paper all of it stands."""
    write(finished.project, "UPDATE multichat_room SET title = ? WHERE id = 1", "W" * 100)
    write(finished.project, "UPDATE auth_user SET username = ? WHERE username = 'sam'", "W" * 150)
    page = await as_sam(finished, open_page, viewport={"width": width, "height": height})
    for path in OPEN + FOR_USERS:
        await page.goto(finished.address(path))
        await settled(page)
        if path == "/rooms/1/":
            for number in range(8):
                await page.get_by_role("textbox", name="Message").fill(f"{number} " + "W" * 300)
                await page.keyboard.press("Enter")
            await expect(page.locator(".message.own:not(.pending)")).to_have_count(8)
            assert await page.get_by_role("log").evaluate("log => log.scrollWidth <= log.clientWidth")
            assert await page.evaluate("document.documentElement.scrollHeight") <= height
            await expect(page.get_by_text("7 WWW")).to_be_in_viewport()
            await expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
            await page.emulate_media(media="print")
            assert await page.get_by_role("log").evaluate("log => log.scrollHeight <= log.clientHeight")
            await page.emulate_media(media="screen")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_the_keyboard_skips_to_the_content(finished: ChatSite, open_page: OpenPage) -> None:
    """The first Tab reaches a link past the head, in sight then; one link says and shows which page this is."""
    page = await as_sam(finished, open_page, forced_colors="active")  # in the colours of whoever needs strong ones
    rooms = page.get_by_role("link", name="Rooms", exact=True)
    await expect(rooms).to_have_attribute("aria-current", "page")
    unseen = await system_color(page, "Canvas")
    await expect(page.get_by_role("link", name="Tour")).to_have_css("border-bottom-color", unseen)
    await expect(rooms).not_to_have_css("border-bottom-color", unseen)
    await page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name=re.compile("^Lobby"))).to_be_focused()


async def test_the_tour_names_what_is_there(finished: ChatSite) -> None:
    """Each file that the tour names is one of the site's, and each of its links leads to a page."""
    cookie = {"sessionid": finished.session("sam")}
    async with httpx.AsyncClient(base_url=finished.address(""), trust_env=False, cookies=cookie) as http:
        tour = (await http.get("/tour/")).text
        files = re.findall(r"<code>([\w/]+\.\w+)</code>", tour)
        assert len(files) > 15
        assert [name for name in files if not (finished.project / name).is_file()] == []
        links = re.findall(r'<a [^>]*href="(/[^"]*)"', tour)
        assert {"/notices/race/", "/notices/page/", "/chat/lobby/", "/rooms/", "/tasks/", "/tokens/"} <= set(links)
        assert {link: (await http.get(link)).status_code for link in links} == dict.fromkeys(links, 200)


async def test_signing_up(finished: ChatSite, open_page: OpenPage) -> None:
    """A stranger signs up from the login page and is among the rooms; a weak password is refused with its reason."""
    page = await open_page(finished.address("/"))
    await page.get_by_role("link", name="Sign up").click()
    await page.get_by_label("Username").fill("김치")
    for password, repeated in [("password", "password"), ("kimchi-jjigae", "kimchi-jjigae")]:
        await page.get_by_label("Password", exact=False).first.fill(password)
        await page.get_by_label("Password confirmation").fill(repeated)
        await page.get_by_role("button", name="Sign up").click()
        if password == "password":
            await expect(page.get_by_text("This password is too common.")).to_be_visible()
    await expect(page).to_have_url(finished.address("/rooms/"))
    await expect(page.get_by_role("banner")).to_contain_text("김치")
    await settled(page)


async def test_what_strangers_see(finished_once: Path, tmp_path: Path) -> None:
    """Without DEBUG nobody can sign up, and a page that is not there, or not for everybody, has the site's look."""
    project = Path(shutil.copytree(finished_once, tmp_path / "project"))
    env = {"DJANGO_DEBUG": "off", "DJANGO_HTTPS": "off", "DJANGO_ALLOWED_HOSTS": "127.0.0.1", "DJANGO_SECRET_KEY": "x"}
    site = ChatSite(project, env)
    await site.start()
    try:
        async with httpx.AsyncClient(base_url=site.address(""), trust_env=False) as http:
            for path in ("/people/signup/", "/no/such/page/"):
                answer = await http.get(path)
                assert answer.status_code == 404
                assert "There is no such page" in answer.text and 'aria-label="Site"' in answer.text
            answer = await http.post("/people/login/", data={"username": "alice", "password": "alice"})
            assert answer.status_code == 403
            assert "That was not sent" in answer.text
            assert "alice, bob" not in (await http.get("/people/login/")).text
    finally:
        await site.stop()
