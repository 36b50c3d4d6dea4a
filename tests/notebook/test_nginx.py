import asyncio
import itertools
import shutil
from contextlib import AsyncExitStack

import pytest

from channels_lab.errors import LabError
from channels_lab.running import nginx as module
from tests.conftest import ROOT
from tests.small_course import hello

from .test_lab import run

OPTIONS = {"options": ("--proxy-headers",)}


@pytest.fixture(params=["nginx", "stand-in"])
async def fleet(request, needs, lab, monkeypatch, capsys):
    """Two servers, and Nginx or its stand-in before them."""
    if request.param == "nginx":
        needs("nginx")
    else:
        monkeypatch.setattr(module, "_PLACES", ())
        monkeypatch.setenv("PATH", "/nowhere")
    run(lab, hello())
    shutil.copytree(ROOT / "tutorial_project" / "deploy", lab.project / "deploy")
    one, two = [await lab.daphne("hello:application", name=name, **OPTIONS) for name in ("one", "two")]
    nginx = await lab.nginx(one, two)
    assert nginx.is_real == (request.param == "nginx")
    assert ("Get it by one of: apt install" in capsys.readouterr().out) == (not nginx.is_real)
    return nginx


async def test_clients_are_spread_and_drawn(fleet, lab):
    """Each server gets half of the clients; the lab's diagram names every client and both servers' consumers."""
    assert fleet.spread() == {"one": 0, "two": 0}
    async with AsyncExitStack() as stack:
        for number in range(6):
            ada = await stack.enter_async_context(fleet.connect("/", name=f"Ada {number}"))
            await ada.send("x")
            assert await ada.receive() == "hello"
        assert fleet.spread() == {"one": 3, "two": 3}
    shown = str(lab.diagram())
    assert "another client" not in shown
    assert [f"Ada {number}" in shown for number in range(6)] == [True] * 6
    # The picture waits for what is on its way, and no longer.
    assert fleet._settled()


async def test_the_fleet_is_drawn_while_it_changes(fleet, lab):
    """Clients come, a server is killed, and each look at the fleet says how it is then; the last stays."""
    async with AsyncExitStack() as stack, lab.fleet() as live:
        clients = [await stack.enter_async_context(fleet.connect("/", name=f"Ada {number}")) for number in range(4)]
        assert "4 connections" in str(lab.fleet())
        one = lab.servers["one"]
        await one.kill()
        assert one.process.exit_code == -9
        async with asyncio.timeout(5):
            for gone in itertools.islice(asyncio.as_completed([c.connection.wait_closed() for c in clients]), 2):
                await gone
        assert [(m.name, m.alive, m.through) for m in lab.fleet()._look().servers] == [
            ("one", False, 0),
            ("two", True, 2),
        ]
    assert "one: 0 open   ✗ gone" in str(live)


async def test_it_is_started_again_where_it_was(fleet, lab):
    """Another start of it takes the same port; a page that is open finds it."""
    again = await lab.nginx(*fleet.behind)
    assert again.port == fleet.port
    assert not fleet.process.alive
    assert (await again.get("/")).text == "hello"
    assert [server.name for server in lab.servers.values()] == ["one", "two", "nginx"]


async def test_nothing_to_pass_on_to(lab):
    """Nginx before no server is refused with the way to write it."""
    with pytest.raises(LabError, match="needs servers"):
        await lab.nginx()
