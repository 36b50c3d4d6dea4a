"""What a caller expects, as one line of the picture, and how much it takes."""

import asyncio
import contextlib

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from channels_lab.grading.call import Call
from channels_lab.grading.caller import payload
from channels_lab.grading.unmet import Unmet


def test_what_is_known_of_a_message_is_told() -> None:
    """Types in an expectation say nothing in its line, in an object, in lists, and in objects in lists."""
    assert payload({"at": float, "message": "hi"}) == '{"message": "hi"}'
    assert payload({"found": [{"id": int, "message": "hi"}, str]}) == '{"found": [{"message": "hi"}]}'
    assert payload({"tick": int}) == '"tick"'


async def test_what_is_too_much() -> None:
    """A packed message that would be giant is not unpacked, and who is sent more and more hears no more."""

    async def say(connection: ServerConnection) -> None:
        message = bytes(4 << 20) if connection.request and connection.request.path == "/bomb" else bytes(200_000)
        with contextlib.suppress(ConnectionClosed):
            while True:
                await connection.send(message)
                await asyncio.sleep(0)  # it shares this loop with its client

    async def settled() -> None: ...
    async def failing(error: BaseException) -> None: ...

    def call(path: str) -> Call:
        return Call(port, path, name="eve", script=[], settled=settled, failing=failing, patience=2)

    async with serve(say, "127.0.0.1", 0, max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        async with call("/bomb") as eve:
            with pytest.raises(Unmet, match="a message came that is longer than 256 KiB"):
                await eve.expect_json({})
        with pytest.raises(Unmet, match="more than 16 MiB"):
            async with asyncio.timeout(20), call("/more") as eve:
                await eve.wait_for_json({"never": True}, timeout=20)
