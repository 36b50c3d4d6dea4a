"""What the lab shows in a notebook, in both themes of JupyterLab: it can be read, and diagrams are drawn."""

import pytest
from playwright.async_api import expect

from channels_lab.course.workspace import Workspace

from .conftest import OpenNotebook
from .contrast import faint
from .jupyterlab import JupyterLab, Notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SHOWN = """\
from pathlib import Path
from channels_lab.course.workspace import Written
from channels_lab.doctor import Finding
from channels_lab.errors import LabError
from channels_lab.notebook.display import show_note, show_written
from channels_lab.notebook.report import Report
show_note("$ daphne config.asgi:application", lines=["ready in 38 ms"])
show_note("chat/consumers.py was changed after this server started.", warning=True)
show_written(Written("a.py", None, "new = 1\\n"))
show_written(Written("a.py", "one = 1\\ntwo = 2\\n", "one = 1\\ntwo = 3\\n", Path("kept/a.py")))
display(Report([Finding("Python", "good", "3.12"), Finding("redis 8", "bad", "closes sockets", "uv sync")]))
raise LabError("alice waited 2 s for a message.", "Did the consumer send?", "chat/consumers.py, line 3")
"""
PICTURE = """\
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Step, Story
texts = {texts!r}
steps = [Step(number / 10, "alice", "alice's consumer", text, number % 2 == 1) for number, text in enumerate(texts)]
steps += [Step(number / 10, "alice", "", "note " + text, number % 2 == 1) for number, text in enumerate(texts)]
Diagram(Story(["alice", *{names!r}, "alice's consumer"], steps), {title!r})
"""
# What Mermaid reads as syntax, and what it has to lay out.
HOSTILE = [
    "a; b; c;",
    "#quot; #35; # hash",
    "<b>bold</b> <script>alert(1)</script> <br/> <br>",
    "end",
    "%% no comment %%{init: {}}%%",
    "\"double\" 'single' `back`",
    "안녕하세요, 여러분 반갑습니다",
    "🙂👩‍👩‍👧 emoji",
    "W" * 80,
    "한" * 80,
    "p0->>p1: arrow",
    "a: b :: c",
    "+plus -minus",
    "&amp; &lt; \\n \\",
    "$$x^2$$ *star* **bold** _under_ ~~",
    "accTitle: {x}",
    "wrap:nowrap: no",
    "می\u200cخواهم",
    "{}[]()",
]
NAMES = ["end", "bob; drop", "#1 <b>eve</b>", "로비", "a:b", "participant", "as", "🙂", "wrap:it"]
TITLE = 'What; "really" #1 <happened>: 100 %'
TEXTS = """img => {
    const svg = decodeURIComponent(img.src.slice(img.src.indexOf(",") + 1));
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml");
    return [...drawn.querySelectorAll("text")].map(text => text.textContent).join(" ");
}"""


async def test_both_themes(learner: Workspace, jupyterlab: JupyterLab, open_notebook: OpenNotebook) -> None:
    """Notes, differences, reports and errors have contrast in both themes; diagrams are drawn for each."""
    picture = PICTURE.format(texts=["hello", "lost"], names=[], title="A picture")
    write_notebook(learner.notebooks / "themes.ipynb", SHOWN, picture)
    notebook = await open_notebook("themes.ipynb")
    await notebook.run(0)
    drawn = (await notebook.run(1)).locator("img")
    await expect(drawn).to_have_accessible_name("A picture")
    assert await faint(notebook.output(0)) == []
    light = await drawn.get_attribute("src")
    try:
        await _choose_theme(notebook, "JupyterLab Dark")
        await expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
        assert await faint(notebook.output(0)) == []
        # JupyterLab leaves what is drawn already as it is.
        drawn = (await notebook.run(1)).locator("img")
        await expect(drawn).to_have_accessible_name("A picture")
        redrawn = await drawn.get_attribute("src") != light
        assert redrawn
    finally:
        await jupyterlab.set_theme("JupyterLab Light")


async def test_hostile_text_is_drawn(learner: Workspace, open_notebook: OpenNotebook) -> None:
    """Messages, names and titles that Mermaid could take for syntax are drawn as they were sent."""
    source = PICTURE.format(texts=HOSTILE, names=NAMES, title=TITLE)
    write_notebook(learner.notebooks / "hostile.ipynb", source)
    notebook = await open_notebook("hostile.ipynb")
    output = await notebook.run(0)
    await expect(output.locator(".jp-RenderedMermaid img")).to_have_accessible_name(TITLE)
    drawn = _without_spaces(await output.locator("img").evaluate(TEXTS))
    missing = [text for text in HOSTILE + NAMES if drawn.count(_without_spaces(text)) < 2]
    assert not missing  # each stands there twice: messages in notes, too, and names above and below
    await expect(output.locator("figcaption")).to_contain_text("38 steps between alice, end")
    await expect(output.locator("figcaption")).to_contain_text("alice's consumer; 18 failed.")


async def _choose_theme(notebook: Notebook, theme: str) -> None:
    await notebook.page.get_by_role("menuitem", name="Settings", exact=True).click()
    # Neither a submenu nor an item with a check mark has the role of an item.
    for label in ("Theme", theme):
        await notebook.page.locator(".lm-Menu").get_by_text(label, exact=True).click()


def _without_spaces(text: str) -> str:
    return "".join(text.split())
