"""The notices over a WebSocket, by `race:application`, on the finished site and a real Daphne."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from channels_lab.record.reading import read_record
from channels_lab.running.process import Process
from channels_lab.wire.handshake import Refused, connect
from tests.site.conftest import Serve


@pytest.fixture
async def server(serve: Serve) -> AsyncIterator[tuple[Process, int]]:
    """A Daphne on the site, and its port."""
    async with serve("race:application") as up:
        yield up.process, up.port


async def put_up(port: int, text: str) -> int:
    """Put a notice up; returns its id."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        number: int = (await http.post("/notices/", data={"text": text})).json()["id"]
        return number


async def test_who_is_connected_is_told(server):
    """Each notice arrives as it is put up, and who comes back with the last id gets what was missed, once."""
    _, port = server
    async with connect(port, "/ws/notices/") as ada:
        first = await put_up(port, "one")
        assert await ada.receive_json() == {"id": first, "text": "one"}
    second = await put_up(port, "two")
    async with connect(port, f"/ws/notices/?after={first}") as ada:
        assert await ada.receive_json() == {"id": second, "text": "two"}
        await ada.receive_nothing()


@pytest.mark.parametrize("after", ["x", "-1", "9" * 20])
async def test_an_after_that_is_no_id_is_refused(server, after):
    """What is no id is answered by 403, and not accepted in silence."""
    with pytest.raises(Refused) as refused:
        await connect(server[1], f"/ws/notices/?after={after}")
    assert refused.value.status == 403


async def test_who_talks_is_heard_and_who_leaves_is_let_go(server):
    """What the client says does no harm, and when it has gone the function ends without an error."""
    process, port = server
    async with connect(port, "/ws/notices/") as ada:
        await ada.send("hello?")
        await put_up(port, "one")
        await ada.receive_json()
    deadline = time.monotonic() + 5
    while "end" not in (kinds := kinds_of_the_first_connection(process)):  # a file tells nobody that it has grown
        assert time.monotonic() < deadline, kinds
        await asyncio.sleep(0.01)
    assert "error" not in kinds


def kinds_of_the_first_connection(process: Process) -> list[str]:
    """What the recorder has noted of it so far."""
    events = read_record(process.record_file, "main")
    first = next(event.connection for event in events if event.kind == "open")
    return [event.kind for event in events if event.connection == first]
