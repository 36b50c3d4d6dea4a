"""Three broken consumers."""

from channels_lab.grading.task import Task

__all__ = ["task"]

_CONSUMERS = "multichat/consumers.py"

task = Task(
    kind="tests",
    difficulty="hard",
    minutes=25,
    files=("multichat/test_three.py",),
    hints=(
        "Each of the three promises something to somebody else. Who sees that it is broken, and by which frame?",
        "A test for each. Who is in the room reads what should not have come, or waits for what should: an answer "
        "with `error`, the frame with `msg_type` 5, the same `id` a second time.",
        'first = await alice.ask(command="send", room=room, message="hi", key="k1"), and the same again: the second '
        'answer has the same "id". After alice\'s leave: {"msg_type": 5, "room": …, "username": "alice"} comes to bob.',
    ),
    deadline=60,
)

task.sound("They pass on the project as it is.")
task.mutant(
    "They notice a consumer that lets people speak in a room that they have not joined.",
    _CONSUMERS,
    '            raise Refused("ROOM_ACCESS_DENIED", "Join the room first.")\n',
    "            pass\n",
    points=2,
)
task.mutant(
    "They notice a consumer that keeps a message twice that was said again under its key.",
    _CONSUMERS,
    "await history.keep(self.user.pk, room, text, key)",
    "await history.keep(self.user.pk, room, text, None)",
    points=2,
)
task.mutant(
    "They notice a consumer that tells nobody who leaves a room.",
    _CONSUMERS,
    '        await self.forget(room)\n        await self.tell({"leave": str(room)})\n',
    '        self.rooms.pop(room)\n        await self.tell({"leave": str(room)})\n',
    points=2,
)
