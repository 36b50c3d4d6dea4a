"""A timeline as text and as a picture; and of a real server, in which one waits while another is served."""

import asyncio
import base64
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import httpx
import matplotlib
import pytest
from rich.cells import set_cell_size

from channels_lab.picture.timeline.lane import Lane, Span, SpanKind, Timetable
from channels_lab.picture.timeline.spans import timetable
from channels_lab.picture.timeline.timeline import Timeline
from channels_lab.record.events import Event
from tests.happened import answer, asgi, asked, blocked, client, closed, opened, process, server
from tests.live import Site

HOSTILE = "<script>alert(1)</script>&amp;]]>\"'\x00\x1b[31m\u202e\ud800 $x^2$ \\frac{"

CONSUMERS = """\
import asyncio
import time

from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer


class Blocking(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        time.sleep(0.7)
        await self.send("done")


class Waiting(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        if text_data == "raise":
            raise RuntimeError("not today")
        await asyncio.sleep(0.3)
        await self.send("done")
"""

ROUTING = """\
from django.urls import path

from chat import consumers

websocket_urlpatterns = [
    path("ws/blocking/", consumers.Blocking.as_asgi()),
    path("ws/waiting/", consumers.Waiting.as_asgi()),
]
"""

URLS = """\
import asyncio

from django.http import StreamingHttpResponse
from django.urls import path


async def pieces():
    for number in range(3):
        yield f"piece {number}"
        await asyncio.sleep(0.1)


async def stream(request):
    return StreamingHttpResponse(pieces())


urlpatterns = [path("stream/", stream)]
"""


@pytest.fixture
def project(project: Path) -> Path:
    """The small project, with consumers that take their time, and a stream."""
    (project / "chat" / "consumers.py").write_text(CONSUMERS)
    (project / "chat" / "routing.py").write_text(ROUTING)
    (project / "config" / "urls.py").write_text(URLS)
    return project


def stalled(first: str = "alice", second: str = "bob") -> list[Event]:
    """The first one's message blocks the loop from 1 s to 2 s, the second's from then to 3 s."""
    return [
        *opened(0, first, 1),
        *opened(0.1, second, 2),
        *asked(0.99, 1, "a", first, 1),
        *asked(0.99, 1.001, "b", second, 2),
        *blocked(1.05, 3),
        *answer(2, 3.01, "A", first, 1),
        *answer(3, 3.01, "B", second, 2),
    ]


def words(svg: str) -> list[str]:
    """The texts of a picture; that it is well-formed XML is seen by the way."""
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


# As text


def test_as_text() -> None:
    """A bar for each lane under a scale; then what the signs mean, the longest waits and why, and what is inferred."""
    assert Timeline(timetable(stalled()), "A title").text().splitlines() == [
        "A title",
        "3.01 s in all. 2 answers, half of them within 2.01 s, the slowest after 2.01 s."
        " The event loop was blocked for 2.00 s.",
        "                  0                  1 s                 2 s                 3 s",
        "                  ┬──────────────────┬───────────────────┬───────────────────┬",
        "alice             █══════════════════█████████████████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒",
        "bob                 █════════════════▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒█████████████████████",
        "alice's consumer  ═══════════════════█████████████████████════════════════════",
        "bob's consumer      ═════════════════·═══════════════════█████████████████████",
        "main                                 ╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳╳",
        "═ connected, or running   ▒ waits for its turn   █ is served, or at work"
        "   ╳ event loop blocked: nobody else has a turn   · message",
        "Longest:",
        "  alice: 2.01 s until the answer to a, 1.01 s of it waiting:"
        " the event loop was blocked in chat/consumers.py, line 12",
        "  bob: 2.01 s until the answer to b, 1.01 s of it waiting:"
        " the event loop was blocked in chat/consumers.py, line 12",
        "≈ Inferred, not observed: whose turn it was while the event loop was blocked.",
    ]


