"""The desk of the finished site: what is said in a room while the database is busy is kept and told together."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from channels_lab.record.events import Event
from channels_lab.record.reading import read_record
from tests.multichat import WAIT, Chat, Chats


@contextmanager
def busy(site: Path) -> Iterator[None]:
    """Keep the site's database from being written."""
    with closing(sqlite3.connect(site / "db.sqlite3", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def commands(chat: Chat) -> list[Event]:
    """The commands to send that the server has received."""
    return [event for event in events(chat) if event.kind == "receive" and '"send"' in str(event.details)]


def told(chat: Chat) -> list[int]:
    """How many messages each event to the room has carried."""
    sent = [event.details["message"] for event in events(chat) if event.details.get("call") == "group_send"]
    return [len(event["messages"]) for event in sent if event["type"] == "room.messages"]


def events(chat: Chat) -> list[Event]:
    return read_record(chat.up.process.record_file, "main")


async def until_received(chat: Chat, number: int) -> None:
    """Wait until the server has so many messages in hand. A file tells nobody that it has grown."""
    deadline = time.monotonic() + WAIT
    while len(commands(chat)) < number:
        assert time.monotonic() < deadline, commands(chat)
        await asyncio.sleep(0.01)


async def test_what_waits_is_kept_and_told_together(chats: Chats, migrated: Path) -> None:
    """What is said while one message is being kept is kept next, all at once, and heard in the order of its ids."""
    async with chats(record=True) as chat, chat.enter("alice", "bob", "sam", "alice") as people:
        for person in people:
            await person.joins()
        with busy(migrated):
            for number, person in enumerate(people, 1):
                await person.says("send", room=1, message=f"message {number}")
                await until_received(chat, number)
        heard = [[await person.hears_until(msg_type=0) for _ in people] for person in people]
        assert told(chat) == [1, 3]
        ids = [[message["id"] for message in of_one] for of_one in heard]
        assert ids == [sorted(ids[0])] * 4 and len(set(ids[0])) == 4
        assert {message["message"] for message in heard[0]} == {f"message {number}" for number in range(1, 5)}


async def test_a_batch_with_a_message_said_before(chats: Chats, migrated: Path) -> None:
    """Where one of a batch was kept before, or may not be kept, each gets its own answer, and nothing is kept twice."""
    async with chats(record=True) as chat, chat.enter("alice", "bob", "sam", "bob") as (alice, bob, sam, other):
        for person in (alice, bob, sam, other):
            await person.joins()
        await bob.says("send", room=1, message="once", key="of bob")
        first = (await bob.hears_until(msg_type=0))["id"]
        with busy(migrated):
            for number, (person, words) in enumerate(
                [(alice, {}), (bob, {"key": "of bob"}), (sam, {}), (other, {"key": "another"})], 2
            ):
                await person.says("send", room=1, message=f"message {number}", **words)
                await until_received(chat, number)
        for person in (alice, sam):
            heard = [(await person.hears_until(msg_type=0))["message"] for _ in range(4)]
            assert heard[0] == "once" and sorted(heard[1:]) == ["message 2", "message 4", "message 5"]
        again = [await bob.hears_until(msg_type=0) for _ in range(4)]  # the three, and his own as it was kept
        assert [message["id"] for message in again if message["message"] == "once"] == [first]
        with closing(sqlite3.connect(migrated / "db.sqlite3")) as database:
            kept = database.execute("SELECT count(*) FROM multichat_message WHERE room_id = 1").fetchone()
        assert kept == (4,)
