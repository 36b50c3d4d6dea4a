"""Cases of rules about the path of a connection, and the routes that take it or do not."""

from collections.abc import Awaitable, Callable

from .cases import Case
from .cases_first import talk
from .run import Run

__all__ = ["ASGI", "CASES", "PATH", "ROUTE", "ROUTER", "ROUTING", "crash", "enter", "routing"]

ROUTING = "chat/routing.py"
ASGI = "config/asgi.py"
ROUTE = 'path("ws/chat/<room>/", consumers.ChatConsumer.as_asgi())'
PATH = 'path("ws/chat/<room>/"'
ODD = 'path("ws/odd/", consumers.Odd.as_asgi())'
ROUTER = "URLRouter(websocket_urlpatterns)"


Act = Callable[[Run], Awaitable[None]]


def crash(path: str = "/ws/chat/lobby/") -> Act:
    """Connect, and be refused with the 500 of an application that raised."""

    async def act(run: Run) -> None:
        await run.refused(path, 500)

    return act


def enter(path: str = "/ws/chat/lobby/") -> Act:
    """Connect, and leave."""

    async def act(run: Run) -> None:
        async with run.connect(path):
            pass

    return act


def get(path: str, status: int) -> Act:
    """Ask for a page."""

    async def act(run: Run) -> None:
        assert (await run.get(path)).status_code == status

    return act


async def write_route(run: Run) -> None:
    """Write a route while the server runs, and connect to that server."""
    file = run.project / ROUTING
    file.write_text(file.read_text().replace(f"    {ODD}", f"    {ROUTE},\n    {ODD}"))
    await run.refused("/ws/chat/lobby/", 500)


async def write_route_and_start(run: Run) -> None:
    """Write a route while the server runs, and connect to a new one."""
    file = run.project / ROUTING
    file.write_text(file.read_text().replace(f"    {ODD}", f"    {ROUTE},\n    {ODD}"))
    await run.server("second")
    async with run.connect("/ws/chat/lobby/", to="second"):
        pass


def routing(route: str, more: str = "") -> dict[str, str | None]:
    """The file of routes with this one for the chat."""
    return {
        ROUTING: f"from django.urls import path, re_path\n{more}\nfrom chat import consumers\n\n"
        f"websocket_urlpatterns = [\n    {route},\n    {ODD},\n]\n"
    }


CONSUMER = "consumers.ChatConsumer.as_asgi()"
RE = r"(?P<room>\w+)"

