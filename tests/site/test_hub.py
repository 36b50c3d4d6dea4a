"""The hub: what the chat does as MULTICHAT_CONSUMER. That it does all else as without it, test_multichat*.py see."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.multichat import Chat, Chats
from tests.site.test_projects import plain

pytestmark = pytest.mark.timeout(90)

HUB = {"MULTICHAT_CONSUMER": "multichat.hub.HubConsumer"}
PUBSUB = """
CHANNEL_LAYERS["default"] = {
    "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}
}
"""


async def members(chat: Chat, room: int = 1) -> int:
    """How many channels Redis knows in a room's group."""
    async with Redis.from_url(chat.redis) as redis:
        return int(await redis.zcard(f"asgi:group:room-{room}"))


async def test_a_process_hears_a_room_once(chats: Chats) -> None:
    """Whoever is in a room, Redis has one channel for each process in it, and none when all have left."""
    async with (
        chats("redis", env=HUB) as one,
        chats(redis=one.redis, env=HUB, name="two") as two,
        one.enter("alice", "bob", "alice") as people,
        two.enter("sam") as sam,
    ):
        for person in people:
            await person.joins()
        assert await members(one) == 1
        await sam.joins()
        assert await members(one) == 2
        await sam.sends("to all")
        for person in people:
            await person.hears_until(msg_type=0, username="sam", message="to all")
        await people[0].says("leave", room=1)
        await people[0].hears_until(leave="1")
        await people[1].sends("without alice's first tab")
        await people[2].hears_until(msg_type=0, message="without alice's first tab")
        await people[0].hears_nothing_more()
        assert await members(one) == 2
        await sam.says("leave", room=1)
        await sam.hears_until(leave="1")
        assert await members(one) == 1
        await people[1].says("leave", room=1)
        await people[1].hears_until(leave="1")
        await people[2].says("leave", room=1)
        await people[2].hears_until(leave="1")
        assert await members(one) == 0
        await people[2].joins()
        await people[2].sends("back again")


async def test_the_hub_on_pubsub(chats: Chats, migrated: Path) -> None:
    """On the Pub/Sub layer, too, a message crosses to another process."""
    with (migrated / "config" / "settings.py").open("a") as settings:
        settings.write(PUBSUB)
    async with (
        chats("redis", env=HUB) as one,
        chats(redis=one.redis, env=HUB, name="two") as two,
        one.enter("alice") as alice,
        two.enter("bob") as bob,
    ):
        await alice.joins()
        await bob.joins()
        await bob.sends("hello from two")
        await alice.hears_until(msg_type=0, username="bob", message="hello from two")
        await alice.sends("hello from one")
        await bob.hears_until(msg_type=0, username="alice", message="hello from one")


async def test_while_all_are_at_one_server_the_layer_is_not_asked(chats: Chats) -> None:
    """What is said, and who comes and goes, is told past a frozen Redis; with people elsewhere, it goes over Redis."""
    async with (
        chats("redis", env=HUB) as one,
        chats(redis=one.redis, env=HUB, name="two") as two,
        one.enter("alice", "bob", "bob") as (alice, bob, tab),
        two.enter("sam") as sam,
    ):
        for person in (alice, bob, tab):
            await person.joins()
        assert one.valkey
        one.valkey.suspend()
        try:
            for number in range(3):
                await alice.says("send", room=1, message=f"{number}")
                await bob.hears_until(msg_type=0, message=f"{number}")
        finally:
            one.valkey.resume()
        await sam.joins()
        await bob.hears_until(msg_type=4, username="sam")
        for person, others in (sam, (alice, bob)), (alice, (bob, sam)):
            await person.says("send", room=1, message="to both servers")
            for other in (person, *others):
                await other.hears_until(msg_type=0, message="to both servers")
        await sam.says("leave", room=1)
        await sam.hears_until(leave="1")
        await bob.hears_until(msg_type=5, username="sam")
        await alice.says("send", room=1, message="without sam")
        heard = [await tab.hears_until(msg_type=0) for _ in range(6)]
        assert [message["message"] for message in heard] == ["0", "1", "2", *["to both servers"] * 2, "without sam"]
        assert "came late" not in one.up.process.log


async def test_a_subscription_that_the_layer_forgot_is_renewed(chats: Chats) -> None:
    """After FLUSHALL the next beats of the heart bring the process back into the room's group."""
    async with chats("redis", env=HUB | {"MULTICHAT_BEAT": "0.2"}) as chat, chat.enter("alice", "bob") as people:
        alice, bob = people
        await alice.joins()
        await bob.joins()
        async with Redis.from_url(chat.redis) as redis:
            await redis.flushall()
        async with asyncio.timeout(8):
            while not await members(chat):  # noqa: ASYNC110 - Redis tells nobody
                await asyncio.sleep(0.05)
        await bob.says("send", room=1, message="heard again")
        await bob.hears_until(msg_type=0, message="heard again")
        await alice.hears_until(msg_type=0, message="heard again")


