"""The chat of many rooms: its protocol, rights, what is resumed, and who is there."""

from datetime import timedelta

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from multichat.models import Message, Presence, Room
from people.testing import Socket, application, connected, in_memory

PATH = "/ws/rooms/"


@in_memory
class RoomsCase(TransactionTestCase):
    def setUp(self):
        self.lobby = Room.objects.create(title="로비").pk
        self.office = Room.objects.create(title="Office", staff_only=True).pk
        self.alice, self.bob = (User.objects.create(username=name) for name in ("alice", "bob"))
        self.sam = User.objects.create(username="sam", is_staff=True)


class ProtocolTests(RoomsCase):
    async def test_everybody_in_the_room_reads_a_message_in_the_keys_of_old(self):
        async with connected(PATH, self.alice) as alice, connected("/chat/stream/", self.bob) as bob:
            room = str(self.lobby)
            joined = await alice.ask(command="join", room=room)
            self.assertEqual((joined["join"], joined["title"]), (room, "로비"))
            await bob.ask(command="join", room=self.lobby)  # 1 and "1" are one room
            entered = await alice.receive_json_from()
            self.assertEqual(entered, {"msg_type": 4, "room": room, "username": "bob"})
            told = await alice.ask(command="send", room=room, message="안녕 <b>")
            self.assertEqual(told, await bob.receive_json_from())
            old = {"msg_type": 0, "room": room, "username": "alice", "message": "안녕 <b>"}
            self.assertEqual(told, told | old)

    async def test_the_same_key_stores_nothing_twice(self):
        async with connected(PATH, self.alice) as alice:
            await alice.ask(command="join", room=self.lobby)
            once, again = [await alice.ask(command="send", room=self.lobby, message="hi", key="k1") for _ in "12"]
        self.assertEqual(once, again)
        self.assertEqual(await Message.objects.acount(), 1)

    async def test_a_wrong_command_is_answered_and_the_socket_stays(self):
        wrong = {
            "no JSON": "BAD_JSON",
            "{}": "MISSING_KEY",
            '{"command": "dance"}': "UNKNOWN_COMMAND",
            '{"command": "join", "room": [1]}': "BAD_VALUE",
            '{"command": "join", "room": 999999}': "ROOM_INVALID",
            f'{{"command": "leave", "room": {self.lobby}}}': "ROOM_ACCESS_DENIED",
        }
        async with connected(PATH, self.alice) as alice:
            for frame, code in wrong.items():
                await alice.send_to(text_data=frame)
                self.assertEqual((await alice.receive_json_from())["error"], code, frame)
            self.assertIn("rooms", await alice.ask(command="rooms"))


class RightsTests(RoomsCase):
    async def test_a_stranger_is_told_to_log_in(self):
        async with connected(PATH) as stranger:
            self.assertEqual((await stranger.receive_json_from())["error"], "USER_HAS_TO_LOGIN")
            self.assertEqual((await stranger.receive_output())["code"], 4001)

    async def test_a_page_of_another_site_is_refused(self):
        accepted, _ = await Socket(application, PATH, headers=[(b"origin", b"http://evil.example")]).connect()
        self.assertFalse(accepted)

    async def test_the_staffs_room_is_for_the_staff(self):
        async with connected(PATH, self.alice) as alice:
            self.assertEqual((await alice.ask(command="join", room=self.office))["error"], "ROOM_ACCESS_DENIED")
            self.assertNotIn("Office", str(await alice.ask(command="rooms")))

    async def test_rights_withdrawn_end_the_stay_at_once(self):
        async with connected(PATH, self.sam) as sam:
            await sam.ask(command="join", room=self.office)
            self.sam.is_staff = False
            await self.sam.asave()
            self.assertEqual(await sam.receive_json_from(), {"leave": str(self.office)})
            self.assertEqual((await sam.receive_json_from())["error"], "ROOM_ACCESS_DENIED")

    async def test_a_closed_account_ends_the_connection(self):
        async with connected(PATH, self.bob) as bob:
            await bob.ask(command="join", room=self.lobby)
            await self.bob.adelete()
            self.assertEqual((await bob.receive_json_from())["error"], "USER_HAS_TO_LOGIN")
            self.assertEqual((await bob.receive_output())["code"], 4001)


