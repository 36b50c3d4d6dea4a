"""A real Valkey, watched, and real channel layers that use it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.asyncio import Redis as Client

from channels_lab.errors import LabError
from channels_lab.picture.monitor.monitor import Monitor
from channels_lab.running import servers
from channels_lab.running.servers import Redis
from channels_lab.running.warmstart import WarmStart

LAYERS = [RedisChannelLayer, RedisPubSubChannelLayer]
HOSTILE = 'q"\\\r\n\x00\x1b[31m<script>alert(1)</script>\u202e\u2028&amp;'


@pytest.fixture
async def redis(keeper: WarmStart) -> AsyncIterator[Redis]:
    """A server of its own."""
    server = await servers.redis(keeper=keeper)
    yield server
    await server.stop()


@pytest.fixture
async def client(redis: Redis) -> AsyncIterator[Client]:
    """A person's own client, connected."""
    async with Client.from_url(redis.url) as client:
        await client.ping()
        yield client


@pytest.fixture
async def layer(redis: Redis) -> AsyncIterator[Callable[..., Any]]:
    """Makes channel layers on the server."""
    made = []

    def make(kind: type = RedisChannelLayer, **options: Any) -> Any:
        made.append(kind(hosts=[redis.url], **options))
        return made[-1]

    yield make
    for one in made:
        await (one.close_pools() if isinstance(one, RedisChannelLayer) else one.flush())


async def chat(layer: Any) -> None:
    """Two join a group, hear a message, and leave; one is sent a message of its own."""
    one, two = await layer.new_channel(), await layer.new_channel()
    for channel in (one, two):
        await layer.group_add("chat.lobby", channel)
    await layer.group_send("chat.lobby", {"type": "chat.message", "text": "hi"})
    for channel in (one, two):
        assert await layer.receive(channel) == {"type": "chat.message", "text": "hi"}
    await layer.send(one, {"type": "hint", "n": 1})
    assert await layer.receive(one) == {"type": "hint", "n": 1}
    for channel in (one, two):
        await layer.group_discard("chat.lobby", channel)


# What the commands mean


async def test_the_core_layer_is_told_in_its_own_words(redis, layer):
    """Each call of the core layer is counted, and its commands say what they are for."""
    async with Monitor(redis.url) as monitor:
        await chat(layer())
    # One message for both, as they are in one process: it is received once.
    assert monitor.calls == {"group_add": 2, "group_send": 1, "send": 1, "receive": 2, "group_discard": 2}
    told = [(entry.name, entry.meaning) for entry in monitor.marked]
    assert told[1] == ("EXPIRE", "group_add chat.lobby: forgotten 24 h after the last one joined")
    assert told[4:6] == [
        ("ZREMRANGEBYSCORE", "clean-up of chat.lobby: members that joined over 24 h ago"),
        ("ZRANGE", "group_send chat.lobby: who is a member?"),
    ]
    (sent,) = [meaning for name, meaning in told if name == "EVAL" and "group_send" in meaning]
    assert sent == 'group_send chat.lobby: chat.message {"text": "hi"} to 2 channels in 1 process'
    meanings = str(monitor)
    assert "receive on specific." in meanings and '…!: chat.message {"text": "hi"}, a copy is kept' in meanings
    assert "receive waits on specific." in meanings
    assert 'hint {"n": 1}' in meanings
    assert "clean-up of expired messages for specific." in meanings


async def test_the_pubsub_layer_is_told_in_its_own_words(redis, layer):
    """Pub/Sub sends a command only for the first member of a group in a process, and for the last."""
    async with Monitor(redis.url) as monitor:
        await chat(layer(RedisPubSubChannelLayer))
    assert monitor.calls == {"new_channel": 2, "group_add": 1, "group_send": 1, "send": 1, "group_discard": 1}
    meanings = [entry.meaning for entry in monitor.marked]
    assert meanings[2] == "group_add chat.lobby: the first member in its process"
    assert 'group_send chat.lobby: chat.message {"text": "hi"}' in meanings
    assert meanings[-1] == "group_discard chat.lobby: the last member in its process"


