"""Row 49 of the table of faults: nobody says anything, and the connections stay open."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .layered import Chat

on_core = pytest.mark.parametrize("chat", ["core"], indirect=True)
on_redis = pytest.mark.parametrize("chat", ["core", "pubsub"], indirect=True)

# No beat: nothing goes over the layer meanwhile.
NO_BEAT = {"MULTICHAT_BEAT": 600}
# The layer asks Redis anew each five seconds; a client that does not wait so long gives up just before.
JUST_LONGER = 6.5
MINUTE = 60


async def stays_open(chat: Chat, seconds: float, **options: object) -> None:
    """Say nothing for so long, and then something: it arrives."""
    up = await chat.serve(**NO_BEAT, **options)  # type: ignore[arg-type]
    alice, bob = await chat.people(up, "alice", "bob")
    await alice.tells(bob, "before")
    await bob.client.receive_nothing(seconds)
    await alice.tells(bob, "still there")
    assert "channel layer failed" not in up.process.log


@on_core
async def test_49_idle_for_longer_than_redis_is_asked(chat: Chat) -> None:
    """A connection on which nothing is said outlives the time that the layer waits for Redis at once."""
    await stays_open(chat, JUST_LONGER)


@pytest.mark.slow
@on_redis
async def test_49_idle_for_a_minute(chat: Chat) -> None:
    """After a minute of silence a message arrives as ever."""
    await stays_open(chat, MINUTE)


@pytest.fixture(scope="session")
def redis_8(needs: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variable by which a server has redis-py 8, in place of the one that is locked."""
    folder = tmp_path_factory.mktemp("redis-8")
    where = ["--python", sys.executable, "--target", str(folder)]
    command = [needs("uv"), "pip", "install", "--quiet", "--no-deps", *where, "redis>=8,<9"]
    subprocess.run(command, check=True, timeout=100)
    assert list(Path(folder).glob("redis-8*.dist-info"))
    return {"PYTHONPATH": str(folder)}


@pytest.mark.slow
@on_redis
async def test_49_idle_for_a_minute_with_redis_py_8(chat: Chat, redis_8: dict[str, str]) -> None:
    """With `socket_timeout: None`, as in the site's settings, redis-py 8 stays open as well."""
    await stays_open(chat, MINUTE, cold=True, **redis_8)


@pytest.mark.slow
@on_core
async def test_49_redis_py_8_without_that_setting(chat: Chat, redis_8: dict[str, str]) -> None:
    """With its own time-out redis-py 8 gives an idle connection up after seconds: the client is asked to come again."""
    chat.configure(hosts=[{"address": chat.valkey.url}])
    up = await chat.serve(cold=True, **NO_BEAT, **redis_8)
    [bob] = await chat.people(up, "bob")
    assert await bob.client.wait_closed(20) == 4013
    await up.until_logged("The channel layer failed: Timeout")
