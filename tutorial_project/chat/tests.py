"""The chat's tests."""

from django.contrib.auth.models import User
from django.test import TransactionTestCase

from people.testing import connected, in_memory

LOBBY = "/ws/chat/lobby/"


@in_memory
class ChatTests(TransactionTestCase):
    async def test_everybody_in_the_room_reads_a_message(self):
        user = await User.objects.acreate(username="alice")
        async with connected(LOBBY, user) as alice, connected(LOBBY) as bob, connected("/ws/chat/hall/") as eve:
            await alice.send_json_to({"message": "hi"})
            for reader in alice, bob:
                said = await reader.receive_json_from()
                self.assertEqual((said["username"], said["message"]), ("alice", "hi"))
            self.assertTrue(await eve.receive_nothing())

    async def test_who_comes_late_reads_what_was_said(self):
        async with connected(LOBBY) as alice:
            said = await alice.ask(message="early")
        async with connected(LOBBY) as bob:
            self.assertEqual(await bob.receive_json_from(), said)

    async def test_a_bad_frame_is_answered_and_the_room_is_spared(self):
        async with connected(LOBBY) as alice, connected(LOBBY) as eve:
            for frame in "hello?", '{"text": "hi"}', '["hi"]', '{"message": " "}', '{"message": "\\ud800"}':
                await eve.send_to(text_data=frame)
                self.assertIn("error", await eve.receive_json_from(), frame)
            self.assertTrue(await alice.receive_nothing())
