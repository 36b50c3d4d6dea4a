"""Diagrams of long and eventful runs, drawn by JupyterLab's own Mermaid."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from channels_lab.course.workspace import Workspace
from channels_lab.picture.story.diagram import Diagram
from channels_lab.picture.story.story import Story
from channels_lab.picture.story.teller import tell
from channels_lab.record.events import Event
from tests.happened import asgi, blocked, client, closed, layer, opened, process, server

from .conftest import OpenNotebook
from .jupyterlab import write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEXTS = """img => {
    const svg = decodeURIComponent(img.src.slice(img.src.indexOf(",") + 1));
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml");
    return [...drawn.querySelectorAll("text")].map(text => text.textContent).join(" ");
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


async def drawn(open_notebook: OpenNotebook, learner: Workspace, name: str, *diagrams: Diagram) -> list[str]:
    """The texts of diagrams as they are drawn, in one notebook; without spaces."""
    cells = [f"display({diagram._repr_mimebundle_()!r}, raw=True)" for diagram in diagrams]
    write_notebook(learner.notebooks / f"{name}.ipynb", *cells)
    notebook = await open_notebook(f"{name}.ipynb")
    texts = []
    for number, diagram in enumerate(diagrams):
        output = await notebook.run(number)
        await expect(output.locator(".jp-RenderedMermaid img")).to_have_accessible_name(diagram.title)
        texts.append(_without_spaces(await output.locator("img").evaluate(TEXTS)))
    return texts


async def test_a_long_and_eventful_run(learner: Workspace, open_notebook: OpenNotebook) -> None:
    """Crowds, pauses, notes, guesses and failures of all kinds are drawn, and what is left out is said."""
    diagram = Diagram(tell(eventful()), "A long run")
    [texts] = await drawn(open_notebook, learner, "eventful", diagram)
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
        assert _without_spaces(text) in texts, text


async def test_a_compared_run(learner: Workspace, open_notebook: OpenNotebook) -> None:
    """A diagram whose steps are marked, under a heading, has each mark and says what the marks mean."""
    steps = tell(eventful()).steps[:8]
    marked = [replace(step, mark=mark) for step, mark in zip(steps, "✓≠✗ ✓≠✗ ", strict=True)]
    marked = [replace(step, mark=step.mark.strip()) for step in marked]
    story = Story.of(marked, tell(eventful()).kinds)
    diagram = Diagram(story, "Compared", "bob should have got `hi; <b>`; nothing came to him.")
    [texts] = await drawn(open_notebook, learner, "compared", diagram)
    for text in ["bob should have got “hi; <b>”", "✓ as expected", "✗ expected and did not come", "dotted: happened"]:
        assert _without_spaces(text) in texts, text


async def test_some_lanes(learner: Workspace, open_notebook: OpenNotebook) -> None:
    """Any choice of lanes is drawn: what happens in these lanes, and not what happens in others."""
    choices = [["processes", "log"], ["layer", "consumers"], ["clients"]]
    shown = ["✗ ended by signal 9", "chat.message", "waited 1 s: nothing came"]
    diagrams = [Diagram(tell(eventful(), lanes=lanes), f"Lanes {lanes[0]}") for lanes in choices]
    for own, texts in zip(shown, await drawn(open_notebook, learner, "lanes", *diagrams), strict=True):
        assert [one for one in shown if _without_spaces(one) in texts] == [own]


def _without_spaces(text: str) -> str:
    return "".join(text.split())
