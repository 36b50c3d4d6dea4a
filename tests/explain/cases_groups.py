"""Cases of rules about groups: their names, their members, and in whose memory they are."""

from channels_lab.wire.client import NothingCame

from .cases import Case
from .cases_first import talk
from .cases_layer import CONSUMERS, hung_up
from .cases_redis import URL, fail, hosts, layer
from .run import Run

__all__ = ["CASES"]

GROUP = '"chat_" + self.scope["url_route"]["kwargs"]["room"]'
ADD = "        await self.channel_layer.group_add(self.group, self.channel_name)\n"
DISCARD = "        await self.channel_layer.group_discard(self.group, self.channel_name)\n"
SEND = "await self.channel_layer.group_send(self.group, "
HOSTS = f'"CONFIG": {{"hosts": [{URL}]}}'
PUBSUB = "channels_redis.pubsub.RedisPubSubChannelLayer"
HELLO = f'        {SEND}{{"type": "chat.message", "message": "hello"}})\n'
DICT = '{"type": "chat.message", "message": message}'
LEAVE = f"    async def disconnect(self, code):\n{DISCARD}\n"

PAGE = """\
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.http import HttpResponse


def index(request):
    async_to_sync(get_channel_layer().group_send)("{}", {{"type": "chat.message", "message": "new"}})
    return HttpResponse("told")
"""


async def wait(run: Run) -> None:
    """Say something, and wait for it."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive(0.3)


async def say_only(run: Run) -> None:
    """Say something that others may hear, and see that the connection stays."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive_nothing(0.2)


async def come_and_wait(run: Run) -> None:
    """Connect, and wait for a greeting."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.receive(0.3)


async def say_only_after_hello(run: Run) -> None:
    """Bob is not told that he himself has come; alice is."""
    async with run.connect("/ws/chat/lobby/") as alice, run.connect("/ws/chat/lobby/", name="bob") as bob:
        assert (await alice.receive_json())["message"] == "hello"
        await bob.receive_nothing(0.1)


async def greeted(run: Run) -> None:
    """Connect, and be greeted."""
    async with run.connect("/ws/chat/lobby/") as alice:
        assert (await alice.receive_json())["message"] == "hello"


async def outlive(run: Run) -> None:
    """Bob leaves, and alice goes on talking."""
    async with run.connect("/ws/chat/lobby/") as alice:
        async with run.connect("/ws/chat/lobby/", name="bob"):
            pass
        await run.until(lambda evidence: sum(one.over for one in evidence.connections) == 1)
        await alice.send_json({"message": "hi"})
        assert (await alice.receive_json())["message"] == "hi"


async def fall_and_outlive(run: Run) -> None:
    """Bob's consumer falls, and alice goes on talking."""
    async with run.connect("/ws/chat/lobby/") as alice:
        async with run.connect("/ws/chat/lobby/", name="bob") as bob:
            await bob.send_json({"message": "fall"})
            await bob.wait_closed()
        await alice.send_json({"message": "hi"})
        assert (await alice.receive_json())["message"] == "hi"


async def told_by_a_page(run: Run) -> None:
    """A page that is fetched tells the room something."""
    async with run.connect("/ws/chat/lobby/") as alice:
        await run.get("/")
        await alice.receive(0.3)


async def by_two_servers(run: Run) -> None:
    """Alice is at one server, and bob at another."""
    await run.server("second")
    async with run.connect("/ws/chat/lobby/") as alice, run.connect("/ws/chat/lobby/", name="bob", to="second") as bob:
        await alice.send_json({"message": "hi"})
        assert (await alice.receive_json())["message"] == "hi"
        await bob.receive(0.3)


async def by_two_servers_in_two_rooms(run: Run) -> None:
    """Two servers have a room each."""
    await run.server("second")
    async with run.connect("/ws/chat/attic/") as alice, run.connect("/ws/chat/lobby/", name="bob", to="second") as bob:
        for who in (alice, bob):
            await who.send_json({"message": "hi"})
            assert (await who.receive_json())["message"] == "hi"


async def joined_by_a_second(run: Run) -> None:
    """Alice is there; bob comes, and his consumer does what it does; then bob talks."""
    async with run.connect("/ws/chat/lobby/") as alice, run.connect("/ws/chat/lobby/", name="bob") as bob:
        await bob.send_json({"message": "hi"})
        await alice.receive(0.3)


async def long_room(run: Run) -> None:
    """A room with a long name."""
    await run.refused(f"/ws/chat/{'x' * 95}/", 500)


