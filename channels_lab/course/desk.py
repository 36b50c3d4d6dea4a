"""A task's own tree in the workspace, from its pristine checkpoint; and its cells as they were last run."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from channels_lab.course.exercise import Exercise, TaskCell
from channels_lab.course.filecell import FileCell, check_syntax
from channels_lab.course.replay import Replay
from channels_lab.course.safekeeping import keep, told, write
from channels_lab.course.workspace import Written
from channels_lab.errors import LabError

__all__ = ["Desk"]


class Desk:
    """Where a learner works on one task: `folder` is its tree, `workspace/tasks/06.2`.

    The tree starts from the checkpoint, never from another answer. The cells are kept beside it, so that a restarted
    kernel loses nothing. `checkpoint` returns a replay of its own at each call.
    """

    def __init__(self, workspace: Path, exercise: Exercise, checkpoint: Callable[[], Replay]) -> None:
        self.exercise = exercise
        self.folder = workspace / "tasks" / exercise.number
        self._workspace = workspace
        self._checkpoint = checkpoint
        self._file = workspace / ".lab" / "answers" / f"{exercise.number}.json"

    @property
    def cells(self) -> list[TaskCell]:
        """The task's cells as they were last run, in the order in which they were first run."""
        return self._read()[0]

    def write(self, cell: TaskCell) -> Written:
        """Run a cell of the task: note it, write its file into the tree; returns what that changed.

        Raises LabError for a file that the task does not have, for what is no Python (which is noted all the same: it
        is the answer now), and when it cannot be written. A file that was edited elsewhere is kept beside.
        """
        self.check_file(cell)
        cells, written = self._read()
        noted = [cell if one.key == cell.key else one for one in cells]
        noted += [] if cell in noted else [cell]
        self._note(noted, written)
        cell.file.check()
        after = self._texts(noted)[cell.file.path]
        check_syntax(cell.file.path, after)
        self._prepare()
        target = self.folder / cell.file.path
        if not target.resolve().is_relative_to(self.folder.resolve()):
            raise LabError(f"{cell.file.path} leads out of the task's folder by a link.", "Remove the link.")
        with told(target):
            on_disk = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else None
            kept = None
            if on_disk is not None and on_disk not in (self._given(cell, written), after):
                kept = keep(self._workspace / "kept", target.name, copied=target)
            write(target, after.encode())
        self._note(noted, {**written, cell.file.path: after})
        return Written(f"{self.exercise.number} {cell.file.path}", on_disk, after, kept)

    def check_file(self, cell: TaskCell) -> None:
        """Raise LabError when the task has no such file, or no such part of it."""
        if cell.key in {one.key for one in self.exercise.cells}:
            return
        lines = " or ".join(one.line for one in self.exercise.cells)
        raise LabError(
            f"Task {self.exercise.number} does not change {cell.file.path}.", f"A cell of it begins with  {lines}"
        )

    def edited(self) -> list[TaskCell]:
        """The cells whose file in the tree is another than they wrote: edited since, in an editor."""
        cells, written = self._read()
        return [cell for cell in cells if self._on_disk(cell) not in (None, self._given(cell, written))]

    def from_disk(self, cell: TaskCell) -> str:
        """The text that a cell must have to write what the file in the tree holds now.

        Raises LabError where there is no file, or where it was edited outside of the cell's part.
        """
        text = self._on_disk(cell)
        if text is None:
            raise LabError(f"There is no {cell.file.path} in {self.folder}.", "Run the cell first: it writes the file.")
        if not cell.file.part:
            return text
        replay = self._replay(self.cells)
        old = replay.files[cell.file.path].parts.get(cell.file.part, "").strip("\n")
        before, _, after = replay.files[cell.file.path].text.partition(old)
        if not old or not (text.startswith(before) and text.endswith(after)) or len(text) < len(before + after):
            raise LabError(
                f"{cell.file.path} was edited outside of the part {cell.file.part!r}, which the cell writes.",
                "Copy into the cell what belongs there.",
            )
        return text[len(before) : len(text) - len(after)].strip("\n") + "\n"

    # Details

    def _on_disk(self, cell: TaskCell) -> str | None:
        try:
            return (self.folder / cell.file.path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def _replay(self, cells: list[TaskCell]) -> Replay:
        return self._checkpoint().apply_all(cell.file for cell in cells)

    def _texts(self, cells: list[TaskCell]) -> dict[str, str]:
        return self._replay(cells).texts()

    def _prepare(self) -> None:
        """Write the checkpoint's tree where there is none."""
        if self.folder.is_dir():
            return
        with told(self.folder):
            # Built beside and moved into place: a full disk leaves no half of a project.
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix=f".{self.exercise.number}-", dir=self.folder.parent))
            try:
                for path, text in self._checkpoint().texts().items():
                    write(fresh / path, text.encode())
                fresh.chmod(0o755)
                fresh.rename(self.folder)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)

    def _given(self, cell: TaskCell, written: dict[str, str]) -> str | None:
        """What the tree's file holds where nobody has edited it: what a cell wrote, else the checkpoint's."""
        path = cell.file.path
        return written[path] if path in written else self._texts([]).get(path)

    def _read(self) -> tuple[list[TaskCell], dict[str, str]]:
        """The cells as they were last run, and path → text of what they last wrote into the tree."""
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
            cells = [TaskCell(self.exercise.number, FileCell(**cell)) for cell in read["cells"]]
            return cells, {str(path): str(text) for path, text in read["written"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return [], {}

    def _note(self, cells: list[TaskCell], written: dict[str, str]) -> None:
        content = {"cells": [asdict(cell.file) for cell in cells], "written": written}
        with told(self._file):
            write(self._file, json.dumps(content, indent=1).encode())
