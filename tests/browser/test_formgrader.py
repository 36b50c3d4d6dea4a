"""nbgrader's formgrader in a browser, on a gradebook that `channels-lab grade` has filled."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from channels_lab.course.course import Course
from channels_lab.grading.task import tasks
from channels_lab.grading.verdict import Outcome
from channels_lab.marking.entries import Entry
from channels_lab.marking.gradebook import Gradebook
from channels_lab.marking.marks import mark_of
from channels_lab.marking.overrides import Overrides
from channels_lab.marking.submissions import Submission
from tests.conftest import ROOT
from tests.marking.classes import submit, verdict

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "06_sync_consumer"
HOSTILE = "</code></script><script>document.title = 'hit'</script><img src=x onerror=\"document.title = 'hit'\">"


def filled(course: Course, folder: Path) -> None:
    """A teacher's folder with ada's marks: 06.1 is wrong, in words that are markup, and 06.2 could not be checked."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    notebook = submit(folder / "submitted", "ada", {"06.1": {"chat/consumers.py": f"# {HOSTILE}\n"}})
    outcomes = {"06.1": Outcome.NOT_YET, "06.2": Outcome.NOT_CHECKED}
    verdicts = [
        verdict(number, outcomes.get(number, Outcome.PASSED), f"What came was {HOSTILE}." if number == "06.1" else "")
        for number in tasks()
        if number.startswith("06")
    ]
    (folder / "page.html").write_text("<p>What was found.</p>")
    book = Gradebook(course, str(folder / "gradebook.db"))
    mark = mark_of(Entry("ada", "06"), verdicts, (), Overrides(folder / "overrides.csv"))
    submission = Submission("ada", "06", notebook, "x")
    book.write([(submission, mark, verdicts)], lambda student, chapter: folder / "page.html")
    book.close()


@pytest_asyncio.fixture(loop_scope="session")
async def formgrader(course: Course, tmp_path: Path) -> AsyncIterator[str]:
    """The formgrader's address, in a Jupyter server in a teacher's folder."""
    filled(course, tmp_path)
    options = [
        "--no-browser",
        "--allow-root",
        "--port=0",
        "--IdentityProvider.token=",
        "--ServerApp.open_browser=False",
    ]
    extensions = "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jupyter_server", *options, extensions),
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout
    said = []
    try:
        async with asyncio.timeout(60):
            while line := (await process.stdout.readline()).decode():
                said.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                    break
            else:
                raise AssertionError("Jupyter did not start:\n" + "".join(said))
        reading = asyncio.create_task(process.stdout.read())  # a pipe that nobody reads would fill
        yield f"{found[0]}formgrader"
    finally:
        process.terminate()
        async with asyncio.timeout(30):
            await process.wait()
    await reading


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A page without a network: nbgrader's would fetch MathJax, and say on the console that it has none."""
    context = await chromium.new_context()
    await context.route(re.compile(r"^(?!http://127\.0\.0\.1:)"), lambda route: route.abort())
    yield await context.new_page()
    await context.close()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_formgrader_shows_the_marks(formgrader: str, page: Page) -> None:
    """Points, comment and what was found are there, a task waits for a person, and no markup of an answer acts."""
    await page.goto(f"{formgrader}/manage_submissions/{NAME}")
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("ada")
    await expect(row).to_contain_text("needs manual grading")
    await expect(row).to_contain_text("19 / 27")
    await page.goto(f"{formgrader}/gradebook/{NAME}/{NAME}")
    await page.locator("tbody tr td a").first.click()
    comment = page.locator("[id='06_1-consumers-comment']")
    await expect(comment).to_have_attribute("placeholder", re.compile(r"^Not yet: 2 of 4 points\. What fails first"))
    scores = page.locator("input.score")
    await expect(scores).to_have_count(5)
    for at, points in enumerate(("2", None, "6")):
        if points:
            await expect(scores.nth(at)).to_have_attribute("placeholder", points)
        else:
            await expect(scores.nth(at)).not_to_have_attribute("placeholder", re.compile(""))
    await expect(page.locator("#notebook").first).to_contain_text("What came was </code></script><script>")
    assert await page.title() != "hit"
