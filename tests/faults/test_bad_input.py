"""Rows 31 to 45 of the table of faults: what strangers, tired clients and floods send to the finished chat."""

import asyncio
import json
import os
import socket
import statistics
import struct
import time
from contextlib import suppress

import httpx
import psutil
import pytest

from channels_lab.wire.client import Closed
from channels_lab.wire.handshake import Refused, connect
from tests.patience import within

from .layered import Chat, Person, Up
from .proxy import Bare, handshake

pytestmark = pytest.mark.timeout(120)
both_layers = pytest.mark.parametrize("chat", ["memory", "core"], indirect=True)
in_memory = pytest.mark.parametrize("chat", ["memory"], indirect=True)

MIB = 2**20


class Scene:
    """Alice and Bob talk in the lobby, and Eve is there."""

    def __init__(self, chat: Chat, up: Up, people: list[Person]) -> None:
        self.chat, self.up = chat, up
        self.alice, self.bob, self.eve = people

    @classmethod
    async def of(cls, chat: Chat, **env: object) -> "Scene":
        """Start a server, and let them come."""
        up = await chat.serve(**env)
        return cls(chat, up, await chat.people(up, "alice", "bob", "sam"))

    async def unharmed(self) -> None:
        """The others talk, and nothing of what happened shows an error of ours in the log."""
        await self.alice.tells(self.bob, f"all is well {time.monotonic()}")
        assert "Traceback" not in self.up.process.log

    async def group_is_clean(self) -> None:
        """When Eve has gone, the group and the list of people hold the others only."""
        await self.eve.client.close()
        await self.alice.hear(msg_type=5, username="sam")
        assert (await self.alice.join())["people"] == ["alice", "bob"]
        assert len(await self.chat.members(self.up, "room-1")) == 2

    async def answers(self, *cases: tuple[str | bytes, str]) -> None:
        """Eve gets an error frame with its code for each; the quickest within 100 ms."""
        took = []
        for frame, code in cases:
            began = time.monotonic()
            await self.eve.client.send(frame)
            heard = await self.eve.hear(error=...)
            took.append(time.monotonic() - began)
            assert (heard["error"], bool(heard["detail"])) == (code, True), frame[:80]
        assert min(took) < within(0.1)
        await self.unharmed()
        await self.group_is_clean()


# 31 to 34: what is no command


@both_layers
async def test_31_bad_json(chat: Chat) -> None:
    """Each is answered with a code and a sentence; the others are unaffected, and nothing stays in the group."""
    scene = await Scene.of(chat)
    await scene.answers(
        *((frame, "BAD_JSON") for frame in ("hello?", "{", '{"command": }', "'join'", "[]", '"join"', "1"))
    )


@both_layers
async def test_32_missing_extra_and_wrong_keys(chat: Chat) -> None:
    """A key that is missing or of another type is named by a code; one that nobody knows is left alone."""
    scene = await Scene.of(chat)
    await scene.answers(
        ("{}", "MISSING_KEY"),
        ('{"command": "send", "room": 1}', "MISSING_KEY"),
        ('{"command": "join", "room": {}}', "BAD_VALUE"),
        ('{"command": "send", "room": 1, "message": ["hi"]}', "BAD_VALUE"),
        ('{"command": "send", "room": 1, "message": "hi", "key": 5}', "BAD_VALUE"),
        ('{"command": 5}', "UNKNOWN_COMMAND"),
        ('{"command": "__class__"}', "UNKNOWN_COMMAND"),
        ('{"command": "leave", "room": 2, "extra": {"a": 1}}', "ROOM_ACCESS_DENIED"),
    )


@both_layers
async def test_33_binary_and_empty_frames(chat: Chat) -> None:
    """Bytes, none of them, and no text."""
    scene = await Scene.of(chat)
    await scene.answers((b"\x00\xff", "BAD_JSON"), (b"", "BAD_JSON"), ("", "BAD_JSON"), (" ", "BAD_JSON"))


