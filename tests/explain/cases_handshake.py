"""Cases of rules about handshakes: left open, refused by the Origin, and answered in the wrong order."""

from .acts import ROOM, answered, closed, ignored, refused
from .cases import Case
from .cases_first import consumer, enter, talk
from .run import Run
from .written import SYNC, connect

__all__ = ["CASES"]

LONELY = "if self.scope['query_string']:\n        await self.accept()"
HOSTS = 'env_list("DJANGO_ALLOWED_HOSTS")'
VALIDATOR = "AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))"
OWN_VALIDATOR = [
    ("import AllowedHostsOriginValidator", "import OriginValidator"),
    (VALIDATOR, 'OriginValidator(URLRouter(websocket_urlpatterns), ["http://localhost:8000"])'),
]
PORT_VALIDATOR = [
    ("import AllowedHostsOriginValidator", "import OriginValidator"),
    (
        "\napplication = ",
        "class SameOrigin(OriginValidator):\n"
        "    async def __call__(self, scope, receive, send):\n"
        '        self.allowed_origins = ["http://" + dict(scope["headers"])[b"host"].decode()]\n'
        "        await super().__call__(scope, receive, send)\n\n\n"
        "\napplication = ",
    ),
    (VALIDATOR, "SameOrigin(URLRouter(websocket_urlpatterns), [])"),
]


async def enter_from_elsewhere(run: Run) -> None:
    """Connect as a page of another host that is allowed."""
    async with run.connect(ROOM, origin="http://chat.example"):
        pass


CASES = [
    Case("accept() in a branch that is not taken", "not-accepted", files=connect(LONELY), act=refused(None)),
    Case(
        "a return before accept()",
        "not-accepted",
        files=connect("if not self.scope['query_string']:", "    return", "await self.accept()"),
        act=refused(None),
    ),
    Case(
        "a sync connect() with accept() in a branch that is not taken",
        "not-accepted",
        files=connect("if self.scope['query_string']:", "    self.accept()", base=SYNC),
        act=refused(None),
    ),
    Case(
        "websocket_connect() in place of connect()",
        "not-accepted",
        files=consumer("async def websocket_connect(self, message):\n    self.room = 1"),
        act=refused(None),
    ),
    Case("a plain consumer that does not accept", "not-accepted", act=refused(None, "/ws/silent/")),
    Case(
        "accept() in a branch, and close() in the other",
        neighbour_of="not-accepted",
        files=connect(LONELY, "else:", "    await self.close()"),
        act=refused(403),
    ),
    Case(
        "accept() in a branch that is taken",
        neighbour_of="not-accepted",
        files=connect("if not self.scope['query_string']:", "    await self.accept()"),
        act=enter,
    ),
    Case(
        "accept() in a branch, behind a long wait",
        neighbour_of="not-accepted",
        files=connect("await asyncio.sleep(3)", "if self.scope:", "    await self.accept()", imports="import asyncio"),
        act=refused(None),
    ),
    # The Origin
    Case("a client without an Origin", "origin-missing", act=refused(403, origin=None)),
    Case(
        "a client without an Origin, in a cell",
        "origin-missing",
        cell='client = await server.connect("/ws/chat/lobby/", origin=None)',
        act=refused(403, origin=None),
    ),
    Case(
        "a client without an Origin, where all hosts are allowed",
        neighbour_of="origin-missing",
        edits={"config/settings.py": (HOSTS, '["*"]')},
        act=answered('{"message": "hi"}', origin=None),
    ),
    Case(
        "a client without an Origin, refused by the consumer",
        neighbour_of="origin-missing",
        edits={"config/settings.py": (HOSTS, '["*"]')},
        files=connect("await self.close()"),
        act=refused(403, origin=None),
    ),
    Case("a page of another host", "origin-foreign", act=refused(403, origin="http://chat.example")),
    Case("a page that is a file", "origin-foreign", act=refused(403, origin="null")),
    Case(
        "an OriginValidator for another port",
        "origin-foreign",
        edits={"config/asgi.py": OWN_VALIDATOR},
        act=refused(403),
    ),
    Case(
        "a page of another port, and a validator that looks at it",
        "origin-foreign",
        edits={"config/asgi.py": PORT_VALIDATOR},
        act=refused(403, origin="http://127.0.0.1:1"),
    ),
    Case(
        "a page of another host that is allowed",
        neighbour_of="origin-foreign",
        edits={"config/settings.py": (HOSTS, '["chat.example"]')},
        act=enter_from_elsewhere,
    ),
    Case("a page of the server's own", neighbour_of="origin-foreign", act=talk),
    # The order
    Case(
        "send() before accept()",
        "send-before-accept",
        files=connect('await self.send("welcome")', "await self.accept()"),
        act=refused(),
    ),
    Case(
        "send() after accept()",
        neighbour_of="send-before-accept",
        files=connect("await self.accept()", 'await self.send("welcome")'),
        act=answered(answer="welcome"),
    ),
    Case(
        "accept() after super().connect()",
        "accepted-twice",
        files=connect("await super().connect()", "await self.accept()"),
        act=closed(),
    ),
    Case(
        "accept() twice in a sync consumer",
        "accepted-twice",
        files=connect(*["self.accept()"] * 2, base=SYNC),
        act=closed(),
    ),
    Case(
        "accept() after close()",
        neighbour_of="accepted-twice",
        files=connect("await self.close()", "await self.accept()"),
        act=refused(403),
    ),
    Case(
        "a subprotocol that nobody offered",
        "subprotocol-not-offered",
        files=connect('await self.accept("chat")'),
        act=refused(None),
    ),
    Case(
        "a subprotocol other than the offered one",
        "subprotocol-not-offered",
        files=connect('await self.accept(subprotocol="chat")'),
        act=refused(None, subprotocols=["json"]),
    ),
    Case(
        "a subprotocol that was offered, and a client that has given up",
        neighbour_of="subprotocol-not-offered",
        files=connect("await asyncio.sleep(1)", 'await self.accept("chat")', imports="import asyncio"),
        act=refused(None, subprotocols=["chat"]),
    ),
    Case(
        "a subprotocol that was offered",
        neighbour_of="subprotocol-not-offered",
        files=connect('await self.accept("chat")'),
        act=ignored(subprotocols=["json", "chat"]),
    ),
]
