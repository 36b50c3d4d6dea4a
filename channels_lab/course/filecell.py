"""File cells: `%%project_file PATH [--part NAME]`, as text."""

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import PurePosixPath

from channels_lab.errors import LabError

__all__ = ["MAGIC", "FileCell", "check_syntax", "parse_cell", "parse_header", "project_path"]

MAGIC = "%%project_file"
_PART = re.compile(r"[a-z][a-z0-9_-]*\Z")
_USAGE = "Write it as  {magic} chat/consumers.py  or  {magic} config/settings.py --part apps"


@dataclass(frozen=True)
class FileCell:
    """One cell that writes a project file, or a named part of it.

    `path` is relative to the project and uses slashes; `part` is "" for a whole file; `cell_id` and
    `number` (counted from 1, as a reader counts) say where the cell stands in its notebook.
    """

    path: str
    part: str
    text: str
    cell_id: str = ""
    number: int = 0

    def check(self) -> None:
        """Raise LabError when the cell's own text is not Python, for a `.py` path."""
        check_syntax(self.path, textwrap.dedent(self.text) if self.part else self.text)  # a part may be methods


def project_path(text: str) -> str:
    """Return `text` as a path inside the project; raises LabError for one that leads out of it."""
    path = PurePosixPath(text)
    fix = "Name a file inside the project, such as chat/consumers.py."
    if path.is_absolute() or text.startswith("~") or re.match(r"[A-Za-z]:", text) or "\\" in text:
        raise LabError(f"{text!r} is not a path inside the project.", fix)
    if ".." in path.parts:
        raise LabError(f"{text!r} leads out of the project.", fix)
    if not path.parts or text.endswith("/") or "\0" in text:
        raise LabError(f"{text!r} names no file.", fix)
    return str(path)


def parse_header(line: str, magic: str = MAGIC) -> tuple[str, str]:
    """Return (path, part) of what follows `%%project_file`; raises LabError when it is malformed.

    `magic` is what stands before it, for the message.
    """
    usage = _USAGE.format(magic=magic)
    words = line.split()
    part = ""
    if "--part" in words:
        at = words.index("--part")
        if at + 1 >= len(words):
            raise LabError("--part has no name.", usage)
        part = words[at + 1]
        del words[at : at + 2]
        if not _PART.match(part):
            raise LabError(f"{part!r} is no name for a part: small letters, digits and dashes.", usage)
    if len(words) != 1:
        what = "names no file" if not words else f"has {len(words)} words where one path should be"
        raise LabError(f"{magic} {what}.", usage)
    return project_path(words[0]), part


def parse_cell(source: str, cell_id: str = "", number: int = 0) -> FileCell | None:
    """Return the file cell in a code cell's source, or None when it is an ordinary cell."""
    header, _, body = source.lstrip().partition("\n")
    if header.split(maxsplit=1)[:1] != [MAGIC]:
        return None
    path, part = parse_header(header[len(MAGIC) :])
    return FileCell(path, part, body if body.endswith("\n") or not body else body + "\n", cell_id, number)


def check_syntax(path: str, text: str) -> None:
    """Raise LabError with the line and a caret when `text` is not Python, for a `.py` path."""
    if not path.endswith(".py"):
        return
    try:
        ast.parse(text, filename=path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        if not isinstance(error, SyntaxError) or line is None:
            raise LabError(f"{path} is not Python: {error}.", "Mend the cell and run it again.") from None
        code = (error.text or "").rstrip("\n")
        caret = " " * (max(error.offset or 1, 1) - 1) + "^"
        raise LabError(
            f"{path}, line {line}: {error.msg}.",
            "Nothing was saved: mend this line of the cell and run it again.",
            f"    {code}\n    {caret}",
        ) from None
