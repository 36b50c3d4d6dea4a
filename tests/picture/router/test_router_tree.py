"""The picture of an application's routing and of the way through it, from a real server and from made trees."""

import re
from pathlib import Path
from typing import Any

import pytest

from channels_lab.errors import LabError
from channels_lab.picture.router.passage import Passage
from channels_lab.picture.router.router_tree import RouterTree
from channels_lab.record.events import Event
from tests import layered_project
from tests.live import Site

TREE = """\
{who}: WebSocket {path}
scope: type, path, raw_path, root_path, headers, query_string, client, server, subprotocols, asgi
● ProtocolTypeRouter
├── http → Django (ASGIHandler)
"""
CHANNEL = """
└── channel → ChannelNameRouter
   └── mail → Odd"""
ALICE = """\
├─● websocket → OriginValidator  allows 127.0.0.1, localhost
│  └─● Forgetful
│     └─● CookieMiddleware  + cookies
│        └─● SessionMiddleware  + session
│           └─● AuthMiddleware  + user
│              └─● Token  + token  changed user
│                 └─● Plan  + plan
│                    └─● URLRouter  + path_remaining, url_route
│                       ├─○ ws/ → URLRouter
│                       │  └── hang/ → Hang
│                       ├─● ws/ → URLRouter  room = 'lobby'
│                       │  ├─● chat/<str:room>/ → ChatConsumer  accepted
│                       │  └── class/ → Silent  a class: as_asgi() is missing
│                       └── ^odd/(\\d+)/$ → Odd"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project with every kind of layer."""
    return layered_project.write(tmp_path / "project")


def tree_of(site: Site, client: str | None = None) -> RouterTree:
    """The router tree of all that is known."""
    return RouterTree.of([*site.events, *site.record], client)


def way(tree: RouterTree) -> list[str]:
    """The signs and texts of what is on the way, without their branches."""
    return [match[1] for line in str(tree).splitlines() if (match := re.search(r"([●○✗] .*)", line))]


# A real server


async def test_the_way_of_a_connection(site: Site) -> None:
    """All layers are shown as the project wrote them, and on the way of a connection what each put into its scope."""
    async with site.connect("/ws/chat/lobby/", name="alice"):
        pass
    assert str(tree_of(site)) == TREE.format(who="alice", path="/ws/chat/lobby/") + ALICE + CHANNEL


async def test_before_anybody_has_connected(site: Site) -> None:
    """Without a connection the tree stands alone."""
    tree = tree_of(site)
    assert str(tree).startswith("The routing\nProtocolTypeRouter\n├── http → Django (ASGIHandler)\n├── websocket →")
    assert way(tree) == []
    assert "==>" not in tree.mermaid()


async def test_which_connection(site: Site) -> None:
    """The newest WebSocket is shown, that of a named client, or a browser's."""
    async with site.connect("/ws/chat/one/", name="alice"), site.connect("/odd/2/", name="bob"):
        pass
    assert str(tree_of(site)).startswith("bob: WebSocket /odd/2/")
    assert str(tree_of(site, "alice")).startswith("alice: WebSocket /ws/chat/one/")
    unseen = [event for event in site.events if event.name == "alice"]
    assert str(RouterTree.of([*unseen, *site.record], "browser 1")).startswith("browser 1: WebSocket /odd/2/")
    with pytest.raises(LabError, match=r"carol has no connection in the record\.\nThose in it: alice, bob\."):
        tree_of(site, "carol")


