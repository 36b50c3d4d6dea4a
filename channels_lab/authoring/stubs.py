"""What stands where an answer was: a stub in the file's language, or the code below INSTEAD. It needs nbgrader."""

from pathlib import PurePosixPath
from typing import Any

from nbgrader.preprocessors import ClearSolutions

from channels_lab.course.exercise import parse_task_cell
from channels_lab.course.markers import with_instead

__all__ = ["ClearAnswers"]

_LANGUAGES = {".js": "javascript", ".html": "html", ".css": "css", ".py": "python"}
_STUBS = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError()",
    "javascript": "// YOUR CODE HERE",
    "html": "<!-- YOUR CODE HERE -->",
    "css": "/* YOUR CODE HERE */",
    "other": "# YOUR CODE HERE",
}


class ClearAnswers(ClearSolutions):
    """nbgrader's own step, with two things more: a file's own language, and `### INSTEAD`.

    Where a repair task shows broken code, its solution region ends with it, each line a comment:

        ### BEGIN SOLUTION
        self.send(json.dumps(message))
        ### INSTEAD
        # self.send(message)
        ### END SOLUTION
    """

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Clear a notebook's solutions."""
        self.code_stub: dict[str, str] = {**_STUBS, **self.code_stub}
        return super().preprocess(nb, resources)

    def _replace_solution_region(self, cell: Any, language: str) -> bool:
        instead = False
        if cell.cell_type == "code":
            if task_cell := parse_task_cell(cell.source):
                language = _LANGUAGES.get(PurePosixPath(task_cell.file.path).suffix, "other")
            cell.source, instead = with_instead(cell.source)
        return bool(super()._replace_solution_region(cell, language)) or instead
