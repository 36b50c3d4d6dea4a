"""Tokens, sessions and Origins at the finished site's door, on a real Daphne."""

import asyncio
import json
import re
import subprocess
import sys
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels_lab.record.reading import read_record
from channels_lab.wire.client import Client
from channels_lab.wire.handshake import Refused, connect
from tests.site.conftest import Serve, Up
from tests.site.test_projects import manage, plain

DOOR = "/ws/door/"
OURS = "channelslab"


@asynccontextmanager
async def person(up: Up, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has logged in through the site's page."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{up.port}", trust_env=False) as http:
        await http.get("/people/login/")
        done = await post(http, "/people/login/", username=name, password=name)
        assert done.status_code == 302, done.text
        yield http


async def post(http: httpx.AsyncClient, path: str, **data: str) -> httpx.Response:
    """Send a form, as a browser does."""
    return await http.post(path, data=data, headers={"X-CSRFToken": http.cookies["csrftoken"]})


async def make(http: httpx.AsyncClient, name: str = "robot", hours: str = "1") -> tuple[str, str]:
    """Make a token by the page; returns it, and the path at which it is revoked."""
    page = await post(http, "/tokens/", name=name, hours=hours)
    token = re.search(r"labtoken\.[\w.-]+", page.text)
    path = re.search(r'action="([\w-]+/revoke/)"', page.text)
    assert token and path, page.text
    return token[0], f"/tokens/{path[1]}"


def by_token(up: Up, *words: str, **options: Any) -> connect:
    """Connect to the door with a token among the subprotocols, or without one."""
    return connect(up.port, DOOR, subprotocols=[OURS, *words], **options)


async def refused(client: Client) -> tuple[int, str]:
    """The close code, and the error that was told before."""
    code = await client.wait_closed()
    return code, json.loads(client.received[-1])["error"]


def bytes_of_database(project: Path) -> bytes:
    """All that the database has on the disk."""
    return b"".join(file.read_bytes() for file in project.glob("db.sqlite3*"))


def altered(token: str, **told: object) -> str:
    """The token with other things in it, and the old signature."""
    prefix, payload, signature = token.split(".")
    new = json.loads(urlsafe_b64decode(payload + "==")) | told
    return f"{prefix}.{urlsafe_b64encode(json.dumps(new).encode()).decode().strip('=')}.{signature}"


async def test_a_token_lets_a_program_in(serve: Serve, migrated: Path) -> None:
    """By subprotocol or first message, without an Origin; the answer, the log and the record do not hold the token."""
    async with serve() as up, person(up, "alice") as alice:
        token, _ = await make(alice)
        assert "Never used" in (await alice.get("/tokens/")).text
        async with by_token(up, token, origin=None) as robot:
            assert await robot.receive_json() == {"you": "alice", "by": "token"}
            assert robot.subprotocol == OURS
            assert await robot.send("?") is None
            assert await robot.receive_json() == {"you": "alice", "by": "token"}
        async with by_token(up, origin=None) as robot:
            await robot.send_json({"token": token})
            assert await robot.receive_json() == {"you": "alice", "by": "token"}
        page = await alice.get("/tokens/")
        assert "Last used" in page.text
        assert token not in page.text  # it was shown once
        assert "no-store" in page.headers["cache-control"]
        signature = token.rpartition(".")[2]
        assert signature not in up.process.log
        assert signature not in up.process.record_file.read_text()
        assert signature not in str(robot.bytes_view())
        assert "labtoken.…" in str([event.details for event in robot.events])
    assert signature.encode() not in bytes_of_database(migrated)


async def test_what_is_no_good_token_is_refused_with_a_code(serve: Serve, migrated: Path) -> None:
    """Forged, foreign, expired, revoked and missing tokens are told apart, closed with 4001, and let nobody in."""
    async with serve() as up, person(up, "alice") as alice, person(up, "bob") as bob:
        token, path = await make(alice)
        expired = manage(migrated, "token", "alice", "old", "--minutes", "-1").strip()
        gone, _ = await make(bob)
        manage(migrated, "token", "bob", "robot", "--revoke")
        cases = {
            altered(token, expires=4_000_000_000): "TOKEN_INVALID",
            altered(token, id="0" * 32): "TOKEN_INVALID",
            altered(expired, expires=4_000_000_000): "TOKEN_INVALID",
            token[:-1]: "TOKEN_INVALID",
            "labtoken.": "TOKEN_INVALID",
            "labtoken." + "x" * 600: "TOKEN_INVALID",
            expired: "TOKEN_EXPIRED",
            gone: "TOKEN_REVOKED",
        }
        cookies = dict(alice.cookies)  # who brings a bad token does not come in by a good session
        for text, code in cases.items():
            async with by_token(up, text, cookies=cookies) as client:
                assert await refused(client) == (4001, code), text
        for frame in ["", "?", "[]", "5", '{"token": 5}', '{"token": "\\ud800"}', "[" * 100_000, b"\x00\xff"]:
            async with by_token(up, cookies=cookies) as client:
                await client.send(frame)
                assert await refused(client) == (4001, "TOKEN_INVALID"), frame[:20]
        async with by_token(up, token) as client:
            assert (await client.receive_json())["you"] == "alice"
        # Nobody revokes another's.
        assert (await post(bob, path)).status_code == 404
        async with by_token(up, token) as client:
            assert (await client.receive_json())["you"] == "alice"
        assert "Traceback" not in up.process.log


async def test_who_says_nothing_is_not_waited_for(serve: Serve) -> None:
    """A socket that promises a token and stays silent is closed after some seconds; one that leaves harms nobody."""
    async with serve() as up:
        async with by_token(up) as silent:
            async with by_token(up):
                pass
            assert await refused(silent) == (4001, "TOKEN_MISSING")
        deadline = time.monotonic() + 10
        while (kinds := [event.kind for event in read_record(up.process.record_file, "main")]).count("end") < 2:
            assert time.monotonic() < deadline, "\n".join(map(str, read_record(up.process.record_file, "main")))
            await asyncio.sleep(0.02)  # a file tells nobody that it has grown
        assert "error" not in kinds


async def test_a_guest_is_told_why(serve: Serve) -> None:
    """Without session or token the door is opened, says USER_HAS_TO_LOGIN, and closes with 4001."""
    async with serve() as up, connect(up.port, DOOR) as guest:
        assert await refused(guest) == (4001, "USER_HAS_TO_LOGIN")


async def test_origins(serve: Serve) -> None:
    """Pages of other hosts, of other ports and of none are refused, and so is who has neither page nor token."""
    async with serve() as up, person(up, "alice") as alice:
        cookies = dict(alice.cookies)
        token, _ = await make(alice)
        async with connect(up.port, DOOR, cookies=cookies) as page:
            assert await page.receive_json() == {"you": "alice", "by": "session"}
        for origin in [
            "http://evil.example",
            f"http://127.0.0.1:{up.port + 1}",
            f"http://localhost:{up.port}",
            f"http://127.0.0.1:{up.port}.evil.example",
            f"http://evil.example:{up.port}@127.0.0.1",
            "http://127.0.0.1",
            "null",
            "http://[",
            "x",
            None,
        ]:
            with pytest.raises(Refused) as caught:
                await connect(up.port, DOOR, cookies=cookies, origin=origin)
            assert caught.value.status in (400, 403), origin  # Daphne itself answers what is no origin
        with pytest.raises(Refused):  # a stranger's page, with a token that it got from somewhere
            await by_token(up, token, origin="http://evil.example")
        with pytest.raises(Refused):  # its name leads to this machine: the host would fit
            await connect(up.port, DOOR, origin="http://evil.example", headers={"Host": "evil.example"})
        async with by_token(up, token, origin=None, cookies=cookies) as robot:
            assert (await robot.receive_json())["by"] == "token"
        # Without an Origin the cookie counts for nothing.
        async with by_token(up, origin=None, cookies=cookies) as client:
            await client.send_json({"token": "?"})
            assert await refused(client) == (4001, "TOKEN_INVALID")
        assert "Traceback" not in up.process.log


async def test_a_trusted_page_of_another_host(serve: Serve) -> None:
    """A page that CSRF_TRUSTED_ORIGINS names may connect, as it may send forms."""
    env = {"DJANGO_TRUSTED_ORIGINS": "https://app.example"}
    async with serve(env=env) as up, connect(up.port, DOOR, origin="https://app.example") as guest:
        assert await refused(guest) == (4001, "USER_HAS_TO_LOGIN")


async def test_tokens_have_names_and_bounds(serve: Serve) -> None:
    """The page escapes names, refuses bad ones and more than twenty tokens, and asks strangers to log in."""
    async with serve() as up, person(up, "alice") as alice:
        await make(alice, "<b>로봇</b>")
        page = (await alice.get("/tokens/")).text
        assert "&lt;b&gt;로봇&lt;/b&gt;" in page and "<b>" not in page
        for bad in [{"name": "", "hours": "1"}, {"name": "x" * 61, "hours": "1"}, {"name": "x", "hours": "0"}]:
            assert "labtoken." not in (await post(alice, "/tokens/", **bad)).text
        for _ in range(19):
            await make(alice)
        assert "You have 20 tokens already" in (await post(alice, "/tokens/", name="x", hours="1")).text
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{up.port}", trust_env=False) as stranger:
            for path in ["/tokens/", f"/tokens/{'0' * 8}-0000-0000-0000-{'0' * 12}/revoke/"]:
                answer = await stranger.get(path)
                assert answer.status_code == 302 and "/login/" in answer.headers["location"]


def test_the_command_says_what_is_wrong(migrated: Path) -> None:
    """For a user or a token that is not there, the command says so in a line."""
    words = [sys.executable, "manage.py", "token", "nobody", "x"]
    done = subprocess.run(words, cwd=migrated, env=plain(), capture_output=True, text=True, timeout=60)
    assert done.returncode and done.stderr.strip() == "CommandError: There is no user nobody."
    done = subprocess.run(
        [*words[:3], "alice", "x", "--revoke"], cwd=migrated, env=plain(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode and done.stderr.strip() == "CommandError: alice has no token x."


def test_consumers_do_not_get_the_token(migrated: Path) -> None:
    """What the layers further in see of a connection by token has neither the token nor cookies and a session."""
    manage(
        migrated,
        "shell",
        "-v0",
        "-c",
        "from tokens.middleware import without_token\n"
        "headers = [(b'host', b'x'), (b'sec-websocket-protocol', b'channelslab, labtoken.a.b'), (b'cookie', b'a=b')]\n"
        "scope = {'headers': headers, 'subprotocols': ['channelslab', 'labtoken.a.b'], 'cookies': {}, 'session': {}}\n"
        "left = without_token(scope)\n"
        "assert left == {'headers': headers[:1], 'subprotocols': ['channelslab']}, left\n"
        "assert len(scope['headers']) == 3 and 'session' in scope",
    )