@pytest.mark.parametrize("kind", LAYERS)
async def test_every_command_of_a_layer_is_marked(redis, layer, kind):
    """Of what a layer sends, connections being opened aside, nothing goes unmarked or unexplained."""
    made = layer(kind)
    async with Monitor(redis.url) as monitor:
        await chat(made)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(made.receive(await made.new_channel()), 0.1)
        await made.flush()
    rest = [entry for entry in monitor.commands if not entry.chatter]
    assert [entry.text for entry in rest if not entry.layer] == []
    assert [entry.text for entry in rest if not entry.meaning or entry.meaning == "part of the script"] == []


async def test_commands_of_a_script_stand_under_it(redis, layer):
    """What a script of the layer runs is marked as part of it, in text by a hook."""
    async with Monitor(redis.url) as monitor:
        await chat(layer())
    start = next(n for n, entry in enumerate(monitor.commands) if "to 2 channels" in entry.meaning)
    script = monitor.commands[start : start + 5]
    assert [(entry.name, entry.inside, entry.layer) for entry in script[:4]] == [
        ("EVAL", False, True),
        ("ZCOUNT", True, True),
        ("ZADD", True, True),
        ("EXPIRE", True, True),
    ]
    assert not script[4].inside
    assert "└ ZCOUNT asgispecific." in str(monitor)


async def test_a_full_channel_is_told(redis, layer):
    """A message that group_send drops, because a channel is full, is marked by a sign and words."""
    made = layer(capacity=1)
    await made.group_add("chat.lobby", "slow.reader")
    async with Monitor(redis.url) as monitor:
        for _ in range(2):
            await made.group_send("chat.lobby", {"type": "x"})
    text = str(monitor)
    assert "1 message dropped (✗)" in text.splitlines()[0]
    assert text.count("✗ layer") == 1
    assert "full: the message for slow.reader is dropped" in text


async def test_a_worker_and_the_general_channels_of_pubsub_are_told(redis, layer):
    """A message to a channel that the project names is marked, with Pub/Sub too, where its name has no prefix."""
    for kind in LAYERS:
        made = layer(kind)
        async with Monitor(redis.url) as monitor:
            await made.send("thumbnails", {"type": "make"})
        assert [entry.meaning for entry in monitor.marked if entry.call] == ["send thumbnails: make"]


async def test_a_message_that_cannot_be_read_is_told_by_its_length(redis, client):
    """An encrypted message is marked as what it is sent by, and its bytes are counted."""
    async with Monitor(redis.url) as monitor:
        await client.publish("asgi__group__chat.lobby", b"\xff" * 99)
    assert monitor.commands[0].meaning.startswith("group_send chat.lobby: a message of 99 bytes (encrypted")


# Others


async def test_a_persons_own_commands_are_shown_unmarked(redis, client):
    """SET and GET are shown as they are; what opens a connection is one row."""
    async with Monitor(redis.url) as monitor:
        await client.set("greeting", "hello you")
        async with Client.from_url(redis.url) as other:
            await other.get("greeting")
    assert monitor.marked == []
    lines = [line.split()[2:] for line in str(monitor).splitlines()[1:4]]
    assert [" ".join(words) for words in lines] == [
        'SET greeting "hello you"',
        "CLIENT SETINFO ×4 a connection opens",
        "GET greeting",
    ]


async def test_a_layer_in_memory_is_guessed_when_nothing_comes(redis):
    """Where no command of the layer came, the text asks whether the layer is in memory."""
    async with Monitor(redis.url) as monitor:
        assert "in memory" not in str(monitor)
    assert str(monitor).startswith("Redis commands in ")
    assert ": 0.\nNo command of the channel layer came. Is the layer in memory?" in str(monitor)


