"""Opening a chapter in this kernel, and finding again what is open."""

from channels_lab.course.course import Course
from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError
from channels_lab.notebook.attendance import at_place
from channels_lab.notebook.display import show_note
from channels_lab.notebook.graded import working_folder
from channels_lab.notebook.lab import Lab

__all__ = ["current_lab", "open_chapter", "open_lab"]

_current: Lab | None = None


def open_chapter(number: str | int, *, restart: bool = False) -> Lab:
    """Open a chapter: bring the project in the workspace to where this chapter begins.

    Changes nothing where the workspace is in this chapter already; `restart=True` begins it again. What is
    replaced is kept beside. Raises LabError for an unknown chapter or a workspace that cannot be written.
    """
    global _current
    course = Course.find()
    chapter = course.chapter(number)
    workspace = Workspace(course, working_folder(course))
    opened = workspace.open(chapter, restart=restart)
    if opened.changed:
        built = f"holds what the chapters before built ({opened.files} files)"
        text = f"Chapter {chapter.number}: the project {built if opened.files else 'is empty'}."
    else:
        again = f'open_chapter("{chapter.number}", restart=True)'
        text = f"Chapter {chapter.number}: the project is as you left it. {again} begins again."
    show_note(text, lines=[f"What was there is kept in {opened.kept}"] if opened.kept else [])
    if _current is None or _current.chapter != chapter or _current.workspace.folder != workspace.folder:
        _current = Lab(chapter, workspace)
    at_place(chapter.number)
    return _current


def current_lab() -> Lab:
    """The lab of the chapter that this kernel has opened; raises LabError when it has opened none."""
    if _current is None:
        raise LabError(
            "No chapter is open in this kernel.",
            'Run the first code cell of the notebook, the one with  channels_lab.open_chapter("…") .',
        )
    return _current


def open_lab() -> Lab | None:
    """The lab of the chapter that this kernel has opened, None when it has opened none."""
    return _current
