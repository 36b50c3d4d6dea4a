"""An inquiry: the evidence of what the lab's processes and clients did, in this cell or since they were started."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from channels_lab.explain.evidence import Evidence
from channels_lab.explain.gather import gather
from channels_lab.explain.source import Source
from channels_lab.notebook import cell as cells
from channels_lab.record.events import Event
from channels_lab.running.process import Process, ProcessEnded
from channels_lab.wire.client import Closed

__all__ = ["Inquired", "inquire"]

_TRACEBACK = "Traceback (most recent call last)"


class Inquired(Protocol):
    """What an inquiry asks of a lab."""

    @property
    def project(self) -> Path:
        """Where the learner's project is."""

    @property
    def processes(self) -> Sequence[Process]:
        """The processes that it has started."""

    @property
    def clients_events(self) -> list[Event]:
        """What the clients of its servers noted."""


def inquire(lab: Inquired | None, error: BaseException | None = None) -> Evidence:
    """Gather the evidence: with an error, that of the cell that raised it; without, all that there is.

    That a server has crashed or closed a connection may be noticed cells later: then all of it is looked at. Without
    a lab there is the cell alone.
    """
    cell = cells.running()
    if lab is None:
        return Evidence([], {}, Source({}), error=error, cell=cell.text)
    processes = list(lab.processes)
    if (failed := getattr(error, "process", None)) and failed not in processes:
        processes.append(failed)
    if error is None:
        return gather(processes, lab.clients_events, lab.project)
    about = processes, lab.clients_events, lab.project, error, cell.text
    evidence = gather(*about, since=cell.began, printed=cell.printed)
    return gather(*about) if _is_older(error, evidence, cell.began) else evidence


def _is_older(error: BaseException, evidence: Evidence, began: float) -> bool:
    """Whether a cell that began then only came upon what had happened before it."""
    if isinstance(error, ProcessEnded) and any(event.t >= began for event in error.process.events[:1]):
        return False  # it was started in this cell
    raised = any(_TRACEBACK in log for log in evidence.logs.values())
    return isinstance(error, (ProcessEnded, Closed)) and not raised
