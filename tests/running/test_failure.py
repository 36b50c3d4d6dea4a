"""From a log to the lines that matter."""

from pathlib import Path

from channels_lab.running.failure import failed_tests, failure_details, own_lines

LOG = """\
before
Traceback (most recent call last):
  File "/usr/lib/python/daphne/cli.py", line 170, in run
    application = import_by_path(args.application)
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "<frozen importlib._bootstrap>", line 488, in _call
  File "{root}/config/asgi.py", line 9, in <module>
    from chat import consumers
  File "{root}/chat/consumers.py", line 3, in <module>
    import nothing_like_it
ModuleNotFoundError: No module named 'nothing_like_it'
after
"""


def test_only_frames_of_the_project(tmp_path: Path) -> None:
    """Frames outside the project are left out, paths are relative to it, and the exception closes the list."""
    assert own_lines(LOG.format(root=tmp_path), tmp_path) == [
        "  config/asgi.py, line 9, in <module>",
        "      from chat import consumers",
        "  chat/consumers.py, line 3, in <module>",
        "      import nothing_like_it",
        "ModuleNotFoundError: No module named 'nothing_like_it'",
    ]


def test_a_syntax_error_keeps_its_caret(tmp_path: Path) -> None:
    """The line, the caret and the message of a syntax error are shown."""
    log = (
        f'Traceback (most recent call last):\n  File "{tmp_path}/chat/views.py", line 2\n    def f(\n         ^\n'
        "SyntaxError: '(' was never closed\n"
    )
    assert own_lines(log, tmp_path) == [
        "  chat/views.py, line 2",
        "      def f(",
        "           ^",
        "SyntaxError: '(' was never closed",
    ]


def test_the_last_traceback_counts(tmp_path: Path) -> None:
    """Of two tracebacks the last is shown."""
    second = LOG.format(root=tmp_path).replace("nothing_like_it", "second")
    assert own_lines(LOG.format(root=tmp_path) + second, tmp_path)[-1] == (
        "ModuleNotFoundError: No module named 'second'"
    )


def test_a_project_behind_a_link(tmp_path: Path) -> None:
    """A project that is reached by a symbolic link is recognised by either path."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    for root in (link, tmp_path / "real"):
        assert own_lines(LOG.format(root=root), link)[0] == "  config/asgi.py, line 9, in <module>"


def test_a_neighbour_with_a_longer_name_is_not_the_project(tmp_path: Path) -> None:
    """/work/project2 is not in /work/project."""
    lines = own_lines(LOG.format(root=f"{tmp_path}/project2"), tmp_path / "project")
    assert lines == ["ModuleNotFoundError: No module named 'nothing_like_it'"]


def test_without_a_traceback_the_tail(tmp_path: Path) -> None:
    """Where nothing was raised, the last lines of the log are shown."""
    log = "\n".join(f"line {number}" for number in range(50))
    details = failure_details(log, tmp_path).splitlines()
    assert details[0] == "The last lines of its log:"
    assert details[1:] == [f"  line {number}" for number in range(38, 50)]


def test_an_empty_log_has_no_details(tmp_path: Path) -> None:
    """Where nothing was printed, nothing is shown."""
    assert failure_details("\n \n", tmp_path) == ""
    assert own_lines("", tmp_path) == []


def test_a_traceback_of_others(tmp_path: Path) -> None:
    """Where no frame is the learner's, the exception alone is shown."""
    assert failure_details(LOG.format(root="/elsewhere"), tmp_path) == (
        "ModuleNotFoundError: No module named 'nothing_like_it'"
    )


def test_an_error_that_a_library_has_wrapped(tmp_path: Path) -> None:
    """Where a library caught the learner's error and raised its own, the learner's lines come with it."""
    wrapped = (
        LOG.format(root=tmp_path).removesuffix("after\n")
        + "\nThe above exception was the direct cause of the following exception:\n\n"
        + LOG.format(root="/usr/lib")
        .removeprefix("before\n")
        .replace("ModuleNotFoundError: No module named", "ImproperlyConfigured: bad")
    )
    assert own_lines(wrapped, tmp_path)[-2:] == [
        "      import nothing_like_it",
        "ImproperlyConfigured: bad 'nothing_like_it'",
    ]


def test_an_earlier_error_is_not_mixed_in(tmp_path: Path) -> None:
    """A traceback that was logged before, and has nothing to do with the last, is left out."""
    log = LOG.format(root=tmp_path) + LOG.format(root="/usr/lib").replace("nothing_like_it", "other")
    assert own_lines(log, tmp_path) == ["ModuleNotFoundError: No module named 'other'"]


def test_of_failed_tests_all_is_told_with_frames_of_the_project_only(tmp_path: Path) -> None:
    """Names, own lines and exception of each failed test are kept, with what was printed and the summary."""
    one = "ERROR: test_{name} (chat.tests)\n-----\n" + LOG.format(root=tmp_path).replace("before\n", "").replace(
        "after", ""
    )
    log = "a print\nEE\n=====\n" + one.format(name="one") + one.format(name="two") + "Ran 2 tests\n"
    told = failed_tests(log, tmp_path)
    assert told.startswith(
        "a print\nEE\n=====\nERROR: test_one (chat.tests)\n-----\n  config/asgi.py, line 9, in <module>"
    )
    assert "daphne" not in told
    assert told.count("ModuleNotFoundError") == 2
    assert "test_two" in told
    assert told.endswith("Ran 2 tests")


def test_of_very_many_failed_tests_the_last_are_told(tmp_path: Path) -> None:
    """A long log is cut at its beginning, and says so."""
    told = failed_tests("\n".join(f"line {number}" for number in range(1000)), tmp_path).splitlines()
    assert told[0] == "… 920 lines before"
    assert told[-1] == "line 999"
    assert len(told) == 81


def test_of_failed_tests_what_happened_in_a_library_before_is_left_out(tmp_path: Path) -> None:
    """An exception without a line of the project, of which another came, is not told."""
    inside = 'Traceback (most recent call last):\n  File "/usr/lib/python/asyncio/queues.py", line 158, in get\n'
    chained = "\nThe above exception was the direct cause of the following exception:\n\n"
    told = failed_tests(
        f"ERROR: test_one\n{inside}asyncio.exceptions.CancelledError\n{chained}" + LOG.format(root=tmp_path), tmp_path
    )
    assert told.startswith("ERROR: test_one\n  config/asgi.py")
    assert "Cancelled" not in told and "direct cause" not in told