async def test_connections_are_told_apart_where_the_server_does(redis, client, keeper):
    """Over TCP connections have numbers; over a Unix socket the text says that they cannot be told apart."""
    async with Monitor(redis.url) as monitor:
        await client.get("x")
    assert "connection" not in str(monitor).splitlines()[1]
    assert "MONITOR does not tell one connection from another" in str(monitor)
    server = await servers.redis(name="tcp", tcp=True, keeper=keeper)
    try:
        async with Client.from_url(server.url) as one, Client.from_url(server.url) as two:
            await one.ping()
            await two.ping()
            async with Monitor(server.url) as monitor:
                await one.eval("return redis.call('GET', KEYS[1])", 1, "x")
                await two.get("y")
                await one.get("z")
        numbers = [line.split("connection ")[1][0] for line in str(monitor).splitlines()[1:5]]
        assert numbers == ["1", "1", "2", "1"]
        assert "MONITOR" not in str(monitor)
    finally:
        await server.stop()


# Nothing is missed, and not too much is kept


async def test_what_is_sent_inside_is_seen_and_nothing_else(redis, client):
    """The first command after entering and the last before leaving are there, and none from before and after."""
    for number in range(30):
        await client.get("before")
        async with Monitor(redis.url) as monitor:
            await client.set("first", number)
            await client.set("last", number)
        await client.get("after")
        assert [entry.text for entry in monitor.commands] == [f"SET first {number}", f"SET last {number}"]


async def test_two_monitors_do_not_see_each_other(redis, client):
    """The markers of one monitor are not among the commands of another, though its connections are."""
    async with Monitor(redis.url) as one, Monitor(redis.url) as two:
        await client.get("x")
    assert [entry.text for entry in one.commands if not entry.chatter] == ["GET x"]
    assert [entry.text for entry in two.commands] == ["GET x"]


async def test_time_is_the_servers_from_the_moment_of_entering(redis, client):
    """Times are those of the server's clock; the first command comes after zero and before the end."""
    async with Monitor(redis.url) as monitor:
        await client.get("x")
        seconds, _ = await client.time()
    assert monitor.started <= monitor.commands[0].t <= monitor.stopped
    assert abs(monitor.commands[0].t - seconds) < 5


async def test_a_very_long_command_does_not_end_it(redis, client, layer):
    """A message of 300 KB is told by its type, the line is short, and the next command is seen."""
    made = layer()
    channel = await made.new_channel()
    async with Monitor(redis.url) as monitor:
        await made.send(channel, {"type": "film", "data": "x" * 300_000})
        await client.set("after", 1)
    assert monitor.commands[-1].text == "SET after 1"
    (sent,) = [entry for entry in monitor.marked if entry.call == "send"]
    assert ": film" in sent.meaning and "film {}" not in sent.meaning
    assert max(map(len, str(monitor).splitlines())) < 400


async def test_the_first_commands_are_kept_and_the_others_counted(redis, client):
    """Of 1,700 commands the first 500 are kept, at most a hundred rows shown, and the text says how many more came."""
    async with Monitor(redis.url) as monitor, client.pipeline(transaction=False) as pipe:
        for number in range(1700):
            pipe.set(f"k{number}", number)
        await pipe.execute()
    assert (len(monitor.commands), monitor.more) == (500, 1200)
    lines = str(monitor).splitlines()
    assert lines[0].startswith("Redis commands in ") and lines[0].endswith(": 1,700.")
    assert "… 1,200 more commands came: the first 500 are kept." in lines
    assert any(line.endswith("… 401 more commands") for line in lines)
    assert len(lines) < 105


@pytest.mark.parametrize("kind", LAYERS)
async def test_hostile_text_stays_a_line_of_plain_characters(redis, client, layer, kind):
    """Quotes, line ends, NUL, escapes and what reorders a line are told by their codes, a row a line."""
    made = layer(kind)
    channel = await made.new_channel()
    await made.send(channel, {"type": "connections are open now"})
    async with Monitor(redis.url) as monitor:
        await made.send(channel, {"type": HOSTILE, "text": HOSTILE, HOSTILE: HOSTILE})
        await client.set(HOSTILE, HOSTILE)
        await client.zadd(f"asgi:group:{HOSTILE}", {HOSTILE: 1})
    lines = str(monitor).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 1 + len(monitor.commands) + 1
    assert any("\\u202e" in line for line in lines)


