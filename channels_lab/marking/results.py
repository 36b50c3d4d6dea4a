"""Results: a file with a line for each submission that has been judged, so that a run can be resumed."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from channels_lab.errors import LabError
from channels_lab.grading.verdict import Verdict

__all__ = ["Result", "Results"]


@dataclass(frozen=True)
class Result:
    """What came of a submission: a verdict for each task of its chapter."""

    key: str
    digest: str
    verdicts: tuple[Verdict, ...]

    @property
    def points(self) -> int:
        """The points earned."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def of(self) -> int:
        """The points that there are."""
        return sum(verdict.of for verdict in self.verdicts)


class Results:
    """The file of results; each is written as soon as it is known. Of one submission the last one counts."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.by_key: dict[str, Result] = {}
        lines = place.read_bytes().split(b"\n") if place.exists() else []
        for line in lines:
            try:
                told = json.loads(line)
                verdicts = tuple(Verdict.from_json(one) for one in told["verdicts"])
                self.by_key[told["key"]] = Result(told["key"], told["digest"], verdicts)
            except (ValueError, KeyError, TypeError):
                continue  # the run was ended while it wrote this line: it is judged again
        self._whole = not lines or lines[-1] == b""

    def add(self, result: Result) -> None:
        """Note a result for good; raises LabError when that is impossible."""
        told = {"key": result.key, "digest": result.digest, "verdicts": [one.to_json() for one in result.verdicts]}
        line = json.dumps(told) + "\n"
        try:
            with self.place.open("ab") as file:
                begin, self._whole = b"" if self._whole else b"\n", False  # until all of it is there
                file.write(begin + line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise LabError(
                f"{self.place} cannot be written: {error.strerror}.", "Free some space, and go on with  --resume ."
            ) from None
        self._whole = True
        self.by_key[result.key] = result
