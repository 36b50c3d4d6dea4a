"""Pictures as JupyterLab's own Mermaid draws them: long and eventful runs, and text that it could take for syntax."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Story
from channels_lab.picture.story.teller import tell
from channels_lab.record.events import Event
from tests.happened import asgi, blocked, client, closed, layer, opened, process, server

from .conftest import as_new, pages
from .jupyterlab import JupyterLab, Notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PICTURE = """\
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Step, Story
texts = {texts!r}
steps = [Step(number / 10, "alice", "alice's consumer", text, number % 2 == 1) for number, text in enumerate(texts)]
steps += [Step(number / 10, "alice", "", "note " + text, number % 2 == 1) for number, text in enumerate(texts)]
Diagram(Story(["alice", *{names!r}, "alice's consumer"], steps), {title!r})
"""
TREE = """\
from channels_lab.picture.router.passage import Passage
from channels_lab.picture.router.router_tree import RouterTree
texts = {texts!r}
def node(layer, *branches):
    return {{"layer": layer, "module": "chat", "branches": [list(branch) for branch in branches]}}
def router(texts):
    return node("URLRouter", *((text, node(text)) for text in texts))
tree = node("Root", *((f"branch {{start}}", router(texts[start : start + 8])) for start in range(0, len(texts), 8)))
RouterTree(tree, Passage([()], given=texts[:4], notes={{(): texts}}, end=texts[0]), {title!r})
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
# What Mermaid reads as syntax, as Markdown or as HTML.
HOSTILE_TO_TREES = [
    *("end", 'x"]:::way --> n0["y', "subgraph x", "click n0 call x()", "@{shape: x}", "| pipe |", "%% %%{init: {}}%%"),
    *("#quot; #35; # hash;", "&lt;b&gt; &amp;", "ﬂ°lt¶ß", "<b>bold</b> <br/>", "<img src=x onerror=alert(1)>"),
    *("1. one", "- two", "+ three", "> four", "`**md**`", "*star* **bold** _under_ ~~no~~", "```code```", "***"),
    *("![x](y) [z](u)", "http://www.evil.example a@b.example", "$$x^2$$", "\\(x\\)", "fa:fa-ban", "\\n \\"),
    *("안녕하세요", "🙂👩‍👩‍👧", "می\u200cخواهم", "W" * 59),
]
TEXTS = """img => {
    const svg = decodeURIComponent(img.src.slice(img.src.indexOf(",") + 1));
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml");
    return [...drawn.querySelectorAll("text")].map(text => text.textContent).join(" ");
}"""
LABELS = """img => {
    const svg = decodeURIComponent(img.src.slice(img.src.indexOf(",") + 1));
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml");
    const labels = [...drawn.querySelectorAll(".nodeLabel, .edgeLabel")];
    return {
        text: labels.map(label => label.textContent).join(" "),
        tags: [...new Set(labels.flatMap(label => [...label.querySelectorAll("*")].map(one => one.localName)))],
    };
}"""


def room(number: int, process: str = "main") -> list[Event]:
    """So many clients join a group on a server."""
    events = []
    for n in range(1, number + 1):
        events += opened(n / 100, f"{process}'s guest {n}", n, process)
        joined = layer(n / 100 + 0.015, "group_add", "room", n, process)
        joined.details["message"] = f"{process} {n}"
        events.append(joined)
    return events


def eventful() -> list[Event]:
    """Fifty clients on two servers that share a layer: a broadcast, pauses, and much that fails."""
    backends = [server(0, "backend", 0, name, alias="default", backend="RedisChannelLayer") for name in ("main", "two")]
    events = [*backends, *room(40), *room(10, "two")]
    message = {"type": "chat.message", "text": "안녕; <all> #1"}
    events.append(layer(2, "group_send", "room", 1, **message))
    for name, number in (("main", 40), ("two", 10)):
        for n in range(1, number + 1):
            t = 2.001 + n / 100_000
            events.append(layer(t, "receive", f"{name} {n}", n, name, **message))
            events.append(asgi(t, "send", n, name, type="websocket.send", text="안녕; <all> #1"))
    return [
        *events,
        server(3, "dropped", 1, call="group_send", to="room", count=2),
        server(3.1, "unawaited", 1, coroutine="Chat.greet", file="chat/consumers.py", line=3),
        *blocked(4, 5.5),
        server(6, "error", 2, error='ValueError: "x"; no', frames=[["chat/consumers.py", 7, "receive"]]),
        *closed(6.1, "main's guest 2", 2, code=1011),
        client(7, "waited", "two's guest 3", seconds=1),
        client(7.1, "sent", "two's guest 3", message="is anybody there?"),
        server(7.2, "log", 0, logger="x", level="ERROR", text="end"),
        server(7.3, "full", 0),
        process(8, "end", code=-9, asked=False),
    ]


def compared() -> Diagram:
    """A diagram whose steps are marked, under a heading."""
    steps = tell(eventful()).steps[:8]
    marked = [replace(step, mark=mark.strip()) for step, mark in zip(steps, "✓≠✗ ✓≠✗ ", strict=True)]
    story = Story.of(marked, tell(eventful()).kinds)
    return Diagram(story, "Compared", "bob should have got `hi; <b>`; nothing came to him.")


