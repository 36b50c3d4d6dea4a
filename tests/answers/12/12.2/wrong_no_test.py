# earns: no test was found
from channels.layers import get_channel_layer
from django.test import TransactionTestCase

from people.testing import connected, in_memory

LOBBY = "/ws/chat/lobby/"


def members():
    return [len(group) for group in get_channel_layer().groups.values()]


@in_memory
class LeavingTests(TransactionTestCase):
    async def who_has_left_is_in_no_group(self):
        async with connected(LOBBY) as alice:
            async with connected(LOBBY) as bob:
                await bob.ask(message="hi")
                await alice.receive_json_from()
                self.assertEqual(members(), [2])
            await alice.ask(message="who is there?")
            self.assertEqual(members(), [1])
        self.assertEqual(sum(members()), 0)
