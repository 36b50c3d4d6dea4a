"""The project at the end of every chapter, and the finished site: a person could go on from each."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from channels_lab.course.course import Course
from channels_lab.running import servers
from channels_lab.running.servers import Listener
from channels_lab.wire.handshake import Refused, connect
from tests.conftest import ROOT
from tests.small_course import files

COURSE = Course(ROOT)
CHAPTERS = list(COURSE.chapters.values())
SITE = ROOT / "tutorial_project"
# A file of the project → a WebSocket path that is answered where the file is there.
WEBSOCKETS = {"people/routing.py": "/ws/who/me/", "chat/routing.py": "/ws/chat/lobby/"}


with_django = pytest.mark.parametrize(
    "project",
    [chapter for chapter in CHAPTERS if chapter.number >= "01"],
    ids=lambda chapter: chapter.name,
    indirect=True,
)


@pytest.fixture(params=CHAPTERS, ids=lambda chapter: chapter.name)
def project(request, tmp_path) -> Path:
    """The project with which a chapter ends, as files."""
    for name, text in COURSE.after(request.param).texts().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def plain() -> dict[str, str]:
    """An environment as a person's terminal has it: no variable of Django's or of ours."""
    ours = ("DJANGO_", "CHANNELS_LAB_", "REDIS_", "JUPYTERHUB_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # The leak check knows by this whose process it is.
    return kept | {name: value for name, value in os.environ.items() if name == "CHANNELS_LAB_TEST_SESSION"}


def manage(project: Path, *words: str) -> str:
    """Run `python manage.py WORD…`; returns what it said."""
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "manage.py", *words],
        cwd=project,
        env=plain(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def managed(project: Path, *words: str) -> str:
    """The same in a process forked warm, for the many projects of chapters; returns what it said."""
    process = servers.manage(project, *words)
    try:
        assert await process.end(60) == 0 and "Warning" not in process.log, process.log
    finally:
        await process.stop()
    return process.log


async def test_a_chapters_project_boots(project):
    """Daphne starts on the project of every chapter, and answers a page and a handshake."""
    django = (project / "manage.py").exists()
    if django:
        await managed(project, "migrate", "--no-input")
    application = "config.asgi:application" if django else "hello:application"
    routed = [path for file, path in WEBSOCKETS.items() if (project / file).exists()] if django else ["/"]
    listener = Listener.open()
    process = servers.daphne(project, application, listener=listener)
    try:
        await process.ready()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.port}", trust_env=False) as http:
            assert (await http.get("/admin/login/" if django else "/")).status_code == 200
        for path in routed:
            async with connect(listener.port, path):
                pass
        if not routed:
            with pytest.raises(Refused) as refused:
                await connect(listener.port, "/ws/")
            assert refused.value.status == 500  # config.asgi has nobody for WebSockets before 05
        assert process.alive
    finally:
        await process.stop()
        listener.socket.close()


@with_django
async def test_a_chapters_models_and_migrations_agree(project):
    """`makemigrations --check` finds nothing to make in any chapter."""
    assert "No changes detected" in await managed(project, "makemigrations", "--check", "--dry-run")


@with_django
async def test_a_chapters_project_passes_djangos_checks(project):
    """`manage.py check` finds no issue, with all its tags."""
    assert "no issues (0 silenced)" in await managed(project, "check", "--fail-level", "INFO")


def test_a_chapters_files_are_python(project):
    """Every Python file of every chapter compiles without a warning."""
    for name, text in files(project).items():
        if name.endswith(".py"):
            compile(text, name, "exec")


# The finished site


@pytest.fixture
def site(tmp_path) -> Path:
    """A copy of the committed site, as `git clone` gives it."""
    made = shutil.ignore_patterns("__pycache__", "db.sqlite3*", ".*")
    return Path(shutil.copytree(SITE, tmp_path / "site", ignore=made))


def test_the_site_runs_by_its_readme(site):
    """`migrate` and `runserver`, with no variable set, give Daphne's server, the pages, and the given people."""
    readme = (site / "README.md").read_text()
    said = re.findall(r"^python manage\.py (\w+)$", readme, re.MULTILINE)
    assert said == ["migrate", "runserver", "test"]  # the last is run elsewhere
    manage(site, "migrate")
    with Listener.open().socket as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "manage.py", "runserver", "--noreload", str(port)]
    process = subprocess.Popen(
        command, cwd=site, env=plain(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    with process:
        try:
            said = []
            for line in process.stdout:  # ends with the server, which pytest-timeout bounds
                said.append(line)
                if "Listening on TCP" in line or "Quit the server" in line:
                    break
            assert any("ASGI/Daphne" in line for line in said), "".join(said)
            # Daphne says so a moment before it listens.
            transport = httpx.HTTPTransport(retries=10)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, trust_env=False) as http:
                page = http.get("/people/login/")
                assert page.status_code == 200
                token = re.search(r'name="csrfmiddlewaretoken" value="(.+?)"', page.text)[1]
                form = {"username": "alice", "password": "alice", "csrfmiddlewaretoken": token}
                answer = http.post("/people/login/", data=form)
                assert answer.status_code == 302
                assert http.get(answer.headers["location"]).status_code == 200
        finally:
            process.terminate()
            process.stdout.read()


def test_the_site_holds_no_secret():
    """No secret key and no database is committed with the site."""
    listed = subprocess.run(["git", "ls-files", "tutorial_project"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    assert not re.search(r"sqlite3|\.secret_key|\.env", listed.stdout)
    for name, text in files(SITE).items():
        if name.endswith(".py"):
            assert not re.search(r"SECRET_KEY\s*=\s*[\"']", text), name


async def test_each_project_has_a_key_of_its_own(site):
    """The key is made at the first start, differs from copy to copy, and only its owner may read it."""
    manage(site, "check")
    other = shutil.copytree(SITE, site.parent / "other", ignore=shutil.ignore_patterns("__pycache__", "db.*", ".*"))
    manage(other, "check")
    keys = [folder / ".secret_key" for folder in (site, other)]
    assert keys[0].read_text() != keys[1].read_text()
    assert len(keys[0].read_text()) >= 50
    assert keys[0].stat().st_mode & 0o077 == 0


def test_the_production_switches_are_variables(site):
    """Debug, hosts, key and database come from the environment where it sets them."""
    environment = plain() | {
        "DJANGO_DEBUG": "off",
        "DJANGO_ALLOWED_HOSTS": "a.example, b.example",
        "DJANGO_SECRET_KEY": "from-outside",
        "DJANGO_DB_PATH": "/elsewhere/db",
    }
    shown = "s.DEBUG, s.ALLOWED_HOSTS, s.SECRET_KEY, s.DATABASES['default']['NAME']"
    program = f"from config import settings as s; print({shown})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=site,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.strip() == "False ['a.example', 'b.example'] from-outside /elsewhere/db"
    assert not (site / ".secret_key").exists()
