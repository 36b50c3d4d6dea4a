"""Cases of rules about what routers are made of, and what routes lead to."""

from channels_lab.running.process import ProcessEnded

from .cases import Case
from .cases_first import talk
from .cases_paths import ASGI, PATH, ROUTE, ROUTER, ROUTING, crash, enter, routing
from .run import Run

__all__ = ["CASES"]

CONSUMER = "consumers.ChatConsumer.as_asgi()"
IMPORT = "from django.urls import path"
# A line that raises, and is caught: the exception is in the log.
TRY = """
        try:
            {}
        except TypeError:
            import traceback

            traceback.print_exc()"""


async def two(run: Run) -> None:
    """Two are connected at once, and both say something."""
    async with run.connect("/ws/odd/") as alice, run.connect("/ws/odd/", name="bob") as bob:
        await alice.send("hi")
        await bob.send("ho")
        await bob.receive()


async def one_after_the_other(run: Run) -> None:
    """Two are connected, one after the other."""
    for name in ("alice", "bob"):
        async with run.connect("/ws/odd/", name=name) as client:
            await client.send("hi")
            assert await client.receive() == "hi"
        await run.settled()


CASES = [
    Case("a route to the class", "no-as-asgi", edits={ROUTING: ("Consumer.as_asgi()", "Consumer")}, act=crash()),
    Case(
        "a route to the class of a plain consumer",
        "no-as-asgi",
        edits={ROUTING: ("Silent.as_asgi()", "Silent")},
        act=crash("/ws/silent/"),
    ),
    Case(
        "the router leads to the class",
        "no-as-asgi",
        edits={
            ASGI: [
                ("from chat.routing", "from chat.consumers import Odd\nfrom chat.routing"),
                (f"AllowedHostsOriginValidator({ROUTER})", "Odd"),
            ]
        },
        act=crash(),
    ),
    Case("as_asgi() of consumers", neighbour_of="no-as-asgi", act=talk),
    Case(
        "as_asgi without parentheses",
        "as-asgi-not-called",
        edits={ROUTING: ("Consumer.as_asgi()", "Consumer.as_asgi")},
        act=crash(),
    ),
    Case("a consumer made by hand", "one-consumer-for-all", edits={ROUTING: ("Odd.as_asgi()", "Odd()")}, act=two),
    Case(
        "a consumer made by hand, alone",
        neighbour_of="one-consumer-for-all",
        edits={ROUTING: ("Odd.as_asgi()", "Odd()")},
        act=one_after_the_other,
    ),
    Case("as_asgi() of a consumer", neighbour_of="one-consumer-for-all", act=two),
    Case(
        "a view in the router",
        "view-in-router",
        files={
            **routing('path("ws/chat/<room>/", views.index)', "from chat import views\n"),
            "chat/views.py": "from django.http import HttpResponse\n\n\ndef index(request, room):\n"
            '    return HttpResponse("hello")\n',
        },
        act=crash(),
    ),
    Case(
        "a view class in the router",
        "view-in-router",
        files={
            **routing('path("ws/chat/<room>/", views.Index.as_view())', "from chat import views\n"),
            "chat/views.py": "from django.http import HttpResponse\nfrom django.views import View\n\n\n"
            'class Index(View):\n    def get(self, request, room):\n        return HttpResponse("hello")\n',
        },
        act=crash(),
    ),
    Case(
        "include() in the router",
        "include-in-router",
        files={
            "config/routes.py": "from django.urls import include, path\n\n"
            'routes = [path("", include("chat.routing"))]\n',
            ROUTING: f"from django.urls import path\n\nfrom chat import consumers\n\nurlpatterns = [{ROUTE}]\n",
        },
        edits={
            ASGI: [
                ("chat.routing import websocket_urlpatterns", "config.routes import routes"),
                ("(websocket_urlpatterns)", "(routes)"),
            ]
        },
        raises=ProcessEnded,
    ),
    Case("as_asgi with parentheses", neighbour_of="as-asgi-not-called", act=talk),
    Case(
        "a function in the router that is an application",
        neighbour_of="view-in-router",
        files={
            **routing('path("ws/chat/<room>/", views.index)', "from chat import views\n"),
            "chat/views.py": "async def index(scope, receive, send):\n    await receive()\n"
            '    await send({"type": "websocket.accept"})\n    await receive()\n',
        },
        act=enter(),
    ),
    Case(
        "a URLRouter in the router",
        neighbour_of="include-in-router",
        edits={
            ROUTING: [
                (IMPORT, IMPORT + "\nfrom channels.routing import URLRouter"),
                (ROUTE, 'path("ws/", URLRouter([path("chat/<room>/", consumers.ChatConsumer.as_asgi())]))'),
            ]
        },
        act=talk,
    ),
    Case(
        "another list that is called",
        neighbour_of="list-for-router",
        edits={"chat/consumers.py": ("await self.accept()", "await self.accept()" + TRY.format("await []()"))},
        act=talk,
    ),
    Case(
        "a tuple of routes",
        neighbour_of="routes-no-list",
        edits={ASGI: (ROUTER, "URLRouter(tuple(websocket_urlpatterns))")},
        act=talk,
    ),
    Case("a dict for the types", neighbour_of="mapping-no-dict", act=talk),
    Case(
        "the routes without a router", "list-for-router", edits={ASGI: (ROUTER, "websocket_urlpatterns")}, act=crash()
    ),
    Case(
        "one route for a list",
        "routes-no-list",
        edits={ASGI: (ROUTER, "URLRouter(websocket_urlpatterns[0])")},
        raises=ProcessEnded,
    ),
    Case(
        "a list in the list of routes",
        "routes-no-list",
        edits={ASGI: (ROUTER, "URLRouter([websocket_urlpatterns])")},
        raises=ProcessEnded,
    ),
    Case(
        "a route that Django cannot read",
        "route-not-valid",
        edits={ROUTING: (PATH, 'path("ws/chat/<str: room>/"')},
        raises=ProcessEnded,
    ),
    Case(
        "a route with an unknown converter",
        "route-not-valid",
        edits={ROUTING: (PATH, 'path("ws/chat/<string:room>/"')},
        raises=ProcessEnded,
    ),
    Case(
        "a route with a hyphen in its name",
        "route-not-valid",
        edits={ROUTING: (PATH, 'path("ws/chat/<room-name>/"')},
        raises=ProcessEnded,
    ),
    Case(
        "a regular expression with an open bracket",
        "route-not-valid",
        files=routing(f're_path(r"ws/chat/(?P<room>\\w+/$", {CONSUMER})'),
        act=crash(),
    ),
    Case(
        "a route with a converter",
        neighbour_of="route-not-valid",
        edits={ROUTING: (PATH, 'path("ws/chat/<slug:room>/"')},
        act=talk,
    ),
    Case(
        "a mapping left out",
        "mapping-no-dict",
        edits={
            ASGI: (
                f'{{\n    "http": django_application,\n    "websocket": AllowedHostsOriginValidator({ROUTER}),\n}}',
                f"AllowedHostsOriginValidator({ROUTER})",
            )
        },
        act=crash(),
    ),
]
