import os
import socket

import pytest
from redis.asyncio import Redis as Client
from redis.exceptions import ConnectionError

from channels_lab.course.filecell import parse_cell
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.notebook import cell as cells
from channels_lab.notebook.opening import current_lab, open_chapter
from tests import chat_project, small_course
from tests.small_course import OPEN, hello


def run(lab, source: str) -> None:
    """Run a file cell."""
    lab.workspace.write(parse_cell(source), lab.chapter)


async def answer(server) -> str:
    async with server.connect("/", name="ada") as ada:
        await ada.send("x")
        return await ada.receive()


def test_opening_says_what_it_did(small, capsys):
    """Opening tells whether the project was written or left, and where the old one is kept."""
    open_chapter("00")
    assert "Chapter 00: the project is empty." in capsys.readouterr().out
    first = open_chapter("00")
    assert "the project is as you left it" in capsys.readouterr().out
    assert current_lab() is first
    open_chapter(1)
    assert "What was there is kept in" in capsys.readouterr().out


def test_an_unknown_chapter_is_told(small):
    """A chapter that does not exist is answered with those that do."""
    with pytest.raises(LabError, match="There is no chapter '77'"):
        open_chapter("77")


async def test_a_server_runs_the_projects_application(lab, capsys):
    """`daphne()` serves the learner's file, and shows the command that a person would type."""
    run(lab, hello())
    server = await lab.daphne("hello:application")
    assert (await server.get("/")).text == "hello"
    assert await answer(server) == "hello"
    said = capsys.readouterr().out
    assert f"$ daphne -b 127.0.0.1 -p {server.port} hello:application" in said
    assert "ready in" in said
    assert repr(server) == f"<main: daphne -b 127.0.0.1 -p {server.port} hello:application (running)>"


async def test_the_same_name_replaces_on_the_same_port(lab):
    """Starting again gives one server, with the fresh code, where the old one was."""
    run(lab, hello())
    first = await lab.daphne("hello:application")
    run(lab, hello("good morning"))
    second = await lab.daphne("hello:application")
    assert second.port == first.port
    assert await answer(second) == "good morning"
    assert list(lab.servers.values()) == [second]
    assert "(not running)" in repr(first)


async def test_another_name_adds_a_server(lab):
    """Two names are two servers, each with its own code and port."""
    run(lab, hello("one"))
    one = await lab.daphne("hello:application", name="one")
    run(lab, hello("two"))
    two = await lab.daphne("hello:application", name="two")
    assert (await answer(one), await answer(two)) == ("one", "two")
    assert one.port != two.port


async def test_a_lost_port_is_replaced_by_a_free_one(lab):
    """Where a stranger has taken the old server's port, the new one takes another."""
    run(lab, hello())
    first = await lab.daphne("hello:application")
    await first.stop()
    with socket.create_server(("127.0.0.1", first.port)):
        second = await lab.daphne("hello:application")
        assert second.port != first.port
        assert await answer(second) == "hello"


async def test_a_taken_port_that_was_asked_for_is_told(lab):
    """A port that the learner names and a stranger has is answered with a message, and nothing is started."""
    run(lab, hello())
    taken = pytest.raises(LabError, match="cannot be used: Address already in use")
    with socket.create_server(("127.0.0.1", 0)) as stranger, taken:
        await lab.daphne("hello:application", port=stranger.getsockname()[1])
    assert lab.servers == {}


async def test_a_file_newer_than_the_server_is_warned_about(lab, capsys):
    """Connecting, getting and showing say when a project file is newer than the server that runs."""
    run(lab, hello())
    server = await lab.daphne("hello:application")
    await server.get("/")
    assert "still runs the old code" not in capsys.readouterr().out
    os.utime(lab.project / "hello.py", (server.process.started + 1,) * 2)
    for act in (lambda: server.connect("/"), server.http, server.show):
        act()
        assert "hello.py was changed after this server started" in capsys.readouterr().out
    server = await lab.daphne("hello:application")
    os.utime(lab.project / "hello.py", (server.process.started - 1,) * 2)
    await server.get("/")
    assert "still runs the old code" not in capsys.readouterr().out


async def test_cells_that_were_not_run_are_named_at_a_start(lab, capsys):
    """Starting a server names the file cells above that were not run, and no cell below."""
    cells.begin(cells.Cell(id="00-4"))
    with pytest.raises(LabError) as failed:
        await lab.daphne("hello:application")
    assert "Not run yet, though above this cell: the cell that writes hello.py." in capsys.readouterr().out
    assert "Not run yet: the cell that writes hello.py." in failed.value.fix
    assert "words.py" not in failed.value.fix
    assert "No module named 'hello'" in failed.value.details


async def test_where_the_running_cell_is_unknown_a_failure_names_all(lab, capsys):
    """A frontend that tells no cell gets no note on a good start, and all cells not run on a failed one."""
    with pytest.raises(LabError) as failed:
        await lab.daphne("hello:application")
    assert "the cell that writes hello.py, the cell that writes words.py" in failed.value.fix
    run(lab, hello())
    await lab.daphne("hello:application")
    assert "Not run yet" not in capsys.readouterr().out


