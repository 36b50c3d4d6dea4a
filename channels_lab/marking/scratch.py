"""A scratch folder: a temporary one that goes with whoever holds it, however that ends."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from channels_lab.errors import LabError

__all__ = ["Scratch"]

_GONE_SECONDS = 10
# Read to the end: nobody is left. What outlives its parent by a moment may still write.
_SWEEP = 'cat >/dev/null; for _ in 1 2 3 4 5 6 7 8; do rm -rf -- "$1" && exit; sleep 1; done'
# More would leave too little for the path of a Unix socket in it.
_MOST_LENGTH = 24


class Scratch:
    """A folder that is removed when the last process is gone that has its descriptor `held`: this one, or a child.

    A process beside sees to it, for whoever is killed can remove nothing. A child is given the descriptor by
    `pass_fds`, and then `let_go` leaves the folder to it. Raises LabError where none can be made.
    """

    def __init__(self, prefix: str) -> None:
        place = tempfile.gettempdir()
        if len(os.fsencode(place)) >= _MOST_LENGTH or place.startswith("/dev/"):  # a sandbox has a /dev of its own
            place = "/tmp"
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        except OSError as error:
            raise LabError(f"{place} cannot be written: {error.strerror}.", "Free some space.") from None
        end, self.held = os.pipe()
        try:
            self._sweeper = subprocess.Popen(
                ["/bin/sh", "-c", _SWEEP, "sweeper", str(self.folder)],
                stdin=end,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={"PATH": os.defpath},
            )
        except OSError as error:
            self.let_go()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise LabError(f"No process can be started: {error.strerror}.", "Close some programs.") from None
        finally:
            os.close(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def let_go(self) -> None:
        """Hold it no longer here."""
        if self.held >= 0:
            os.close(self.held)
            self.held = -1

    def close(self) -> None:
        """Hold it no longer, and wait until it is gone, which it is when nobody else holds it."""
        self.let_go()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._sweeper.wait(_GONE_SECONDS)
