"""Rows 59 to 65 of the table of faults: full, slow, expired, crashed; and what a reconnect brings."""

import asyncio
import time
from contextlib import suppress

import pytest

from channels_lab.wire.client import Closed, NothingCame
from tests.patience import within

from .layered import Chat, Person, Up, until

on_stored = pytest.mark.parametrize("chat", ["memory", "core"], indirect=True)

NO_BEAT, BEAT = {"MULTICHAT_BEAT": 600}, {"MULTICHAT_BEAT": 0.5}
CHATTY = {"MULTICHAT_BURST": 10_000}
MANY = 150  # more than the hundred that a channel holds


async def held_up(chat: Chat, up: Up, name: str = "bob") -> Person:
    """Somebody whose consumer stands at the gate from the first message on."""
    slow = await chat.person(up, name, path="/ws/slow/")
    await slow.join()
    return slow


@pytest.mark.parametrize("chat", ["memory"], indirect=True)
async def test_59_a_full_channel_holds_up_no_other(chat: Chat) -> None:
    """The beat that does not fit into one connection's channel comes to all the others: they notice lost rights."""
    up = await chat.serve(**CHATTY | {"MULTICHAT_BEAT": 1})
    slow = await held_up(chat, up, "sam")
    others = [await chat.person(up, "bob") for _ in range(6)]
    [alice] = await chat.people(up, "alice")
    for number in range(MANY):
        await alice.send(f"{number}")
    await alice.hear(message=f"{MANY - 1}")
    chat.sql("UPDATE auth_user SET is_active = 0 WHERE username = 'bob'")
    assert [await one.client.wait_closed(5) for one in others] == [4001] * 6
    await up.get("/open/")
    await slow.hear(message=f"{MANY - 1}")


async def test_60_a_slow_consumer(chat: Chat) -> None:
    """Who is slow delays nobody; what did not fit into its channel is counted, and comes from the database."""
    up = await chat.serve(**CHATTY | NO_BEAT)
    slow = await held_up(chat, up)
    alice, sam = await chat.people(up, "alice", "sam")
    for number in range(MANY):
        began = time.monotonic()
        await alice.tells(sam, f"{number}")
        assert time.monotonic() - began < within(1)
    await up.get("/open/")
    await alice.tells(sam, "and on")
    await slow.hear(message="and on")
    assert slow.ids == sam.ids and len(sam.ids) == MANY + 1
    await slow.client.close()
    if chat.layer != "pubsub":  # whose queue has no end
        lost = await up.until_logged(r"\d+ messages came late or not at all")
        assert MANY - 102 <= int(lost.split()[0]) < MANY


@on_stored
async def test_61_messages_expire(chat: Chat) -> None:
    """What waits in a channel for longer than `expiry` is gone from it, and comes from the database."""
    chat.configure(expiry=1)
    up, second = await chat.serve(**BEAT), await chat.serve("second", **BEAT)
    slow = await held_up(chat, second)
    if chat.layer == "memory":  # which does not reach another process
        second = up
        slow = await held_up(chat, up)
    [alice] = await chat.people(up, "alice")
    for number in range(5):
        await alice.tells(alice, f"{number}")

    async def expired() -> bool:
        if chat.layer == "memory":
            return len(await chat.members(up, "room-1")) == 1
        async with chat.valkey.client(decode_responses=False) as client:
            waiting = [await client.zrange(key, 0, -1) async for key in client.scan_iter("*!")]
        return not any(b"room.messages" in message for messages in waiting for message in messages)

    await until(expired)
    await second.get("/open/")
    await slow.hear(message="4")
    assert slow.ids == alice.ids


@on_stored
async def test_61_membership_expires(chat: Chat) -> None:
    """After `group_expiry` a member that does nothing hears nothing more, in silence."""
    chat.configure(group_expiry=1)
    up = await chat.serve(**NO_BEAT | CHATTY)
    alice, bob = await chat.people(up, "alice", "bob")
    await alice.tells(bob, "before")

    async def silent() -> bool:
        await alice.send("anybody?")
        with suppress(NothingCame):
            await bob.hear(message="anybody?", timeout=0.3)
            return False
        return True

    await until(silent)
    await alice.send("nobody")
    await bob.client.receive_nothing()


