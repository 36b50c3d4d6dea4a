"""Nginx, the system's own, before real Daphnes."""

# ruff: noqa: ASYNC240 - small files of a test

import asyncio
import os
import shutil
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import psutil
import pytest

from channels_lab.errors import LabError
from channels_lab.running import nginx as module
from channels_lab.running.nginx import CONFIGURATION, NoNginx, nginx, nginx_binary, stand_in
from channels_lab.running.process import Process, ProcessEnded
from channels_lab.running.servers import Listener
from channels_lab.running.warmstart import WarmStart
from channels_lab.wire.handshake import Refused, connect
from tests.conftest import ROOT
from tests.leaks import wait_until_gone
from tests.live import Host, Site

Start = Callable[..., Process]


@pytest.fixture
def configuration(project: Path) -> Path:
    """The site's own configuration, in the small chat project; with a static file."""
    shutil.copytree(ROOT / "tutorial_project" / "deploy", project / "deploy", dirs_exist_ok=True)
    (project / "deploy" / "static").mkdir()
    (project / "deploy" / "static" / "site.css").write_text("p { color: teal }")
    return project / CONFIGURATION


@asynccontextmanager
async def before(start: Start, *servers: Site) -> AsyncIterator[tuple[Process, int]]:
    """A front before servers, and its port; `start` makes it of their ports and a listener."""
    listener = Listener.open()
    port = listener.port
    try:
        process = start([server.port for server in servers], listener=listener)
        try:
            await process.ready()
            listener.socket.close()
            yield process, port
        finally:
            await process.stop()
    finally:
        listener.socket.close()


def real(configuration: Path, keeper: WarmStart) -> Start:
    """Starts Nginx."""
    return lambda ports, listener: nginx(configuration, ports, listener=listener, keeper=keeper)


def standing_in(project: Path, keeper: WarmStart) -> Start:
    """Starts the stand-in."""
    return lambda ports, listener: stand_in(project, ports, listener=listener, keeper=keeper)


async def page(port: int, path: str, **headers: str) -> httpx.Response:
    """The answer to a GET."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        return await http.get(path, headers=headers)


async def chat(port: int, **options: object) -> str:
    """Which Daphne answers a message of the chat, by what it says of itself."""
    async with connect(port, "/ws/odd/", name="alice", **options) as alice:  # type: ignore[arg-type]
        await alice.send_json({"message": "hi"})
        return str((await alice.receive_json(5))["message"])


async def grown_up(process: Process, number: int, seconds: float = 10) -> list[psutil.Process]:
    """The processes below one, once they are so many: the first may answer before the last is there."""
    deadline = time.monotonic() + seconds
    while len(family := psutil.Process(process.pid).children(recursive=True)) < number:
        assert time.monotonic() < deadline, family
        await asyncio.sleep(0.01)
    assert len(family) == number
    return family


# Nginx


async def test_nginx_passes_on(needs: Callable[[str], str], host: Host, configuration: Path, keeper: WarmStart) -> None:
    """Pages and WebSockets come from the Daphne behind, static files from Nginx itself; its end leaves nobody."""
    needs("nginx")
    site = await host.serve(options=("--proxy-headers",))
    async with before(real(configuration, keeper), site) as (process, port):
        assert process.command == "nginx -p deploy -c nginx.conf"
        assert await chat(port) == "hi"
        assert (await page(port, "/")).status_code == 200
        styles = await page(port, "/static/site.css")
        assert (styles.text, styles.headers["content-type"]) == ("p { color: teal }", "text/css; charset=utf-8")
        assert (await page(site.port, "/static/site.css")).text != styles.text
        family = await grown_up(process, 3)  # the master and two workers
        listening = {c.laddr for one in family for c in one.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
        assert listening == {("127.0.0.1", port)}
    assert wait_until_gone(family, 5) == []


async def test_the_server_sees_the_client_behind_nginx(
    needs: Callable[[str], str], host: Host, configuration: Path, keeper: WarmStart
) -> None:
    """The scope has the client's own address and port, whatever address the client claims."""
    needs("nginx")
    site = await host.serve(options=("--proxy-headers",))
    async with before(real(configuration, keeper), site) as (_, port):
        claims = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Port": "6", "X-Forwarded-Proto": "https"}
        async with connect(port, "/ws/odd/", headers=claims) as client:
            own = client.connection.local_address
            [opened] = await site.until("open")
            assert opened.details["client"] == [own[0], own[1]]


async def test_a_mistake_in_the_configuration_is_told(
    needs: Callable[[str], str], host: Host, configuration: Path, keeper: WarmStart
) -> None:
    """Nginx that cannot start shows its own line, with file and number."""
    needs("nginx")
    text = configuration.read_text()
    configuration.write_text(text.replace("least_conn;", "least_con;"))
    line = text[: text.index("least_conn;")].count("\n") + 1
    with pytest.raises(ProcessEnded, match=r"nginx .*before it was ready") as caught:
        async with before(real(configuration, keeper), await host.serve()):
            pass
    assert 'unknown directive "least_con"' in caught.value.details
    assert f"nginx.conf:{line}" in caught.value.details


