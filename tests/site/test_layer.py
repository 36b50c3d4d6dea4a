"""The chat's channel layer from chapter 07 on: in memory, or in the Redis that REDIS_URL names."""

import runpy
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from channels_lab.running import servers
from channels_lab.wire.client import Client
from channels_lab.wire.handshake import connect
from tests.site.conftest import Serve

LOBBY = "/ws/chat/lobby/"


@pytest.fixture
async def redis_url() -> AsyncIterator[str]:
    """The address of a Valkey."""
    redis = await servers.redis()
    yield redis.url
    await redis.stop()


@asynccontextmanager
async def two_people(serve: Serve, redis_url: str) -> AsyncIterator[tuple[Client, Client]]:
    """Alice and Bob in one room, each at a Daphne of her own."""
    async with AsyncExitStack() as stack:
        env = {"REDIS_URL": redis_url}
        main, second = [await stack.enter_async_context(serve(name=name, env=env)) for name in ("main", "second")]
        alice = await stack.enter_async_context(connect(main.port, LOBBY, name="Alice"))
        bob = await stack.enter_async_context(connect(second.port, LOBBY, name="Bob"))
        for person in (alice, bob):
            await person.send("?")  # answered when the history has been read: what is said then is no history for bob
            assert "error" in await person.receive_json()
        yield alice, bob


def test_the_layer_is_chosen_by_the_environment(migrated, monkeypatch):
    """Without REDIS_URL, or with an empty one, the layer is in memory; else it waits at that Redis without a limit."""
    settings = str(migrated / "config" / "settings.py")
    monkeypatch.delenv("REDIS_URL", raising=False)
    memory = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    assert runpy.run_path(settings)["CHANNEL_LAYERS"] == {"default": memory}
    monkeypatch.setenv("REDIS_URL", "")
    assert runpy.run_path(settings)["CHANNEL_LAYERS"] == {"default": memory}
    monkeypatch.setenv("REDIS_URL", "redis://redis.example:6380")
    layer = runpy.run_path(settings)["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"] == "channels_redis.core.RedisChannelLayer"
    assert layer["CONFIG"]["hosts"] == [{"address": "redis://redis.example:6380", "socket_timeout": None}]


async def test_in_memory_a_message_stays_in_its_process(serve):
    """Without Redis, who writes at one Daphne is heard there, and not at another."""
    async with two_people(serve, "") as (alice, bob):
        await alice.send_json({"message": "hello"})
        assert (await alice.receive_json())["message"] == "hello"
        await bob.receive_nothing()


async def test_over_redis_a_message_crosses_to_another_process(serve, redis_url):
    """With Redis, who writes at one Daphne is heard at both."""
    async with two_people(serve, redis_url) as (alice, bob):
        await alice.send_json({"message": "hello"})
        for person in (alice, bob):
            heard = await person.receive_json()
            assert (heard["username"], heard["message"]) == ("guest", "hello")


async def test_half_a_character_is_answered_and_a_whole_one_carried(serve, redis_url):
    """A lone surrogate, which Redis cannot carry, costs nobody the connection; a pair of them arrives."""
    async with two_people(serve, redis_url) as (alice, bob):
        await alice.send('{"message": "\\ud83d"}')
        assert "half a character" in (await alice.receive_json())["error"]
        await alice.send('{"message": "\\ud83d\\ude00"}')
        for person in (alice, bob):
            assert (await person.receive_json())["message"] == "\N{GRINNING FACE}"