@pytest.mark.parametrize(
    ("path", "origin", "last"),
    [
        (
            "/ws/chat/",
            "same",
            [
                "● URLRouter  + path_remaining, url_route",
                "○ ws/ → URLRouter",
                "○ ws/ → URLRouter",
                "✗ ValueError: No route found for path 'ws/chat/'.",
            ],
        ),
        (
            "/ws/chat/lobby/",
            "http://evil.example",
            [
                "● websocket → OriginValidator  allows 127.0.0.1, localhost",
                "✗ refused, HTTP 403: the origin http://evil.example is not allowed",
            ],
        ),
        ("/ws/refused/", "same", ["● Plan", "✗ refused, HTTP 403"]),
        ("/ws/forgotten/", "same", ["● CookieMiddleware", "✗ CookieMiddleware.__call__() was never awaited"]),
        (
            "/ws/class/",
            "same",
            ["● class/ → Silent  a class: as_asgi() is missing", "✗ TypeError: Silent() takes no arguments"],
        ),
    ],
    ids=["no route", "origin", "own middleware", "not awaited", "a class"],
)
async def test_where_a_connection_fails(site: Site, path: str, origin: str, last: list[str]) -> None:
    """A connection that fails ends with a cross, at the layer where it did."""
    with pytest.raises(LabError):
        await site.connect(path, origin=origin)
    tree = tree_of(site)
    assert way(tree)[-len(last) :] == last
    assert tree.mermaid().count(":::failed") == 1


# The Mermaid form


def leaf(layer: str) -> dict[str, Any]:
    """An application that is a function."""
    return {"layer": layer, "module": "chat.apps", "branches": []}


