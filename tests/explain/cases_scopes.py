"""Cases of rules about what is read from the scope: values of the route, headers, the query string."""

from .acts import answered, closed, refused
from .cases import Case
from .cases_first import enter, talk
from .run import Run
from .written import connect, group

__all__ = ["CASES"]

ASGI = "config/asgi.py"
KWARGS = 'self.scope["url_route"]["kwargs"]'
PARSE = "from urllib.parse import parse_qs"
TOKEN = "/ws/chat/lobby/?token=abc"


async def enter_with_a_token(run: Run) -> None:
    """Connect with a query string."""
    async with run.connect(TOKEN):
        pass


CASES = [
    Case(
        "room_name, where the route says room",
        "url-kwarg",
        files=connect(f'self.room = {KWARGS}["room_name"]'),
        act=refused(),
    ),
    Case(
        "room_name, through a name, where the route says room",
        "url-kwarg",
        files=connect(f"kwargs = {KWARGS}", 'self.room = kwargs["room_name"]'),
        act=refused(),
    ),
    Case(
        "room_name, where a regular expression says room",
        "url-kwarg",
        files=connect(f'self.room = {KWARGS}["room_name"]'),
        edits={
            "chat/routing.py": [
                ('path("ws/chat/<room>/"', 're_path(r"ws/chat/(?P<room>\\w+)/$"'),
                ("import path", "import path, re_path"),
            ]
        },
        act=refused(),
    ),
    Case(
        "room, where the route has no values",
        "url-kwarg",
        edits={"chat/routing.py": ('path("ws/chat/<room>/"', 'path("ws/chat/lobby/"')},
        act=refused(),
    ),
    Case("room, where the route says room", neighbour_of="url-kwarg", act=talk),
    Case(
        "no URLRouter before the consumer",
        "no-url-route",
        edits={
            ASGI: [
                ("URLRouter(websocket_urlpatterns)", "ChatConsumer.as_asgi()"),
                ("from chat.routing import websocket_urlpatterns", "from chat.consumers import ChatConsumer"),
            ]
        },
        act=refused(),
    ),
    Case(
        "no URLRouter before a consumer that needs none",
        neighbour_of="no-url-route",
        edits={
            ASGI: [
                ("URLRouter(websocket_urlpatterns)", "ChatConsumer.as_asgi()"),
                ("from chat.routing import websocket_urlpatterns", "from chat.consumers import Odd as ChatConsumer"),
            ]
        },
        act=answered("hi", answer="hi"),
    ),
    Case(
        "a handler reads a key that was not sent",
        "event-without-key",
        files=group('{"type": "chat.message", "message": text_data}'),
        act=closed("hi"),
    ),
    Case(
        "a handler reads a key of something else",
        "consumer-raised",
        files=group(handler='async def chat_message(self, event):\n    rooms = {}\n    await self.send(rooms["text"])'),
        act=closed("hi"),
    ),
    Case(
        "a handler reads a key that was sent",
        neighbour_of="event-without-key",
        files=group(),
        act=answered("hi", answer="hi"),
    ),
    Case(
        "the query string as a text",
        "query-string-is-bytes",
        files=connect('self.token = self.scope["query_string"].split("=")[1]'),
        act=refused(path=TOKEN),
    ),
    Case(
        "the query string as a dict",
        "query-string-is-bytes",
        files=connect('self.token = self.scope["query_string"]["token"]'),
        act=refused(path=TOKEN),
    ),
    Case(
        "the query string parsed as bytes",
        "query-string-is-bytes",
        files=connect('query = parse_qs(self.scope["query_string"])', 'self.token = query["token"]', imports=PARSE),
        act=refused(path=TOKEN),
    ),
    Case(
        "a query string without the key",
        "consumer-raised",
        files=connect(
            'query = parse_qs(self.scope["query_string"].decode())', 'self.token = query["token"]', imports=PARSE
        ),
        act=refused(),
    ),
    Case(
        "the query string parsed as text",
        neighbour_of="query-string-is-bytes",
        files=connect(
            'query = parse_qs(self.scope["query_string"].decode())',
            'self.token = query["token"]',
            "await self.accept()",
            imports=PARSE,
        ),
        act=enter_with_a_token,
    ),
    Case(
        "the headers as a dict",
        "headers-are-pairs",
        files=connect('self.origin = self.scope["headers"]["origin"]'),
        act=refused(),
    ),
    Case(
        "the headers as a dict of texts",
        "headers-are-pairs",
        files=connect('headers = dict(self.scope["headers"])', 'self.origin = headers["origin"]'),
        act=refused(),
    ),
    Case(
        "the headers as a dict of bytes",
        neighbour_of="headers-are-pairs",
        files=connect(
            'headers = dict(self.scope["headers"])', 'self.origin = headers[b"origin"]', "await self.accept()"
        ),
        act=enter,
    ),
]
