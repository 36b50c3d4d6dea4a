"""Starting JupyterLab on the learner's workspace: on their machine, or on a hub."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from channels_lab.course.workspace import Workspace
from channels_lab.errors import LabError

__all__ = ["hub_command", "lab_command", "open_lab", "open_on_hub"]


def lab_command(workspace: Workspace, *, browser: bool, port: int) -> list[str]:
    """The command that opens the learner's copy of the first chapter."""
    first = next(iter(workspace.course.chapters.values())).notebook.name
    return [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={workspace.folder}",
        f"--LabApp.default_url=/lab/tree/notebooks/{first}",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]


def open_lab(workspace: Workspace, *, browser: bool, port: int) -> NoReturn:
    """Become JupyterLab: what the terminal sends, Ctrl-C above all, goes to it and to nothing between."""
    _use_our_settings(workspace)
    _become(lab_command(workspace, browser=browser, port=port))


def hub_command(workspace: Workspace, more: list[str]) -> list[str]:
    """The learner's server as a JupyterHub starts it; `more` is what the hub adds."""
    first = next(iter(workspace.course.chapters.values())).notebook.name
    return [
        *(sys.executable, "-m", "jupyterhub.singleuser"),
        f"--ServerApp.root_dir={workspace.folder}",
        f"--ServerApp.default_url=/lab/tree/notebooks/{first}",
        *(["--allow-root"] if os.geteuid() == 0 else []),
        *more,
    ]


def open_on_hub(workspace: Workspace, more: list[str]) -> NoReturn:
    """Become the learner's server on a hub, whose kernels find the course and the workspace."""
    os.environ["CHANNELS_LAB_WORKSPACE"] = str(workspace.folder)
    _use_our_settings(workspace)
    os.chdir(workspace.folder)
    _become(hub_command(workspace, more))


def _use_our_settings(workspace: Workspace) -> None:
    os.environ["CHANNELS_LAB_ROOT"] = str(workspace.course.root)
    # Our labconfig/: JupyterLab neither asks the learner about news nor the network for them.
    others = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(Path(__file__).parent), *([others] if others else [])])


def _become(command: list[str]) -> NoReturn:
    sys.stdout.flush()
    try:
        os.execv(command[0], command)
    except OSError as error:
        raise LabError(f"JupyterLab cannot be started: {error.strerror}.", "Run  uv sync  and try again.") from None