@on_stored
async def test_61_a_beat_renews_membership(chat: Chat) -> None:
    """Who is seen after more often than `group_expiry` stays in its groups."""
    chat.configure(group_expiry=2)
    up = await chat.serve(**BEAT | CHATTY)
    alice, bob = await chat.people(up, "alice", "bob")
    began = time.monotonic()
    while time.monotonic() < began + 3.2:
        await alice.tells(bob, "still there")
    assert len(await chat.members(up, "room-1")) == 2


async def test_64_a_crash_takes_its_consumer_out_of_the_groups(chat: Chat) -> None:
    """After an exception Channels calls no `disconnect`: the consumer leaves its groups all the same, as others see."""
    up = await chat.serve(**NO_BEAT)
    alice, bob = await chat.people(up, "alice", "bob")
    chat.sql("ALTER TABLE multichat_message RENAME TO elsewhere")
    await bob.send("crash")
    await alice.hear(msg_type=5, username="bob")
    assert await bob.client.wait_closed(5) == 1011
    chat.sql("ALTER TABLE elsewhere RENAME TO multichat_message")
    assert len(await chat.members(up, "room-1")) == 1
    assert (await (await chat.person(up, "sam")).join())["people"] == ["alice", "sam"]
    assert "OperationalError" not in "".join(map(str, bob.client.received))


async def test_64_a_database_that_fails_as_a_whole(chat: Chat) -> None:
    """Where not even presence can be written, the groups are left all the same."""
    up = await chat.serve(**NO_BEAT)
    [bob] = await chat.people(up, "bob")
    for table in ("message", "presence"):
        chat.sql(f"ALTER TABLE multichat_{table} RENAME TO elsewhere_{table}")
    await bob.send("crash")
    assert await bob.client.wait_closed(5) == 1011

    async def empty() -> bool:
        return not [*await chat.members(up, "room-1"), *await chat.members(up, "lookouts")]

    await until(empty)


@pytest.mark.parametrize("chat", ["memory", "core", "pubsub", "hub"], indirect=True)
async def test_65_history_after_reconnects(chat: Chat) -> None:
    """Through three outages all that was said is stored once, and heard once and in order."""
    up = await chat.serve(**CHATTY | BEAT | {"MULTICHAT_PATIENCE": 1})
    alice, bob = await chat.people(up, "alice", "bob")
    ids: list[int] = []

    async def hurt() -> None:
        if chat.layer == "memory":
            for one in (alice, bob):
                one.client.connection.transport.abort()
        else:
            await chat.valkey.kill()
            await chat.valkey.start()

    async def listen() -> None:
        nonlocal bob
        while True:
            try:
                await bob.hear(message="end", timeout=20)
                return
            except Closed:
                ids.extend(bob.ids)
                bob = await chat.again(up, "bob", after=max(ids, default=0))

    async def say(text: str) -> None:
        """Say something until it is known to be stored, as a page does."""
        nonlocal alice
        while True:
            try:
                await alice.send(text, key=text)
                await alice.hear(key=text, timeout=2)
                return
            except Closed:
                alice = await chat.again(up, "alice")
            except NothingCame:
                pass  # it was stored perhaps, and the echo lost

    listening = asyncio.create_task(listen())
    said = [f"{outage}.{number}" for outage in range(3) for number in range(10)]
    for text in said:
        await say(text)
        if text.endswith(".5"):
            await hurt()
    await say("end")
    await asyncio.wait_for(listening, 30)
    ids.extend(bob.ids)
    assert ids == chat.sql("SELECT id FROM multichat_message WHERE room_id = 1 ORDER BY id")
    assert chat.sql("SELECT text FROM multichat_message WHERE room_id = 1 ORDER BY id") == [*said, "end"]