def limited(configuration: Path, keeper: WarmStart, **settings: str) -> Start:
    """Starts Nginx with other values for directives."""
    return lambda ports, listener: nginx(configuration, ports, listener=listener, settings=settings, keeper=keeper)


async def test_directives_get_other_values(
    needs: Callable[[str], str], host: Host, configuration: Path, keeper: WarmStart
) -> None:
    """A setting is another value for a directive, for this start alone; one that the files do not have is refused."""
    needs("nginx")
    site = await host.serve()
    one = limited(configuration, keeper, limit_conn="addresses 1")
    async with before(one, site) as (_, port), connect(port, "/ws/odd/"):
        with pytest.raises(Refused) as refused:
            await connect(port, "/ws/odd/")
        assert refused.value.status == 429
    assert "addresses 1;" not in configuration.with_name("limits.conf").read_text()
    with pytest.raises(LabError, match=r"No file of the configuration has limit_con\."):
        async with before(limited(configuration, keeper, limit_con="addresses 1"), site):
            pass


async def test_who_asks_too_much_is_refused(
    needs: Callable[[str], str], host: Host, configuration: Path, keeper: WarmStart
) -> None:
    """Of a burst of requests from one address, those beyond what the site allows get 429."""
    needs("nginx")
    few = limited(configuration, keeper, limit_req_zone="$binary_remote_addr zone=requests:1m rate=1r/s")
    async with (
        before(few, await host.serve()) as (_, port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as http,
    ):
        codes = Counter([(await http.get("/static/site.css")).status_code for _ in range(230)])
    assert set(codes) == {200, 429} and codes[200] >= 200


async def test_no_worker_waits_for_who_comes(
    needs: Callable[[str], str], configuration: Path, keeper: WarmStart
) -> None:
    """The socket that both workers accept from does not block: a worker late to a connection has others to serve."""
    needs("nginx")
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        listener = Listener.open()
        process = nginx(configuration, [nobody.getsockname()[1]], listener=listener, keeper=keeper)
        with closing(listener.socket):
            assert os.get_blocking(listener.socket.fileno())
            await process.ready()
            await process.stop()
            assert not os.get_blocking(listener.socket.fileno())  # it is the same for all who have it


async def test_nginx_without_a_configuration(needs: Callable[[str], str], tmp_path: Path) -> None:
    """A missing configuration is told before anything is started."""
    needs("nginx")
    with Listener.open().socket as listening, pytest.raises(LabError, match=r"There is no nginx\.conf"):
        nginx(tmp_path / CONFIGURATION, [1], listener=Listener(listening))


def test_no_nginx_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is none, the message says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "_PLACES", ())
    with pytest.raises(NoNginx, match="There is no Nginx on this machine") as caught:
        nginx_binary()
    assert all(way in caught.value.fix for way in ("apt install", "brew install", "conda install"))


async def test_nginx_leaves_with_its_kernel(
    needs: Callable[[str], str], host: Host, configuration: Path, new_keeper: Callable[[], WarmStart]
) -> None:
    """When the kernel's end of the guard goes, master and workers go."""
    needs("nginx")
    keeper = new_keeper()
    listener = Listener.open()
    with listener.socket:
        process = nginx(configuration, [1], listener=listener, keeper=keeper)
        await process.ready()
        family = psutil.Process(process.pid).children(recursive=True)
    keeper.close()
    assert wait_until_gone(family, 5) == []
    assert not keeper.folder.exists()


# The stand-in


async def test_the_stand_in_spreads(host: Host, project: Path, keeper: WarmStart) -> None:
    """Each connection goes to the server with the fewest, and the server sees the client's own port."""
    one, two = await host.serve(name="one", options=("--proxy-headers",)), await host.serve(name="two")
    async with before(standing_in(project, keeper), one, two) as (_, port):
        async with connect(port, "/ws/odd/", headers={"X-Forwarded-Port": "6"}) as first:
            async with connect(port, "/ws/odd/"):
                [opened] = await one.until("open")
                await two.until("open")
                assert opened.details["client"] == [*first.connection.local_address]
            assert await chat(port) == "hi"
        assert (await page(port, "/")).status_code == 200


async def test_the_stand_in_passes_over_who_is_not_there(host: Host, project: Path, keeper: WarmStart) -> None:
    """A server that is gone is passed over; where none is left the answer is 502."""
    one, two = await host.serve(name="one"), await host.serve(name="two")
    async with before(standing_in(project, keeper), one, two) as (_, port):
        await one.process.stop()
        assert [await chat(port) for _ in range(3)] == ["hi"] * 3
        await two.process.stop()
        assert (await page(port, "/")).status_code == 502
