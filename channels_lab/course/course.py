"""The course: where it is, its chapters, and the project at each of them."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from channels_lab.course.filecell import FileCell, parse_cell
from channels_lab.course.replay import Replay
from channels_lab.course.safekeeping import own_files
from channels_lab.errors import LabError

__all__ = ["Chapter", "Course", "read_notebook"]

_NOTEBOOK = re.compile(r"(\d\d)_\w+\.ipynb\Z")


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook file as the dictionary of nbformat 4, each `source` one string.

    Raises LabError when it is no notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if notebook["nbformat"] != 4:
            raise ValueError("its format is not nbformat 4")
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            if cell["cell_type"] == "code":
                cell["metadata"].get("tags", [])
    except OSError as error:
        raise LabError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else error
        raise LabError(
            f"{path.name} is not a notebook any more: {why}.",
            _way_back(path),
        ) from None
    return dict(notebook)


def _way_back(path: Path) -> str:
    """How to get a broken notebook back: an original from git, the learner's own as a fresh copy."""
    own = re.search(r"/((?:notebooks|(?:exercises|solutions)/[^/]+)/[^/]+)\Z", path.as_posix())
    if own and "workspace" not in path.parts:
        return f"Get the original back with  git checkout -- {own[1]}"
    return "Move it away and run  channels-lab : a fresh copy is put in its place."


@dataclass(frozen=True)
class Chapter:
    """One chapter: its number ("06"), its pristine notebook and its given files."""

    number: str
    notebook: Path

    @property
    def name(self) -> str:
        """The notebook's name without ending: `06_sync_consumer`."""
        return self.notebook.stem

    @property
    def given(self) -> Path:
        """The folder of files that this chapter is given; it need not exist."""
        return self.notebook.parent / "given" / self.number

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """All cells of the notebook, each with its `source` as one string."""
        return list(read_notebook(self.notebook)["cells"])

    @cached_property
    def file_cells(self) -> list[FileCell]:
        """The file cells, in order; raises LabError, naming notebook and cell, for a faulty one.

        A cell tagged `raises-exception` is one that is refused on purpose: it writes nothing.
        """
        found = []
        for number, cell in enumerate(self.cells, start=1):
            if cell["cell_type"] != "code":
                continue
            refused = "raises-exception" in cell["metadata"].get("tags", [])
            try:
                file_cell = parse_cell(cell["source"], cell.get("id", ""), number)
                if file_cell:
                    file_cell.check()
            except LabError as error:
                if refused:
                    continue
                raise LabError(
                    f"{self.notebook.name}, cell {number}: {error.message}", error.fix, error.details
                ) from None
            if file_cell:
                found.append(file_cell)
        return found

    def given_files(self) -> Iterator[tuple[str, str]]:
        """Yield (path in the project, text) of the given files, in the order of their paths."""
        for file in sorted(own_files(self.given)):
            yield file.relative_to(self.given).as_posix(), file.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Course:
    """A checkout of the course; `root` is the folder that holds `notebooks/`."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> "Course":
        """Return the course at or above `start` (default: the working folder), else $CHANNELS_LAB_ROOT."""
        start = (start or Path.cwd()).resolve()
        named = os.environ.get("CHANNELS_LAB_ROOT")
        for folder in [start, *start.parents, *([Path(named)] if named else [])]:
            if (folder / "notebooks" / "given").is_dir() and (folder / "pyproject.toml").is_file():
                return cls(folder.resolve())
        raise LabError(
            "The course is not here: no folder above this one holds notebooks/ and pyproject.toml"
            + (f", nor does {named}, which CHANNELS_LAB_ROOT names." if named else "."),
            "Start from the folder that you cloned, or name it in the variable CHANNELS_LAB_ROOT.",
        )

    @property
    def workspace_folder(self) -> Path:
        """Where the learner works: `workspace/`, or what CHANNELS_LAB_WORKSPACE names."""
        return Path(os.environ.get("CHANNELS_LAB_WORKSPACE") or self.root / "workspace").resolve()

    @cached_property
    def chapters(self) -> dict[str, Chapter]:
        """Number → chapter, in order."""
        found: dict[str, Chapter] = {}
        for file in sorted((self.root / "notebooks").glob("*.ipynb")):
            if not (match := _NOTEBOOK.match(file.name)):
                continue
            if other := found.get(match[1]):
                raise LabError(
                    f"{other.notebook.name} and {file.name} are both chapter {match[1]}.",
                    "Move the one that is not the course's out of notebooks/.",
                )
            found[match[1]] = Chapter(match[1], file)
        if not found:
            raise LabError(
                f"There are no notebooks in {self.root / 'notebooks'}.", "Get them with  git checkout -- notebooks"
            )
        return found

    def chapter(self, number: str | int) -> Chapter:
        """Return a chapter by number ("06", 6) or by its notebook's name; raises LabError for no such one."""
        key = str(number).strip().split("/")[-1].removesuffix(".ipynb")
        for chapter in self.chapters.values():
            if key.zfill(2) == chapter.number or key == chapter.name:
                return chapter
        raise LabError(f"There is no chapter {number!r}.", f"The chapters are {', '.join(self.chapters)}.")

    def before(self, chapter: Chapter) -> Replay:
        """Replay all chapters before this one, and lay this one's given files."""
        replay = Replay()
        for number, other in self.chapters.items():
            if number > chapter.number:
                break
            for path, text in other.given_files():
                replay.give(path, text, f"{other.name}: given")
            if number < chapter.number:
                for cell in other.file_cells:
                    replay.apply(cell, f"{other.name}: cell {cell.number}")
        return replay

    def after(self, chapter: Chapter) -> Replay:
        """Replay everything up to the end of this chapter."""
        replay = self.before(chapter)
        for cell in chapter.file_cells:
            replay.apply(cell, f"{chapter.name}: cell {cell.number}")
        return replay

    def finished(self) -> Replay:
        """Replay the whole course: the finished site."""
        return self.after(list(self.chapters.values())[-1])
