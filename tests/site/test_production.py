"""The finished site with its settings for strangers: DJANGO_DEBUG=off."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from .conftest import Serve
from .test_projects import plain

REAL = {"DJANGO_DEBUG": "off", "DJANGO_ALLOWED_HOSTS": "127.0.0.1"}


async def get(port: int, path: str, **headers: str) -> httpx.Response:
    """The answer to a GET, as the proxy passes it on."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        return await http.get(path, headers=headers)


def test_the_deployment_check_is_clean(migrated: Path) -> None:
    """`check --deploy` finds nothing, not even something to warn of."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=migrated,
        env=plain() | REAL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


async def test_strangers_come_by_https(serve: Serve) -> None:
    """Who came by HTTP is sent to HTTPS; who came by HTTPS gets the page, told to stay there, and a secure cookie."""
    async with serve(options=("--proxy-headers",), env=REAL) as up:
        plainly = await get(up.port, "/people/login/")
        assert (plainly.status_code, plainly.headers["location"][:8]) == (301, "https://")
        by_https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        page = await get(up.port, "/people/login/", **by_https)
        assert page.status_code == 200
        assert page.headers["strict-transport-security"].startswith("max-age=3600")
        assert "Secure" in page.headers["set-cookie"]
        assert (await get(up.port, "/people/login/", Host="evil.example", **by_https)).status_code == 400


async def test_what_went_wrong_is_told_to_the_log_alone(serve: Serve) -> None:
    """A page that is not there, and one that fails, leave lines in the log; a stranger sees neither path nor reason."""
    env = REAL | {"DJANGO_HTTPS": "off", "DJANGO_DB_PATH": os.devnull}
    async with serve(env=env) as up:
        missing = await get(up.port, "/nowhere/")
        assert (missing.status_code, "urlpatterns" in missing.text) == (404, False)
        failed = await get(up.port, "/rooms/", Cookie="sessionid=of-nobody")
        assert failed.status_code == 500
        assert "Traceback" not in failed.text and "sqlite" not in failed.text
        assert "WARNING django.request: Not Found: /nowhere/" in up.process.log
        assert "ERROR django.request: Internal Server Error: /rooms/" in up.process.log
        assert "OperationalError" in up.process.log
