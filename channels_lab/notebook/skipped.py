"""File cells that were skipped, so that a server which misses their files is understood."""

from channels_lab.course.course import Chapter
from channels_lab.course.workspace import Workspace

__all__ = ["skipped_cells"]


def skipped_cells(workspace: Workspace, chapter: Chapter, cell_id: str) -> str:
    """Name the file cells above a cell that were not run; all that were not, when the cell is unknown; "" for none."""
    numbers = {cell.get("id"): number for number, cell in enumerate(chapter.cells, start=1)}
    here = numbers.get(cell_id, len(numbers) + 1)
    paths = dict.fromkeys(cell.path for cell in workspace.not_run(chapter) if cell.number < here)
    return ", ".join(f"the cell that writes {path}" for path in paths)
