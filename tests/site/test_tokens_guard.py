"""Sockets whose user is nobody any more, at the finished site's door: each is closed, and no other."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels_lab.record.reading import read_record
from channels_lab.running import servers
from channels_lab.wire.client import Client
from channels_lab.wire.handshake import connect
from tests.site.conftest import Serve, Up
from tests.site.test_projects import manage
from tests.site.test_tokens import DOOR, OURS, by_token, make, person, post

AT_ONCE = 10  # seconds; a guard looks by itself after sixty


class People:
    """Alice with two sessions and two tokens, and Bob: a socket for each."""

    def __init__(self, up: Up, alice: httpx.AsyncClient) -> None:
        self.up, self.alice = up, alice
        self.tokens: list[tuple[str, str]] = []
        self.sockets: dict[str, Client] = {}

    async def closed(self, *names: str) -> None:
        """See that these are closed with 4001 at once, and that the others go on."""
        for name in names:
            assert await self.sockets.pop(name).wait_closed(AT_ONCE) == 4001, name
        for name, socket in self.sockets.items():
            await socket.send("?")
            assert "you" in await socket.receive_json(), name


@pytest.fixture
async def redis_url() -> AsyncIterator[str]:
    """The address of a Valkey."""
    redis = await servers.redis()
    yield redis.url
    await redis.stop()


async def come(stack: AsyncExitStack, up: Up) -> People:
    """Let all of them in."""
    alice, again, bob = [await stack.enter_async_context(person(up, name)) for name in ("alice", "alice", "bob")]
    people = People(up, alice)
    people.tokens = [await make(alice, name) for name in ("robot", "other")]
    for name, http in {"page": alice, "elsewhere": again, "bob": bob}.items():
        people.sockets[name] = await stack.enter_async_context(connect(up.port, DOOR, cookies=dict(http.cookies)))
    for name, (token, _) in zip(("robot", "other"), people.tokens, strict=True):
        people.sockets[name] = await stack.enter_async_context(by_token(up, token))
    for socket in people.sockets.values():
        assert "you" in await socket.receive_json()
    return people


async def test_each_end_closes_its_own_sockets(serve: Serve) -> None:
    """A revoked token and a logout close what came in by them, at once; a changed user is looked at again."""
    async with AsyncExitStack() as stack:
        up = await stack.enter_async_context(serve())
        people = await come(stack, up)
        assert (await post(people.alice, people.tokens[0][1])).status_code == 302
        await people.closed("robot")
        async with person(up, "alice"):  # another login is no end
            await people.closed()
        assert (await post(people.alice, "/people/logout/")).status_code == 302
        await people.closed("page")
        kept = {"elsewhere", "bob", "other"}
        assert set(people.sockets) == kept
        for socket in people.sockets.values():
            await socket.close()
        await groups_are_empty(up)
        assert "Traceback" not in up.process.log


async def test_a_robot_in_the_chat(serve: Serve) -> None:
    """A program joins a room by a token and is heard under its owner's name, until the token is revoked."""
    async with serve() as up, person(up, "alice") as alice, person(up, "bob") as bob:
        token, path = await make(alice)
        rooms = "/ws/rooms/"
        async with (
            connect(up.port, rooms, cookies=dict(bob.cookies), name="bob") as page,
            connect(up.port, rooms, subprotocols=[OURS, token], origin=None, name="robot") as robot,
        ):
            for one in (page, robot):
                await one.send_json({"command": "join", "room": 1})
                assert (await until(one, "join"))["join"] == "1"
            await robot.send_json({"command": "send", "room": 1, "message": "beep"})
            assert (await until(page, "message"))["username"] == "alice"
            await post(alice, path)
            assert await robot.wait_closed(AT_ONCE) == 4001
            while (left := await page.receive_json()).get("msg_type") != 5:
                pass
            assert left["username"] == "alice"
            await page.send_json({"command": "send", "room": 1, "message": "still here"})
            assert (await until(page, "message"))["message"] == "still here"
        assert "Traceback" not in up.process.log


async def until(client: Client, key: str) -> dict[str, Any]:
    """The next message that has this key."""
    while key not in (told := await client.receive_json(5)):
        pass
    return dict(told)


# What happens in a shell → whose sockets end by it, and how it is undone.
CHANGES = {
    "Token.objects.filter(name='robot').delete()": ({"robot"}, ""),
    "Session.objects.all().delete()": ({"page", "elsewhere", "bob"}, ""),
    "u.set_password('new'); u.save()": ({"page", "elsewhere"}, "u.set_password('alice'); u.save()"),
    "u.is_active = False; u.save()": ({"page", "elsewhere", "robot", "other"}, "u.is_active = True; u.save()"),
    "u.delete()": ({"page", "elsewhere", "robot", "other"}, ""),
}
LAYERS = ["channels_redis.core.RedisChannelLayer", "channels_redis.pubsub.RedisPubSubChannelLayer"]