def test_what_went_wrong_in_words() -> None:
    """What went wrong stands in the bar as a cross and below it in words; notes do, too."""
    events = [*opened(0), client(1, "closed", code=1011, reason=""), process(0, "start", command="daphne")]
    text = Timeline(timetable([*events, process(0.5, "ready")], lanes=["clients", "processes"])).text()
    assert re.search(r"^alice .*✗$", text, re.M)
    assert "Went wrong:\n  1.00 s, alice: closed with 1011\nAlso:\n  0.50 s, main: ready" in text
    assert "✗ went wrong" in text


def test_a_pause_in_words() -> None:
    """A pause that is cut has a sign in each bar, and its length is said."""
    text = Timeline(timetable([*opened(0), *asked(60, 60.01), *answer(60.02, 60.03)])).text()
    assert re.search(r"^alice .*≀", text, re.M) and "≀ a pause is left out" in text
    assert "Left out, as nothing happened: 60.0 s." in text


def test_korean_names_keep_the_columns() -> None:
    """Names of wide letters keep the bars in one column, and are cut where they are long."""
    text = Timeline(timetable(stalled("김민수", "박" * 40))).text().splitlines()
    column = text[3].index("┬")
    ends = [len(set_cell_size(line, column)) for line in text[4:8]]
    assert [line[:end].rstrip() for line, end in zip(text[4:8], ends, strict=True)] == [
        "김민수",
        "박박박박박박박박박박박…",
        "김민수's consumer",
        "박박박박박박박박박박박…",
    ]
    bars = [line[end:] for line, end in zip(text[4:8], ends, strict=True)]
    assert [bar[:3] for bar in bars] == ["█══", "  █", "═══", "  ═"]


def test_many_lines_are_bounded() -> None:
    """A long list of waits or failures is cut, and says how many are missing."""
    events = [*opened(0)]
    for number in range(1, 30):
        events += [*asked(number, number + 0.1), *answer(number + 0.2, number + 0.3)]
        events.append(server(number + 0.4, "dropped", call="group_send", to=f"room {number}", count=1))
    text = Timeline(timetable(events)).text()
    assert "… 24 more took longer than 50 ms" in text and "… 17 more" in text
    assert len(text.splitlines()) < 40


def test_nothing_yet() -> None:
    """Of nothing there is a sentence, and a picture that says so."""
    nothing = Timeline(timetable([]), "A title")
    assert nothing.text() == "A title: Nothing has happened yet."
    assert words(nothing.svg()) == ["A title", "Nothing has happened yet."]


def test_a_full_record() -> None:
    """A record that was full is said to be."""
    full = Timeline(timetable([*opened(0), server(1, "full", 0)]))
    assert "The record was full: what came later is missing." in full.text()
    assert "The record was full: what came later is missing." in words(full.svg())


# As a picture


def test_a_picture() -> None:
    """The picture has each lane by name, bars that say what they are and how long, a scale and a legend in words."""
    said = words(Timeline(timetable(stalled()), "A title").svg())
    assert {"A title", "alice", "bob", "alice's consumer", "bob's consumer", "main"} < set(said)
    assert {"0", "1.0 s", "waits 1.01 s", "answer held 1.00 s", "served 1.00 s", "at work 1.00 s"} < set(said)
    assert "event loop blocked 2.00 s: chat/consumers.py, line 12" in said
    assert {"waits for its turn", "is served, or at work", "takes a message in"} < set(said)
    assert "went wrong" not in said


def test_an_error_in_the_picture() -> None:
    """What went wrong stands beside its mark, with its place though the rest is long; the legend names the mark."""
    error = server(1, "error", error=f"ValueError: {'x' * 100}", frames=[["chat/consumers.py", 26, "receive"]])
    [said] = [w for w in words(Timeline(timetable([*opened(0), error])).svg()) if w.startswith("ValueError")]
    assert said.endswith("… (chat/consumers.py, line 26)") and len(said) <= 60


def test_bars_differ_by_more_than_colour() -> None:
    """Waiting and blocked bars are hatched, each in its own way; served ones are not."""
    kinds: list[SpanKind] = ["waiting", "blocked", "served"]

    def hatches(kind: SpanKind) -> int:
        lanes = [Lane("x", "clients", spans=[Span(0, 1, kind)])]
        return Timeline(Timetable(lanes, [], 0, 1)).svg().count("<pattern ")

    assert [hatches(kind) > 0 for kind in kinds] == [True, True, False]


