"""Tokens: who comes in by one, who does not, and who is sent away again."""

from datetime import timedelta

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import TransactionTestCase

from people.testing import Socket, application, connected, in_memory
from tokens.middleware import PROTOCOL, TokenAuthMiddleware
from tokens.models import Token
from tokens.signing import text_of

DOOR = "/ws/door/"


@in_memory
class TokensTests(TransactionTestCase):
    def setUp(self):
        self.alice = User.objects.create(username="alice")
        self.token = Token.make(self.alice, "script", timedelta(hours=1))

    async def knock(self, *words):
        """Come to the door as a program does: with subprotocols, without an Origin."""
        socket = Socket(application, DOOR, subprotocols=[PROTOCOL, *words])
        self.assertEqual(await socket.connect(), (True, PROTOCOL))
        return socket

    async def assert_sent_away(self, socket, error):
        self.assertEqual((await socket.receive_json_from())["error"], error)
        self.assertEqual((await socket.receive_output())["code"], 4001)

    async def test_nobody_further_in_sees_the_token(self):
        async def stub(scope, receive, send):
            scopes.append(scope)

        scopes, text = [], text_of(self.token)
        headers = [(b"sec-websocket-protocol", f"{PROTOCOL}, {text}".encode())]
        socket = Socket(TokenAuthMiddleware(stub), "/", headers, [PROTOCOL, text])
        await socket.connect()
        await socket.wait()
        self.assertEqual(scopes[0]["user"], self.alice)
        self.assertNotIn(text, str(scopes))

    async def test_a_token_lets_in_by_subprotocol_and_by_first_message(self):
        by_subprotocol, by_message = await self.knock(text_of(self.token)), await self.knock()
        await by_message.send_json_to({"token": text_of(self.token)})
        for socket in by_subprotocol, by_message:
            self.assertEqual(await socket.receive_json_from(), {"you": "alice", "by": "token"})
            await socket.disconnect()

    async def test_a_wrong_token_lets_nobody_in(self):
        old = await database_sync_to_async(Token.make)(self.alice, "old", timedelta(seconds=-1))
        gone = text_of(self.token)
        await self.token.adelete()
        wrong = {gone + "x": "TOKEN_INVALID", text_of(old): "TOKEN_EXPIRED", gone: "TOKEN_REVOKED"}
        for text, error in wrong.items():
            await self.assert_sent_away(await self.knock(text), error)

    async def test_a_token_revoked_ends_the_connection(self):
        socket = await self.knock(text_of(self.token))
        await socket.receive_json_from()
        await self.token.adelete()
        await self.assert_sent_away(socket, "USER_HAS_TO_LOGIN")
        await socket.disconnect()

    async def test_logging_out_ends_the_connection(self):
        async with connected(DOOR, self.alice) as socket:
            self.assertEqual(await socket.receive_json_from(), {"you": "alice", "by": "session"})
            await (await Session.objects.aget()).adelete()
            await self.assert_sent_away(socket, "USER_HAS_TO_LOGIN")
