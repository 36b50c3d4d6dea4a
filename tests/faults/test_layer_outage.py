"""Rows 50 to 55 of the table of faults: Redis killed, absent, emptied, frozen, full, read-only."""

from contextlib import suppress

import pytest

from channels_lab.wire.client import Closed

from .layered import Chat, Person, Up, until

on_redis = pytest.mark.parametrize("chat", ["core", "pubsub"], indirect=True)
on_core = pytest.mark.parametrize("chat", ["core", "hub"], indirect=True)
on_pubsub = pytest.mark.parametrize("chat", ["pubsub"], indirect=True)

TRY_AGAIN = 4013
# A layer that is silent for half a second is given up. So often does a server see after its sockets: soon, or never.
PATIENCE = {"MULTICHAT_PATIENCE": 0.5}
BEAT, NO_BEAT = PATIENCE | {"MULTICHAT_BEAT": 0.5}, PATIENCE | {"MULTICHAT_BEAT": 600}

ELSEWHERE = """
    INSERT INTO multichat_presence (room_id, user_id, channel, server, seen)
    SELECT 1, id, 'specific.of-another', 'another', datetime('now') FROM auth_user WHERE username = 'sam'
"""


async def not_delivered(person: Person, up: Up, why: str) -> None:
    """Say something into a broken layer: it is kept, its sender is told, and the log says why."""
    await person.send("during", key="of-alice")
    error = await person.hear(error=..., timeout=5)
    assert (error["error"], error["room"], error["key"]) == ("NOT_DELIVERED", "1", "of-alice")
    assert "kept" in error["detail"] and why not in str(error)
    await up.until_logged(f"was not delivered: .*{why}")


async def refused(chat: Chat, up: Up) -> None:
    """Come to a site whose layer is broken, at the latest into a room: accepted, and asked to come again."""
    late = await chat.person(up, "sam")
    with suppress(Closed):
        await late.say("join", room=1)
    assert await late.client.wait_closed(5) == TRY_AGAIN
    assert late.client.received == []


@on_core
async def test_50_redis_is_killed(chat: Chat) -> None:
    """Everybody is told at once by a code of its own; who comes again hears what was said since, and what is said."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    await alice.tells(bob, "before")
    await chat.valkey.kill()
    assert [await one.client.wait_closed(2) for one in (alice, bob)] == [TRY_AGAIN, TRY_AGAIN]
    await chat.valkey.start()
    alice, bob = [await chat.again(up, name, after=bob.ids[-1]) for name in ("alice", "bob")]
    await alice.tells(bob, "later")
    assert "Exception inside application" not in up.process.log


@pytest.mark.parametrize("chat", ["core"], indirect=True)
async def test_50_every_socket_is_asked_to_come_again(chat: Chat) -> None:
    """The plain chat's and the tasks' sockets are told by the same code as the rooms', and not by an exception."""
    up = await chat.serve(**NO_BEAT)
    others = [await chat.person(up, "alice", path=path) for path in ("/ws/chat/lobby/", "/ws/tasks/")]
    for one in others:
        await one.client.send("?")
        await one.client.receive()
    await chat.valkey.kill()
    assert [await one.client.wait_closed(2) for one in others] == [TRY_AGAIN, TRY_AGAIN]
    assert "Exception inside application" not in up.process.log