@both_layers
async def test_34_deep_json_huge_numbers_and_no_numbers(chat: Chat) -> None:
    """What a parser could stumble over."""
    scene = await Scene.of(chat)
    await scene.answers(
        ("[" * 16_000, "BAD_JSON"),
        ('{"a":' * 3_000 + "1" + "}" * 3_000, "TOO_LONG"),
        ('{"a":' * 2_000 + "1" + "}" * 2_000, "BAD_JSON"),
        ('{"command": "join", "room": ' + "9" * 5_000 + "}", "BAD_JSON"),
        ('{"command": "join", "room": ' + "9" * 30 + "}", "ROOM_INVALID"),
        ('{"command": "join", "room": 9223372036854775808}', "ROOM_INVALID"),
        ('{"command": "join", "room": NaN}', "BAD_JSON"),
        ('{"command": "join", "room": Infinity}', "BAD_JSON"),
        ('{"command": "join", "room": 1e400}', "BAD_VALUE"),
        ('{"command": "read", "room": 1, "id": 99999999999999999999}', "BAD_VALUE"),
    )


# 35: texts


@both_layers
async def test_35_any_text_arrives_as_it_is_or_is_refused(chat: Chat) -> None:
    """The same on both layers: half a character and NUL are refused; what is whole arrives unchanged."""
    scene = await Scene.of(chat)
    for text in (
        "안녕",
        "\u202eevil\u202c שלום",
        "👩‍👩‍👧‍👦 𝄞",
        "\ufeff\u200b.",
        "a\r\n\tb",
        "\x01\x7f",
        "<b>&amp;</b>",
    ):
        await scene.alice.tells(scene.bob, text)
    await scene.answers(
        ('{"command": "send", "room": 1, "message": "\\ud83d"}', "BAD_VALUE"),
        ('{"command": "send", "room": 1, "message": "a\\u0000b"}', "BAD_VALUE"),
        ('{"command": "send", "room": 1, "message": "hi", "key": "\\ud83d"}', "BAD_VALUE"),
        ('{"command": "\\ud83d"}', "UNKNOWN_COMMAND"),
    )


# 36, 37: what is no frame


@both_layers
async def test_36_too_large_and_many_fragments(chat: Chat) -> None:
    """Up to a mebibyte is answered TOO_LONG; more of it is cut off, whole or in fragments; the server is alive."""
    scene = await Scene.of(chat)

    async def cut(message: object) -> None:
        one = await chat.person(scene.up, "sam")
        with suppress(Exception):
            await asyncio.wait_for(one.client.connection.send(message), 10)  # type: ignore[arg-type]
        assert await one.client.wait_closed() in (1006, 1009)

    await cut("x" * (MIB + 1))
    await cut(["x" * 1000] * 1100)
    await scene.eve.client.connection.send(["x"] * 20_000)
    await scene.eve.hear(error="TOO_LONG")
    await scene.eve.client.connection.send(['{"command":', '"leave",', '"room":', "2}"])
    await scene.eve.hear(error="ROOM_ACCESS_DENIED")
    await scene.answers(("x" * MIB, "TOO_LONG"))


def frame(payload: bytes = b"{}", *, first: int = 0x81, masked: bool = True) -> bytes:
    """A frame, its first byte as it is given."""
    mask = os.urandom(4) if masked else b""
    body = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload)) if masked else payload
    size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack(">H", len(payload))
    return bytes([first, size[0] | (0x80 if masked else 0)]) + size[1:] + mask + body


INVALID = {
    "RSV": frame(first=0xC1),
    "opcode": frame(first=0x83),
    "unmasked": frame(masked=False),
    "bad UTF-8": frame(b"\xc3\x28"),
    "ping in fragments": frame(b"", first=0x09),
    "long ping": frame(b"x" * 126, first=0x89),
    "nothing to continue": frame(first=0x80),
    "a new message within another": frame(first=0x01) + frame(first=0x81),
    "code of close": frame(struct.pack(">H", 1005), first=0x88),
}


