"""Symptoms: what a process shows beside its events: log lines, prints, and coroutines that were never awaited.

Each watch leaves what the process does, and prints, as it is; what fails in a watch is left out of the record.
"""

import contextlib
import io
import logging
import re
import sys
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from channels_lab.record.excerpt import error_details, own_file, word
from channels_lab.record.layers import call_of

__all__ = ["watch_coroutines", "watch_log", "watch_prints"]

Write = Callable[..., None]

# An access line of Daphne's tells what the record tells already.
_ACCESS = re.compile(r'\S+ - - \[.*?\] "')
_MOST_LINE = 10_000


def watch_log(write: Write) -> None:
    """Record warnings and errors that are logged.

    A handler would change what is printed: `basicConfig` does nothing where there is one.
    """
    call_handlers = logging.Logger.callHandlers

    def call_recorded(self: logging.Logger, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            with contextlib.suppress(Exception):  # the text and its arguments may not fit: the handlers say so
                error = record.exc_info[1] if record.exc_info else None
                details = error_details(error) if error is not None else {}
                write("log", logger=record.name, level=record.levelname, text=word(record.getMessage()), **details)
        call_handlers(self, record)

    logging.Logger.callHandlers = call_recorded  # type: ignore[method-assign]


def watch_prints(write: Write) -> None:
    """Record the lines that are printed to the standard output, with the connection that prints them."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        sys.stdout = _Told(sys.stdout, write)


# What was printed without an end of line, by whoever runs now: two may print in turns.
_begun: ContextVar[str] = ContextVar("begun", default="")


class _Told(io.TextIOWrapper):
    """A text stream like another, onto the same file, which also tells its lines."""

    def __init__(self, stream: io.TextIOWrapper, write: Write) -> None:
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        self._beneath = stream  # which closes the file when it goes
        self._write = write

    def write(self, text: str, /) -> int:
        """Write a text; print(…, end="") ends with an empty one."""
        done = super().write(text)
        with contextlib.suppress(Exception):
            *lines, begun = (_begun.get() + str.__str__(text)).split("\n")
            _begun.set(begun[:_MOST_LINE])
            self._tell(*lines)
            if not text:
                self._tell_begun()
        return done

    def flush(self) -> None:
        """Flush; print(…, end=" ", flush=True) ends so."""
        super().flush()
        with contextlib.suppress(Exception):
            self._tell_begun()

    def _tell_begun(self) -> None:
        begun = _begun.get()
        _begun.set("")
        self._tell(begun)

    def _tell(self, *lines: str) -> None:
        for line in lines:
            if line.strip() and not _ACCESS.match(line):
                self._write("print", text=word(line))


def watch_coroutines(write: Write) -> None:
    """Record coroutines that were never awaited; Python's own warning goes on as before."""
    warn = warnings._warn_unawaited_coroutine  # type: ignore[attr-defined]

    def warn_recorded(coroutine: Any) -> None:
        with contextlib.suppress(Exception):
            name, code = call_of(coroutine) or (coroutine.__qualname__, coroutine.cr_code)
            file = own_file(code.co_filename) or code.co_filename
            write("unawaited", coroutine=name, file=file, line=code.co_firstlineno)
        warn(coroutine)

    warnings._warn_unawaited_coroutine = warn_recorded  # type: ignore[attr-defined]
