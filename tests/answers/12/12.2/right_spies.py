from unittest.mock import patch

from channels.layers import InMemoryChannelLayer
from django.test import TransactionTestCase

from people.testing import connected, in_memory


@in_memory
class LeavingTests(TransactionTestCase):
    async def test_group_discard_is_called_with_what_was_joined(self):
        joined, left = [], []
        add, discard = InMemoryChannelLayer.group_add, InMemoryChannelLayer.group_discard

        async def group_add(layer, group, channel):
            joined.append((group, channel))
            await add(layer, group, channel)

        async def group_discard(layer, group, channel):
            left.append((group, channel))
            await discard(layer, group, channel)

        with (
            patch.object(InMemoryChannelLayer, "group_add", group_add),
            patch.object(InMemoryChannelLayer, "group_discard", group_discard),
        ):
            async with connected("/ws/chat/lobby/") as alice:
                await alice.ask(message="one")
                self.assertEqual(await alice.ask(message="two") is None, False)
                self.assertEqual(left, [])
        self.assertTrue(joined)
        self.assertEqual(joined, left)