@both_layers
async def test_37_invalid_frames(chat: Chat) -> None:
    """Nine ways to break RFC 6455: each costs that socket only, at once."""
    scene = await Scene.of(chat)
    cookie = f"sessionid={chat.cookies['sam']['sessionid']}"
    for name, sent in INVALID.items():
        bare = await Bare.open(scene.up.port, handshake(scene.up.port, "/ws/rooms/", Cookie=cookie))
        assert b" 101 " in await bare.head(), name
        bare.writer.write(frame(b'{"command":"join","room":1}') + sent)
        came = await bare.rest()
        await bare.close()
        assert b"Traceback" not in came, name
        await scene.alice.tells(scene.bob, name)
    await scene.unharmed()
    await scene.group_is_clean()


# 38 to 42: where one may not go


@in_memory
async def test_38_39_names_and_paths_that_are_none(chat: Chat) -> None:
    """A path that nobody answers is 403 to a WebSocket and 404 to a browser, without a traceback; never 500."""
    scene = await Scene.of(chat)
    for path in (
        "/ws/rooms/한국/",
        "/ws/rooms/a%20b/",
        f"/ws/rooms/{'x' * 200}/",
        "/nowhere/",
        "/",
        "/ws/%00/",
        "/ws/rooms",
    ):
        with pytest.raises(Refused) as refused:
            await connect(scene.up.port, path)
        assert refused.value.status == 403, path
    for room in ("한국", "a b", "x" * 200):
        async with connect(
            scene.up.port, f"/ws/chat/{room.replace(' ', '%20')}/"
        ) as guest:  # the plain chat maps its own
            await guest.send_json({"message": "hi"})
            assert (await guest.receive_json(5))["message"] == "hi"
        await scene.eve.say("join", room=room)
        await scene.eve.hear(error="ROOM_INVALID")
    url, cookies = f"http://127.0.0.1:{scene.up.port}", chat.cookies["alice"]
    async with httpx.AsyncClient(base_url=url, cookies=cookies, trust_env=False, timeout=20) as http:
        for path in ("/rooms/한국/", "/rooms/a b/", f"/rooms/{'9' * 200}/", "/nowhere/"):
            answer = await http.get(path)
            assert answer.status_code == 404, path
    assert "Traceback" not in scene.up.process.log


@in_memory
async def test_40_foreign_origins(chat: Chat) -> None:
    """Only our own pages may open a socket: another site, `null` and none at all are 403, and the client says why."""
    up = await chat.serve()
    for path in ("/ws/rooms/", "/chat/stream/"):
        for origin in ("http://evil.example", "null", None):
            with pytest.raises(Refused, match="the Origin is not allowed") as refused:
                await connect(up.port, path, origin=origin, cookies=chat.cookies["alice"])
            assert refused.value.status == 403


@both_layers
async def test_41_42_strangers_and_other_peoples_rooms(chat: Chat) -> None:
    """A stranger gets a code and is closed; the staff's room, and one that is not there, are refused by a code."""
    scene = await Scene.of(chat)
    async with connect(scene.up.port, "/ws/rooms/") as stranger:
        assert (await stranger.receive_json(5))["error"] == "USER_HAS_TO_LOGIN"
        assert await stranger.wait_closed() == 4001
        assert len(stranger.received) == 1
    for command in ({"command": "join"}, {"command": "send", "message": "x"}, {"command": "read", "id": 1}):
        for room, code in ((3, "ROOM_ACCESS_DENIED"), (99, "ROOM_INVALID")):
            await scene.alice.client.send_json(command | {"room": room})
            heard = await scene.alice.hear(error=...)
            assert heard["error"] in (code, "ROOM_ACCESS_DENIED"), command
    await scene.unharmed()