@on_pubsub
async def test_50_redis_is_killed_under_publish_and_subscribe(chat: Chat) -> None:
    """Nobody is cut off; the sender is told, what was said is kept, and is heard when Redis is back."""
    up = await chat.serve(**BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    await alice.tells(bob, "before")
    await chat.valkey.kill()
    await not_delivered(alice, up, "connect")
    await chat.valkey.start()
    await bob.hear(message="during")
    await alice.tells(bob, "later")
    assert bob.ids == sorted(set(bob.ids)) and len(bob.ids) == 3


@on_redis
async def test_51_and_52_redis_is_absent_at_the_start(chat: Chat) -> None:
    """The site starts, and its pages answer; the chat asks to come again, and the log says what to do."""
    await chat.valkey.kill()
    up = await chat.serve(**NO_BEAT)
    await refused(chat, up)
    await up.until_logged("The channel layer failed: .*onnect.* Does a Valkey run at REDIS_URL")
    await up.until_logged("without REDIS_URL the layer is in memory")
    assert (await up.get("/people/login/")).status_code == 200
    await chat.valkey.start()
    alice, bob = [await chat.again(up, name) for name in ("alice", "bob")]
    await alice.tells(bob, "hello")
    assert "Exception inside application" not in up.process.log


@pytest.mark.parametrize("chat", ["memory"], indirect=True)
async def test_51_the_fallback(chat: Chat) -> None:
    """Without REDIS_URL one process chats over its memory, as the message says."""
    up = await chat.serve()
    alice, bob = await chat.people(up, "alice", "bob")
    await alice.tells(bob, "hello")


@on_core
async def test_53_everything_is_flushed(chat: Chat) -> None:
    """FLUSHALL puts everybody out of their groups; at the next beat they are in again, and have missed nothing."""
    up = await chat.serve(**BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    await bob.say("rooms")
    await bob.hear(rooms=...)
    async with chat.valkey.client() as client:
        await client.flushall()
    await alice.send("while nobody is in the group")
    await bob.hear(message="while nobody is in the group")
    # With the hub a process is one member, whoever is in the room.
    groups = {"room-1": 1 if chat.env else 2, "rooms": 1}

    async def in_again() -> bool:
        return {group: len(await chat.members(up, group)) for group in groups} == groups

    await until(in_again)
    await alice.tells(bob, "later")
    await bob.hear(msg_type=6, room="1", last=bob.ids[-1])
    assert len(bob.ids) == 2


@on_pubsub
async def test_53_a_flush_does_not_touch_subscriptions(chat: Chat) -> None:
    """Under publish and subscribe Redis stores no members: FLUSHALL takes nothing away."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    async with chat.valkey.client() as client:
        await client.flushall()
    await alice.tells(bob, "later")


@on_redis
async def test_54_redis_is_frozen(chat: Chat) -> None:
    """A Redis that does not answer holds nobody up: the sender is told, and when it answers again all is heard."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    await alice.tells(bob, "before")
    chat.valkey.freeze()
    await not_delivered(alice, up, "did not answer within 0.5 s")
    assert (await up.get("/people/login/")).status_code == 200
    if chat.layer == "core":
        await refused(chat, up)
    chat.valkey.thaw()
    await alice.tells(bob, "later")
    assert bob.ids == sorted(set(bob.ids)) and len(bob.ids) == 3
    assert "Exception inside application" not in up.process.log


@on_core
async def test_54_who_leaves_a_frozen_redis_is_gone(chat: Chat) -> None:
    """Who leaves while Redis is frozen is not counted as there: the database is asked first."""
    up = await chat.serve(**NO_BEAT)
    [bob] = await chat.people(up, "bob")
    chat.valkey.freeze()
    await bob.client.close()
    await up.until_logged("could not be taken out of .*did not answer")
    chat.valkey.thaw()
    alice = await chat.person(up, "alice")
    assert (await alice.join())["people"] == ["alice"]


@on_core
async def test_55_redis_is_out_of_memory(chat: Chat) -> None:
    """The sender is told, a newcomer is asked to come again; with memory again nothing has been lost."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    if chat.env:  # the hub asks Redis only while somebody is at another server
        chat.sql(ELSEWHERE)
    await chat.valkey.config(maxmemory=1)
    await not_delivered(alice, up, "maxmemory")
    await refused(chat, up)
    await chat.valkey.config(maxmemory=0)
    await alice.tells(bob, "later")
    assert len(bob.ids) == 2
    assert "Exception inside application" not in up.process.log


@on_core
async def test_55_redis_is_read_only(chat: Chat) -> None:
    """A Redis that has become a replica can carry nothing: everybody is asked to come again until it is the first."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    async with chat.valkey.client() as client:
        await client.replicaof("127.0.0.1", 1)
        assert [await one.client.wait_closed(2) for one in (alice, bob)] == [TRY_AGAIN, TRY_AGAIN]
        await refused(chat, up)
        await client.replicaof("NO", "ONE")
    alice, bob = [await chat.again(up, name) for name in ("alice", "bob")]
    await alice.tells(bob, "later")
    assert "Exception inside application" not in up.process.log


@on_pubsub
async def test_55_publish_and_subscribe_needs_neither_memory_nor_a_first(chat: Chat) -> None:
    """What only passes through is carried by a full Redis and by a read-only one."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    await chat.valkey.config(maxmemory=1)
    await alice.tells(bob, "full")
    async with chat.valkey.client() as client:
        await client.replicaof("127.0.0.1", 1)
        await alice.tells(bob, "read-only")
