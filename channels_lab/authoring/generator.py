"""`exercises/`, generated from `solutions/` by nbgrader's own GenerateAssignment; and whether it is current."""

import logging
import tempfile
from pathlib import Path
from typing import Any

from channels_lab.course.course import Course
from channels_lab.course.safekeeping import told, write
from channels_lab.errors import LabError

__all__ = ["Generator"]


class Generator:
    """Generates the exercise notebooks of a course; raises LabError where nbgrader is not installed or refuses."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.sources = sorted((course.root / "solutions").glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))
        if not self.sources:
            raise LabError(
                f"There are no notebooks in {course.root / 'solutions'}.", "Get them with  git checkout -- solutions"
            )
        for source in self.sources:
            if source.stem != source.parent.name:
                raise LabError(f"{source.name} lies in the folder {source.parent.name}.", "The two have the same name.")

    def generated(self) -> dict[str, bytes]:
        """Path below `exercises/` → content, of every notebook as it should be."""
        with tempfile.TemporaryDirectory(prefix="channels-lab-exercises-") as folder:
            _generate(self.course.root, Path(folder))
            return {
                file.relative_to(folder).as_posix(): file.read_bytes()
                for file in sorted(Path(folder).rglob("*"))
                if file.is_file()
            }

    def differences(self, generated: dict[str, bytes]) -> list[str]:
        """One line for each file of `exercises/` that is not as generated."""
        found = {file.relative_to(self._folder).as_posix(): file for file in self._files()}
        lines = []
        for name in sorted(generated.keys() | found.keys()):
            if name not in generated:
                lines.append(f"exercises/{name}: solutions/ has no such notebook")
            elif name not in found:
                lines.append(f"exercises/{name}: missing")
            elif found[name].read_bytes() != generated[name]:
                lines.append(f"exercises/{name}: differs from what solutions/{name} gives")
        return lines

    def write(self, generated: dict[str, bytes]) -> None:
        """Write `exercises/`; a notebook that has no source any more goes."""
        with told(self._folder):
            for file in self._files():
                if file.relative_to(self._folder).as_posix() not in generated:
                    file.unlink()
            for name, content in generated.items():
                write(self._folder / name, content)

    @property
    def _folder(self) -> Path:
        return self.course.root / "exercises"

    def _files(self) -> list[Path]:
        return [
            file
            for file in sorted(self._folder.rglob("*"))
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(self._folder).parts)
        ]


def _generate(root: Path, release: Path) -> None:
    try:
        from nbgrader.converters import GenerateAssignment
        from nbgrader.converters.base import NbGraderException
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config.loader import PyFileConfigLoader
    except ImportError as error:
        raise LabError(
            f"nbgrader generates the exercises, and is not installed ({error}).",
            "Run it with  uv run --group test channels-lab exercises",
        ) from None
    config: Any = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.release_directory = str(release)
    # The notebooks do not depend on a gradebook: none is needed, and one that is there stays as it is.
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    log, said = _log()
    try:
        GenerateAssignment(coursedir=CourseDirectory(config=config, assignment_id="*"), config=config, log=log).start()
    except NbGraderException as error:
        raise LabError(
            "nbgrader refuses to generate the exercises.",
            "Mend what it says of solutions/.",
            "\n".join([*said, str(error)]),
        ) from None


def _log() -> tuple[logging.Logger, list[str]]:
    """A logger of its own, and the list that gets what it says of errors."""
    said: list[str] = []
    log = logging.Logger("exercises")
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    return log, said