@pytest.mark.parametrize(("layer", "most"), list(zip(LAYERS, (5, 2), strict=True)), ids=["core", "pubsub"])
async def test_an_end_in_another_process(serve: Serve, migrated: Path, redis_url: str, layer: str, most: int) -> None:
    """Over Redis, what ends an identity anywhere, as in a shell, closes its sockets at every Daphne."""
    change_file(migrated / "config/settings.py", LAYERS[0], layer)
    env = {"REDIS_URL": redis_url}
    async with serve(env=env) as up:
        for code, (ended, undone) in list(CHANGES.items())[:most]:
            async with AsyncExitStack() as stack:
                people = await come(stack, up)
                await run_in_shell(migrated, code, env)
                await people.closed(*sorted(ended))
            await run_in_shell(migrated, f"{undone or 'pass'}; Token.objects.all().delete()", env)
        assert "Traceback" not in up.process.log
        await groups_are_empty(up)


async def test_one_transaction_is_one_message(serve: Serve, migrated: Path, redis_url: str) -> None:
    """All that a transaction ends is told in one message."""
    env = {"REDIS_URL": redis_url}
    async with AsyncExitStack() as stack:
        up = await stack.enter_async_context(serve(env=env))
        people = await come(stack, up)
        await run_in_shell(migrated, "Session.objects.all().delete()", env)
        await people.closed("page", "elsewhere", "bob")
        record = read_record(up.process.record_file, "main")
        told = [str(event.details.get("message")) for event in record if event.details.get("call") == "receive"]
        [news] = [one for one in told if "lookout.news" in one]
        # Other tests may have logged in before the site was copied.
        assert news.count("identity.look") >= 3 and news.count("rights.changed") >= 2


async def test_what_runs_out_is_noticed(serve: Serve, migrated: Path) -> None:
    """A token that expires closes its sockets then; a session that runs out, or a message that was lost, soon after."""
    change_file(migrated / "tokens/guard.py", "LOOK = 60", "LOOK = 0.2")
    async with AsyncExitStack() as stack:
        up = await stack.enter_async_context(serve())
        people = await come(stack, up)
        token = manage(migrated, "token", "alice", "short", "--minutes", "0.1").strip()
        async with by_token(up, token) as short:
            assert "you" in await short.receive_json()
            assert await short.wait_closed(timeout=15) == 4001
        await people.closed()
        await run_in_shell(migrated, "Session.objects.all().update(expire_date='2000-01-01T00:00Z')")
        await people.closed("page", "elsewhere", "bob")
        await run_in_shell(migrated, "User.objects.all().update(is_active=False)")
        await people.closed("robot", "other")
        assert "Traceback" not in up.process.log


async def test_without_the_layer_an_end_is_kept_and_noticed(serve: Serve, migrated: Path) -> None:
    """With Redis gone the page still revokes and logs out, and who comes back by what has ended is refused."""
    redis = await servers.redis()
    try:
        async with AsyncExitStack() as stack:
            up = await stack.enter_async_context(serve(env={"REDIS_URL": redis.url}))
            alice = await stack.enter_async_context(person(up, "alice"))
            token, path = await make(alice)
            await redis.stop()
            assert (await post(alice, path)).status_code == 302
            assert (await post(alice, "/people/logout/")).status_code == 302
            async with by_token(up, token) as robot:
                assert await robot.wait_closed() == 4001
    finally:
        await redis.stop()


async def test_without_the_layer_the_guards_look_by_themselves(serve: Serve, migrated: Path) -> None:
    """Over Pub/Sub idle sockets outlive their Redis, but not their token."""
    change_file(migrated / "config/settings.py", *LAYERS)
    change_file(migrated / "tokens/guard.py", "LOOK = 60", "LOOK = 0.2")
    redis = await servers.redis()
    try:
        async with serve(env={"REDIS_URL": redis.url}) as up, person(up, "alice") as alice:
            token, path = await make(alice)
            async with by_token(up, token) as robot, connect(up.port, DOOR, cookies=dict(alice.cookies)) as page:
                await redis.stop()
                assert (await post(alice, path)).status_code == 302
                assert await robot.wait_closed(AT_ONCE) == 4001
                await page.send("?")
                assert "you" in await page.receive_json()
    finally:
        await redis.stop()


async def groups_are_empty(up: Up) -> None:
    """Wait until the record says that every channel has left every group that it was in."""
    deadline = time.monotonic() + 5
    while left := members(up):
        assert time.monotonic() < deadline, left  # a file tells nobody that it has grown
        await asyncio.sleep(0.02)


def members(up: Up) -> set[tuple[str, str]]:
    """The groups, each with a channel that is in it."""
    left = set()
    for event in read_record(up.process.record_file, "main"):
        member = (str(event.details.get("to")), str(event.details.get("message")))
        if event.details.get("call") == "group_add":
            left.add(member)
        elif event.details.get("call") == "group_discard":
            left.remove(member)
    return left


def change_file(path: Path, old: str, new: str) -> None:
    """Change a line of the copied site."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


async def run_in_shell(project: Path, code: str, env: dict[str, str] | None = None) -> None:
    """Run `manage.py shell -c CODE`."""
    first = (
        "from django.contrib.auth.models import User; from django.contrib.sessions.models import Session; "
        "from tokens.models import Token; u = User.objects.filter(username='alice').first(); "
    )
    process = servers.manage(project, "shell", "-v", "0", "-c", first + code, env=env)
    assert await process.end(30) == 0, process.log
