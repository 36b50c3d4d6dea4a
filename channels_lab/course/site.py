"""The finished site, `tutorial_project/`: written from the notebooks, and checked against them."""

import shutil
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.course.filecell import check_syntax
from channels_lab.course.replay import Replay
from channels_lab.course.safekeeping import own_files, told, write
from channels_lab.errors import LabError

__all__ = ["Site"]

_ABOUT = """\
# The finished site

A chat on Django Channels: rooms with history, live presence and unread counts, rooms for the staff alone, tasks with
progress, tokens for programs, and a page on which protocols race.

```
python manage.py migrate
python manage.py runserver
python manage.py test
```

Log in at <http://127.0.0.1:8000/> as alice, bob, or sam of the staff; the password is the name. Or sign up.
Tasks want a Redis, and workers, each in a terminal of its own with the same `REDIS_URL=redis://127.0.0.1:6379` as the
server: `python manage.py runworker background-tasks`; for what is kept in the database `python manage.py db_worker`.
For strangers `deploy/` has Nginx's configuration and a supervisor's.

"""


class Site:
    """The folder `tutorial_project/` of a course, and what should be in it."""

    def __init__(self, course: Course) -> None:
        self.folder = course.root / "tutorial_project"
        self._replay: Replay = course.finished()

    def files(self) -> dict[str, str]:
        """Path → text of every file that the site should have, its README included.

        Raises LabError, naming the cells, when the parts of a file do not make Python together.
        """
        texts = self._replay.texts()
        for path, text in texts.items():
            try:
                check_syntax(path, text)
            except LabError as error:
                sources = "; ".join(self._replay.files[path].sources)
                raise LabError(error.message, f"It is written by {sources}.", error.details) from None
        return texts | {"README.md": self._readme()}

    def differences(self) -> list[str]:
        """One line for each file that is not as the notebooks say, naming the cell that writes it."""
        wanted = self.files()
        found = {path.relative_to(self.folder).as_posix(): path for path in own_files(self.folder)}
        lines = []
        for name in sorted(wanted.keys() | found.keys()):
            if name not in wanted:
                lines.append(f"tutorial_project/{name}: no cell writes it")
            elif name not in found:
                lines.append(f"tutorial_project/{name}: missing; written by {self._source(name)}")
            elif found[name].read_bytes() != wanted[name].encode():
                lines.append(f"tutorial_project/{name}: differs from {self._source(name)}")
        return lines

    def write(self) -> int:
        """Write the site anew; returns the number of files. What running it has made stays."""
        wanted = self.files()
        with told(self.folder):
            for path in list(own_files(self.folder)):
                if path.relative_to(self.folder).as_posix() not in wanted:
                    path.unlink()
                    self._leave(path.parent)
            for name, text in wanted.items():
                write(self.folder / name, text.encode())
        return len(wanted)

    def _leave(self, folder: Path) -> None:
        """Remove a folder that holds nothing but bytecode, and those above it, up to the site's own."""
        while folder != self.folder and {path.name for path in folder.iterdir()} <= {"__pycache__"}:
            shutil.rmtree(folder)
            folder = folder.parent

    def _source(self, name: str) -> str:
        return self._replay.files[name].sources[-1] if name in self._replay.files else "channels-lab build"

    def _readme(self) -> str:
        rows = "".join(
            f"| `{path}` | {'; '.join(dict.fromkeys(self._replay.files[path].sources))} |\n"
            for path in sorted(self._replay.files)
        )
        return (
            _ABOUT + "## What writes what\n\n"
            "Written by `channels-lab build` from the file cells of the notebooks. Do not edit it here: edit the\n"
            "cell, and build again.\n\n"
            "| file | written by |\n| --- | --- |\n" + rows
        )