def test_strangers_text_is_text() -> None:
    """Hostile names, messages and errors are text in the picture, the page and its description, and nothing else."""
    events = [*stalled(HOSTILE, "b"), server(3.1, "error", 2, error=HOSTILE, frames=[["a.py", 1, HOSTILE]])]
    events += [asgi(3.2, "receive", 1, type="websocket.receive", text=HOSTILE)]
    timeline = Timeline(timetable(events), HOSTILE)
    root = ElementTree.fromstring(timeline.svg())
    assert not [node for node in root.iter() if node.tag.endswith(("script", "foreignObject", "}image", "}a"))]
    assert any("<script>alert(1)</script>" in text for text in words(timeline.svg()))
    page = timeline.html()
    assert re.findall(r"<(\w+)", page) == ["figure", "img", "details", "summary", "pre"]
    assert not set("\x00\x1b\u202e\ud800") & set(timeline.svg() + page + timeline.text() + repr(timeline))


def test_dollars_are_no_formula() -> None:
    """A dollar in a name is a dollar, not the beginning of a formula."""
    assert any("$x^2$" in text for text in words(Timeline(timetable(stalled("$x^2$", "$\\frac{"))).svg()))


def test_letters_that_matplotlib_has_not() -> None:
    """Letters for which matplotlib has no font stay text, for the browser's fonts, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = words(Timeline(timetable(stalled("지민", "민수 🐱"))).svg())
    assert "지민" in said and "민수 🐱" in said


def test_the_bundle() -> None:
    """A notebook gets an image with a description and the text to unfold, and text for those who show no HTML."""
    timeline = Timeline(timetable(stalled()), "A title")
    bundle = timeline._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    data = re.search(r'src="data:image/svg\+xml;base64,([^"]+)" alt="A title: alice, bob, ', bundle["text/html"])
    assert data and base64.b64decode(data[1]).decode() == timeline.svg()
    assert "Bob" not in bundle["text/html"] and "bob: 2.01 s until the answer to b" in bundle["text/html"]
    assert str(timeline) == bundle["text/plain"] == timeline.text()


def test_timelines_to_one_scale() -> None:
    """Timelines beside each other have one scale, without a pause left out, and each says its own length."""
    short = Timetable([Lane("alice", "clients", spans=[Span(5, 6, "served")])], [], 5, 6)
    paused = Timetable([Lane("bob", "clients", spans=[Span(0, 1, "served"), Span(9, 10, "served")])], [], 0, 10)
    assert "left out" in str(Timeline(paused))
    both = Timeline(short, "short").beside(Timeline(paused, "paused"))
    assert "left out" not in str(both)
    bars = [line.partition("  ")[2] for line in str(both).splitlines() if line.startswith(("alice", "bob"))]
    assert len(bars[0]) == pytest.approx(6, abs=1) and len(bars[1]) == 60
    assert "1.00 s in all" in str(both) and "10.0 s in all" in str(both)
    bundle = both._repr_mimebundle_()
    assert bundle["text/html"].count("<figure") == 2 and bundle["text/plain"] == str(both)
    assert repr(both).startswith("<2 timelines to one scale: <short: alice. 1.00 s in all.")


def test_the_same_twice() -> None:
    """The same events give the same picture, so that a notebook that is run again does not differ."""
    assert Timeline(timetable(stalled())).svg() == Timeline(timetable(stalled())).svg()


def test_the_readers_own_settings() -> None:
    """What a notebook has set for its own plots changes nothing in the picture, nor the picture anything in them."""
    plain = Timeline(timetable(stalled())).svg()
    with matplotlib.rc_context(
        {"text.usetex": True, "axes.facecolor": "black", "svg.fonttype": "path", "font.size": 30}
    ):
        before = dict(matplotlib.rcParams)
        assert Timeline(timetable(stalled())).svg() == plain
        assert dict(matplotlib.rcParams) == before


def test_a_crowd_is_bounded() -> None:
    """Of hundreds of clients who say a lot, a picture has a dozen lanes, and stays small."""
    events = []
    for number in range(1, 301):
        name = f"c{number}"
        events += [
            *opened(number / 1000, name, number),
            *asked(1, 1.5, "x" * 1000, name, number),
            *closed(3, name, number),
        ]
        events += [part for i in range(20) for part in answer(2 + i / 50, 2 + i / 50, "y" * 1000, name, number)]
    timeline = Timeline(timetable(events))
    assert "295 others" in words(timeline.svg()) and "up to 295 wait at once" in words(timeline.svg())
    assert len(timeline.html()) < 300_000


@pytest.mark.parametrize("writable", [True, False])
def test_the_first_picture_ever(tmp_path: Path, writable: bool) -> None:
    """The first picture in a new home, or in none, says nothing on the screen; only then is matplotlib imported."""
    home = tmp_path / "home"
    home.mkdir() if writable else home.write_text("no folder")
    script = """
