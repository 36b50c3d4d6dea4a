"""A test that a message reaches its room, and no other."""

from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser, User
from django.test import TransactionTestCase

from chat.consumers import ChatConsumer
from people.testing import in_memory


@in_memory
class RoomTests(TransactionTestCase):
    async def enter(self, room, user=None):
        one = WebsocketCommunicator(ChatConsumer.as_asgi(), "/")
        one.scope["url_route"] = {"args": (), "kwargs": {"room": room}}
        one.scope["user"] = user or AnonymousUser()
        connected, _ = await one.connect(timeout=5)
        self.assertTrue(connected)
        return one

    async def test_a_message_reaches_its_room(self):
        user = await User.objects.acreate(username="alice")
        alice, bob, eve = await self.enter("one", user), await self.enter("one"), await self.enter("two")
        await alice.send_json_to({"message": "hi"})
        for one in alice, bob:
            said = await one.receive_json_from(timeout=5)
            self.assertEqual([said["username"], said["message"]], ["alice", "hi"])
        self.assertTrue(await eve.receive_nothing())
        for one in alice, bob, eve:
            await one.disconnect()
