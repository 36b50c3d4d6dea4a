"""The magic of a task's cells: `%%task_file 06.2 chat/consumers.py`."""

from dataclasses import replace

from IPython.core.magic import Magics, cell_magic, magics_class

from channels_lab.course.exercise import FROM_DISK, TASK_MAGIC, parse_task_cell
from channels_lab.notebook.attendance import at_place
from channels_lab.notebook.cell import running
from channels_lab.notebook.display import show_note, show_written
from channels_lab.notebook.open_task import open_task

__all__ = ["TaskFileMagics"]


@magics_class
class TaskFileMagics(Magics):
    """The magic of the cells that are an answer."""

    @cell_magic
    def task_file(self, line: str, cell: str) -> None:
        """Write a file into the task's own tree: `%%task_file 06.2 chat/consumers.py [--part NAME] [--from-disk]`."""
        task_cell = parse_task_cell(f"{TASK_MAGIC} {line}\n{cell}", running().id)
        assert task_cell is not None
        task = open_task(task_cell.task)
        task.desk.check_file(task_cell)
        task.note(lambda board: board.look(task.exercise.number))
        task.prepare()
        at_place(task.exercise.chapter, task.exercise.number)
        if FROM_DISK in line.split():
            text = task.desk.from_disk(task_cell)
            task_cell = replace(task_cell, file=replace(task_cell.file, text=text))
            self.shell.set_next_input(f"{task_cell.line}\n{text.rstrip()}", replace=True)
            show_note(f"The cell holds {task_cell.file.path} as it is in {task.desk.folder}.")
        show_written(task.desk.write(task_cell))
