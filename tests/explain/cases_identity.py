"""Cases of rules about who is there: user and session, and what a consumer has not that a view has."""

from .acts import refused
from .cases import Case
from .cases_first import enter, use
from .run import Run
from .written import connect

__all__ = ["CASES"]

ASGI = "config/asgi.py"
STACK = "AuthMiddlewareStack(URLRouter(websocket_urlpatterns))"


async def ask_who(run: Run) -> None:
    """Ask who is there."""
    async with run.connect("/ws/who/") as alice:
        await alice.send("{}")
        await alice.wait_closed()


CASES = [
    Case(
        "a user, and no AuthMiddlewareStack",
        "no-auth-stack",
        base="site",
        edits={ASGI: (STACK, "URLRouter(websocket_urlpatterns)")},
        act=ask_who,
    ),
    Case(
        "a session, and no AuthMiddlewareStack",
        "no-auth-stack",
        files=connect('self.session = self.scope["session"]'),
        act=refused(),
    ),
    Case(
        "a key that nobody puts into the scope",
        "consumer-raised",
        files=connect('self.users = self.scope["users"]'),
        act=refused(),
    ),
    Case(
        "a user, and AuthMiddlewareStack", neighbour_of="no-auth-stack", base="site", redis=True, database=True, act=use
    ),
    Case(
        "AuthMiddleware alone",
        "auth-without-session",
        base="site",
        edits={ASGI: ("AuthMiddlewareStack", "AuthMiddleware")},
        act=refused(),
    ),
    Case(
        "AuthMiddleware in the other two",
        neighbour_of="auth-without-session",
        base="site",
        edits={
            ASGI: [
                (
                    "import AuthMiddlewareStack",
                    "import AuthMiddleware\nfrom channels.sessions import SessionMiddlewareStack",
                ),
                (STACK, "SessionMiddlewareStack(AuthMiddleware(URLRouter(websocket_urlpatterns)))"),
            ]
        },
        act=enter,
    ),
    Case(
        "SessionMiddleware alone",
        "session-without-cookies",
        base="site",
        edits={ASGI: [("channels.auth", "channels.sessions"), ("AuthMiddlewareStack", "SessionMiddleware")]},
        act=refused(),
    ),
    Case(
        "SessionMiddlewareStack",
        neighbour_of="session-without-cookies",
        base="site",
        edits={ASGI: [("channels.auth", "channels.sessions"), ("AuthMiddlewareStack", "SessionMiddlewareStack")]},
        act=enter,
    ),
    Case("self.request in a consumer", "view-habit", files=connect("self.name = self.request.user"), act=refused()),
    Case(
        "self.user in a consumer",
        "view-habit",
        files=connect("if self.user.is_authenticated:", "    await self.accept()"),
        act=refused(),
    ),
    Case(
        "self.user that the consumer sets",
        neighbour_of="view-habit",
        files=connect('self.user = self.scope.get("user")', "if not self.user:", "    await self.accept()"),
        act=enter,
    ),
    Case("self.scope.user", "scope-is-a-dict", files=connect("self.name = self.scope.user"), act=refused()),
    Case(
        "another dict with a dot",
        "consumer-raised",
        files=connect("rooms = {}", "self.name = rooms.lobby"),
        act=refused(),
    ),
    Case(
        "self.scope.get()",
        neighbour_of="scope-is-a-dict",
        files=connect('self.name = self.scope.get("user")', "await self.accept()"),
        act=enter,
    ),
    Case(
        "is_authenticated()",
        "is-authenticated-called",
        base="site",
        edits={
            "chat/consumers.py": (
                "        self.accept()",
                '        if self.scope["user"].is_authenticated():\n            self.accept()',
            )
        },
        act=refused(),
    ),
    Case(
        "is_authenticated",
        neighbour_of="is-authenticated-called",
        base="site",
        edits={
            "chat/consumers.py": (
                "        self.accept()",
                '        if not self.scope["user"].is_authenticated:\n            self.accept()',
            )
        },
        act=enter,
    ),
]
