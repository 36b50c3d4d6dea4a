"""Who is there, across tabs and crashed servers; what is unread; and how much one may say, and leave unread."""

import asyncio
import time

import pytest

from tests.patience import within
from tests.site.test_projects import manage

pytestmark = pytest.mark.timeout(90)


async def test_a_person_with_two_tabs_is_there_once(chat):
    """The first tab is announced, the second is not; nor is that one of them goes, however it goes."""
    async with chat.enter("alice") as alice, chat.enter("bob") as first:
        await alice.joins()
        await first.joins()
        await alice.hears(msg_type=4, room="1", username="bob")
        async with chat.enter("bob") as second:
            assert (await second.joins())["people"] == ["alice", "bob"]
            await first.says("leave", room=1)
            await first.hears(leave="1")
            await alice.hears_nothing_more()
            second.client.connection.transport.abort()
        await alice.hears(msg_type=5, room="1", username="bob")


async def test_who_was_at_a_crashed_server_is_gone(chats):
    """Not counted any more after three beats; another server tells the room, and nobody else is told off."""
    env = {"MULTICHAT_BEAT": "0.4"}
    async with (
        chats("redis", name="main", env=env) as one,
        chats("redis", redis=one.redis, name="second", env=env) as two,
        two.enter("bob") as bob,
        one.enter("alice") as alice,
    ):
        await bob.joins()
        assert (await alice.joins())["people"] == ["alice", "bob"]
        two.kill()
        await alice.hears(msg_type=5, username="bob")
        assert (await alice.joins())["people"] == ["alice"]
        await alice.hears_nothing_more()


CROWD_WENT = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from multichat.models import Presence

before = timezone.now() - timedelta(days=1)
guests = User.objects.bulk_create(User(username=f"guest{number}") for number in range(60))
Presence.objects.bulk_create(
    Presence(room_id=1, user=guest, channel=f"gone{guest.pk}", server="gone", seen=before) for guest in guests
)
"""


async def test_a_crowd_that_was_at_a_crashed_server_is_told_as_a_number(chats, migrated):
    """Not one by one: so many names at once would be too much for who has something else to do just then."""
    async with chats(env={"MULTICHAT_BEAT": "0.4"}) as one, one.enter("alice") as alice:
        await alice.joins()
        await alice.says("rooms")
        await alice.hears_until(msg_type=6, room="1", people=1)
        await asyncio.to_thread(manage, migrated, "shell", "-c", CROWD_WENT)
        await alice.hears(msg_type=6, room="1", people=1)
        await alice.hears_nothing_more()


async def test_the_list_of_rooms_is_live(chat):
    """Who has asked for the rooms is told how many are in each and what is new there, once for many changes."""
    async with chat.enter("alice", "bob") as (alice, bob):
        await alice.says("rooms")
        assert [(room["title"], room["people"]) for room in (await alice.hears())["rooms"]] == [
            ("Lobby", 0),
            ("한국어 방", 0),
        ]
        await bob.joins(2)
        assert await alice.hears(msg_type=6) == {"msg_type": 6, "room": "2", "people": 1, "last": 0}
        for number in range(5):
            last = await bob.sends(f"number {number}", 2)
        changes = [await alice.hears(msg_type=6, room="2")]
        while changes[-1]["last"] < last:
            changes.append(await alice.hears(msg_type=6, room="2"))
        assert len(changes) <= 3
        await bob.says("leave", room=2)
        await alice.hears(msg_type=6, people=0, last=last)


async def test_what_is_unread(chat):
    """Others' messages after the last read one; reading is told to all tabs of that person, and never goes back."""
    async with chat.enter("alice", "alice", "bob") as (tab, other, bob):
        await bob.joins()
        ids = [await bob.sends(f"number {number}") for number in range(3)]

        async def unread():
            await tab.says("rooms")
            return (await tab.hears_until())["rooms"][0]["unread"]

        assert await unread() == 3
        await other.says("read", room=1, id=ids[1])
        for person in (tab, other):
            assert await person.hears_until(read="1") == {"read": "1", "id": ids[1]}
        assert await unread() == 1
        await tab.says("read", room="1", id=ids[0])
        assert (await tab.hears_until(read="1"))["id"] == ids[1]
        await tab.says("read", room=1, id=10**15)
        assert (await tab.hears_until(read="1"))["id"] == ids[2]
        assert await unread() == 0
        async with chat.browser("alice") as http:
            assert "Lobby" in (await http.get("/rooms/")).text


async def test_too_much_is_refused_and_a_flood_shut_out(chat):
    """TOO_FAST for what is too much at once; who goes on is closed with 4029, the others talk on."""
    async with chat.enter("alice", "bob", "sam") as (flood, bob, sam):
        for person in (bob, sam):
            await person.says("join", room=1)
            await person.hears_until(join="1")
        for number in range(1000):
            await flood.says("leave", room=number + 1, key=f"k{number}")
        while (heard := await flood.hears())["error"] != "TOO_FAST":
            pass
        assert heard["room"]
        began = time.monotonic()
        await bob.says("send", room=1, message="unharmed")
        await sam.hears_until(message="unharmed")
        assert time.monotonic() - began < within(1)  # the table says 0.5 s
        assert await flood.client.wait_closed() in (4029, 1006)  # cut off, where the close was not answered in time


async def test_who_slows_down_is_heard_again(chats):
    """The bucket fills up again."""
    async with chats(env={"MULTICHAT_BURST": "2", "MULTICHAT_RATE": "200"}) as one, one.enter("alice") as alice:
        for _ in range(6):
            await alice.says("leave", room=1)
        codes = [(await alice.hears())["error"] for _ in range(6)]
        assert codes[:2] == ["ROOM_ACCESS_DENIED"] * 2 and "TOO_FAST" in codes
        async with asyncio.timeout(5):
            while True:
                await alice.says("leave", room=1)
                if (await alice.hears())["error"] != "TOO_FAST":
                    break


async def test_the_tabs_of_a_person_share_what_one_may_say(chats):
    """What is too much for one is too much for two; another person has a measure of his own."""
    env = {"MULTICHAT_BURST": "2", "MULTICHAT_RATE": "0.001"}
    async with chats(env=env) as one, one.enter("alice", "alice", "bob") as (tab, other, bob):
        for person, code in ((tab, "ROOM_ACCESS_DENIED"),) * 2 + ((other, "TOO_FAST"), (bob, "ROOM_ACCESS_DENIED")):
            await person.says("leave", room=1)
            await person.hears(error=code)
