"""Who notices that somebody has left."""

from channels_lab.grading.task import Task

__all__ = ["task"]

_CONSUMERS = "chat/consumers.py"

task = Task(
    kind="tests",
    difficulty="medium",
    minutes=15,
    files=("chat/test_leaving.py",),
    hints=(
        "What can you still see of somebody who has left: what is in the layer's group, or what comes to the others?",
        "A layer in memory has `groups`: a dict of a dict. Look at it while two are connected, and after one has gone.",
        "from channels.layers import get_channel_layer; groups = get_channel_layer().groups; after each step compare "
        "how many channels the room's group has: 2, then 1, then none.",
    ),
    deadline=60,
)

task.sound("Your tests pass on the project as it is.")
task.mutant(
    "They notice a consumer that never leaves its group.",
    _CONSUMERS,
    "        await self.channel_layer.group_discard(self.group, self.channel_name)\n",
    "        pass\n",
    points=2,
)
task.mutant(
    "They notice a consumer that leaves another group than it has joined.",
    _CONSUMERS,
    "await self.channel_layer.group_discard(self.group, self.channel_name)",
    "await self.channel_layer.group_discard(self.room, self.channel_name)",
)
task.mutant(
    "They notice a consumer that leaves at the first message.",
    _CONSUMERS,
    "        event = await keep(self.room, username, message)\n",
    "        event = await keep(self.room, username, message)\n"
    "        await self.channel_layer.group_discard(self.group, self.channel_name)\n",
)