class ResumeTests(RoomsCase):
    def say(self, count):
        row = {"room_id": self.lobby, "user": self.bob, "username": "bob"}
        Message.objects.bulk_create(Message(text=str(number), **row) for number in range(count))

    async def read(self, socket, count):
        return [(await socket.receive_json_from())["message"] for _ in range(count)]

    async def test_a_dropped_connection_loses_nothing_and_is_told_nothing_twice(self):
        async with connected(PATH, self.bob) as bob:
            await bob.ask(command="join", room=self.lobby)
            async with connected(PATH, self.alice) as alice:
                await alice.ask(command="join", room=self.lobby)
                last = (await alice.ask(command="send", room=self.lobby, message="one"))["id"]
            for text in "two", "three":
                await bob.send_json_to({"command": "send", "room": self.lobby, "message": text})
            while (await bob.receive_json_from()).get("message") != "three":
                pass  # Alice came, spoke and left
            async with connected(PATH, self.alice) as alice:
                await alice.ask(command="join", room=self.lobby, after=last)
                self.assertEqual(await self.read(alice, 2), ["two", "three"])
                self.assertTrue(await alice.receive_nothing())

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

    async def test_what_the_channel_layer_loses_is_told_with_the_next_message(self):
        async with connected(PATH, self.alice) as alice:
            await alice.ask(command="join", room=self.lobby)
            await database_sync_to_async(self.say)(3)  # into the database, and into no layer
            self.assertEqual((await alice.ask(command="send", room=self.lobby, message="next"))["message"], "0")
            self.assertEqual(await self.read(alice, 3), ["1", "2", "next"])


class PresenceTests(RoomsCase):
    async def test_a_person_with_two_tabs_comes_and_goes_once(self):
        async with connected(PATH, self.alice) as alice:
            await alice.ask(command="join", room=self.lobby)
            async with connected(PATH, self.bob) as tab:
                await tab.ask(command="join", room=self.lobby)
                self.assertEqual((await alice.receive_json_from())["msg_type"], 4)
                async with connected(PATH, self.bob) as other:
                    people = (await other.ask(command="join", room=self.lobby))["people"]
                    self.assertEqual(people, ["alice", "bob"])
                self.assertTrue(await alice.receive_nothing())
            self.assertEqual((await alice.receive_json_from())["msg_type"], 5)

    async def test_whom_a_crashed_server_left_behind_is_not_there_and_leaves(self):
        old = timezone.now() - timedelta(hours=1)
        row = {"room_id": self.lobby, "user": self.bob, "channel": "dead", "server": "dead"}
        await Presence.objects.acreate(seen=old, **row)
        with override_settings(MULTICHAT_BEAT=0.05):
            async with connected(PATH, self.alice) as alice:
                self.assertEqual((await alice.ask(command="join", room=self.lobby))["people"], ["alice"])
                left = {"msg_type": 5, "room": str(self.lobby), "username": "bob"}
                self.assertEqual(await alice.receive_json_from(), left)

    async def test_the_list_of_rooms_counts_people_and_what_is_unread(self):
        async with connected(PATH, self.bob) as bob, connected(PATH, self.alice) as alice:
            await bob.ask(command="join", room=self.lobby)
            rooms = {room["id"]: room for room in (await alice.ask(command="rooms"))["rooms"]}
            self.assertEqual((rooms[str(self.lobby)]["people"], rooms[str(self.lobby)]["unread"]), (1, 0))
            said = await bob.ask(command="send", room=self.lobby, message="hi")
            changed = {"msg_type": 6, "room": str(self.lobby), "people": 1, "last": said["id"]}
            self.assertEqual(await alice.receive_json_from(), changed)
            read = await alice.ask(command="read", room=self.lobby, id=said["id"])
            self.assertEqual(read, {"read": str(self.lobby), "id": said["id"]})