async def room_of_94(run: Run) -> None:
    """A room whose group has a name of 99 characters."""
    async with run.connect(f"/ws/chat/{'x' * 94}/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive()


async def room_with_space(run: Run) -> None:
    """A room with a space in its name."""
    await run.refused("/ws/chat/my%20room/", 500)


HASH = 'hashlib.sha256(self.scope["url_route"]["kwargs"]["room"].encode()).hexdigest()[:40]'
IMPORT = ("import json\n", "import hashlib\nimport json\n")


async def korean_room(run: Run) -> None:
    """A room with a Korean name is talked in."""
    async with run.connect("/ws/chat/%EB%B0%A9/") as alice:
        await alice.send_json({"message": "hi"})
        assert (await alice.receive_json())["message"] == "hi"


async def korean_room_fails(run: Run) -> None:
    """A room with a Korean name is refused."""
    await run.refused("/ws/chat/%EB%B0%A9/", 500)


CASES = [
    Case("a Korean room", "group-name-invalid", act=korean_room_fails),
    Case("a room with a space, over Redis", "group-name-invalid", redis=True, edits=hosts(URL), act=room_with_space),
    Case("a group's name of 100 characters", "group-name-invalid", act=long_room),
    Case("a group's name of 99 characters", neighbour_of="group-name-invalid", act=room_of_94),
    Case(
        "a Korean room by its hash",
        neighbour_of="group-name-invalid",
        edits={CONSUMERS: [IMPORT, (GROUP, f'"chat_" + {HASH}')]},
        act=korean_room,
    ),
    Case(
        "group and channel swapped",
        "group-and-channel-swapped",
        edits={CONSUMERS: ("group_add(self.group, self.channel_name)", "group_add(self.channel_name, self.group)")},
        act=fail,
    ),
    Case(
        "group_send to a channel",
        "group-and-channel-swapped",
        edits={CONSUMERS: (SEND, "await self.channel_layer.group_send(self.channel_name, ")},
        act=hung_up,
    ),
    Case(
        "send to a channel",
        neighbour_of="group-and-channel-swapped",
        edits={CONSUMERS: (SEND, "await self.channel_layer.send(self.channel_name, ")},
        act=talk,
    ),
    Case(
        "the consumer in place of its channel",
        "channel-name-invalid",
        edits={CONSUMERS: ("group_add(self.group, self.channel_name)", "group_add(self.group, self)")},
        act=fail,
    ),
    Case(
        "a channel by keyword",
        neighbour_of="channel-name-invalid",
        edits={
            CONSUMERS: (
                "group_add(self.group, self.channel_name)",
                "group_add(channel=self.channel_name, group=self.group)",
            )
        },
        act=talk,
    ),
    Case(
        "send to a group",
        "sent-to-a-group",
        edits={CONSUMERS: (SEND, "await self.channel_layer.send(self.group, ")},
        act=wait,
        raises=NothingCame,
    ),
    Case(
        "send to a member's channel",
        neighbour_of="sent-to-a-group",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: (SEND, "await self.channel_layer.send(self.channel_name, ")},
        act=talk,
    ),
    Case(
        "self.channel_name in quotes",
        "member-is-no-channel",
        edits={CONSUMERS: ("group_add(self.group, self.channel_name)", 'group_add(self.group, "channel_name")')},
        act=wait,
        raises=NothingCame,
    ),
    Case(
        "a channel_name of one's own",
        "member-is-no-channel",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: (ADD, f'        self.channel_name = "alice"\n{ADD}')},
        act=wait,
        raises=NothingCame,
    ),
    Case(
        "a member's name in a variable",
        neighbour_of="member-is-no-channel",
        edits={
            CONSUMERS: (
                ADD,
                "        me = self.channel_name\n        await self.channel_layer.group_add(self.group, me)\n",
            )
        },
        act=talk,
    ),
    Case(
        "no group_add", "group-never-joined", edits={CONSUMERS: [(ADD, ""), (LEAVE, "")]}, act=wait, raises=NothingCame
    ),
    Case(
        "no group_add, over Redis",
        "group-never-joined",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: [(ADD, ""), (LEAVE, "")]},
        act=wait,
        raises=NothingCame,
    ),
    Case(
        "groups of the class",
        neighbour_of="group-never-joined",
        edits={
            CONSUMERS: [
                (ADD, ""),
                (LEAVE, '    groups = ["all"]\n\n'),
                (SEND, 'await self.channel_layer.group_send("all", '),
            ]
        },
        act=talk,
    ),
    Case(
        "a group that nobody here has a method for",
        neighbour_of="group-never-joined",
        edits={CONSUMERS: [(ADD, ""), (LEAVE, ""), ("chat.message", "audit.note")]},
        act=say_only,
    ),
    Case(
        "another sign in the group's name",
        "group-names-differ",
        edits={CONSUMERS: (SEND, 'await self.channel_layer.group_send(f"chat.{self.group[5:]}", ')},
        act=wait,
        raises=NothingCame,
    ),
    Case(
        "the group's name without its beginning",
        "group-names-differ",
        redis=True,
        edits=hosts(URL)
        | {CONSUMERS: (SEND, 'await self.channel_layer.group_send(self.scope["url_route"]["kwargs"]["room"], ')},
        act=wait,
        raises=NothingCame,
    ),
    Case(
        "a page that sends to a group by another name",
        "group-names-differ",
        base="site",
        files={"chat/views.py": PAGE.format("chat-lobby")},
        act=told_by_a_page,
        raises=NothingCame,
    ),
    Case(
        "a page that sends to a group",
        neighbour_of="group-names-differ",
        base="site",
        files={"chat/views.py": PAGE.format("chat_lobby")},
        act=told_by_a_page,
    ),
    Case(
        "a message to another, empty room",
        neighbour_of="group-names-differ",
        edits={CONSUMERS: (SEND, 'await self.channel_layer.group_send("chat_attic", ')},
        act=say_only,
    ),
    Case(
        "one group by two ways of writing it",
        neighbour_of="group-names-differ",
        edits={CONSUMERS: (SEND, 'await self.channel_layer.group_send(f"chat_{self.group[5:]}", ')},
        act=talk,
    ),
    Case(
        "sent before group_add",
        "group-joined-late",
        edits={CONSUMERS: (ADD, HELLO + ADD)},
        act=come_and_wait,
        raises=NothingCame,
    ),
    Case("sent after group_add", neighbour_of="group-joined-late", edits={CONSUMERS: (ADD, ADD + HELLO)}, act=greeted),
    Case(
        "others are told before group_add",
        neighbour_of="group-joined-late",
        edits={CONSUMERS: (ADD, HELLO + ADD)},
        act=say_only_after_hello,
    ),
    Case("no group_discard", "dead-member", edits={CONSUMERS: (LEAVE, "")}, act=outlive),
    Case(
        "no group_discard, over Redis",
        "dead-member",
        redis=True,
        edits=hosts(URL) | {CONSUMERS: (LEAVE, "")},
        act=outlive,
    ),
    Case(
        "no group_discard in a sync consumer",
        "dead-member",
        base="site",
        edits={
            CONSUMERS: (
                "        async_to_sync(self.channel_layer.group_discard)(self.group, self.channel_name)",
                "        pass",
            )
        },
        act=outlive,
    ),
    Case(
        "group_discard of another group",
        "dead-member",
        edits={CONSUMERS: ("group_discard(self.group", 'group_discard("lobby"')},
        act=outlive,
    ),
    Case(
        "a member that fell",
        "consumer-raised",
        edits={
            CONSUMERS: (
                f"        {SEND}",
                f'        if message == "fall":\n            raise RuntimeError(message)\n        {SEND}',
            )
        },
        act=fall_and_outlive,
    ),
    Case("group_discard", neighbour_of="dead-member", act=outlive),
    Case("two servers, each with its own memory", "memory-between-servers", act=by_two_servers, raises=NothingCame),
    Case(
        "two servers and Redis", neighbour_of="memory-between-servers", redis=True, edits=hosts(URL), act=by_two_servers
    ),
    Case("two servers with a room each", neighbour_of="memory-between-servers", act=by_two_servers_in_two_rooms),
    Case(
        "a flush in connect()",
        "layer-flushed",
        edits={CONSUMERS: (ADD, "        await self.channel_layer.flush()\n" + ADD)},
        act=joined_by_a_second,
        raises=NothingCame,
    ),
    Case(
        "a flush that nobody calls",
        neighbour_of="layer-flushed",
        edits={CONSUMERS: (LEAVE, LEAVE + "    async def clean(self):\n        await self.channel_layer.flush()\n\n")},
        act=joined_by_a_second,
    ),
    Case(
        "a channel of another process, over Pub/Sub",
        "group-add-of-another-process",
        redis=True,
        edits=layer(HOSTS, PUBSUB)
        | {CONSUMERS: ("group_add(self.group, self.channel_name)", 'group_add(self.group, "tasks")')},
        act=fail,
    ),
    Case(
        "one's own channel, over Pub/Sub",
        neighbour_of="group-add-of-another-process",
        redis=True,
        edits=layer(HOSTS, PUBSUB),
        act=outlive,
    ),
    Case(
        "no group_discard, over Pub/Sub",
        neighbour_of="dead-member",
        redis=True,
        edits=layer(HOSTS, PUBSUB) | {CONSUMERS: (LEAVE, "")},
        act=outlive,
    ),
]
