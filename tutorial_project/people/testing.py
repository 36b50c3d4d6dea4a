"""What the site's tests share: a layer, and connections of people who are logged in."""

from contextlib import asynccontextmanager

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import AsyncClient, override_settings

from config.asgi import application

PATIENCE = 3  # seconds, where Channels waits one: the machine may be busy

# Whatever REDIS_URL says: tests need no Redis, and do not meet other people in one.
in_memory = override_settings(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})


class Socket(WebsocketCommunicator):
    async def receive_output(self, timeout=PATIENCE):
        return await super().receive_output(max(timeout, PATIENCE))

    async def wait(self, timeout=PATIENCE):
        await super().wait(max(timeout, PATIENCE))

    async def ask(self, **command):
        """Send a command, and return what comes next."""
        await self.send_json_to(command)
        return await self.receive_json_from()


async def session_of(user):
    """Log somebody in, and return the session's key."""
    client = AsyncClient()
    await client.aforce_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@asynccontextmanager
async def connected(path, user=None):
    """Open a connection through the whole application, as a browser does, and close it afterwards."""
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]  # Django allows this host in tests
    if user:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={await session_of(user)}".encode()))
    socket = Socket(application, path, headers=headers)
    accepted, code = await socket.connect()
    assert accepted, f"{path} was refused: {code}"
    yield socket
    await socket.disconnect()