def router(*branches: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A URLRouter."""
    return {"layer": "URLRouter", "module": "channels.routing", "branches": [list(branch) for branch in branches]}


def lines(tree: RouterTree) -> list[str]:
    """Mermaid's lines between the description and the styles."""
    return re.findall(r"^    ((?!acc|classDef).+)$", tree.mermaid().split("flowchart TD")[1], re.MULTILINE)


def test_mermaid() -> None:
    """The way is marked by a sign, by thick links and by a class; a failure by a cross; labels are quoted."""
    tree = router(("a/", leaf("one")), ("b/", leaf("two")), ("c/", router()))
    drawn = RouterTree(tree, Passage([(), (0,)], [(2,)], ["type"], {(): ["+ url_route"]}, "ValueError"), "alice")
    assert lines(drawn) == [
        'n0("● alice<br/>scope#58; type"):::way',
        "n0 ==> n1",
        'n1["● URLRouter<br/>#43; url#95;route"]:::way',
        'n1 ==>|"a#47;"| n2',
        'n2("● one"):::way',
        "n2 ==x n3",
        'n3["✗ ValueError"]:::failed',
        'n1 -->|"b#47;"| n4',
        'n4("two")',
        'n1 -.->|"c#47;"| n5',
        'n5("○ URLRouter"):::tried',
    ]
    assert "accTitle: alice\n" in drawn.mermaid()
    assert "accDescr: The way: URLRouter (+ url_route), one, ValueError.\n" in drawn.mermaid()


def test_without_a_way() -> None:
    """A tree alone is described by what it holds."""
    assert "accDescr: URLRouter: a/, b/.\n" in RouterTree(router(("a/", leaf("x")), ("b/", leaf("y")))).mermaid()
    assert "accDescr: x: nothing below it.\n" in RouterTree(leaf("x")).mermaid()


HOSTILE = [
    'end"]:::way --> n0["x',
    "<script>alert(1)</script><br/>",
    "`**bold** _x_`",
    "1. list\n- two\n# three",
    "#quot; &lt; ﬂ°°35¶ß",
    "%%{init: {}}%%\nclick n0 call x()",
    "$$x^2$$ fa:fa-ban http://a.example",
    "\x00\x1b[31m\u202e\u2028\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    """Whatever a name, route, key, value or error holds, it stays in its label and on its line."""
    plain, hostile = (
        RouterTree(
            {**router((word, leaf(word))), "allows": [word]},
            Passage([(), (0,)], [], [word], {(): [word]}, word, [word]),
            word,
        )
        for word in ("word", text)
    )
    labels = re.findall(r'"([^"]*)"', "\n".join(lines(hostile)))
    assert all(re.fullmatch(r"(?:<br/>|#\d+;|[^\x00-\x7f]|[\w ])*", label) for label in labels)
    without = re.compile(r'"[^"]*"')
    assert [without.sub("", line) for line in lines(hostile)] == [without.sub("", line) for line in lines(plain)]
    assert len(str(hostile).splitlines()) == len(str(plain).splitlines())
    assert str(hostile).isprintable() or set(str(hostile)) - {"\n"} == {c for c in str(hostile) if c.isprintable()}


def test_it_is_bounded() -> None:
    """Of many routes those are drawn that are on the way, some beside it, and the number of the others."""
    tree = router(*((f"r{number}/", router(*((f"s{n}/", leaf("x")) for n in range(40)))) for number in range(40)))
    drawn = RouterTree(tree, Passage([(), (39,), (39, 39)]))
    assert "● r39/ → URLRouter" in drawn.text() and "● s39/ → x" in drawn.text()
    assert "├── r7/ → URLRouter" in drawn.text() and drawn.text().endswith("└── … 31 more")
    assert len(drawn.text().splitlines()) < 90 and len(drawn.mermaid()) < 10_000


def test_what_the_record_cut_off() -> None:
    """Branches that are not in the record are counted, and an empty route is seen."""
    cut = {"layer": "…", "module": "", "branches": [], "more": 12}
    assert str(RouterTree(router(("", leaf("x")), ("…", cut)))).splitlines()[1:] == [
        "URLRouter",
        '├── "" → x',
        "└── … → … 12 more",
    ]


def test_remarks() -> None:
    """What is wrong with a layer is said beside it, whoever passes."""
    shared = {**leaf("A"), "consumer": True, "instance": True}
    tree = router(("a/", shared), ("b/", {**leaf("B"), "class": True}), ("c/", {**leaf("C"), "again": True}))
    assert str(RouterTree(tree)).splitlines()[2:] == [
        "├── a/ → A  one object for all connections: as_asgi() is missing",
        "├── b/ → B  a class: it was not made",
        "└── c/ → C  it contains itself",
    ]


def test_both_forms_are_offered() -> None:
    """A notebook is offered Mermaid and, beside it, text."""
    drawn = RouterTree(leaf("x"))
    assert drawn._repr_mimebundle_() == {"text/vnd.mermaid": drawn.mermaid(), "text/plain": str(drawn)}


# Which tree


def begin(t: float, tree: dict[str, Any], process: str = "main") -> Event:
    """The begin of a process."""
    return Event(t, "server", "begin", 0, process, {"pid": 1, "command": "daphne", "tree": tree})


def opened(t: float, kind: str, process: str = "main", **more: Any) -> Event:
    """A connection."""
    details = {"type": kind, "path": "/", "method": "", "client": None, "origin": None, "channel": ""} | more
    return Event(t, "server", "open", 1, process, details)


def test_a_record_without_a_tree() -> None:
    """A record in which no server has begun says what to do."""
    with pytest.raises(LabError, match=r"no routing tree.*\n.*lab\.daphne"):
        RouterTree.of([Event(1, "server", "begin", 0, "main", {"pid": 1, "command": "", "tree": {}})])


def test_the_tree_of_the_connections_own_process() -> None:
    """Of several processes, the tree is that of the process and the start which the connection belongs to."""
    record = [begin(1, leaf("old")), begin(3, leaf("new")), begin(2, leaf("other"), "worker"), opened(4, "websocket")]
    assert "● new" in str(RouterTree.of(record))
    assert "● old" in str(RouterTree.of([*record[:3], opened(1.5, "websocket")]))
    channel = opened(5, "channel", "worker", channel="mail")
    assert str(RouterTree.of([*record, channel], "worker")) == "worker: channel mail\n● other"


def test_http_where_there_is_no_websocket() -> None:
    """Where nobody has opened a WebSocket, the newest request is shown."""
    record = [begin(1, leaf("app")), opened(2, "http", method="GET")]
    assert str(RouterTree.of(record)) == "HTTP client: GET /\n● app"
