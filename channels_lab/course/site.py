"""The finished site, `tutorial_project/`: written from the notebooks, and checked against them."""

import shutil
from pathlib import Path

from channels_lab.course.course import Course
from channels_lab.course.replay import Replay

__all__ = ["Site"]

# Made by running the site where it stands; git ignores them too.
_MADE = {"__pycache__", "db.sqlite3", ".secret_key"}


class Site:
    """The folder `tutorial_project/` of a course, and what should be in it."""

    def __init__(self, course: Course) -> None:
        self.folder = course.root / "tutorial_project"
        self._replay: Replay = course.finished()

    def files(self) -> dict[str, str]:
        """Path → text of every file that the site should have, its README included."""
        return self._replay.texts() | {"README.md": self._readme()}

    def differences(self) -> list[str]:
        """One line for each file that is not as the notebooks say, naming the cell that writes it."""
        wanted = self.files()
        found = {path.relative_to(self.folder).as_posix(): path for path in self._present()}
        lines = []
        for name in sorted(wanted.keys() | found.keys()):
            if name not in wanted:
                lines.append(f"tutorial_project/{name}: no cell writes it")
            elif name not in found:
                lines.append(f"tutorial_project/{name}: missing; written by {self._source(name)}")
            elif found[name].read_text(encoding="utf-8") != wanted[name]:
                lines.append(f"tutorial_project/{name}: differs from {self._source(name)}")
        return lines

    def write(self) -> int:
        """Write the site anew; returns the number of files. What running it has made stays."""
        for path in self._present():
            path.unlink()
        wanted = self.files()
        for name, text in wanted.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        for folder in sorted((p for p in self.folder.rglob("*") if p.is_dir()), reverse=True):
            if not any(folder.iterdir()) or {p.name for p in folder.iterdir()} <= {"__pycache__"}:
                shutil.rmtree(folder, ignore_errors=True)
        return len(wanted)

    def _present(self) -> list[Path]:
        return [
            path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not _MADE & {*path.relative_to(self.folder).parts}
        ]

    def _source(self, name: str) -> str:
        return self._replay.files[name].sources[-1] if name in self._replay.files else "channels-lab build"

    def _readme(self) -> str:
        rows = "".join(
            f"| `{path}` | {'; '.join(dict.fromkeys(self._replay.files[path].sources))} |\n"
            for path in sorted(self._replay.files)
        )
        return (
            "# The finished site\n\n"
            "Written by `channels-lab build` from the file cells of the notebooks. Do not edit it here: edit the\n"
            "cell, and build again.\n\n"
            "Run it with `python manage.py migrate` and `python manage.py runserver`.\n\n"
            "| file | written by |\n| --- | --- |\n" + rows
        )
