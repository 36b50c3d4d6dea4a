"""The notices: put up by HTTP, told to whoever waits and to whoever has a socket."""

import asyncio

from django.test import AsyncClient, TransactionTestCase

from notices import board
from people.testing import Socket, application, connected


class NoticesTests(TransactionTestCase):
    def setUp(self):
        board.bell.ring()  # a new event: the last one belongs to the event loop of another test

    async def test_a_notice_reaches_a_socket_and_whoever_waits(self):
        waiting = asyncio.create_task(AsyncClient().get("/notices/wait/"))
        async with connected("/ws/notices/?after=0") as socket:
            put_up = await AsyncClient().post("/notices/", {"text": "hi"})
            self.assertEqual(put_up.status_code, 201)
            self.assertEqual(await socket.receive_json_from(), put_up.json())
        self.assertEqual((await waiting).json(), {"notices": [put_up.json()]})

    async def test_who_comes_later_is_told_what_came_after(self):
        first, second = [await board.put_up(text) for text in ("one", "two")]
        async with connected(f"/ws/notices/?after={first['id']}") as socket:
            self.assertEqual(await socket.receive_json_from(), second)
            self.assertTrue(await socket.receive_nothing())

    async def test_what_is_no_id_is_refused(self):
        headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
        accepted, _ = await Socket(application, "/ws/notices/?after=x", headers=headers).connect()
        self.assertFalse(accepted)
        self.assertEqual((await AsyncClient().get("/notices/", {"after": "x"})).status_code, 400)
