"""The learner's workspace: copies of the notebooks, the growing project, and what is kept beside."""

import difflib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from channels_lab.course.course import Chapter, Course
from channels_lab.course.filecell import FileCell, check_syntax
from channels_lab.course.safekeeping import keep, own_files, told, write
from channels_lab.errors import LabError

__all__ = ["Opened", "Workspace", "Written"]


@dataclass(frozen=True)
class Written:
    """What a file cell did: the project's file before and after, and where an edited one was kept."""

    path: str
    before: str | None
    after: str
    kept: Path | None = None

    @property
    def difference(self) -> list[str]:
        """The change as the lines of a unified diff, without its header."""
        before, after = (self.before or "").splitlines(), self.after.splitlines()
        return list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]


@dataclass(frozen=True)
class Opened:
    """What opening a chapter did: whether files were written, which, and where the old ones are kept."""

    chapter: Chapter
    changed: bool
    files: int = 0
    kept: Path | None = None


@dataclass
class _Journal:
    """Which chapter the workspace is in, and the file cells that were run in it since it was opened."""

    chapter: str = ""
    cells: list[FileCell] = field(default_factory=list)

    def note(self, cell: FileCell) -> None:
        """Note a cell in the place of its earlier run; a whole file hides all earlier cells of that file."""
        same = [c for c in self.cells if c.path == cell.path and c.part == cell.part]
        if cell.part and same:
            self.cells[self.cells.index(same[0])] = cell
        else:
            self.cells = [c for c in self.cells if cell.part or c.path != cell.path] + [cell]


class Workspace:
    """The folder in which a learner works; nothing in it is ever deleted, only moved beside."""

    def __init__(self, course: Course, folder: Path | None = None) -> None:
        self.course = course
        self.folder = folder or course.workspace_folder
        self.notebooks = self.folder / "notebooks"
        self.project = self.folder / "project"
        self.kept = self.folder / "kept"
        self._journal_file = self.folder / ".lab" / "journal.json"

    # The notebooks

    def prepare(self) -> list[str]:
        """Copy the notebooks that are absent, and lay newer originals beside; returns what to tell the reader."""
        said = []
        for folder in ("notebooks", "exercises"):
            for original in sorted((self.course.root / folder).rglob("*.ipynb")):
                if ".ipynb_checkpoints" not in original.parts:
                    said += self._copy(original, self.folder / original.relative_to(self.course.root))
        return said

    def _copy(self, original: Path, copy: Path) -> list[str]:
        seen = self.folder / ".lab" / "originals" / original.relative_to(self.course.root)
        newer = copy.with_name(copy.stem + ".newer.ipynb")
        content = original.read_bytes()
        with told(copy):
            if copy.exists() and seen.exists() and seen.read_bytes() == content:
                return []
            said = []
            if not copy.exists():
                write(copy, content)
            elif copy.read_bytes() != content:
                if newer.exists() and newer.read_bytes() != content:
                    keep(self.kept, newer.name, newer)  # the learner may have worked in it
                write(newer, content)
                said = [f"{copy.name} has a newer original: yours is untouched, the new one is {newer.name}."]
            write(seen, content)
        return said

    # The project

    @property
    def chapter(self) -> str:
        """The number of the chapter that the workspace is in; "" when none was opened."""
        return self._read_journal().chapter

    def open(self, chapter: Chapter, *, restart: bool = False) -> Opened:
        """Bring the project to the beginning of a chapter; changes nothing when it is in it already.

        What is replaced is moved to `kept/`, database included. Raises LabError when that is impossible.
        """
        journal = self._read_journal()
        if journal.chapter == chapter.number and self.project.is_dir() and not restart:
            return Opened(chapter, changed=False)
        texts = self.course.before(chapter).texts()
        kept = None
        with told(self.project):
            # Built beside and moved into place: a full disk leaves no half of a project.
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix=".project-", dir=self.folder))
            try:
                for path, text in texts.items():
                    write(fresh / path, text.encode())
                fresh.chmod(0o755)
                # Better no journal than one that tells of another project.
                self._journal_file.unlink(missing_ok=True)
                kept = keep(self.kept, f"chapter-{journal.chapter}" if journal.chapter else "project", self.project)
                fresh.rename(self.project)
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                if kept and not self.project.exists():
                    kept.rename(self.project)
                raise
        self._write_journal(_Journal(chapter.number))
        return Opened(chapter, changed=True, files=len(texts), kept=kept)

    def write(self, cell: FileCell, chapter: Chapter) -> Written:
        """Run one file cell: check it, write its file, and note it.

        Raises LabError when it is no Python, leads out of the project, cannot be written, or when the
        workspace was moved to another chapter meanwhile. A file that was edited elsewhere is kept beside.
        """
        journal = self._read_journal()
        if journal.chapter != chapter.number:
            raise LabError(
                f"The workspace is in chapter {journal.chapter or 'none'}, and this cell is of {chapter.number}.",
                f'Run the cell with open_chapter("{chapter.number}") again: it brings the project back here.',
            )
        replay = self.course.before(chapter).apply_all(journal.cells)
        before = replay.texts().get(cell.path)
        replay.apply(cell)
        after = replay.texts()[cell.path]
        cell.check()
        check_syntax(cell.path, after)
        target = self.project / cell.path
        if not target.resolve().is_relative_to(self.project.resolve()):
            raise LabError(f"{cell.path} leads out of the project by a link.", "Remove the link, or name another file.")
        with told(target):
            on_disk = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else None
            kept = None
            if on_disk is not None and on_disk not in (before, after):
                kept = keep(self.kept, target.name, copied=target)
            write(target, after.encode())
        journal.note(cell)
        self._write_journal(journal)
        return Written(cell.path, on_disk, after, kept)

    def not_run(self, chapter: Chapter) -> list[FileCell]:
        """The chapter's file cells whose file (or part) no cell has written yet since it was opened."""
        done = {(cell.path, cell.part) for cell in self._read_journal().cells}
        seen: dict[tuple[str, str], FileCell] = {}
        for cell in chapter.file_cells:
            seen.setdefault((cell.path, cell.part), cell)
        return [cell for key, cell in seen.items() if key not in done]

    def newest_change(self, counts: Callable[[str], bool] = bool) -> tuple[float, str]:
        """When a project file was last changed (seconds since the epoch) and which; (0, "") for none.

        `counts` says of a path whether to look at that file; by default they all count.
        """
        paths = ((path, path.relative_to(self.project).as_posix()) for path in own_files(self.project))
        return max(((path.stat().st_mtime, name) for path, name in paths if counts(name)), default=(0, ""))

    def reset(self) -> Path | None:
        """Begin anew: move project, notebooks and tasks to `kept/`, and copy the notebooks again; returns where.

        The board of what was done stays.
        """
        shutil.rmtree(self.folder / ".lab" / "checkpoints", ignore_errors=True)  # nobody's work: it is made again
        places = (self.project, self.notebooks, self.folder / "exercises", self.folder / "tasks", self.folder / ".lab")
        kept = keep(self.kept, "reset", *places)
        self.prepare()
        return kept

    # The journal

    def _read_journal(self) -> _Journal:
        try:
            data = json.loads(self._journal_file.read_text(encoding="utf-8"))
            return _Journal(str(data["chapter"]), [FileCell(**cell) for cell in data["cells"]])
        except (OSError, ValueError, KeyError, TypeError):
            return _Journal()

    def _write_journal(self, journal: _Journal) -> None:
        with told(self._journal_file):
            write(self._journal_file, json.dumps(asdict(journal), indent=1).encode())
