"""Who is in a room, and what the list of rooms tells of it."""

from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from multichat.models import Presence
from multichat.tests import PATH, RoomsCase
from people.testing import connected


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