@both_layers
async def test_43_a_script_is_a_text(chat: Chat) -> None:
    """Letter by letter it comes to the others, as a value in JSON; what pages do with it is shown in tests/browser."""
    scene = await Scene.of(chat)
    text = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \" ' &"
    await scene.eve.send(text)
    assert (await scene.alice.hear(msg_type=0))["message"] == text


# 44, 45: too much, and never enough


@both_layers
async def test_44_a_flood(chat: Chat) -> None:
    """A thousand messages a second: few get through, it is closed, and the others are as fast as before."""
    scene = await Scene.of(chat)

    async def flood() -> int:
        with suppress(Closed):
            for number in range(3000):
                await scene.eve.send(f"number {number}")
        return await scene.eve.client.wait_closed(20)

    flooding = asyncio.create_task(flood())
    await scene.bob.hear(msg_type=0, username="sam")
    took = []
    for _ in range(30):  # what one person may say at once
        began = time.monotonic()
        await scene.alice.tells(scene.bob, f"and we? {began}")
        took.append(time.monotonic() - began)
    # Or 1006: who has not answered Daphne's close within a second is cut off, and a flood may leave no time to read it.
    assert await flooding in (4029, 1006)
    assert statistics.median(took) < within(0.5)
    got_through = [json.loads(text) for text in scene.alice.client.received if '"sam"' in str(text)]
    assert len([heard for heard in got_through if heard.get("msg_type") == 0]) < 100
    await scene.unharmed()


class Deaf:
    """A client that joins and never reads; its kernel takes little."""

    @classmethod
    async def of(cls, chat: Chat, up: Up) -> Bare:
        """Shake hands and join."""
        cookie = f"sessionid={chat.cookies['sam']['sessionid']}"
        bare = await Bare.open(up.port)
        bare.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        bare.writer.write(handshake(up.port, "/chat/stream/", Cookie=cookie))
        assert b" 101 " in await bare.head()
        bare.writer.write(frame(b'{"command":"join","room":"1"}'))
        bare.writer.transport.pause_reading()  # type: ignore[attr-defined]
        return bare


@both_layers
async def test_45_a_client_that_never_reads_is_closed_by_its_measure(chat: Chat) -> None:
    """It costs no more than MULTICHAT_UNREAD, though it goes on sending and so is never pinged; who reads is let be."""
    up = await chat.serve(MULTICHAT_UNREAD=3 * MIB, MULTICHAT_RATE=10_000, MULTICHAT_BURST=10_000)
    alice, bob = await chat.people(up, "alice", "bob")
    deaf = await Deaf.of(chat, up)
    await alice.hear(msg_type=4, username="sam")
    before = psutil.Process(up.process.pid).memory_info().rss
    text = "x" * 2000
    for number in range(1700):
        deaf.writer.write(frame(b"{}"))
        await alice.send(text)
        if number % 10 == 9:
            last = (await bob.hear(msg_type=0))["id"]
            await bob.say("read", room=1, id=last)
            await alice.say("read", room=1, id=last)
            await alice.hear(read="1")
    await bob.hear(timeout=20, msg_type=5, username="sam")
    assert psutil.Process(up.process.pid).memory_info().rss - before < 40 * MIB
    await alice.tells(bob, "still here")
    await deaf.close()


@in_memory
async def test_45_a_client_that_is_silent_and_never_reads_is_dropped_by_the_ping(chat: Chat) -> None:
    """Daphne pings it, and drops it when no pong comes: that bounds what it can cost."""
    up = await chat.serve(options=("--ping-interval", "1", "--ping-timeout", "1"))
    alice, bob = await chat.people(up, "alice", "bob")
    deaf = await Deaf.of(chat, up)
    await alice.hear(msg_type=4, username="sam")
    await alice.hear(timeout=15, msg_type=5, username="sam")
    await alice.tells(bob, "still here")
    await deaf.close()
