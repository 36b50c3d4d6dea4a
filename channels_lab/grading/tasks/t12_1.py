"""A test that cannot pass."""

from channels_lab.grading.task import Task

__all__ = ["task"]

_CONSUMERS = "chat/consumers.py"

task = Task(
    kind="tests",
    difficulty="easy",
    minutes=10,
    files=("chat/test_rooms.py",),
    hints=(
        "Which layers does a connection come through on a server, and which of them does this test leave out?",
        "`connected(path, user)` in people/testing.py goes through the whole application, and opens and closes. What "
        "should each of the three people see?",
        "async with connected(LOBBY, user) as alice, connected(LOBBY) as bob, connected(HALL) as eve: … "
        "receive_json_from() for alice and bob, receive_nothing() for eve",
    ),
    deadline=60,
)

task.sound("They pass on the project as it is.")
task.mutant(
    "They notice a message that reaches its sender only.",
    _CONSUMERS,
    "await self.channel_layer.group_send(self.group, event)",
    "await self.chat_message(event)",
)
task.mutant(
    "They notice a message that reaches all rooms.",
    _CONSUMERS,
    "self.group = group_name(self.room)",
    'self.group = group_name("everybody")',
)
task.mutant(
    "They notice a message under another name.",
    _CONSUMERS,
    'username = self.scope["user"].username or "guest"',
    'username = "guest"',
)
