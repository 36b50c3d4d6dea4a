"""Cases of rules about Redis: the server that the channel layer talks to, and how it is found."""

from redis.asyncio import Redis

from .cases import Case
from .cases_first import talk
from .run import Run

__all__ = ["CASES", "LAYER", "SETTINGS", "layer"]

SETTINGS = "config/settings.py"
LAYER = 'CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}\n'
# Nothing listens there: port 1 needs root, and has no use any more.
NOWHERE = '"redis://127.0.0.1:1"'


def layer(config: str, backend: str = "channels_redis.core.RedisChannelLayer") -> dict[str, tuple[str, str]]:
    """The edit that replaces the layer in memory by this backend with this CONFIG."""
    return {SETTINGS: (LAYER, f'CHANNEL_LAYERS = {{"default": {{"BACKEND": "{backend}", {config}}}}}\n')}


def hosts(text: str) -> dict[str, tuple[str, str]]:
    """The edit that names these hosts."""
    return layer(f'"CONFIG": {{"hosts": [{text}]}}')


URL = 'os.environ["REDIS_URL"]'
PORT = f'int({URL}.rpartition(":")[2])'
TIMEOUT = f'{{"address": {URL}, "socket_timeout": 0.5}}'


async def fail(run: Run) -> None:
    """Connect, and be turned away: the consumer raises before it accepts."""
    await run.refused("/ws/chat/lobby/", 500)


async def wait(run: Run) -> None:
    """Connect, and stay until the server hangs up."""
    async with run.connect("/ws/chat/lobby/") as alice:
        assert await alice.wait_closed() == 1011


async def worker_ends(run: Run) -> None:
    """The worker ends by itself."""
    assert await run.processes[-1].end(5) == 1


async def talk_by_tcp(run: Run) -> None:
    """Talk over a Redis on a TCP port."""
    await run.redis(tcp=True)
    await run.server()
    await talk(run)


async def lose_redis(run: Run) -> None:
    """Redis ends while somebody is connected."""
    redis = await run.redis()
    await run.server()
    async with run.connect("/ws/chat/lobby/") as alice:
        await alice.send_json({"message": "hi"})
        await alice.receive_json()
        await redis.stop()
        assert await alice.wait_closed() == 1011


async def lose_redis_in_silence(run: Run) -> None:
    """Redis ends while a client is connected that has said and heard nothing."""
    redis = await run.redis()
    await run.server()
    async with run.connect("/ws/chat/lobby/") as alice:
        await redis.stop()
        assert await alice.wait_closed() == 1011


async def leave_first(run: Run) -> None:
    """Redis ends when all have left."""
    redis = await run.redis()
    await run.server()
    await talk(run)
    await run.settled()
    await redis.stop()


async def set_password(run: Run) -> None:
    """Redis wants a password."""
    redis = await run.redis()
    async with Redis.from_url(redis.url) as client:
        await client.config_set("requirepass", "secret")


async def no_password(run: Run) -> None:
    """Redis wants a password that the project does not give."""
    await set_password(run)
    await run.server()
    await fail(run)


async def right_password(run: Run) -> None:
    """Redis wants a password, and gets it."""
    await set_password(run)
    run.env["REDIS_URL"] = run.env["REDIS_URL"].replace("unix://", "unix://:secret@")
    await run.server()
    await talk(run)


CASES = [
    Case("a Redis that does not run", "redis-refused", edits=hosts(NOWHERE), act=fail),
    Case(
        "a worker whose Redis does not run",
        "redis-refused",
        base="site",
        env={"REDIS_URL": "redis://127.0.0.1:1"},
        start="worker tasks",
        act=worker_ends,
    ),
    Case("a Redis that runs", neighbour_of="redis-refused", start="", edits=hosts(URL), act=talk_by_tcp),
    Case("hosts beside CONFIG", "redis-hosts-outside-config", edits=layer(f'"hosts": [{NOWHERE}]'), act=fail),
    Case(
        "hosts inside CONFIG, which is set later",
        neighbour_of="redis-hosts-outside-config",
        start="",
        edits={
            SETTINGS: (
                LAYER,
                'CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}\n'
                f'CHANNEL_LAYERS["default"]["CONFIG"] = {{"hosts": [{URL}]}}\n',
            )
        },
        act=talk_by_tcp,
    ),
    Case(
        "a socket of Redis that is not there",
        "redis-no-socket",
        edits=hosts('"unix:///nowhere/redis.sock"'),
        act=fail,
    ),
    Case("a socket of Redis", neighbour_of="redis-no-socket", redis=True, edits=hosts(URL), act=talk),
    Case("a host's name that nobody knows", "redis-host-unknown", edits=hosts('"redis://redis:6379"'), act=fail),
    Case(
        "a host's name that is known",
        neighbour_of="redis-host-unknown",
        start="",
        edits=hosts(f'{URL}.replace("127.0.0.1", "localhost")'),
        act=talk_by_tcp,
    ),
    Case(
        "one URL in place of a list",
        "redis-hosts-no-list",
        edits=layer(f'"CONFIG": {{"hosts": {NOWHERE}}}'),
        act=fail,
    ),
    Case(
        "one pair in place of a list",
        "redis-hosts-no-list",
        edits=layer('"CONFIG": {"hosts": ("127.0.0.1", 1)}'),
        act=fail,
    ),
    Case(
        "a pair in a list",
        neighbour_of="redis-hosts-no-list",
        start="",
        edits=hosts(f'("127.0.0.1", {PORT})'),
        act=talk_by_tcp,
    ),
    Case("a URL without its scheme", "redis-url", edits=hosts('"127.0.0.1:6379"'), act=fail),
    Case(
        "a URL in a dict",
        neighbour_of="redis-url",
        redis=True,
        edits=hosts(f'{{"address": {URL}, "db": 1}}'),
        act=talk,
    ),
    Case("a short socket_timeout", "redis-timeout", redis=True, edits=hosts(TIMEOUT), act=wait),
    Case(
        "a short socket_timeout and a worker",
        "redis-timeout",
        redis=True,
        edits=hosts(TIMEOUT),
        start="worker tasks",
        act=worker_ends,
    ),
    Case(
        "a socket_timeout of None",
        neighbour_of="redis-timeout",
        redis=True,
        edits=hosts(TIMEOUT.replace("0.5", "None")),
        act=talk,
    ),
    Case("no password for Redis", "redis-password", start="", edits=hosts(URL), act=no_password),
    Case(
        "a wrong password for Redis",
        "redis-password",
        start="",
        edits=hosts(f'{{"address": {URL}, "password": "guess"}}'),
        act=no_password,
    ),
    Case("the password of Redis", neighbour_of="redis-password", start="", edits=hosts(URL), act=right_password),
    Case("database 99", "redis-database", redis=True, edits=hosts(f'{URL} + "?db=99"'), act=fail),
    Case("database 15", neighbour_of="redis-database", redis=True, edits=hosts(f'{URL} + "?db=15"'), act=talk),
    Case("Redis ends before its clients", "redis-gone", start="", edits=hosts(URL), act=lose_redis),
    Case("Redis ends, and nobody spoke", "redis-gone", start="", edits=hosts(URL), act=lose_redis_in_silence),
    Case("Redis ends after its clients", neighbour_of="redis-gone", start="", edits=hosts(URL), act=leave_first),
]
