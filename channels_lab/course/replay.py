"""The project as the replay of file cells, in order."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from channels_lab.course.filecell import FileCell
from channels_lab.errors import LabError

__all__ = ["ProjectFile", "Replay", "split_parts"]

_MARK = re.compile(r"^# part: (\S+)\n", re.MULTILINE)


@dataclass
class ProjectFile:
    """A file as its named parts, in the order in which they first appeared.

    A whole file is one part named "". `sources` says which chapters and cells wrote it.
    """

    parts: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The file's content: verbatim when whole, else its parts with two blank lines between them (PEP 8).

        A part that begins indented goes on with the class before it: there it is one line.
        """
        if list(self.parts) == [""]:
            return self.parts[""]
        texts = [text.strip("\n") + "\n" for text in self.parts.values() if text.strip("\n")]
        return "".join(("\n" if text[0] == " " else "\n\n") * (n > 0) + text for n, text in enumerate(texts))


@dataclass
class Replay:
    """The project's files after some chapters: path → file."""

    files: dict[str, ProjectFile] = field(default_factory=dict)

    def give(self, path: str, text: str, source: str = "") -> None:
        """Put a given file in place: whole, or in parts where it holds lines `# part: NAME`.

        One that begins with such a line replaces, or adds, only its parts of a file that is there already.
        Raises LabError when it names a part twice.
        """
        try:
            parts = split_parts(text)
        except LabError as error:
            raise LabError(f"{path} ({source}): {error.message}", error.fix) from None
        old = ProjectFile() if "" in parts else self.files.get(path, ProjectFile())
        self.files[path] = ProjectFile({**old.parts, **parts}, [*old.sources, source])

    def apply(self, cell: FileCell, source: str = "") -> None:
        """Write one file cell: the whole file, or its part replaced or appended."""
        if not cell.part:
            old = self.files.get(cell.path, ProjectFile())
            self.files[cell.path] = ProjectFile({"": cell.text}, [*old.sources, source])
            return
        file = self.files.setdefault(cell.path, ProjectFile())
        file.parts[cell.part] = cell.text
        file.sources.append(source)

    def apply_all(self, cells: Iterable[FileCell]) -> "Replay":
        """Write several cells, and return the replay itself."""
        for cell in cells:
            self.apply(cell)
        return self

    def texts(self) -> dict[str, str]:
        """Path → content of every file, in the order of the paths."""
        return {path: self.files[path].text for path in sorted(self.files)}


def split_parts(text: str) -> dict[str, str]:
    """Cut a given file at its lines `# part: NAME`; what stands before the first is the part ""."""
    pieces = _MARK.split(text)
    parts = {"": pieces[0]} if pieces[0].strip() or len(pieces) == 1 else {}
    if twice := [name for name, times in Counter(pieces[1::2]).items() if times > 1]:
        raise LabError(f"the part {twice[0]!r} begins twice.", "Give each part a name of its own.")
    return parts | dict(zip(pieces[1::2], pieces[2::2], strict=True))