LANES = [["processes", "log"], ["layer", "consumers"], ["clients"]]


@cache
def cells() -> dict[str, str]:
    """The cells that show them, by their titles."""
    lanes = {f"Lanes {lanes[0]}": Diagram(tell(eventful(), lanes=lanes), f"Lanes {lanes[0]}") for lanes in LANES}
    diagrams = {"A long run": Diagram(tell(eventful()), "A long run"), "Compared": compared(), **lanes}
    return {title: f"display({diagram._repr_mimebundle_()!r}, raw=True)" for title, diagram in diagrams.items()} | {
        TITLE: PICTURE.format(texts=HOSTILE, names=NAMES, title=TITLE),
        f"Tree: {TITLE}": TREE.format(texts=HOSTILE_TO_TREES, title=f"Tree: {TITLE}"),
    }


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def notebook(chromium: Browser, jupyterlab: JupyterLab) -> AsyncIterator[Notebook]:
    """A notebook with a cell for each picture, opened once: JupyterLab's page costs more than all of them."""
    file = jupyterlab.workspace.notebooks / "pictures.ipynb"
    write_notebook(file, *cells().values())
    async with pages(chromium) as open_page:
        yield await Notebook(await open_page(jupyterlab.address(file.name)), file).ready()
    await as_new(jupyterlab)


async def drawn(notebook: Notebook, title: str) -> Locator:
    """Run the cell of a picture; returns its output when it is drawn."""
    output = await notebook.run(list(cells()).index(title))
    await expect(output.locator(".jp-RenderedMermaid img")).to_have_accessible_name(title)
    return output


async def texts(notebook: Notebook, title: str) -> str:
    """The texts of a diagram as it is drawn, without spaces."""
    return _without_spaces(await (await drawn(notebook, title)).locator("img").evaluate(TEXTS))


async def test_a_long_and_eventful_run(notebook: Notebook) -> None:
    """Crowds, pauses, notes, guesses and failures of all kinds are drawn, and what is left out is said."""
    found = await texts(notebook, "A long run")
    for text in [
        "47 others",
        "their consumers",
        "47 × connect /ws/",
        '… 47 more to the group: chat.message {"text": "안녕; <all> #1"}',
        "1.0 s later",
        "≈",
        "✗ dropped for 2 full channels: room",
        "✗ Chat.greet() was never awaited",
        "✗ the event loop was blocked for 1.5 s (chat/consumers.py, line 12)",
        '✗ ValueError: "x"; no (chat/consumers.py, line 7)',
        "✗ a dead channel stays in room: main's guest 2 (gone)",
        "waited 1 s: nothing came",
        "is anybody there? (never reached the consumer)",
        "✗ ended by signal 9",
        "The record was full",
        "≈ inferred, not observed",
    ]:
        assert _without_spaces(text) in found, text


async def test_a_compared_run(notebook: Notebook) -> None:
    """A diagram whose steps are marked, under a heading, has each mark and says what the marks mean."""
    found = await texts(notebook, "Compared")
    for text in ["bob should have got “hi; <b>”", "✓ as expected", "✗ expected and did not come", "dotted: happened"]:
        assert _without_spaces(text) in found, text


async def test_some_lanes(notebook: Notebook) -> None:
    """Any choice of lanes is drawn."""
    assert all([await texts(notebook, f"Lanes {lanes[0]}") for lanes in LANES])


async def test_hostile_text_in_a_diagram(notebook: Notebook) -> None:
    """Messages, names and titles that Mermaid could take for syntax are drawn as they were sent."""
    output = await drawn(notebook, TITLE)
    found = _without_spaces(await output.locator("img").evaluate(TEXTS))
    missing = [text for text in HOSTILE + NAMES if found.count(_without_spaces(text)) < 2]
    assert not missing  # each stands there twice: messages in notes, too, and names above and below
    await expect(output.locator("figcaption")).to_contain_text("38 steps between alice, end")
    await expect(output.locator("figcaption")).to_contain_text("alice's consumer; 18 failed.")


async def test_hostile_text_in_a_router_tree(notebook: Notebook) -> None:
    """Names, routes and keys that Mermaid could take for syntax, Markdown or HTML are drawn as they are."""
    output = await drawn(notebook, f"Tree: {TITLE}")
    found: dict[str, Any] = await output.locator("img").evaluate(LABELS)
    text = _without_spaces(found["text"].replace("\u2060", ""))
    missing = [one for one in HOSTILE_TO_TREES if text.count(_without_spaces(one)) < 3]
    assert missing == ["ﬂ°lt¶ß"]  # each stands there as a route, a name and a note; this one is Mermaid's own
    assert text.count("fl°lt¶ss") >= 3
    assert set(found["tags"]) <= {"p", "br", "span", "foreignObject", "div", "g", "rect"}
    await expect(output.locator("figcaption")).to_contain_text('The way: Root (end; x"]:::way --> n0["y;')


def _without_spaces(text: str) -> str:
    return "".join(text.split())