# Faults


async def test_a_server_that_dies_ends_the_monitor_and_not_the_body(redis, client):
    """The body goes on when the server dies; the monitor says when it ended, and why, and leaving is at once."""
    async with Monitor(redis.url) as monitor:
        await client.set("x", 1)
        psutil.Process(redis.process.pid).kill()
        assert await redis.process.wait_ended(5)
        went_on = True
    assert went_on
    assert monitor.commands[0].text == "SET x 1"
    assert monitor.ended
    assert f"✗ The monitor ended after {monitor.ended_after * 1000:,.0f} ms: {monitor.ended}." in str(monitor)
    assert "in memory" not in str(monitor)


async def test_a_monitor_that_the_server_cuts_off_says_so(redis, client):
    """A monitor whose connection is closed by the server ends, and later commands are not expected."""
    async with Monitor(redis.url) as monitor:
        for about in await client.client_list():
            if about["cmd"] == "monitor":
                await client.client_kill_filter(_id=about["id"])
    assert monitor.ended == "the server closed the connection"


async def test_a_server_that_hangs_is_not_waited_for_long(redis):
    """Leaving gives up after the deadline when the server does not answer, and entering raises."""
    (process,) = psutil.Process(redis.process.pid).children()
    try:
        async with Monitor(redis.url, timeout=0.3) as monitor:
            process.suspend()
            while process.status() != psutil.STATUS_STOPPED:
                pass  # a signal takes a moment
        assert monitor.ended == "the server did not answer within 0.3 s"
        with pytest.raises(LabError, match=r"the server did not answer within 0\.3 s"):
            await Monitor(redis.url, timeout=0.3).__aenter__()
    finally:
        process.resume()


async def test_an_error_inside_comes_out_as_it_is(redis):
    """An exception of the body is not covered by the monitor's leaving, even when the server has died."""
    with pytest.raises(ZeroDivisionError):
        async with Monitor(redis.url):
            await redis.stop()
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("unix:///nowhere/redis.sock", "at unix:///nowhere/redis.sock: "),
        ("redis://me:secret@127.0.0.1:1/0", "at redis://127.0.0.1:1/0: "),
        ("nonsense", "at nonsense: that is no URL"),
        ("redis://:secret@127.0.0.1:port", "at redis://127.0.0.1:port: that is no URL"),
    ],
)
async def test_no_server_is_told_with_what_to_do(url, told):
    """Where no server answers, the error says where, and how to start one, and keeps the password to itself."""
    with pytest.raises(LabError) as caught:
        await Monitor(url).__aenter__()
    assert told in caught.value.message
    assert "await lab.redis()" in caught.value.fix
    assert "secret" not in str(caught.value)


async def test_a_server_that_forbids_it_is_told_with_what_to_do(redis, client):
    """A user without the right to MONITOR, or to ECHO, or who gives no password, is told how to get it."""
    for command in ("monitor", "echo"):
        await client.acl_setuser("default", enabled=True, commands=[f"-{command}"])
        with pytest.raises(LabError, match=r"forbids MONITOR: .* no permissions .*\nAllow it:  ACL SETUSER"):
            await Monitor(redis.url).__aenter__()
        await client.acl_setuser("default", enabled=True, commands=[f"+{command}"])
    await client.config_set("requirepass", "secret")
    with pytest.raises(LabError, match=r"asks who you are: .*\nWrite it in the URL"):
        await Monitor(redis.url).__aenter__()
    async with Monitor(f"{redis.url}?password=secret") as monitor:
        await client.get("x")
    assert monitor.commands[0].text == "GET x"
