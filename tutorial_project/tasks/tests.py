"""Tasks: started by a socket, done by a worker, told to their person."""

from unittest.mock import Mock, patch

from channels.layers import get_channel_layer
from channels.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.test import TransactionTestCase, override_settings

from multichat.models import Message, Room
from people.testing import application, connected, in_memory
from tasks.jobs import JOBS
from tasks.models import Task

CHANNEL = "background-tasks"


@in_memory
@override_settings(TASKS_PACE=0)
class TasksTests(TransactionTestCase):
    def setUp(self):
        self.alice, self.bob = (User.objects.create(username=name) for name in ("alice", "bob"))
        self.lobby = Room.objects.create(title="Lobby")
        for text in "hello Bob", "hello":
            Message.objects.create(room=self.lobby, user=self.alice, username="alice", text=text)
        self.worker = ApplicationCommunicator(application, {"type": "channel", "channel": CHANNEL})

    async def start(self, socket):
        """Start a task, and return what was sent to the workers."""
        await socket.send_json_to({"command": "start", "kind": "count", "room": self.lobby.pk})
        return await get_channel_layer().receive(CHANNEL)

    async def states(self, socket, last):
        """Read what is told of tasks until one is in the state `last`."""
        told = []
        while last not in told:
            if task := (await socket.receive_json_from()).get("task"):
                told.append(task["state"])
        return told

    async def test_a_worker_does_a_task_and_its_person_is_told(self):
        async with connected("/ws/tasks/", self.alice) as alice, connected("/ws/tasks/", self.bob) as bob:
            await self.worker.send_input(await self.start(alice))
            self.assertEqual(await self.states(alice, "done"), ["waiting", "running", "running", "running", "done"])
            self.assertTrue(await bob.receive_nothing())
        self.assertIn("2 hello", (await Task.objects.aget()).result)

    async def test_a_message_that_comes_twice_is_worked_on_once(self):
        async with connected("/ws/tasks/", self.alice) as alice:
            message = await self.start(alice)
            with patch.dict(JOBS, count=Mock(return_value="counted")):
                for _ in range(2):
                    await self.worker.send_input(message)
                await self.states(alice, "done")
                self.assertTrue(await alice.receive_nothing())
                JOBS["count"].assert_called_once()

    async def test_after_a_task_that_fails_the_worker_does_the_next(self):
        async with connected("/ws/tasks/", self.alice) as alice:
            with patch.dict(JOBS, count=None), self.assertLogs("tasks"):
                await self.worker.send_input(await self.start(alice))
                self.assertEqual(await self.states(alice, "failed"), ["waiting", "running", "failed"])
            await self.worker.send_input(await self.start(alice))
            await self.states(alice, "done")

    async def test_what_no_worker_takes_expires(self):
        async with connected("/ws/tasks/", self.alice) as alice:
            await self.start(alice)
            with override_settings(TASKS_EXPIRY=0):
                await alice.send_json_to({"command": "tasks"})
                self.assertEqual(await self.states(alice, "expired"), ["waiting", "expired"])
