import re
import signal
import socket
import subprocess

import pytest
import typer
from typer.testing import CliRunner

from channels_lab.cli import app
from tests.cli.conftest import PROGRAM
from tests.conftest import ROOT
from tests.small_course import files, save

COMMANDS = sorted(typer.main.get_command(app).commands)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_commands_are_these():
    """The program has these commands, and a new one is met by the tests below."""
    assert COMMANDS == [
        "build",
        "bundle",
        "check",
        "classroom",
        "doctor",
        "exercises",
        "goto",
        "grade",
        "hub",
        "links",
        "mark",
        "new-task",
        "progress",
        "reset",
        "run",
        "watch",
    ]


# Help and documentation


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_says_what_a_command_does(environment, tmp_path, monkeypatch, command):
    """`--help` works anywhere, says what the command does, and names its options and arguments."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "120", "NO_COLOR": "1"})
    assert done.exit_code == 0
    group = typer.main.get_command(app)
    about = group.commands[command] if command else group
    said = " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stdout).split())
    for parameter in about.params:
        if parameter.name != "help":
            assert (parameter.opts[0] if parameter.param_type_name == "option" else parameter.name) in said
            assert " ".join(parameter.help.split()) in said
    assert (about.help or "").splitlines()[0] in said
    if not command:
        assert all(name in said for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    """The README's table has a row for each command."""
    assert re.search(rf"^\| `channels-lab {command}\b", README, re.MULTILINE)


def test_every_option_is_in_the_readme():
    """Each long option of each command stands in the README."""
    group = typer.main.get_command(app)
    options = {
        parameter.opts[0]
        for command in [group, *group.commands.values()]
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.name != "help"
    }
    documented = {"--browser": "--no-browser"}
    assert [option for option in options if documented.get(option, option) not in README] == []


def test_every_variable_is_in_the_readme():
    """Each CHANNELS_LAB_… variable that the package reads stands in the README's table."""
    read = {
        name
        for file in (ROOT / "channels_lab").rglob("*.py")
        for name in re.findall(r"\bCHANNELS_LAB_[A-Z_]+\b", file.read_text(encoding="utf-8"))
    }
    assert read == set(re.findall(r"^\| `(CHANNELS_LAB_[A-Z_]+)` \|", README, re.MULTILINE))


# doctor


def test_doctor_reports_each_subject_with_a_sign(run):
    """`doctor` looks at everything that the course needs, and on a good machine exits 0."""
    done = run("doctor")
    subjects = [line[2:].split(":")[0] for line in done.stdout.splitlines() if line[:1] in "✓·✗"]
    assert subjects == [
        "system",
        "Python",
        "packages",
        "Valkey/Redis",
        "ports",
        "proxy prefix",
        "browser",
        "workspace",
        "stale processes",
    ]
    assert done.returncode == 0
    assert "✗" not in done.stdout
    assert re.search(r"packages: django 6\.\S+, channels 4\.", done.stdout)


def test_doctor_shows_a_path_as_it_is(run, small):
    """Brackets in the name of a folder are no markup."""
    assert f"workspace: {small.root}/workspace" in run("doctor").stdout


