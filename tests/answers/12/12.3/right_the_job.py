"""What the worker exports of a room: the job itself is asked."""

from django.contrib.auth.models import User
from django.test import TestCase, override_settings

from multichat.models import Message, Room
from tasks.jobs import JOBS


@override_settings(TASKS_PACE=0)
class ExportTests(TestCase):
    def test_all_of_the_room_and_nothing_else(self):
        alice = User.objects.create(username="alice")
        lobby, hall = Room.objects.create(title="Lobby"), Room.objects.create(title="Hall")
        for number in range(30):
            Message.objects.create(room=lobby, user=alice, username="alice", text=f"<{number}>")
            Message.objects.create(room=hall, user=alice, username="alice", text="no")
        told = JOBS["export"](lobby, lambda step, steps: None)
        wanted = [
            f"{message.at:%Y-%m-%d %H:%M} alice: {message.text}" for message in lobby.message_set.order_by("id")
        ]
        self.assertEqual(told.splitlines(), wanted)
