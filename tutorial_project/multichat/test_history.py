"""What is kept of a room, and what of it follows a join."""

from channels.db import database_sync_to_async

from multichat.models import Message
from multichat.tests import PATH, RoomsCase
from people.testing import connected


class HistoryTests(RoomsCase):
    def say(self, count):
        row = {"room_id": self.lobby, "user": self.bob, "username": "bob"}
        Message.objects.bulk_create(Message(text=str(number), **row) for number in range(count))

    async def read(self, socket, count):
        return [(await socket.receive_json_from())["message"] for _ in range(count)]

    async def test_the_same_key_stores_nothing_twice(self):
        async with connected(PATH, self.alice) as alice:
            await alice.ask(command="join", room=self.lobby)
            once, again = [await alice.ask(command="send", room=self.lobby, message="hi", key="k1") for _ in "12"]
        self.assertEqual(once, again)
        self.assertEqual(await Message.objects.acount(), 1)

    async def test_who_is_new_begins_with_the_newest_fifty(self):
        await database_sync_to_async(self.say)(60)
        async with connected(PATH, self.alice) as alice:
            await alice.ask(command="join", room=self.lobby, after=None)
            self.assertEqual(await self.read(alice, 50), [str(number) for number in range(10, 60)])

    async def test_who_has_missed_too_much_is_told_how_much(self):
        await database_sync_to_async(self.say)(205)
        async with connected(PATH, self.alice) as alice:
            self.assertEqual((await alice.ask(command="join", room=self.lobby, after=0))["missed"], 5)
            self.assertEqual((await self.read(alice, 200))[-1], "204")

    async def test_what_the_channel_layer_loses_is_told_with_the_next_message_and_counted(self):
        with self.assertLogs("multichat", "WARNING") as logs:
            async with connected(PATH, self.alice) as alice:
                await alice.ask(command="join", room=self.lobby)
                await database_sync_to_async(self.say)(3)  # into the database, and into no layer
                self.assertEqual((await alice.ask(command="send", room=self.lobby, message="next"))["message"], "0")
                self.assertEqual(await self.read(alice, 3), ["1", "2", "next"])
        self.assertIn("3 messages", logs.output[0])