async def test_who_is_in_a_room_when_the_layer_dies_comes_again(chats: Chats) -> None:
    """When Redis is killed, the sockets of its rooms are closed with a code that says so, and the server lives on."""
    async with chats("redis", env=HUB) as chat, chat.enter("alice", "bob") as people:
        for person in people:
            await person.joins()
        assert chat.valkey
        chat.valkey.kill()
        assert [await person.client.wait_closed(8) for person in people] == [4013, 4013]
        async with chat.browser("alice") as alice:
            assert (await alice.get("/people/login/")).status_code == 200
        chat.up.process.check()


@pytest.mark.parametrize("layer", ["memory", "redis"])
async def test_a_server_that_is_stopped_ends_in_silence(chats: Chats, layer: str) -> None:
    """SIGTERM with people in rooms: the server ends in time, and no task of its own is told of as lost."""
    async with chats(layer, env=HUB, options=("-v", "2")) as chat, chat.enter("alice", "bob") as people:
        for person in people:
            await person.joins()
        await chat.up.process.stop(5)
        assert chat.up.process.exit_code == 0
        log = chat.up.process.log
        assert not [word for word in ("never awaited", "was destroyed", "never retrieved", "multichat") if word in log]


# Daphne takes at once whatever it is given; other servers let a sender wait. Here the application is called directly.
_WITHOUT_A_SERVER = '''
import asyncio, json
from django.contrib.auth.models import User
from multichat.hub import HubConsumer, hub
from multichat.outbox import MOST_WAITING

class Socket:
    """A client at the application, whose `reads` says whether it takes what is sent to it."""

    def __init__(self, user):
        self.said, self.heard, self.reads = asyncio.Queue(), [], asyncio.Event()
        self.reads.set()
        scope = {"type": "websocket", "path": "/ws/rooms/", "user": user, "headers": []}
        self.task = asyncio.create_task(HubConsumer.as_asgi()(scope, self.said.get, self.send))
        self.said.put_nowait({"type": "websocket.connect"})

    async def send(self, event):
        if event["type"] == "websocket.send":
            await self.reads.wait()
        self.heard.append(event)

    def says(self, **command):
        self.said.put_nowait({"type": "websocket.receive", "text": json.dumps(command)})

    async def until(self, found):
        async with asyncio.timeout(20):
            while not found(self.heard):
                await asyncio.sleep(0.005)

    async def goes(self):
        self.said.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait([self.task], timeout=20)

def frames(heard):
    return [json.loads(event["text"]) for event in heard if event["type"] == "websocket.send"]

def messages(heard):
    return [frame["message"] for frame in frames(heard) if frame.get("msg_type") == 0]

def closed(heard):
    return [event["code"] for event in heard if event["type"] == "websocket.close"]

async def main():
    alice, bob, sam = [Socket(user) async for user in User.objects.order_by("username")[:3]]
    for one in (alice, bob, sam):
        one.says(command="join", room=1)
        await one.until(frames)
    bob.reads.clear()
    sent = []
    for number in range(MOST_WAITING + 50):
        alice.says(command="send", room=1, message=f"{number}")
        sent.append(f"{number}")
        for other in (alice, sam):
            await other.until(lambda heard: messages(heard) == sent)
    found = {"others": [messages(one.heard) == sent for one in (alice, sam)], "slow": closed(bob.heard)}
    found["held"] = len(messages(bob.heard))
    bob.reads.set()
    for one in (alice, bob, sam):
        await one.goes()
    found["ended"] = [one.task.done() and one.task.exception() is None for one in (alice, bob, sam)]
    left = asyncio.all_tasks() - {asyncio.current_task()}
    found["left"] = [list(hub.rooms), [repr(task) for task in left if "_tell" not in repr(task)]]
    print(json.dumps(found))

asyncio.run(main())
'''


def test_a_socket_that_does_not_take_what_it_is_sent(migrated: Path) -> None:
    """It is closed when too much waits for it; the others hear everything in order; nothing of the hub is left."""
    found = run(migrated, _WITHOUT_A_SERVER)
    assert found == {
        "others": [True, True], "slow": [4008], "held": 0, "ended": [True] * 3, "left": [[], []]
    }  # fmt: skip


def run(site: Path, program: str) -> dict[str, object]:
    """Run a program in the site, with no limits to what one may say; returns the JSON that it prints."""
    (site / "program.py").write_text(program)
    words = [sys.executable, "manage.py", "shell", "-v0", "-c", "exec(open('program.py').read(), {'__name__': 'it'})"]
    env = plain() | HUB | {"MULTICHAT_RATE": "100000", "MULTICHAT_BURST": "100000", "DJANGO_DEBUG": "off"}
    done = subprocess.run(
        words, cwd=site, env=env | {"DJANGO_ALLOWED_HOSTS": "127.0.0.1"}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stderr, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found