import sys
from channels_lab.picture.timeline.lane import Lane, Span, Timetable
from channels_lab.picture.timeline.timeline import Timeline
assert "matplotlib" not in sys.modules
Timeline(Timetable([Lane("x", "clients", spans=[Span(0, 1, "served")])], [], 0, 1)).svg()
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MPL", "XDG_"))}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment | {"HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# Of a real server


async def conversation(site: Site, path: str) -> Timetable:
    """Alice and Bob each ask something at once, and are answered."""
    async with site.connect(path, name="alice") as alice, site.connect(path, name="bob") as bob:
        await alice.send("one")
        await bob.send("two")
        await asyncio.gather(alice.receive(5), bob.receive(5))
    return timetable([*site.record, *site.events])


def longest(table: Timetable, name: str, kind: str) -> Span:
    """The longest span of a kind in a lane."""
    [lane] = [lane for lane in table.lanes if lane.name == name]
    return max((span for span in lane.spans if span.kind == kind), key=lambda span: span.end - span.start)


async def test_a_blocked_event_loop(site: Site) -> None:
    """With time.sleep in an async consumer, the second waits while the first is served, and is told in which line."""
    table = await conversation(site, "/ws/blocking/")
    first, second = sorted(("alice", "bob"), key=lambda name: longest(table, name, "served").start)
    waiting, served = longest(table, second, "waiting"), longest(table, first, "served")
    assert waiting.end - waiting.start > 0.6
    assert min(waiting.end, served.end) - max(waiting.start, served.start) > 0.6
    assert longest(table, second, "served").start >= served.end - 0.05
    [delay] = [delay for delay in table.delays if delay.client == second and not delay.opening]
    assert delay.why == "the event loop was blocked in chat/consumers.py, line 9" and delay.seconds > 1.3
    assert "event loop blocked" in " ".join(words(Timeline(table).svg()))


async def test_an_event_loop_that_is_free(site: Site) -> None:
    """With asyncio.sleep both are served at the same time, and nobody waits."""
    table = await conversation(site, "/ws/waiting/")
    alice, bob = longest(table, "alice", "served"), longest(table, "bob", "served")
    assert min(alice.end, bob.end) - max(alice.start, bob.start) > 0.2
    assert all(delay.waited < 0.2 for delay in table.delays if not delay.opening)
    assert "main" not in [lane.name for lane in table.lanes]


async def test_a_stream_and_an_error(site: Site) -> None:
    """A stream beside a chat is a bar with a mark for each piece; an exception is marked in its consumer's lane."""
    async with (
        site.connect("/ws/waiting/", name="alice") as alice,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{site.port}", trust_env=False) as http,
    ):
        answer = await http.get("/stream/")
        await alice.send("raise")
        await alice.wait_closed()
    assert answer.text == "piece 0piece 1piece 2"
    table = timetable([*site.record, *site.events])
    stream = longest(table, "server", "served")
    assert stream.text == "GET /stream/ 200" and stream.end - stream.start > 0.2
    lanes = {lane.name: lane.marks for lane in table.lanes}
    assert [mark.text for mark in lanes["server"] if mark.kind == "out"] == ["piece 0", "piece 1", "piece 2"]
    [error] = [mark for mark in lanes["alice's consumer"] if mark.kind == "failed"]
    assert error.text == "RuntimeError: not today (chat/consumers.py, line 16)"
