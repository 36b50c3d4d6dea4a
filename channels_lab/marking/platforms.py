"""Learning platforms: how they name what is downloaded from them, so that a file is known to be whose it is."""

import re
from pathlib import PurePosixPath

__all__ = ["platform_number", "platform_student"]

# "Ada Lovelace_12345_assignsubmission_file_", a folder or the beginning of a file's name.
_MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_")
# "lovelaceada_LATE_12345_67890_06_sync_consumer.ipynb": user, attachment, the file's own name.
_CANVAS = re.compile(r"([^_]+)_(?:LATE_)?(\d+)_\d+_.+")
_NUMBER = re.compile(r".+_(\d+)")


def platform_student(name: str) -> str | None:
    """Whose a file of Moodle's or Canvas' download is, with the platform's number of the student; else None."""
    for part in PurePosixPath(name).parts:
        if match := _MOODLE.match(part):
            return f"{match[1]}_{match[2]}"
    match = _CANVAS.fullmatch(PurePosixPath(name).name)
    return f"{match[1]}_{match[2]}" if match else None


def platform_number(student: str) -> str:
    """The platform's number in such a name, "" where there is none."""
    match = _NUMBER.fullmatch(student)
    return match[1] if match else ""