CASES = [
    # The path of a connection and the routes
    Case(
        "a route with a slash at its start",
        "route-leading-slash",
        edits={ROUTING: (PATH, 'path("/ws/chat/<room>/"')},
        act=crash(),
    ),
    Case(
        "a regular expression with a slash at its start",
        "route-leading-slash",
        files=routing(f're_path(r"^/ws/chat/{RE}/$", {CONSUMER})'),
        act=crash(),
    ),
    Case("a route without a slash at its start", neighbour_of="route-leading-slash", act=talk),
    Case(
        "a regular expression with a slash that is found anywhere",
        neighbour_of="route-leading-slash",
        files=routing(f're_path(r"/chat/{RE}/", {CONSUMER})'),
        act=talk,
    ),
    Case("a path without the last slash", "route-last-slash", act=crash("/ws/chat/lobby")),
    Case(
        "a route without the last slash",
        "route-last-slash",
        edits={ROUTING: (PATH, 'path("ws/chat/<room>"')},
        act=crash("/ws/chat/lobby/"),
    ),
    Case(
        "a regular expression without the last slash",
        "route-last-slash",
        files=routing(f're_path(r"^ws/chat/{RE}$", {CONSUMER})'),
        act=crash(),
    ),
    Case(
        "no last slash on both sides",
        neighbour_of="route-last-slash",
        edits={ROUTING: (PATH, 'path("ws/chat/<room>"')},
        act=enter("/ws/chat/lobby"),
    ),
    Case(
        "a regular expression with an optional last slash",
        neighbour_of="route-last-slash",
        files=routing(f're_path(r"^ws/chat/{RE}/?$", {CONSUMER})'),
        act=enter("/ws/chat/lobby"),
    ),
    Case(
        "a regular expression in path()",
        "regex-in-path",
        files=routing(f'path(r"ws/chat/{RE}/$", {CONSUMER})'),
        act=crash(),
    ),
    Case("a caret in path()", "regex-in-path", edits={ROUTING: (PATH, 'path("^ws/chat/<room>/$"')}, act=crash()),
    Case(
        "a converter in re_path()",
        "converter-in-regex",
        files=routing(f're_path(r"ws/chat/<str:room>/$", {CONSUMER})'),
        act=crash(),
    ),
    Case(
        "a regular expression in re_path()",
        neighbour_of="regex-in-path",
        files=routing(f're_path(r"ws/chat/{RE}/$", {CONSUMER})'),
        act=talk,
    ),
    Case(
        "another regular expression in re_path()",
        neighbour_of="converter-in-regex",
        files=routing(f're_path(r"^ws/chat/{RE}/$", {CONSUMER})'),
        act=talk,
    ),
    Case(
        "a regular expression that starts too late",
        "route-anchor",
        files=routing(f're_path(r"^chat/{RE}/$", {CONSUMER})'),
        act=crash(),
    ),
    Case(
        "a regular expression that ends too soon",
        "route-anchor",
        files=routing(f're_path(r"^ws/chat$", {CONSUMER})'),
        act=crash(),
    ),
    Case(
        "a regular expression that may start anywhere",
        neighbour_of="route-anchor",
        files=routing(f're_path(r"chat/{RE}/", {CONSUMER})'),
        act=talk,
    ),
    Case("a room that is no number", "route-part", edits={ROUTING: (PATH, 'path("ws/chat/<int:room>/"')}, act=crash()),
    Case("a room with a slash", "route-part", act=crash("/ws/chat/my/room/")),
    Case(
        "a room that is no slug",
        "route-part",
        edits={ROUTING: (PATH, 'path("ws/chat/<slug:room>/"')},
        act=crash("/ws/chat/%EB%B0%A9/"),
    ),
    Case(
        "a room that is no word",
        "route-part",
        files=routing(f're_path(r"ws/chat/{RE}/$", {CONSUMER})'),
        act=crash("/ws/chat/my-room/"),
    ),
    Case(
        "a room that is a number",
        neighbour_of="route-part",
        edits={
            ROUTING: (PATH, 'path("ws/chat/<int:room>/"'),
            "chat/consumers.py": ('"chat_" + self', '"chat_%s" % self'),
        },
        act=enter("/ws/chat/7/"),
    ),
    Case("a path with a typo", "no-route", act=crash("/ws/caht/lobby/")),
    Case("a path without its start", "no-route", act=crash("/chat/lobby/")),
    Case("a path like no route", "no-route", act=crash("/live/")),
    Case("no route at all", "no-route", files={ROUTING: "websocket_urlpatterns = []\n"}, act=crash()),
    Case("another path that has a route", neighbour_of="no-route", act=enter("/ws/odd/")),
    Case(
        "a router in a router, with a slash between",
        "route-leading-slash",
        files=routing(
            f'path("ws/", URLRouter([path("/chat/<room>/", {CONSUMER})]))', "from channels.routing import URLRouter\n"
        ),
        act=crash(),
    ),
    Case(
        "a router in a router",
        neighbour_of="no-route",
        files=routing(
            f'path("ws/", URLRouter([path("chat/<room>/", {CONSUMER})]))', "from channels.routing import URLRouter\n"
        ),
        act=talk,
    ),
    Case(
        "routes in the pages' urls.py",
        "route-elsewhere",
        files={
            **routing(ODD),
            "config/urls.py": "from django.urls import path\n\nfrom chat import consumers\n\n"
            f'urlpatterns = [path("ws/chat/<room>/", {CONSUMER})]\n',
        },
        act=crash(),
    ),
    Case(
        "routes of a second app that no router has",
        "route-elsewhere",
        files={
            **routing(ODD),
            "rooms/__init__.py": "",
            "rooms/routing.py": f"from django.urls import path\n\nfrom chat import consumers\n\n"
            f"websocket_urlpatterns_of_rooms = [{ROUTE}]\n",
        },
        act=crash(),
    ),
    Case(
        "routes of a second app that the router has",
        neighbour_of="route-elsewhere",
        files={
            **routing(ODD),
            "rooms/__init__.py": "",
            "rooms/routing.py": f"from django.urls import path\n\nfrom chat import consumers\n\n"
            f"room_routes = [{ROUTE}]\n",
        },
        edits={
            ASGI: [
                ("from chat.routing", "from rooms.routing import room_routes\nfrom chat.routing"),
                (ROUTER, "URLRouter(websocket_urlpatterns + room_routes)"),
            ]
        },
        act=talk,
    ),
    Case("a route that is written while the server runs", "route-newer", files=routing(ODD), act=write_route),
    Case(
        "a route that is written while the server runs, and a new server",
        neighbour_of="route-newer",
        files=routing(ODD),
        act=write_route_and_start,
    ),
    Case(
        "a router in a router, with middleware between",
        "router-wrapped",
        files=routing(
            f'path("ws/", SessionMiddlewareStack(URLRouter([path("chat/<room>/", {CONSUMER})])))',
            "from channels.routing import URLRouter\nfrom channels.sessions import SessionMiddlewareStack\n",
        ),
        act=crash(),
    ),
    Case(
        "a router in a router, with middleware between, by re_path()",
        neighbour_of="router-wrapped",
        files=routing(
            f're_path("^ws/", SessionMiddlewareStack(URLRouter([path("chat/<room>/", {CONSUMER})])))',
            "from channels.routing import URLRouter\nfrom channels.sessions import SessionMiddlewareStack\n",
        ),
        act=talk,
    ),
    Case("a prefix that the path lacks", neighbour_of="no-route", options=("--root-path", "/site"), act=crash()),
    Case("a socket's address as a page", "socket-as-page", base="site", act=get("/ws/chat/lobby/", 404)),
    Case("no page beside a socket", neighbour_of="socket-as-page", base="site", act=get("/ws/chat/lobby", 404)),
    Case(
        "a page at the address of a socket",
        neighbour_of="socket-as-page",
        base="site",
        edits={"config/urls.py": ("[path(", "[path('ws/chat/lobby/', views.index), path(")},
        act=get("/ws/chat/lobby/", 200),
    ),
]
