"""The chat of many rooms: its protocol, its rights, and what is resumed."""

from django.contrib.auth.models import User
from django.test import TransactionTestCase

from multichat.models import Room
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
        headers = [(b"host", b"testserver"), (b"origin", b"http://evil.example")]
        accepted, _ = await Socket(application, PATH, headers=headers).connect()
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
                missed = [(await alice.receive_json_from())["message"] for _ in range(2)]
                self.assertEqual(missed, ["two", "three"])
                self.assertTrue(await alice.receive_nothing())