async def test_a_start_that_fails_leaves_no_server(lab):
    """After a failed start the old server is gone, its name is free, and a mended cell starts."""
    run(lab, hello())
    await lab.daphne("hello:application")
    run(lab, "%%project_file hello.py\n1 / 0\n")
    with pytest.raises(LabError, match="main ended with status 1 before it was ready") as failed:
        await lab.daphne("hello:application")
    assert "hello.py, line 1" in failed.value.details
    assert "ZeroDivisionError" in failed.value.details
    assert lab.servers == {}
    run(lab, hello("mended"))
    assert await answer(await lab.daphne("hello:application")) == "mended"


async def test_a_worker_that_cannot_start_is_told_of_once(lab):
    """Its start and its end stand once in a picture of the processes, as whatever else was started."""
    lab.project.mkdir(parents=True, exist_ok=True)
    with pytest.raises(LabError, match="worker ended with status"):
        await lab.worker("jobs")  # there is no manage.py
    told = str(lab.diagram(lanes="processes"))
    assert told.count("runworker jobs") == 1 and told.count("ended with status") == 1


async def test_a_workspace_moved_by_another_notebook_starts_nothing(lab, small):
    """After another notebook moved the workspace, a start says which cell to run again."""
    run(lab, hello())
    Workspace(small).open(small.chapter("01"))
    with pytest.raises(LabError, match="The workspace is in chapter 01 now, this notebook is 00") as refused:
        await lab.daphne("hello:application")
    assert 'open_chapter("00")' in refused.value.fix


async def test_a_project_that_is_gone_is_told(lab):
    """Where the project's folder was moved away, a start says how to get one."""
    lab.project.rename(lab.workspace.folder / "away")
    with pytest.raises(LabError, match="There is no project"):
        await lab.daphne("hello:application")


async def test_the_log_may_be_cut(lab):
    """`log(n)` is the last lines of what the server has printed."""
    run(lab, hello())
    server = await lab.daphne("hello:application")
    await server.get("/page/")
    assert "GET /page/" in server.log()
    assert server.log(1) == server.log().splitlines()[-1]


async def test_a_page_is_shown_where_the_browser_finds_it(lab, monkeypatch):
    """`show()` is a frame on the server's port, or below the hub's prefix."""
    run(lab, hello())
    server = await lab.daphne("hello:application")
    assert server.show("/chat/").src == f"http://127.0.0.1:{server.port}/chat/"
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/kim/")
    assert server.show("/chat/").src == f"/user/kim/proxy/{server.port}/chat/"


async def test_a_login_without_its_page_is_told(lab):
    """Where the site has no login page yet, `login` says so."""
    run(lab, hello())
    server = await lab.daphne("hello:application")
    with pytest.raises(LabError, match="alice could not log in: the page answered 200"):
        await server.login("alice")


async def test_a_diagram_tells_of_the_clients_that_were_named(lab):
    """The diagram draws what clients and server exchanged, of those that are named."""
    run(lab, hello())
    server = await lab.daphne("hello:application")
    for name in ("ada", "bob"):
        async with server.connect("/", name=name) as client:
            await client.send("x")
            await client.receive()
    assert "bob" in str(server.diagram())
    assert "bob" not in str(server.diagram(clients=["ada"]))


async def test_a_file_of_the_project_is_run_here_as_it_is_now(lab):
    """`lab.module` gives a project file as a module, new each time; one that is not there is told."""
    path = lab.project / "here.py"
    for value in (1, 2):
        path.write_text(f"VALUE = {value}\n")
        assert value == lab.module("here.py").VALUE
    with pytest.raises(LabError, match=r"There is no gone.py"):
        lab.module("gone.py")


async def test_after_stop_nothing_runs(lab):
    """`stop()` ends all servers of the lab."""
    run(lab, hello())
    servers = [await lab.daphne("hello:application", name=name) for name in ("one", "two")]
    await lab.stop()
    assert not any(server.process.alive for server in servers)
    with pytest.raises(LabError):
        await servers[0].get("/")


async def test_a_stopped_redis_comes_back_empty_at_its_address(lab, capsys):
    """After `stop_redis()` nobody answers; `redis()` starts a new one where the old one was, and it has forgotten."""
    await lab.stop_redis()  # nothing to stop yet
    url = await lab.redis()
    async with Client.from_url(url) as client:
        await client.set("kept", 1)
    await lab.stop_redis()
    assert "Redis is stopped." in capsys.readouterr().out
    async with Client.from_url(url) as client:
        with pytest.raises(ConnectionError):
            await client.ping()
    assert await lab.redis() == url
    async with Client.from_url(url) as client:
        assert await client.get("kept") is None


