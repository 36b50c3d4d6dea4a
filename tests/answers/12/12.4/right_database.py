"""Three promises of the chat of many rooms, looked at in the database and by somebody who listens."""

from multichat.models import Message, Presence
from multichat.tests import PATH, RoomsCase
from people.testing import connected


class ThreeTests(RoomsCase):
    async def test_three_promises(self):
        async with connected(PATH, self.bob) as bob, connected(PATH, self.alice) as alice:
            await bob.ask(command="join", room=self.lobby)
            await alice.ask(command="send", room=self.lobby, message="too early")
            self.assertEqual(await Message.objects.acount(), 0)
            await alice.ask(command="join", room=self.lobby)
            for _ in range(3):
                await alice.ask(command="send", room=self.lobby, message="hi", key="a key")
            self.assertEqual(await Message.objects.acount(), 1)
            await alice.ask(command="leave", room=self.lobby)
            self.assertEqual(await Presence.objects.acount(), 1)