def test_doctor_tells_the_fix_of_what_is_bad(run, tmp_path):
    """A workspace that is a file is bad: the fix follows, and the exit status is 1."""
    (tmp_path / "file").write_text("")
    done = run("doctor", CHANNELS_LAB_WORKSPACE=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "✗ workspace:" in done.stdout
    assert "    Set CHANNELS_LAB_WORKSPACE to another folder." in done.stdout


def test_doctor_hides_the_password_of_a_given_redis(run):
    """Of the URL of a given Redis, only what follows the password is shown."""
    done = run("doctor", CHANNELS_LAB_REDIS_URL="redis://kim:secret@example.org:6379")
    assert "example.org:6379" in done.stdout
    assert "secret" not in done.stdout


# run


def test_run_runs_chapters_and_tells_how_each_went(run, small):
    """`run` with good chapters exits 0 with a row for each, and leaves the learner's workspace alone."""
    done = run("run", "00", "01")
    assert done.returncode == 0
    rows = [re.split(r"\s*│\s*", line.strip("│ ")) for line in done.stdout.splitlines() if "│ ran" in line]
    assert [(row[0], row[1], row[3]) for row in rows] == [("00_start_here", "2", "ran"), ("01_next", "3", "ran")]
    assert not (small.root / "workspace").exists()


def test_run_names_notebook_cell_and_error_of_a_failure(run):
    """Without a chapter all are run; a failure does not stop the others, is named at the end, and exits 1."""
    done = run("run", COLUMNS="60")
    assert done.returncode == 1
    assert len(re.findall(r"│ ran ", done.stdout)) == 2
    assert len(re.findall(r"│ failed ", done.stdout)) == 1
    assert done.stdout.splitlines()[-1] == "02_bad.ipynb, cell 3 (one = 1): ZeroDivisionError: division by zero"


def test_an_interrupt_ends_a_run_and_its_kernel(small, environment):
    """Ctrl-C while a cell waits ends the program within a few seconds, without a traceback and without a kernel."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        wait = f"import socket\nsocket.create_connection({server.getsockname()}).recv(1)"
        save(small.root / "notebooks" / "00_start_here.ipynb", [wait])
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen([*PROGRAM, "run", "00"], cwd=small.root, env=environment, **pipes) as process:
            server.settimeout(60)
            with server.accept()[0]:
                process.send_signal(signal.SIGINT)
                said = process.communicate(timeout=20)[0]
    assert process.returncode == 130
    assert "Traceback" not in said


# build


def test_build_writes_the_site_and_check_agrees(run, small):
    """`build --check` names each file that is missing with its cell and exits 1; after `build` it exits 0."""
    done = run("build", "--check")
    assert done.returncode == 1
    assert "tutorial_project/hello.py: missing; written by 01_next: cell 2" in done.stdout
    assert "Write it with: channels-lab build" in done.stdout
    assert not (small.root / "tutorial_project").exists()
    done = run("build")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "tutorial_project/: 2 files, 2 changed.")
    done = run("build", "--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_build_check_names_a_file_that_differs(run, small):
    """A site edited by hand is told in one line with file and cell, and not written."""
    run("build")
    edited = small.root / "tutorial_project" / "hello.py"
    edited.write_text("edited = 1\n")
    done = run("build", "--check", COLUMNS="40")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "tutorial_project/hello.py: differs from 01_next: cell 2"
    assert edited.read_text() == "edited = 1\n"


# goto and reset


def test_goto_brings_the_project_to_a_chapter(run, small):
    """`goto` writes the project that the chapter begins with, and keeps what was there."""
    done = run("goto", "01")
    assert done.returncode == 0
    assert "at the beginning of chapter 01 (1 files)" in done.stdout
    assert "Go on with notebooks/01_next.ipynb" in done.stdout
    project = small.root / "workspace" / "project"
    assert project.joinpath("hello.py").read_text().startswith('WORD = "hello"')
    project.joinpath("mine.py").write_text("mine = 1\n")
    done = run("goto", "02_bad.ipynb")
    (kept,) = (small.root / "workspace" / "kept").iterdir()
    assert f"What was there is kept in {kept}" in done.stdout.splitlines()
    assert kept.joinpath("mine.py").exists()
    assert project.joinpath("hello.py").read_text().startswith('WORD = "next"')


def test_reset_begins_anew_and_keeps_everything(run, small):
    """After `reset` the notebooks are fresh, and each file of before is in the place that is named."""
    run("goto", "01")
    work = small.root / "workspace"
    work.joinpath("notebooks", "01_next.ipynb").write_text("my work")
    before = files(work)
    done = run("reset")
    (kept,) = (work / "kept").iterdir()
    assert (done.returncode, done.stdout) == (0, f"The workspace is as new. What was there is kept in {kept}\n")
    assert files(kept) == before
    assert "my work" not in work.joinpath("notebooks", "01_next.ipynb").read_text()


def test_goto_tells_of_newer_notebooks(run, small):
    """A newer original is laid beside the learner's copy, whichever command meets it first."""
    run("goto", "01")
    (small.root / "workspace" / "notebooks" / "00_start_here.ipynb").write_text("my work")
    save(small.root / "notebooks" / "00_start_here.ipynb", ["new = 1"])
    done = run("goto", "01")
    assert "00_start_here.ipynb has a newer original" in done.stdout


# Bad input


def complaint(done, *, lines: int = 2) -> str:
    """What the program complained of, in so many lines at most."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert 1 <= len(done.stderr.splitlines()) <= lines
    return done.stderr


@pytest.mark.parametrize("words", [["run", "77"], ["goto", "77"], ["run", "00", "x"]])
def test_an_unknown_chapter_is_told(run, words):
    """A chapter that does not exist is answered with those that do."""
    assert "The chapters are 00, 01, 02." in complaint(run(*words))


@pytest.mark.parametrize("words", [[], ["doctor"], ["run"], ["build"], ["build", "--check"], ["goto", "00"], ["reset"]])
def test_outside_a_course_the_way_in_is_told(run, tmp_path, words):
    """Outside a course every command says from where to start."""
    assert "CHANNELS_LAB_ROOT" in complaint(run(*words, cwd=tmp_path))


def test_the_course_may_be_named_from_elsewhere(run, small, tmp_path):
    """With CHANNELS_LAB_ROOT the program works from any folder."""
    assert run("goto", "01", cwd=tmp_path, CHANNELS_LAB_ROOT=str(small.root)).returncode == 0
    assert (small.root / "workspace" / "project" / "hello.py").exists()


@pytest.mark.parametrize("words", [["run", "01"], ["build"], ["goto", "02"]])
def test_a_broken_notebook_is_named_with_the_way_back(run, small, words):
    """A notebook that is no JSON any more is named, with the command that gets it back."""
    (small.root / "notebooks" / "01_next.ipynb").write_text('{"cells": [')
    assert "git checkout -- notebooks/01_next.ipynb" in complaint(run(*words))


@pytest.mark.parametrize("path", ["/etc/x.py", "../x.py"])
def test_a_cell_that_leads_out_is_named(run, small, path):
    """A notebook whose file cell leads out of the project is refused by name and number."""
    save(small.root / "notebooks" / "01_next.ipynb", ["x = 1", f"%%project_file {path}\nx = 1"])
    assert "01_next.ipynb, cell 2: " in complaint(run("build"))


def test_a_workspace_that_cannot_be_written_is_told(run, tmp_path):
    """Where the workspace cannot be made, the message names the variable that moves it."""
    (tmp_path / "file").write_text("")
    for words in (["goto", "01"], ["reset"], []):
        assert "CHANNELS_LAB_WORKSPACE" in complaint(run(*words, CHANNELS_LAB_WORKSPACE=str(tmp_path / "file")))


@pytest.mark.parametrize("words", [["nonsense"], ["goto"], ["run", "--nonsense"], ["--port", "x"]])
def test_words_that_are_no_command_are_answered_with_the_usage(run, words):
    """A wrong word, a missing one and a wrong number are answered with the usage, and exit 2."""
    done = run(*words)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