async def test_after_stop_no_server_looks_for_redis(lab):
    """`stop()` takes away the variable by which servers find the lab's Redis, and leaves one that names another."""
    await lab.redis()
    assert "REDIS_URL" in os.environ
    await lab.stop()
    assert "REDIS_URL" not in os.environ
    await lab.redis()
    os.environ["REDIS_URL"] = "redis://elsewhere.example"
    await lab.stop()
    assert os.environ.pop("REDIS_URL") == "redis://elsewhere.example"


async def test_a_redis_of_another_is_not_stopped(lab, monkeypatch):
    """The server that CHANNELS_LAB_REDIS_URL names runs on; who wants to stop it is told whose it is."""
    monkeypatch.setenv("CHANNELS_LAB_REDIS_URL", "redis://127.0.0.1:1/0")
    await lab.redis()
    with pytest.raises(LabError, match="is not the lab's"):
        await lab.stop_redis()


# A Django project


@pytest.fixture
async def django(tmp_path, monkeypatch):
    """A course whose first chapter is given what `startproject` writes."""
    given = {
        f"04/{name}": text for name, text in small_course.files(chat_project.GIVEN).items() if not name.endswith("c")
    }
    course = small_course.write(tmp_path / "django", {"04_settings": [OPEN.format(number="04")]}, given)
    monkeypatch.setenv("CHANNELS_LAB_ROOT", str(course.root))
    monkeypatch.setenv("CHANNELS_LAB_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.chdir(tmp_path)
    lab = open_chapter("04")
    yield lab
    await lab.stop()


async def test_the_database_is_migrated_once_and_after_a_change(django):
    """A start migrates a new database, not one that has been migrated, and again when migrations have changed."""

    def database() -> float:
        return (django.project / "db.sqlite3").stat().st_mtime_ns

    await django.runserver()
    before = database()
    await django.runserver()
    assert database() == before
    assert "[ ]" not in await django.manage("showmigrations")
    for name, text in {
        "extra/__init__.py": "",
        "extra/migrations/__init__.py": "",
        "extra/migrations/0001_initial.py": "from django.db.migrations import Migration as M\nclass Migration(M): pass",
    }.items():
        run(django, f"%%project_file {name}\n{text}")
    run(django, '%%project_file config/settings.py --part extra\nINSTALLED_APPS += ["extra"]\n')
    await django.runserver()
    assert database() > before
    assert "[ ]" not in await django.manage("showmigrations")


async def test_a_database_that_was_removed_is_migrated_again(django):
    """A learner who removes the database gets a new one at the next start."""
    await django.runserver()
    (django.project / "db.sqlite3").unlink()
    server = await django.runserver()
    assert (await server.get("/admin/login/")).status_code == 200
    assert "[ ]" not in await django.manage("showmigrations")


async def test_a_command_that_fails_is_told_with_the_learners_lines(django):
    """`manage()` returns what was printed, and raises with the reason where the command fails."""
    assert "no issues" in await django.manage("check")
    run(django, "%%project_file config/urls.py\nurlpatterns = [nothing]\n")
    with pytest.raises(LabError, match=r"manage\.py ended with status 1") as failed:
        await django.manage("check")
    assert "config/urls.py, line 1" in failed.value.details


TESTS = """\
%%project_file tests.py
from django.test import SimpleTestCase


class Tests(SimpleTestCase):
    def test_one(self):
        print("looked at one")
        self.assertEqual(1, 2)

    def test_two(self):
        raise ValueError("odd")
"""


async def test_of_failing_tests_each_is_told_and_what_they_printed(django):
    """`manage("test")` raises with the names, the own lines and the errors of all that failed, and their prints."""
    run(django, TESTS)
    with pytest.raises(LabError, match=r"manage\.py ended with status 1") as failed:
        await django.manage("test", "--noinput")
    told = failed.value.details
    for text in (
        "looked at one",
        "test_one",
        "tests.py, line 7",
        "1 != 2",
        "tests.py, line 10",
        "ValueError: odd",
        "Ran 2",
    ):
        assert text in told, told
    assert "unittest/case.py" not in told


async def test_below_a_hubs_prefix_django_knows_its_path(django, monkeypatch):
    """On a hub, links that Django makes begin with the proxy's path, and the hub's name is allowed."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/kim/")
    monkeypatch.setenv("CHANNELS_LAB_PUBLIC_URL", "https://hub.example.org/")
    server = await django.runserver()
    page = await server.get("/admin/", headers={"Host": "hub.example.org"})
    assert page.headers["location"].startswith(f"/user/kim/proxy/{server.port}/admin/login/")


async def test_words_of_the_command_are_passed_on(django):
    """`options` are further words of `manage.py runserver`."""
    server = await django.runserver(options=("--nothreading",))
    assert "--nothreading" in server.process.command
    assert (await server.get("/admin/login/")).status_code == 200


async def test_a_server_that_is_measured_records_nothing(lab, small):
    """Without a record a server answers as before, its pictures are empty, and what it takes can be asked."""
    run(lab, hello())
    server = await lab.daphne("hello:application", record=False)
    assert await answer(server)
    assert [event for event in server.events if event.side == "server"] == []
    assert server.usage().threads >= 1
    assert 10 < server.usage().memory < 1000
    await server.stop()
