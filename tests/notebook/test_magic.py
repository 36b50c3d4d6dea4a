from tests.small_course import hello


def test_a_file_cell_writes_the_project_and_shows_what_changed(shell, opened):
    """The first time a file is said to be new; the second time its difference is shown, and then none."""
    lab = opened()
    assert "hello.py: new, 13 lines." in shell.shown(hello())
    assert (lab.project / "hello.py").read_text().startswith('WORD = "hello"')
    shown = shell.shown(hello("good morning"))
    assert "hello.py: 1 line added, 1 removed." in shown
    assert '-WORD = "hello"' in shown
    assert '+WORD = "good morning"' in shown
    assert "hello.py: as before." in shell.shown(hello("good morning"))


def test_a_difference_is_escaped(shell, opened):
    """Markup in a learner's file is shown as text, with a tint for each kind of line."""
    opened()
    shell.run("%%project_file a.html\n<b>one</b>\n")
    html = shell.html("%%project_file a.html\n<script>alert(1)</script>\n")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>" not in html
    assert "<b>" not in html
    assert html.count("background: rgba(") == 3


def test_a_long_difference_is_cut(shell, opened):
    """Of a difference longer than a page, the number of further lines is told."""
    opened()
    shell.run("%%project_file a.py\n" + "".join(f"x = {n}\n" for n in range(200)))
    shown = shell.shown("%%project_file a.py\n" + "".join(f"y = {n}\n" for n in range(200)))
    assert "200 lines added, 200 removed" in shown
    assert "… 341 more lines" in shown


def test_a_part_is_written_into_its_file(shell, opened):
    """`--part` in a cell replaces that part in the file."""
    lab = opened()
    for source in ("--part a\nA = 1", "--part b\nB = 1", "--part a\nA = 2"):
        shell.run(f"%%project_file parts.py {source}")
    assert (lab.project / "parts.py").read_text() == "A = 2\n\n\nB = 1\n"


def test_a_syntax_error_is_told_without_a_traceback(shell, opened):
    """A cell that is not Python shows the line and a caret, no frame of ours, and writes nothing."""
    lab = opened()
    shown = shell.shown("%%project_file bad.py\nx = 1\ny = (")
    assert "bad.py, line 2: '(' was never closed." in shown
    assert "    y = (\n        ^" in shown
    assert "Traceback" not in shown
    assert "channels_lab/" not in shown
    assert not (lab.project / "bad.py").exists()


def test_a_file_edited_elsewhere_is_announced(shell, opened):
    """Where the file was edited in between, the cell says where that version is kept."""
    lab = opened()
    shell.run(hello())
    (lab.project / "hello.py").write_text("edited = 1\n")
    shown = shell.shown(hello())
    assert "Note: The file had been edited elsewhere." in shown
    (place,) = lab.workspace.kept.iterdir()
    assert str(place) in shown
    assert place.read_text() == "edited = 1\n"


def test_without_an_open_chapter_the_cell_to_run_is_told(shell):
    """A file cell before `open_chapter` says which cell comes first."""
    shown = shell.shown(hello())
    assert "No chapter is open in this kernel." in shown
    assert "Run the first code cell" in shown
    assert "Traceback" not in shown


def test_two_notebooks_in_different_chapters_do_not_mix(shell, opened):
    """After another notebook has moved the workspace, a cell of the first writes nothing and says what to run."""
    from channels_lab.course.workspace import Workspace

    lab = opened()
    other = Workspace(lab.workspace.course)
    other.open(lab.workspace.course.chapter("01"))
    shown = shell.shown(hello("changed"))
    assert "The workspace is in chapter 01, and this cell is of 00." in shown
    assert "changed" not in (lab.project / "hello.py").read_text()


def test_the_extension_may_be_loaded_twice_and_unloaded(shell):
    """Loading again is harmless, and unloading takes the hints away."""
    shell.run("%reload_ext channels_lab")
    assert shell.ipython.run_line_magic("lsmagic", "") is not None
    shell.run("%unload_ext channels_lab")
    assert "is not there yet" not in shell.shown("server")
