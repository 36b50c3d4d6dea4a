"""What was said is kept: nothing is lost, and nothing told twice, whatever the connection and the layer do."""

import asyncio

import pytest

from tests.multichat import LAYERS
from tests.site.test_multichat import MODELS, manage_shell

pytestmark = pytest.mark.timeout(90)
SAID = (
    MODELS
    + """
alice = U.objects.get(username="alice")
said = [M(room_id=1, user=alice, username="alice", text=f"number {n}") for n in range(NUMBER)]
print(*(m.id for m in M.objects.bulk_create(said)))
"""
)


def say(site, number):
    """Put messages into the database, as another server would whose events get lost; returns their ids."""
    return [int(word) for word in manage_shell(site, SAID.replace("NUMBER", str(number))).split()]


async def test_what_follows_a_join(chats, migrated):
    """Nothing without `after`, the newest 50 after null; after an id what was missed, the newest 200 and a count."""
    ids = say(migrated, 250)
    async with chats() as one, one.enter("bob") as bob:
        assert (await bob.joins())["last"] == ids[-1]
        await bob.hears_nothing_more()
        for after, following, left_out in (
            (None, ids[-50:], None),
            (ids[-3], ids[-2:], None),
            (ids[-1], [], None),
            (ids[-1] + 1000, [], None),
            (ids[0], ids[-200:], 49),
            (0, ids[-200:], 50),
        ):
            answer = await bob.joins(after=after)
            assert (answer["last"], answer.get("missed")) == (ids[-1], left_out)
            told = [await bob.hears(msg_type=0, room="1", username="alice") for _ in following]
            assert [message["id"] for message in told] == following
            await bob.hears_nothing_more()
        assert told[-1]["message"] == "number 249" and told[-1]["at"].startswith("20")


@pytest.mark.parametrize("consumer", ["consumers.MultichatConsumer", "desk.DeskConsumer", "hub.HubConsumer"])
@pytest.mark.parametrize("layer", LAYERS)
async def test_who_joins_again_misses_nothing(chats, layer, consumer):
    """Alice joins again, without `after`, while what she said is on its way to her: she hears it, once."""
    async with chats(layer, env={"MULTICHAT_CONSUMER": f"multichat.{consumer}"}) as one, one.enter("alice") as alice:
        await alice.joins()
        for number in range(10):
            await alice.says("send", room=1, message=f"{number}")
            await alice.says("join", room=1)
        heard = []
        for _ in range(20):
            told = await alice.hears()
            heard += [told["message"]] if "message" in told else []
        assert heard == [f"{number}" for number in range(10)]
        await alice.hears_nothing_more()


async def test_who_comes_and_goes_while_others_talk_misses_nothing(chat):
    """Bob talks without a pause; Alice's connection is cut and resumed ten times: each message once, in order."""
    async with chat.enter("bob") as bob:
        await bob.joins()
        ids, heard = [], []

        async def talk():
            for number in range(30):
                await bob.says("send", room=1, message=f"number {number}")
                ids.append((await bob.hears_until(message=f"number {number}"))["id"])

        talking = asyncio.create_task(talk())
        last = 0
        while len(heard) < 30:
            async with chat.enter("alice") as alice:
                await alice.says("join", room=1, after=last)
                await alice.hears_until(join="1")
                for _ in range(min(3, 30 - len(heard))):
                    last = (await alice.hears_until(msg_type=0))["id"]
                    heard.append(last)
                alice.client.connection.transport.abort()
        await talking
        assert heard == ids


async def test_what_the_layer_lost_is_told_before_what_comes_next(chat, migrated):
    """Everybody in the room is told what is in the database before the next message: once, and in order."""
    async with chat.enter("alice", "bob", "bob") as people:
        for person in people:
            await person.says("join", room=1)
            await person.hears_until(join="1")
        ids = say(migrated, 3)
        await people[0].says("send", room=1, message="and this")
        for person in people:
            told = [await person.hears_until(msg_type=0) for _ in range(4)]
            assert [message["id"] for message in told][:3] == ids
            assert told[3]["message"] == "and this"
            await person.hears_nothing_more()


async def test_what_the_layer_lost_is_told_though_nothing_comes_next(chats, migrated):
    """At a beat of the heart each connection is told what it has missed."""
    async with chats(env={"MULTICHAT_BEAT": "0.5"}) as one, one.enter("alice") as alice:
        await alice.joins()
        ids = say(migrated, 2)
        assert [(await alice.hears(msg_type=0))["id"] for _ in ids] == ids
        await alice.hears_nothing_more()


async def test_a_message_sent_twice_is_kept_once(chat):
    """The same key again from the same person is answered to the sender alone; from another it is another message."""
    async with chat.enter("alice", "bob") as (alice, bob):
        await alice.joins()
        await bob.joins()
        await alice.hears(msg_type=4, username="bob")
        number = await alice.sends("once", key="a-1")
        await bob.hears(id=number, key="a-1")
        await alice.says("send", room="1", message="once", key="a-1")
        await alice.hears(msg_type=0, id=number, message="once", key="a-1")
        await bob.hears_nothing_more()
        assert await bob.sends("mine", key="a-1") > number


async def test_two_servers_are_one_chat(chats):
    """On Redis who talks at one server is heard at the other, and is there for both."""
    async with (
        chats("redis", name="main") as one,
        chats("redis", redis=one.redis, name="second") as two,
        one.enter("alice") as alice,
        two.enter("bob") as bob,
    ):
        await alice.joins()
        assert (await bob.joins())["people"] == ["alice", "bob"]
        await alice.hears(msg_type=4, username="bob")
        number = await bob.sends("hello")
        await alice.hears(msg_type=0, id=number, message="hello")


async def test_a_layer_that_hangs_costs_no_message(chats):
    """While Redis is frozen the sender is told NOT_DELIVERED; the message is kept, and told when Redis goes on."""
    async with chats("redis", env={"MULTICHAT_BEAT": "0.5"}) as one, one.enter("alice", "bob") as (alice, bob):
        await alice.joins()
        await bob.joins()
        await alice.hears(msg_type=4)
        one.valkey.suspend()
        try:
            await alice.says("send", room=1, message="hello", key="k")
            await alice.hears(error="NOT_DELIVERED", key="k", room="1")
        finally:
            one.valkey.resume()
        for person in (alice, bob):
            await person.hears(msg_type=0, message="hello")
